/** How the mini program was opened, or came back: what the platform tells of it. */

/** A text, or a number as one. */
export const text = (value: unknown): string => (typeof value == 'string' || typeof value == 'number' ? String(value) : '');

/** The path of the page, and the scene. */
export function opening(told: unknown): [path: string, scene: string] {
  const { path, scene } = Object(told) as { path?: unknown; scene?: unknown };
  return [text(path), text(scene)];
}
