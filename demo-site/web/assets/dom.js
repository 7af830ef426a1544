// Making elements without HTML strings, so that no text is ever taken for markup.

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children (elements or texts). */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A drawing of icons.svg; only for decoration, so it is hidden from readers. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Shows the outcome of an action; `kind` is `good`, `bad` or nothing while it lasts. */
export function showResult(id, message, kind = '') {
  const place = byId(id);
  place.className = `result ${kind}`;
  place.replaceChildren(...[message].flat());
}

/** Marks a field as wrong, or as right when there is no message. */
export function showFieldError(input, message) {
  byId(`${input.id}-error`).textContent = message;
  if (message) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}
