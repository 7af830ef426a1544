/**
 * What stands in for a function of the page's: to all who look it is that function, with its name,
 * its text and whatever properties it has or gets.
 */
export const stands = <T extends Function>(original: T, act: (self: any, call: any) => unknown): T =>
  new Proxy(original, { apply: (_, self, call) => act(self, call) });

/**
 * Lets `act` stand in for a function of `owner`: with the call to the original, its arguments and
 * what it was called on. Gives back what takes it out again. Throws where there is no such function.
 */
export function replace<T extends object>(owner: T, name: keyof T, act: (call: () => any, given: any, self: any) => unknown): () => void {
  const original = owner[name];
  const hooked = stands(original as any, (self, given) => act(() => Reflect.apply(original as any, self, given), given, self));
  owner[name] = hooked;
  // Whoever has wrapped it meanwhile keeps a wrapper that still works.
  return () => owner[name] === hooked && (owner[name] = original);
}
