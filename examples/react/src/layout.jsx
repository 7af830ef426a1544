import { Outlet, useLocation } from 'react-router';
import { ErrorBoundary } from './error-boundary.jsx';
import { useRouteNames } from './use-route-names.js';

export function Layout() {
  useRouteNames();
  const { pathname } = useLocation();
  return (
    <main>
      <h1>React bank</h1>
      {/* The key: another route is another try. */}
      <ErrorBoundary key={pathname}>
        <Outlet />
      </ErrorBoundary>
    </main>
  );
}
