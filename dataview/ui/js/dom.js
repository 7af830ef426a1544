// Elements without markup in strings: what people typed or a page said is always text.

/**
 * Makes an element. `spec` is a name with classes, `'td.number'`; `properties` may be left out. `on…`
 * are listeners, `style` is set property by property (the policy forbids style attributes), `true` is
 * an attribute without a value, and `false`, `null` and `undefined` are none. Children may be nodes,
 * texts, numbers, lists of these, or nothing.
 */
export function h(spec, ...rest) {
  const [name, ...classes] = spec.split('.');
  const element = document.createElement(name || 'div');
  if (classes.length > 0) element.className = classes.join(' ');
  const [first] = rest;
  if (first && typeof first == 'object' && !(first instanceof Node) && !Array.isArray(first)) {
    rest.shift();
    for (const [key, value] of Object.entries(first)) set(element, key, value);
  }
  add(element, rest);
  return element;
}

function set(element, key, value) {
  if (value === false || value === null || value === undefined) return;
  if (key == 'style') {
    for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
  } else if (key.startsWith('on')) {
    element.addEventListener(key.slice(2), value);
  } else if (key == 'class') {
    element.classList.add(...value.split(' ').filter(Boolean));
  } else {
    element.setAttribute(key, value === true ? '' : value);
  }
}

/** Appends `children` to `parent`, which it gives back. */
export function add(parent, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== false && child !== null && child !== undefined) parent.append(child);
  }
  return parent;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Paths on a ground of 16 by 16, drawn with the colour of the text around. */
const ICONS = {
  overview: 'M2 13.5h12M3.5 11V8M6.5 11V4.5M9.5 11V6.5M12.5 11V2.5',
  errors: 'M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1',
  sessions: 'M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3',
  incidents: 'M8 1.8a4 4 0 0 1 4 4v3l1.3 2.4H2.7L4 8.8v-3a4 4 0 0 1 4-4zM6.6 13.4h2.8',
  baselines: 'M2.5 13.5h11M2.5 9.5c2-5 4-5 5.5-1s3.5 3 5.5-4.5M2.5 6.5c2-4 4-4 5.5-1',
  rules: 'M2.5 4.5h7M12 4.5h1.5M2.5 8h2M7 8h6.5M2.5 11.5h6M11 11.5h2.5M10.5 3v3M5.5 6.5v3M9.5 10v3',
  find: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7 14.2 14.2',
  subscriptions: 'M3 13a1 1 0 1 0 0-.1M2.5 7.5a6 6 0 0 1 6 6M2.5 3a10.5 10.5 0 0 1 10.5 10.5',
  chain: 'M6.8 9.2 9.2 6.8M7 4.5l1.5-1.5a3.18 3.18 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3.18 3.18 0 0 1 3 8.5L4.5 7',
  access: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 13.8c.5-2.6 2.6-3.8 5.2-3.8s4.7 1.2 5.2 3.8',
  audit: 'M4 1.8h5.5L12.5 5v9.2h-8.5zM6 7.5h4.5M6 10h4.5M9.3 2v3.2h3',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  close: 'M4 4l8 8M12 4l-8 8',
  back: 'M10 3.5 5.5 8l4.5 4.5',
  forward: 'M6 3.5 10.5 8 6 12.5',
  light: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  dark: 'M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z',
  leave: 'M6.5 2.5h-4v11h4M7 8h7M11 5l3 3-3 3',
  refresh: 'M13.5 8a5.5 5.5 0 1 1-1.7-4M12 1.5V4.2H9.3',
  page: 'M2.5 3h11v10h-11zM2.5 5.8h11',
  action: 'M5 2.5 12.5 8l-3.3.7L11 12.5l-1.6.7-1.7-3.7L5 11.7z',
  call: 'M2 5.5h11M10.5 3l2.5 2.5L10.5 8M14 10.5H3M5.5 8 3 10.5 5.5 13',
  error: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.6M8 10.9v.1',
  step: 'M8 9.8A1.8 1.8 0 1 0 8 6.2a1.8 1.8 0 0 0 0 3.6z',
  user: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 13.8c.5-2.6 2.6-3.8 5.2-3.8s4.7 1.2 5.2 3.8',
  vital: 'M1.5 8.5h3l1.8-5 3 9 1.9-4h3.3',
};

/** A small drawing that says nothing by itself: words stand beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name] ?? ICONS.step);
  svg.append(path);
  return svg;
}
