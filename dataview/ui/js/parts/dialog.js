// One dialog at a time, in the browser's own element: it keeps the focus, and Escape closes it.

import { h, icon } from '../dom.js';
import { t } from '../words.js';
import { said } from './states.js';

/** Opens a dialog; `content` are its parts. */
export function openDialog(title, ...content) {
  closeDialog();
  const close = h('button.quiet', { type: 'button', onclick: closeDialog, title: t('close') }, icon('close'), h('span.unseen', t('close')));
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, h('.dialog-head', h('h2', { id: 'dialog-title' }, title), close), content);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target == dialog && closeDialog());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Closes it, if there is one. */
export const closeDialog = () => document.querySelector('dialog[open]')?.close();

/** Asks before something that cannot be undone. */
export function confirm(title, words, action, act) {
  const wrong = h('p.wrong', { role: 'alert' });
  const sure = async (event) => {
    event.preventDefault();
    await act().then(closeDialog, (problem) => (wrong.textContent = said(problem)));
  };
  openDialog(
    title,
    h('form', { onsubmit: sure }, h('p', words), wrong, h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t('cancel')), h('button.danger', action))),
  );
}
