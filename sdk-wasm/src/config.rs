//! What the page says of itself: the attributes of the script tag, or `init`'s options.

use crate::consent::Consent;

/// Where beacons go on a server of ours.
const PATH: &str = "/v1/beacon";
/// Bytes of the key and of the release.
const NAME_MAX: usize = 64;

/// The configuration of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The application's key.
    pub key: String,
    /// Where frames are sent, an absolute address.
    pub endpoint: String,
    /// The application's release; empty: not told.
    pub release: String,
    /// The share of sessions that are kept.
    pub sample_percent: u8,
    /// What the visitor has agreed to when the page begins.
    pub consent: Consent,
    /// Whether the browser gets an identifier over its sessions.
    pub visitor: bool,
    /// The tiers of users whose sessions are always kept, separated by commas or spaces.
    pub vip_tiers: String,
    /// The parameters that stay in addresses, likewise.
    pub url_params: String,
}

impl Config {
    /// Reads the configuration. What is wrong is said through `warn`, one message an option,
    /// in words for the page's developer; `None` when nothing can be sent that way.
    ///
    /// `option` gives an option as a text, empty when it is missing; `resolve` makes an address
    /// absolute, or empty: relative ones count from the page.
    pub fn read(
        option: impl Fn(&str) -> String,
        resolve: impl Fn(&str) -> String,
        warn: impl Fn(&str),
    ) -> Option<Self> {
        let complain = |name: &str, value: &str, allowed: &str| {
            let mut words = String::new();
            let value = if value.is_empty() { "missing" } else { value };
            for part in ["dna: ", name, " is ", value, "; allowed: ", allowed] {
                words += part;
            }
            warn(&words);
        };
        let key = option("key");
        if key.is_empty() || key.len() > NAME_MAX {
            complain("key", &key, "the application's key, 1 to 64 bytes. Nothing is sent.");
            return None;
        }
        let address = option("endpoint");
        let endpoint = if address.is_empty() { String::new() } else { resolve(&address) };
        if !endpoint.starts_with("http") {
            complain("endpoint", &address, "an http or https address. Nothing is sent.");
            return None;
        }
        let release = option("release");
        if release.len() > NAME_MAX {
            complain("release", &release, "at most 64 bytes. It is cut.");
        }
        let rate = option("sampleRate");
        let sample_percent = if rate.is_empty() { Some(100) } else { percent(rate.as_bytes()) };
        if sample_percent.is_none() {
            complain("sampleRate", &rate, "0 to 1, such as 0.25. All sessions are kept.");
        }
        let sample_percent = sample_percent.unwrap_or(100);
        let consent = option("consent");
        let agreed = if consent.is_empty() {
            Consent::Assumed
        } else {
            Consent::read(&consent).unwrap_or_else(|| {
                complain("consent", &consent, "granted, pending, denied. It is taken as pending.");
                Consent::Pending
            })
        };
        let mut vip_tiers = option("vipTiers");
        if vip_tiers.is_empty() {
            vip_tiers.push_str("vip");
        }
        Some(Self {
            key,
            endpoint: with_path(endpoint),
            release,
            sample_percent,
            consent: agreed,
            visitor: option("visitor") == "true",
            vip_tiers,
            url_params: option("urlParams"),
        })
    }
}

/// A server's bare address gets the path of our API.
fn with_path(mut endpoint: String) -> String {
    // Two slashes stand before the host; a third one begins the path.
    let slashes = endpoint.bytes().filter(|byte| *byte == b'/').count();
    if slashes == 3 && endpoint.ends_with('/') {
        endpoint.pop();
    } else if slashes > 2 {
        return endpoint;
    }
    endpoint.push_str(PATH);
    endpoint
}

/// Reads a decimal number from 0 to 1 as percent; what is not zero stays above it. The standard
/// library's parser of floats would be a tenth of the Wasm.
fn percent(text: &[u8]) -> Option<u8> {
    let (mut value, mut scale, mut point, mut digits) = (0.0, 1.0, false, 0);
    for byte in text.trim_ascii() {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                value = value * 10.0 + f64::from(byte - b'0');
                if point {
                    scale *= 10.0;
                }
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    if digits == 0 || value > scale {
        return None;
    }
    let percent = (value * 100.0 / scale + 0.5) as u8;
    Some(if value > 0.0 { percent.max(1) } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn read(options: &[(&str, &str)]) -> (Option<Config>, Vec<String>) {
        let warnings = RefCell::new(Vec::new());
        let option = |name: &str| {
            let found = options.iter().find(|(option, _)| *option == name);
            found.map_or_else(String::new, |(_, value)| (*value).to_owned())
        };
        let resolve = |address: &str| match address {
            relative if relative.starts_with('/') => ["https://bank", relative].concat(),
            absolute if absolute.contains(':') => absolute.to_owned(),
            _ => String::new(),
        };
        let config = Config::read(option, resolve, |text| {
            warnings.borrow_mut().push(text.to_owned());
        });
        (config, warnings.into_inner())
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
        assert_eq!((&*config.key, &*config.release), ("bank-web", "2.7.1"));
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
            let shown = if endpoint.is_empty() { "missing" } else { endpoint };
            assert!(
                warnings[0].starts_with(&format!("dna: endpoint is {shown}; allowed: an http"))
            );
        }
    }

    #[test]
    fn consent_is_assumed_and_what_is_misspelt_is_none() {
        for (text, expected, warned) in [
            ("", Consent::Assumed, 0),
            ("granted", Consent::Granted, 0),
            ("pending", Consent::Pending, 0),
            ("denied", Consent::Denied, 0),
            ("yes", Consent::Pending, 1),
            ("Granted", Consent::Pending, 1),
        ] {
            let (config, warnings) = read(&[("key", "k"), ("endpoint", "/x"), ("consent", text)]);
            assert_eq!((config.unwrap().consent, warnings.len()), (expected, warned), "{text}");
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
            assert_eq!(percent(text.as_bytes()), Some(expected), "{text}");
        }
        for wrong in [".", "2", "1.01", "-1", "0,5", "50%", "1e-3", "NaN", "10"] {
            assert_eq!(percent(wrong.as_bytes()), None, "{wrong}");
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
