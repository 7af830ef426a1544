import './dna';
import { error } from 'dna-mini';
import { createSSRApp } from 'vue';
import App from './App.vue';

export function createApp() {
  const app = createSSRApp(App);
  // Vue keeps what its handlers and hooks throw to itself.
  app.config.errorHandler = (thrown) => {
    error(thrown);
    console.error(thrown);
  };
  return { app };
}
