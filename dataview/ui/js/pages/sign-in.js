// Who are you? The only page without the frame.

import { post } from '../api.js';
import { h } from '../dom.js';
import { mark } from '../frame.js';
import { said } from '../parts/states.js';
import { tools } from '../parts/tools.js';
import { t } from '../words.js';

/** Shows it in `root`; `done(me, password)` is called with who has signed in. */
export function showSignIn(root, done) {
  document.title = `${t('sign-in.title')} · DataView`;
  const name = h('input', { id: 'name', name: 'name', autocomplete: 'username', required: true, autocapitalize: 'none', spellcheck: 'false' });
  const password = h('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const wrong = h('p.wrong', { role: 'alert', id: 'sign-in-wrong' });
  const button = h('button.main', t('sign-in.action'));
  const signIn = async (event) => {
    event.preventDefault();
    button.disabled = true;
    wrong.textContent = '';
    try {
      const me = await post('/login', { name: name.value, password: password.value });
      root.classList.remove('signing-in');
      await done(me, password.value);
    } catch (problem) {
      wrong.textContent = problem.code == 'wrong_credentials' ? t('sign-in.wrong') : said(problem);
      password.select();
    } finally {
      button.disabled = false;
    }
  };
  root.classList.add('signing-in');
  root.replaceChildren(
    h(
      'main',
      h(
        'form.sign-in',
        { onsubmit: signIn },
        h('.brand', mark(), h('h1', 'DataView')),
        h('p.muted', t('sign-in.lead')),
        h('label', t('sign-in.name'), name),
        h('label', t('sign-in.password'), password),
        wrong,
        button,
        tools(() => showSignIn(root, done)),
      ),
    ),
  );
  name.focus();
}
