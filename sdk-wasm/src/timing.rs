//! The phases of a request, from the marks that browsers set (W3C Resource Timing) to those of
//! HAR 1.2, which tools for networks know.

/// The marks, separated by spaces, in the order in which [`phases`] takes them.
pub const MARKS: &str = "startTime domainLookupStart domainLookupEnd connectStart \
                         secureConnectionStart connectEnd requestStart responseStart responseEnd";

/// Blocked, dns, connect, ssl, wait and receive in milliseconds. 0: it took none, did not happen,
/// or is hidden; of another origin that allows nobody to look (`Timing-Allow-Origin`) all are.
#[must_use]
pub fn phases(marks: [f64; 9]) -> [f64; 6] {
    let [start, dns, dns_end, connect, secure, connect_end, request, first_byte, end] = marks;
    // A hidden mark is 0, and so is one that a browser does not know.
    let between = |from: f64, to: f64| if from > 0.0 && to > from { to - from } else { 0.0 };
    // Of a connection that is used again both marks are where fetching began.
    let begun = if between(dns, dns_end) > 0.0 {
        dns
    } else if between(connect, connect_end) > 0.0 {
        connect
    } else {
        request
    };
    [
        // What is wanted at the time origin itself starts at 0.
        if begun > start { begun - start } else { 0.0 },
        between(dns, dns_end),
        between(connect, connect_end),
        between(secure, connect_end),
        between(request, first_byte),
        between(first_byte, end),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_connection_has_all_phases() {
        let marks = [10.0, 12.0, 20.0, 20.0, 30.0, 45.0, 46.0, 80.0, 95.0];
        assert_eq!(phases(marks), [2.0, 8.0, 25.0, 15.0, 34.0, 15.0]);
    }

    #[test]
    fn waiting_for_a_connection_that_is_used_again_is_blocked() {
        let marks = [10.0, 10.5, 10.5, 10.5, 0.0, 10.5, 60.0, 80.0, 81.0];
        assert_eq!(phases(marks), [50.0, 0.0, 0.0, 0.0, 20.0, 1.0]);
    }

    #[test]
    fn what_another_origin_hides_is_nothing() {
        assert_eq!(phases([10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 95.0]), [0.0; 6]);
        // Newer browsers show the answer's first byte nevertheless.
        assert_eq!(
            phases([10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 80.0, 95.0]),
            [0.0, 0.0, 0.0, 0.0, 0.0, 15.0]
        );
        assert_eq!(phases([f64::NAN; 9]), [0.0; 6]);
    }
}
