// Another password: at the first sign-in, when somebody else has set it, and whenever one wants to.

import { post } from '../api.js';
import { h } from '../dom.js';
import { mark } from '../frame.js';
import { said } from '../parts/states.js';
import { tools } from '../parts/tools.js';
import { t } from '../words.js';

/** Shows it in `root`. `old` is the present one where it was just typed; `done(me)` is called when it is changed. */
export function showPassword(root, old, done) {
  document.title = `${t('password.title')} · DataView`;
  const field = (id, complete, label) => {
    const input = h('input', { id, type: 'password', required: true, autocomplete: complete, ...(complete == 'new-password' ? { minlength: '12' } : {}) });
    return { input, label: h('label', t(label), input) };
  };
  const present = field('old-password', 'current-password', 'password.old');
  const next = field('new-password', 'new-password', 'password.new');
  const again = field('again-password', 'new-password', 'password.again');
  if (old) present.input.value = old;
  const wrong = h('p.wrong', { role: 'alert', id: 'password-wrong' });
  const change = async (event) => {
    event.preventDefault();
    wrong.textContent = next.input.value == again.input.value ? '' : t('password.differ');
    if (wrong.textContent) return;
    try {
      const me = await post('/password', { old: present.input.value, new: next.input.value });
      root.classList.remove('signing-in');
      await done(me);
    } catch (problem) {
      wrong.textContent = said(problem);
    }
  };
  root.classList.add('signing-in');
  root.replaceChildren(
    h(
      'main',
      h('form.sign-in', { onsubmit: change }, h('.brand', mark(), h('h1', t('password.title'))), h('p.muted', t('password.lead')), !old && present.label, next.label, again.label, wrong, h('button.main', t('password.action')), tools(() => showPassword(root, old, done))),
    ),
  );
  (old ? next : present).input.focus();
}
