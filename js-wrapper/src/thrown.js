// What of an exception, whatever a script may throw, is told.
import { attempt, get, items, num, page, printed, text } from './read.js';

/** Characters of a message and of a stack, before they are cleaned and cut. */
const MESSAGE_MAX = 2048;
const STACK_MAX = 16384;
/** How many errors that have caused another are told with it, in a chain or gathered. */
const CAUSES_MAX = 5;
/** How many scripts' notes are looked at; the others' identifiers are not told. */
const NOTES_MAX = 100;

/** What `value` says, which need be no `Error`. */
export const thrown = (value) => {
  const name = text(value, 'name', 128);
  const stack = stacks(value);
  return {
    name: name || typeof value,
    // An Error without a message prints as its name, which is its type already.
    message: text(value, 'message', MESSAGE_MAX) || (name ? '' : printed(value, MESSAGE_MAX)),
    stack,
    scripts: scripts(stack),
  };
};

/** What the `error` event of a script says. "Script error." of another origin has neither an error nor a place. */
export const exception = (event) => {
  const error = get(event, 'error');
  const it = error == null ? {} : thrown(error);
  it.message ||= text(event, 'message', MESSAGE_MAX);
  return it;
};

/** The stack of `value`, then those of what has caused it and of the errors that it gathers. */
const stacks = (value) => {
  let stack = text(value, 'stack', STACK_MAX);
  const told = [value];
  for (const it of told) {
    for (const path of ['cause', 'errors.0', 'errors.1', 'errors.2']) {
      const cause = get(it, path);
      // A chain may end in itself.
      if (told.length > CAUSES_MAX || !cause || told.includes(cause)) continue;
      const own = text(cause, 'stack', STACK_MAX);
      const words = printed(cause, MESSAGE_MAX);
      stack += path == 'cause' ? '\nCaused by: ' : '\nOne of its errors: ';
      // Chromium's stacks begin with name and message.
      stack += own.startsWith(words) ? own : words + '\n' + own;
      told.push(cause);
    }
  }
  return stack;
};

/** The address in a stack's frame, which ends with line and column. */
const FRAME = /([a-z\d]{1,20}:\/\/[^\0- )]+):[^:\0- )]+:[^:\0- )]+/i;

/**
 * Addresses of the built scripts that a stack goes through, each with its identifier (ECMA-426
 * debug id, 32 hex digits): a snippet in each, which `ingest sourcemaps inject` writes, has noted
 * the stack that it stands in, and the identifier.
 */
const scripts = (stack) => {
  const found = [];
  for (const [note, noted] of items(get(page(), '_dnaDebugIds') ?? found, NOTES_MAX)) {
    const script = FRAME.exec(note)?.[1];
    const id = printed(noted, 64).replaceAll('-', '');
    if (script && stack.includes(script + ':') && /^[\da-f]{32}$/i.test(id)) found.push(script, id);
  }
  return found;
};

/** What the page wrote to the console, as one line, and the first stack among it. */
export const written = (values) => {
  let message = '';
  let stack = '';
  for (const value of values) {
    // It is cut later.
    if (message.length >= MESSAGE_MAX) break;
    message += (message && ' ') + printed(value, MESSAGE_MAX);
    stack ||= text(value, 'stack', STACK_MAX);
  }
  return { message, stack };
};

/** The script that ran longest in a long frame. */
export const longest_script = (entry) => {
  let longest;
  let most = 0;
  for (const script of attempt(() => [...(entry.scripts ?? [])], [])) {
    const duration = num(script, 'duration');
    if (duration > most) [most, longest] = [duration, script];
  }
  return longest;
};
