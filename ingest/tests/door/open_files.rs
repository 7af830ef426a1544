//! The limit of open files, one for each connection.

use crate::cli::{Serving, folder};

/// The soft and the hard limit of a process.
fn limits(id: u32) -> [u64; 2] {
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).expect("Linux");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let mut numbers = line.expect("a limit").split_whitespace().map(|it| it.parse().expect("it"));
    [numbers.next().expect("soft"), numbers.next().expect("hard")]
}

/// Starts a service under a limit and stops it; what limits it had, and its log.
fn under(ulimit: &str, more: &str) -> ([u64; 2], String) {
    let folder = folder(more);
    let serving = Serving::start_with_ulimit(&folder, ulimit);
    let limits = limits(serving.id());
    serving.terminate();
    let (code, log) = serving.finish();
    assert_eq!(code, Some(0), "{log}");
    (limits, log)
}

#[test]
fn it_is_raised_as_far_as_it_goes_and_said_where_that_is_too_low() {
    const WARNING: &str = "fewer open files than workers times http.connections_max";
    let few = "[http]\nconnections_max = 100";
    let (limits, log) = under("-S -n 64", few);
    assert_eq!(limits[0], limits[1]);
    assert!(limits[0] > 228 && !log.contains(WARNING), "{limits:?} {log}");
    // 100 connections, and what else is open.
    let (limits, log) = under("-n 200", few);
    assert_eq!(limits, [200, 200]);
    assert!(log.contains(WARNING) && log.contains("wanted=228"), "{log}");
    assert!(log.contains("allowed=200"), "{log}");
}
