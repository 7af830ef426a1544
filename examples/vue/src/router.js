import { createRouter, createWebHistory } from 'vue-router';
import Account from './account.vue';
import Accounts from './accounts.vue';
import SignIn from './sign-in.vue';

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'sign-in', component: SignIn },
    { path: '/accounts', name: 'accounts', component: Accounts },
    { path: '/accounts/:number', name: 'account', component: Account },
  ],
});
