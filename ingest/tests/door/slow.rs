//! Clients that take their time, many at once: all are gone soon, and the others do not notice.
