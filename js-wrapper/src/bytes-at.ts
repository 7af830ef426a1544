/** The bytes of a file that has this hash. `fetch` is the page's from before others wrapped it. */
export async function bytesAt(url: URL, integrity: string, fetch: typeof window.fetch): Promise<ArrayBuffer> {
  // The page's own requests come first.
  const response = await fetch.call(window, url, { priority: 'low', integrity } as RequestInit);
  if (!response.ok) throw new Error(`${url} is answered with ${response.status}`);
  return response.arrayBuffer();
}
