//! The dimensions of a request and how often each value is.

use crate::random::Random;

/// Their names, in the order of a request's values.
pub const DIMENSIONS: [&str; 7] =
    ["application", "region", "operator", "device", "release", "api", "cdn"];

/// The values of each dimension.
pub const VALUES: [&[&str]; 7] = [
    &["mobile bank", "web bank", "mini program"],
    &["guangdong", "jiangsu", "shandong", "zhejiang", "beijing", "sichuan", "hubei", "xinjiang"],
    &["china_mobile", "china_telecom", "china_unicom"],
    &["android", "ios", "harmony", "pc"],
    &["4.3", "4.2"],
    &["/balance", "/sign-in", "/transfer", "/sms-code", "/cards", "/news"],
    &["cdn-a", "cdn-b", "cdn-u"],
];

const SHARES: [&[f64]; 6] = [
    &[0.6, 0.15, 0.25],
    &[0.22, 0.17, 0.15, 0.14, 0.12, 0.1, 0.07, 0.03],
    &[0.5, 0.27, 0.23],
    &[0.45, 0.35, 0.15, 0.05],
    &[0.7, 0.3],
    &[0.35, 0.2, 0.12, 0.08, 0.1, 0.15],
];
/// `cdn-u` serves one operator only, so the two are easily taken for each other.
const CDN_OF_UNICOM: [f64; 3] = [0.4, 0.25, 0.35];
const CDN_OF_OTHERS: [f64; 3] = [0.55, 0.45, 0.0];
pub(crate) const UNICOM: u8 = 2;

/// Failures of each API in a thousand requests, on a good day.
pub(crate) const FAILURES: [f64; 6] = [2.0, 5.0, 8.0, 6.0, 3.0, 1.0];

/// Values that hold together, as places in [`DIMENSIONS`] and [`VALUES`].
pub type Set = Vec<(usize, u8)>;

/// The name of a value.
#[must_use]
pub fn value(dimension: usize, place: u8) -> &'static str {
    VALUES[dimension][usize::from(place)]
}

/// The values of one request.
pub(crate) fn draw(random: &mut Random) -> [u8; 7] {
    let mut values = [0; 7];
    for (value, shares) in values.iter_mut().zip(SHARES) {
        *value = random.pick(shares) as u8;
    }
    values[6] =
        random.pick(if values[2] == UNICOM { &CDN_OF_UNICOM } else { &CDN_OF_OTHERS }) as u8;
    values
}
