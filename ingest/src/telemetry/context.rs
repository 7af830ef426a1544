//! W3C Trace Context: the trace that a request belongs to.

use super::random;

/// Where a request stands in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The caller's span, if there is a caller that has one.
    pub parent: Option<[u8; 8]>,
}

impl TraceContext {
    /// Reads a `traceparent` (version 00, and what later ones have in common with it). Its flags
    /// are not looked at: what is sampled here, strangers do not decide.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let bytes = header.as_bytes();
        let is_dash = |at: usize| bytes.get(at) == Some(&b'-');
        let version = header.get(..2)?;
        let is_long = bytes.len() == 55 || version != "00" && is_dash(55);
        if !is_dash(2) || !is_dash(35) || !is_dash(52) || !is_long || version == "ff" {
            return None;
        }
        hex::<1>(version)?;
        let trace_id = hex::<16>(header.get(3..35)?)?;
        let parent = hex::<8>(header.get(36..52)?)?;
        (trace_id != [0; 16] && parent != [0; 8]).then_some(Self { trace_id, parent: Some(parent) })
    }

    /// A trace of its own.
    #[must_use]
    pub fn new() -> Self {
        let mut trace_id = [0; 16];
        trace_id[..8].copy_from_slice(&random().to_be_bytes());
        trace_id[8..].copy_from_slice(&(random() | 1).to_be_bytes());
        Self { trace_id, parent: None }
    }

    /// Whether a share of `rate` of all traces has it: by the trace's last 7 bytes, which are random
    /// (W3C Trace Context Level 2), so that everybody with this share keeps the same traces.
    #[must_use]
    pub fn is_sampled(&self, rate: f64) -> bool {
        let bits = self.trace_id[9..].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        (bits as f64) < rate * (1_u64 << 56) as f64
    }
}

impl Default for TraceContext {
    fn default() -> Self {
        Self::new()
    }
}

/// Lower-case hex digits, as the specification asks for.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = digit(pair[0])? << 4 | digit(*pair.get(1)?)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_example_of_the_specification_is_read() {
        let context = TraceContext::parse(GOOD).expect("good");
        assert_eq!(context.trace_id[..2], [0x4b, 0xf9]);
        assert_eq!(context.parent, Some([0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]));
        assert!(TraceContext::parse(&GOOD.replacen("00", "cc", 1)).is_some(), "a later version");
        assert!(TraceContext::parse(&format!("{}-more", GOOD.replacen("00", "cc", 1))).is_some());
    }

    #[test]
    fn what_is_none_is_not_read() {
        for bad in [
            "",
            "00",
            &GOOD[..54],
            &format!("{GOOD}-more"),
            &GOOD.replacen("00", "ff", 1),
            &GOOD.to_uppercase(),
            &GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &GOOD.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &GOOD.replace('-', "_"),
            &"é".repeat(28),
        ] {
            assert_eq!(TraceContext::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_share_of_sampled_traces_is_right() {
        let count = |rate| (0..10_000).filter(|_| TraceContext::new().is_sampled(rate)).count();
        assert_eq!((count(0.0), count(1.0)), (0, 10_000));
        let tenth = count(0.1);
        assert!((880..1120).contains(&tenth), "{tenth}");
    }
}
