// Who is signed in: in memory only, so an app that was killed asks again, as banks' apps do. It is
// no protection of anything.

const dna = require('dna-mini');

let known;

/** The signed-in customer (`userId`, `displayName`, `displayNameZh`, `tier`), or nothing. */
exports.customer = () => known;

exports.signedIn = (customer) => {
  known = customer;
  dna.setUser(customer.userId, { tier: customer.tier });
};

exports.signedOut = () => {
  known = undefined;
  dna.clearUser();
};
