/**
 * Lets `act` stand in for a function of `owner`: with the call to the original, its arguments and
 * what it was called on. To all who look it is that function, with its name, its text and whatever
 * properties it has or gets. Gives back what takes it out again. Throws where there is no such function.
 */
export function replace<T extends object>(owner: T, name: keyof T, act: (call: () => any, given: any, self: any) => unknown): () => void {
  const original = owner[name] as any;
  const hooked = new Proxy(original, {
    apply: (_, self, given) => act(() => Reflect.apply(original, self, given), given, self),
  });
  owner[name] = hooked;
  // Whoever has wrapped it meanwhile keeps a wrapper that still works.
  return () => owner[name] === hooked && (owner[name] = original);
}
