//! What the page says of itself: the attributes of the script tag, or `init`'s options.

use crate::pairs::{Pairs, Scalar};
use dna_protocol::field::Text;

/// Where beacons go on a server of ours.
const PATH: &str = "/v1/beacon";

/// The configuration of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The application's key.
    pub key: Text<64>,
    /// Where frames are sent, an absolute address.
    pub endpoint: String,
    /// The application's release.
    pub release: Option<Text<64>>,
    /// The share of sessions that are kept.
    pub sample_percent: u8,
}

impl Config {
    /// Reads the configuration. What is wrong is said through `warn`, one message an option,
    /// in words for the page's developer; `None` when nothing can be sent that way.
    ///
    /// `resolve` makes an address absolute; relative ones count from the page.
    pub fn read(
        options: &Pairs,
        resolve: impl Fn(&str) -> Option<String>,
        mut warn: impl FnMut(&str),
    ) -> Option<Self> {
        let mut complain = |option: &str, allowed: &str, then: &str| {
            let value = match options.get(option) {
                None | Some(Scalar::Other) => "missing",
                Some(Scalar::Text(text)) => text,
                Some(_) => "of another type",
            };
            let parts = ["dna: ", option, " is ", value, "; allowed: ", allowed, then];
            warn(&parts.concat());
        };
        const OFF: &str = ". Nothing is sent.";
        let key = match options.text("key") {
            Some(key) if (1..=64).contains(&key.len()) => Text::cut(key),
            _ => {
                complain("key", "the application's key, 1 to 64 bytes", OFF);
                return None;
            }
        };
        let endpoint = options.text("endpoint").and_then(&resolve);
        let endpoint = endpoint.filter(|address| address.starts_with("http"));
        let Some(endpoint) = endpoint else {
            complain("endpoint", "an http or https address", OFF);
            return None;
        };
        let release = options.text("release");
        if release.is_some_and(|release| release.len() > 64) {
            complain("release", "at most 64 bytes", ". It is cut.");
        }
        let sample_percent = match options.get("sampleRate") {
            None => Some(100),
            Some(Scalar::Text(text)) => percent(text),
            Some(Scalar::Number(rate)) if (0.0..=1.0).contains(rate) => Some(rounded(*rate)),
            Some(_) => None,
        };
        if sample_percent.is_none() {
            complain("sampleRate", "0 to 1, such as 0.25", ". All sessions are kept.");
        }
        Some(Self {
            key,
            endpoint: with_path(endpoint),
            release: release.map(Text::cut),
            sample_percent: sample_percent.unwrap_or(100),
        })
    }
}

/// A server's bare address gets the path of our API.
fn with_path(mut endpoint: String) -> String {
    let host = endpoint.find("://").map_or(0, |scheme| scheme + 3);
    match endpoint[host..].find('/').map(|slash| host + slash) {
        None => endpoint.push_str(PATH),
        Some(slash) if slash + 1 == endpoint.len() => endpoint.replace_range(slash.., PATH),
        Some(_) => {}
    }
    endpoint
}

/// Reads a decimal number from 0 to 1 as percent. The standard library's parser of floats
/// would be a tenth of the Wasm.
fn percent(text: &str) -> Option<u8> {
    let text = text.trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() || !(digits(whole) || whole.is_empty()) || !digits(decimals) {
        return None;
    }
    let mut rate = 0.0;
    for byte in decimals.bytes().rev() {
        rate = (rate + f64::from(byte - b'0')) / 10.0;
    }
    for byte in whole.bytes() {
        rate += f64::from(byte - b'0');
    }
    (rate <= 1.0 && whole.len() <= 1).then(|| rounded(rate))
}

/// A rate of 0.0 to 1.0 as percent. What is not zero stays above it.
fn rounded(rate: f64) -> u8 {
    let percent = (rate * 100.0 + 0.5) as u8;
    if rate > 0.0 { percent.max(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &[(&str, &str)]) -> (Option<Config>, Vec<String>) {
        let text = |value: &str| Scalar::Text(value.to_owned());
        let pairs = options.iter().map(|(name, value)| ((*name).to_owned(), text(value)));
        let mut warnings = Vec::new();
        let resolve = |address: &str| match address {
            relative if relative.starts_with('/') => Some(["https://bank", relative].concat()),
            absolute if absolute.contains(':') => Some(absolute.to_owned()),
            _ => None,
        };
        let config = Config::read(&Pairs(pairs.collect()), resolve, |text| {
            warnings.push(text.to_owned());
        });
        (config, warnings)
    }

    #[test]
    fn a_whole_configuration_is_read() {
        let (config, warnings) = read(&[
            ("key", "bank-web"),
            ("endpoint", "https://dna.bank/v1/beacon"),
            ("release", "2.7.1"),
            ("sampleRate", "0.25"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.endpoint, "https://dna.bank/v1/beacon");
        assert_eq!((&*config.key, config.release.as_deref()), ("bank-web", Some("2.7.1")));
        assert_eq!((config.sample_percent, warnings.len()), (25, 0));
    }

    #[test]
    fn a_bare_server_gets_the_path() {
        for (endpoint, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/beacon"),
            ("https://dna.bank/", "https://dna.bank/v1/beacon"),
            ("https://dna.bank/rum", "https://dna.bank/rum"),
            ("/beacons", "https://bank/beacons"),
        ] {
            let (config, _) = read(&[("key", "k"), ("endpoint", endpoint)]);
            assert_eq!(config.unwrap().endpoint, expected);
        }
    }

    #[test]
    fn what_cannot_work_is_named() {
        let (config, warnings) = read(&[("endpoint", "https://dna.bank")]);
        assert!(config.is_none());
        assert_eq!(
            warnings,
            [
                "dna: key is missing; allowed: the application's key, 1 to 64 bytes. Nothing is sent."
            ]
        );
        for endpoint in ["", "ftp://dna.bank", "javascript:alert(1)"] {
            let (config, warnings) = read(&[("key", "k"), ("endpoint", endpoint)]);
            assert!(config.is_none());
            assert!(
                warnings[0].starts_with(&format!("dna: endpoint is {endpoint}; allowed: an http"))
            );
        }
    }

    #[test]
    fn rates_are_read_to_the_percent() {
        for (text, expected) in [
            ("0", 0),
            ("1", 100),
            ("0.25", 25),
            (".5", 50),
            ("0.001", 1),
            ("1.0", 100),
            (" 0.335 ", 34),
            ("0.999", 100),
        ] {
            assert_eq!(percent(text), Some(expected), "{text}");
        }
        for wrong in ["", ".", "2", "1.01", "-1", "0,5", "50%", "1e-3", "NaN", "10"] {
            assert_eq!(percent(wrong), None, "{wrong}");
            let (config, warnings) =
                read(&[("key", "k"), ("endpoint", "/x"), ("sampleRate", wrong)]);
            assert_eq!(config.unwrap().sample_percent, 100);
            assert_eq!(
                warnings,
                [format!(
                    "dna: sampleRate is {wrong}; allowed: 0 to 1, such as 0.25. All sessions are kept."
                )]
            );
        }
    }
}
