/**
 * What stands in for a function of the page's: to all who look it is that function, with its name,
 * its text and whatever properties it has or gets.
 */
export const stands = <T extends Function>(original: T, act: (self: any, call: any) => unknown): T =>
  new Proxy(original, { apply: (_, self, call) => act(self, call) });
