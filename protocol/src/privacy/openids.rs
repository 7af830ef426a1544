//! Identifiers that the platforms of mini programs give a user: WeChat's openid and unionid, Douyin's
//! open id, Alipay's. The platforms document none of their forms, so these are those of published
//! examples; what they have in common is that they are random, as nothing is that somebody has written.

use super::copy::Copy;

pub(super) const OPENID: &str = "{openid}";

/// How often upper case, lower case and figures follow each other in one at least. Of random ones 2 in
/// 1,000 have less; of 83 names that begin so and are as long, in 129,000 long words of programs,
/// 5 have as many.
const CHANGES_MIN: usize = 9;

/// Bytes of the shortest.
#[cfg(not(target_arch = "wasm32"))]
pub(super) const LENGTH_MIN: usize = 28;

/// Where the openid ends that begins at `at`, if one does. What stands before it is the caller's.
pub(super) fn end(copy: &Copy<'_>, at: usize) -> Option<usize> {
    let is = |from: usize, byte: u8| copy.byte(from) == byte;
    let end = at
        + match copy.byte(at) {
            b'o' => 28,
            b'_' if is(at + 1, b'0') && is(at + 2, b'0') && is(at + 3, b'0') => 36,
            b'0' => 47,
            _ => return None,
        };
    let (mut changes, mut seen, mut last) = (0, 0, 0);
    for place in at..end {
        let class = match copy.byte(place) {
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            b'0'..=b'9' => 4,
            b'_' | b'-' => last,
            _ => return None,
        };
        changes += usize::from(class != last);
        seen |= class;
        last = class;
    }
    // A number that follows at once is masked, and this must then be judged the same.
    let next = copy.byte(end);
    let whole = !next.is_ascii_alphanumeric() && next != b'{';
    (whole && seen & 3 == 3 && changes > CHANGES_MIN).then_some(end)
}
