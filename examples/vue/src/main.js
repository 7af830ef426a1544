// First, so that nothing which goes wrong is too early for it.
import './dna.js';
import { route } from 'dna-web';
import { createApp } from 'vue';
import App from './app.vue';
import { report } from './report.js';
import { router } from './router.js';

const app = createApp(App);
// Vue keeps what a component throws from the window once there is a handler.
app.config.errorHandler = (error) => {
  console.error(error);
  report(error);
};
// The address has changed already.
router.afterEach((to) => {
  if (to.name) route(to.name);
});
app.use(router).mount('#root');
