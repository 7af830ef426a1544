//! The trace that a call's server was told (W3C Trace Context, level 1).

use dna_protocol::field::Id;

/// Identifiers of the trace and of the call's own span in a `traceparent`; `None` when it is not
/// one of the only version that there is.
#[must_use]
pub fn parse(traceparent: &str) -> Option<([u8; 16], [u8; 8])> {
    let number = |from: usize, to: usize| {
        let digits = traceparent.get(from..to)?;
        Id::<8>::from_hex(digits).map(|id| id.0)
    };
    let (high, low, span) = (number(3, 19)?, number(19, 35)?, number(36, 52)?);
    let mut trace = [0; 16];
    trace[..8].copy_from_slice(&high);
    trace[8..].copy_from_slice(&low);
    let whole = traceparent.len() == 55 && traceparent.starts_with("00-");
    (whole && trace != [0; 16] && span != [0; 8]).then_some((trace, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_example_of_the_standard_is_read() {
        let (trace, span) = parse(EXAMPLE).expect("it is one");
        assert_eq!(trace[..4], [0x4b, 0xf9, 0x2f, 0x35]);
        assert_eq!(span, [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]);
    }

    #[test]
    fn what_is_another_is_none() {
        let zeros = |from: usize, to: usize| {
            let mut text = EXAMPLE.to_owned();
            text.replace_range(from..to, &"0".repeat(to - from));
            text
        };
        let wrong = [
            String::new(),
            "é".repeat(28),
            EXAMPLE.replace("4bf9", "4bg9"),
            EXAMPLE[..54].to_owned(),
            format!("{EXAMPLE}-more"),
            format!("{EXAMPLE}, {EXAMPLE}"),
            EXAMPLE.replacen("00", "ff", 1),
            EXAMPLE.replacen("00-", "000", 1),
            zeros(3, 35),
            zeros(36, 52),
        ];
        for text in wrong {
            assert_eq!(parse(&text), None, "{text}");
        }
    }
}
