//! Where an application's clients are: the origins of its pages, and its mini programs.

use super::{ConfigError, Section};

/// Where requests may come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacesConfig {
    /// Origins whose pages may send.
    pub origins: Origins,
    /// Mini programs that may send, by platform; any, where the list is empty.
    pub mini_programs: MiniPrograms,
    /// Refuses requests that say neither an origin nor a mini program.
    pub require_origin: bool,
}

/// The identifiers of an application's mini programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MiniPrograms {
    /// Of WeChat, `wx…`.
    pub wechat: Vec<String>,
    /// Of Alipay, digits.
    pub alipay: Vec<String>,
    /// Of Douyin and its sisters, `tt…`.
    pub douyin: Vec<String>,
    /// Of QQ.
    pub qq: Vec<String>,
    /// Of Baidu.
    pub baidu: Vec<String>,
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

impl PlacesConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, ConfigError> {
        const ORIGIN: &str = "scheme://host[:port] in lower case without path, \
                              e.g. https://bank.example, or \"*\" for any";
        let is_given = section.has("origins");
        let origins = section.list("origins", ORIGIN, |o| is_origin(o).then(|| o.to_owned()))?;
        let mut mini = section.section("mini_programs")?;
        let mini_programs = MiniPrograms {
            wechat: app_ids(&mut mini, "wechat")?,
            alipay: app_ids(&mut mini, "alipay")?,
            douyin: app_ids(&mut mini, "douyin")?,
            qq: app_ids(&mut mini, "qq")?,
            baidu: app_ids(&mut mini, "baidu")?,
        };
        mini.finish()?;
        let require_origin = section.boolean("require_origin", false)?;
        let MiniPrograms { wechat, alipay, douyin, qq, baidu } = &mini_programs;
        let is_in_pages = [wechat, alipay, douyin, qq, baidu].iter().all(|ids| ids.is_empty());
        if origins.is_empty() && is_in_pages {
            let allowed = format!("at least one {ORIGIN}; or list mini programs");
            if is_given {
                return Err(section.refuse_value("origins", Vec::<String>::new(), allowed));
            }
            return section.required("origins", None, &allowed);
        }
        let any = origins.iter().any(|origin| origin == "*");
        let origins = if any { Origins::Any } else { Origins::Only(origins) };
        Ok(Self { origins, mini_programs, require_origin })
    }
}

/// Identifiers as the platforms give them; they stand in an address.
fn app_ids(section: &mut Section<'_>, key: &'static str) -> Result<Vec<String>, ConfigError> {
    const ID: &str = "the identifier of a mini program: 1 to 64 letters and digits";
    let is_id = |id: &str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    section.list(key, ID, |id| is_id(id).then(|| id.to_owned()))
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
