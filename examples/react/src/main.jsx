// First, so that nothing which goes wrong is too early for it.
import './dna.js';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { Accounts } from './accounts.jsx';
import { Account } from './account.jsx';
import { Layout } from './layout.jsx';
import { SignIn } from './sign-in.jsx';

const router = createBrowserRouter([
  {
    element: <Layout />,
    children: [
      { path: '/', element: <SignIn />, handle: { name: 'sign-in' } },
      { path: '/accounts', element: <Accounts />, handle: { name: 'accounts' } },
      { path: '/accounts/:number', element: <Account />, handle: { name: 'account' } },
    ],
  },
]);

createRoot(document.getElementById('root')).render(<RouterProvider router={router} />);
