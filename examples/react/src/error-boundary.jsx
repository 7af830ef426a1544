import { Component } from 'react';
import { report } from './report.js';

/** React keeps what a component throws from the window, so the boundary reports it. */
export class ErrorBoundary extends Component {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  componentDidCatch(error) {
    report(error);
  }

  render() {
    return this.state.failed ? <p role="alert">This cannot be shown now.</p> : this.props.children;
  }
}
