// One run: a peer's page in a browser context of its own (no cache, no storage, its own
// renderer process), and its own share of the intake.

/** Numbers runs in letters, which every encoding on the wire leaves as they are. */
const letters = (number) => [...String(number)].map((digit) => 'abcdefghij'[digit]).join('');

let count = 0;

/** Begins a run of `peer`; `bench` has the browser, the server and the intake. */
export async function beginRun(bench, peer) {
  count += 1;
  const id = `run${letters(count)}x`;
  const intake = bench.intake.begin(id);
  const context = await bench.browser.createBrowserContext();
  return {
    intake,
    context,
    /** A text that only this run sends; others with a number. */
    marker: (number = 0) => `mark${id}${letters(number)}z`,
    /** Puts the peer's page up; gives back its address. */
    address: (options = {}) => bench.server.put(id, { peer, intake: intake.url, ...options }),
    elsewhere: bench.server.elsewhere,
    end: async () => {
      await context.close();
      intake.end();
      bench.server.remove(id);
    },
  };
}
