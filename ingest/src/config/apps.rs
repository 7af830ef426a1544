//! `[[apps]]`: who may send, and from where.

use super::{AppRates, ConfigError, RatesConfig, RemoteValues, Section};
use dna_protocol::field::Text;
use std::collections::BTreeMap;

/// Applications; each counts a few dozen series in /metrics.
const APPS_MAX: usize = 1000;

/// All applications.
#[derive(Debug, Clone)]
pub struct AppsConfig(pub Vec<AppConfig>);

/// One application.
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// Its name, kept with each frame.
    pub name: Text<64>,
    /// The keys by which its clients name it. Not secret: they stand in its pages.
    pub keys: Vec<String>,
    /// Origins whose pages may send.
    pub origins: Origins,
    /// Parameters that stay in addresses, such as `lang`.
    pub url_params: Vec<String>,
    /// What its pages are told.
    pub remote: RemoteValues,
    /// How much it may send.
    pub rates: AppRates,
}

/// Which values of the `Origin` header are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// `"*"`: any, `null` included.
    Any,
    /// Exactly these.
    Only(Vec<String>),
}

impl Origins {
    /// Whether a page of `origin` may send.
    #[must_use]
    pub fn allow(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            // Browsers send scheme and host in lower case, as the configuration must be.
            Self::Only(origins) => origins.iter().any(|allowed| allowed == origin),
        }
    }
}

impl AppsConfig {
    /// `signed`: whether a key signs what pages are told.
    pub(super) fn read(
        root: &mut Section<'_>,
        signed: bool,
        rates: &RatesConfig,
    ) -> Result<Self, ConfigError> {
        let layers = root.layers();
        let tables = root.tables("apps")?;
        if tables.is_empty() || tables.len() > APPS_MAX {
            return root.required(
                "apps",
                None,
                "1 to 1000 tables [[apps]] with name, keys, origins",
            );
        }
        let mut apps = Vec::with_capacity(tables.len());
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for (place, table) in tables.into_iter().enumerate() {
            let mut section = Section::of_table(layers, format!("apps[{place}]"), table);
            let app = AppConfig::read(&mut section, signed, rates)?;
            if apps.iter().any(|other: &AppConfig| *other.name == *app.name) {
                return Err(section.refuse("name", &app.name, "a name that no other app has"));
            }
            for key in &app.keys {
                if let Some(owner) = owners.insert(key.clone(), app.name.to_string()) {
                    let allowed = format!("a key that is not given twice; {owner:?} has it");
                    return Err(section.refuse("keys", key, allowed));
                }
            }
            section.finish()?;
            apps.push(app);
        }
        Ok(Self(apps))
    }
}

impl AppConfig {
    fn read(
        section: &mut Section<'_>,
        signed: bool,
        rates: &RatesConfig,
    ) -> Result<Self, ConfigError> {
        const NAME: &str = "a name of 1 to 64 letters, digits, `-`, `_` or `.`";
        const KEY: &str = "a key of 1 to 64 printable ASCII characters without spaces";
        const ORIGIN: &str = "scheme://host[:port] in lower case without path, \
                              e.g. https://bank.example, or \"*\" for any";
        const PARAM: &str = "the name of a parameter, of 1 to 64 letters, digits, `-`, `_` or `.`";
        let name = section.text("name", NAME)?;
        let name = section.required("name", name, NAME)?;
        if !is_name(&name) {
            return Err(section.refuse("name", &name, NAME));
        }
        let name = Text::new(name.clone()).map_err(|_| section.refuse("name", &name, NAME))?;
        let keys = section.list("keys", KEY, |key| is_key(key).then(|| key.to_owned()))?;
        if keys.is_empty() {
            return section.required("keys", None, &format!("at least one: {KEY}"));
        }
        let origins = section.list("origins", ORIGIN, |o| is_origin(o).then(|| o.to_owned()))?;
        if origins.is_empty() {
            return section.required("origins", None, &format!("at least one: {ORIGIN}"));
        }
        let any = origins.iter().any(|origin| origin == "*");
        let origins = if any { Origins::Any } else { Origins::Only(origins) };
        let url_params =
            section.list("url_params", PARAM, |name| is_param(name).then(|| name.to_owned()))?;
        let remote = RemoteValues::read(section, signed)?;
        let rates = rates.of_app(section)?;
        Ok(Self { name, keys, origins, url_params, remote, rates })
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// Whether `name` may stand in an address. One that looks like a personal number would be masked.
fn is_param(name: &str) -> bool {
    is_name(name) && dna_protocol::privacy::clean_text(name) == name
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether `origin` is what a browser would send (RFC 6454, section 6.2): a trailing slash or an
/// upper-case letter would never match, and a default port is never sent.
fn is_origin(origin: &str) -> bool {
    if origin == "*" {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let is_scheme =
        scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && scheme.starts_with(|c: char| c.is_ascii_lowercase());
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let allowed =
                |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b);
            !host.is_empty() && host.bytes().all(allowed)
        }
    };
    let default = match scheme {
        "https" => 443,
        "http" => 80,
        _ => 0,
    };
    let is_port = port.is_none_or(|port| {
        let plain = !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit());
        plain && port.parse::<u16>().is_ok_and(|port| port != default)
    });
    is_scheme && is_host && is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exactly_what_a_browser_sends() {
        for good in [
            "*",
            "https://bank.example",
            "http://localhost:8601",
            "http://127.0.0.1:8601",
            "http://[::1]:8601",
            "http://[::1]",
            "chrome-extension://abc",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "bank.example",
            "https://",
            "https://bank.example/",
            "https://Bank.example",
            "https://bank.example:443",
            "https://bank.example:",
            "https://*.bank.example",
            "https://a b",
            "://bank",
            "http://[::1]:80000",
            "http://[::1",
            "https://bank.example:0",
            "null",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
