// How elements are called, and what of a control that was pressed may be told.
import { find, get, masked, num, text } from './read.js';

/** Characters of a name, an identifier or the classes of an element. */
const NAME_MAX = 128;
/** Elements above each other that a selector has room for. */
const DEPTH_MAX = 50;
/** Characters of a selector, as web-vitals has them. */
const SELECTOR_MAX = 100;

/** A short selector of a node, made like web-vitals' so that names can be compared; empty for none. */
export const selector = (node) => {
  let selector = '';
  for (let depth = DEPTH_MAX; depth--; node = get(node, 'parentNode')) {
    const part = named(node);
    if (!part) break;
    const fits = selector.length + part.length < SELECTOR_MAX;
    if (fits || !selector) selector = part + (selector && '>') + selector;
    // Nothing above an identifier is needed.
    if (!fits || part[0] == '#') break;
  }
  return selector;
};

/** What one element adds: its identifier, or its name and classes. */
const named = (node) => {
  const name = text(node, 'nodeName', NAME_MAX);
  if (!name || name == '#document') return '';
  // Elements in lower case, the others without their sign: `#text` is `TEXT`.
  const plain = name[0] == '#' ? name.slice(1).toUpperCase() : name.toLowerCase();
  // What the page has masked has no names but those of its elements.
  if (masked(node)) return plain;
  const id = text(node, 'id', NAME_MAX);
  const classes = text(node, 'classList.value', NAME_MAX).match(/[^ \t\n\f\r]+/g) ?? [];
  return id ? '#' + id : [plain, ...classes.sort()].join('.');
};

/** Whether the page masks anything: then names that cannot be held against its masks are not told. */
const page_masks = () => !!find(document, 'querySelector', MASK);

/** What a paint, a shift or an input's entry is about: its element, or what is known of one that is gone. */
export const subject = (entry) => {
  const nodes = [0, 1, 2, 3, 4].map((at) => get(entry, `sources.${at}.node`));
  // The first element that moved, or the first node.
  const moved = nodes.find((node) => num(node, 'nodeType') == 1) ?? nodes[0];
  const own = selector(get(entry, 'element') ?? get(entry, 'target') ?? moved);
  if (own || page_masks()) return own;
  const id = text(entry, 'id', NAME_MAX);
  return id ? '#' + id : text(entry, 'targetSelector', SELECTOR_MAX);
};

/** What called a script; `BUTTON.onclick` instead of `BUTTON#pay.onclick` where that may be masked. */
export const invoker = (script) => {
  const invoker = text(script, 'invoker', 512);
  return page_masks() ? invoker.replace(/#.*\./s, '.') : invoker;
};

/** What one presses. The words on these are the page's; everything else may hold the visitor's. */
const CONTROL = 'button,a,summary,[role=button],[role=tab],[role=menuitem],[role=option]';
const INPUTS = 'input,select,textarea,[contenteditable]';
/** Where nothing need be seen after a click: the browser itself answers there. */
const QUIET = 'a[href],label,' + INPUTS;
/** What the page does not want to be told. */
const MASK = '[data-dna-mask]';
/** What makes the words of a control that it is in, or that are in it, the visitor's or the bank's. */
const PRIVATE = MASK + ',' + INPUTS;
const MASKED = '{masked}';
/** Characters of a control's text before they are cleaned. */
const WORDS_MAX = 300;

/** What a click on `target` has pressed; undefined when the browser clicks on what a label is for right after it. */
export const pressed = (target) => {
  const closest = (selector) => find(target, 'closest', selector);
  const labelled = get(closest('label'), 'control');
  if (labelled && labelled != target) return;
  const control = closest(CONTROL);
  const on = control ?? target;
  const mask = closest(MASK);
  return {
    on,
    /** In the page's own words. */
    said: text(closest('[data-dna-action]'), 'dataset.dnaAction', WORDS_MAX),
    words: mask ? MASKED : control ? words(control) : '',
    // Not the key of a masked keypad, but the keypad.
    element: selector(mask ?? on),
    // What changes within a custom element is not seen from outside.
    answers: control && !closest(QUIET) && !text(on, 'localName', 32).includes('-'),
  };
};

const words = (control) =>
  text(control, 'ariaLabel', WORDS_MAX) ||
  (find(control, 'querySelector', PRIVATE) || find(control, 'closest', PRIVATE) ? MASKED : text(control, 'textContent', WORDS_MAX));
