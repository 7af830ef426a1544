// Who is signed in. The state lives in this tab only, and is no protection of anything.

const KEY = 'harbour-customer';

/** The signed-in customer (`userId`, `displayName`, `displayNameZh`, `tier`), or null. */
export function customer() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export function signedIn(known) {
  sessionStorage.setItem(KEY, JSON.stringify(known));
  identify(known);
}

export function signedOut() {
  sessionStorage.removeItem(KEY);
  window.dna && window.dna('clearUser');
}

/** Tells DNA who the customer is; on every page, because each page is a start of its own. */
export function identify(known) {
  window.dna && window.dna('setUser', known.userId, { tier: known.tier });
}
