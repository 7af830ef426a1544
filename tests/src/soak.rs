//! How large a test is: seconds by default, and in full with `DNA_SOAK=1`, which
//! `cargo xtask soak` sets.

/// Whether tests are to be as large as they are meant to be.
#[must_use]
pub fn full() -> bool {
    std::env::var_os("DNA_SOAK").is_some_and(|value| value == "1")
}

/// `quick`, or `full` when everything is to be tested in full.
pub fn pick<T>(quick: T, full: T) -> T {
    if self::full() { full } else { quick }
}
