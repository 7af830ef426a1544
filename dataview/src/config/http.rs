//! `[http]` and `[otlp]`: who stands before us, and who may tell traces.

use super::{ConfigError, Section};
use ipnet::IpNet;

/// The proxies that are believed.
pub(super) fn read_proxies(root: &mut Section<'_>) -> Result<Vec<IpNet>, ConfigError> {
    let mut section = root.section("http")?;
    let network = |text: &str| {
        text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<std::net::IpAddr>().ok()?)))
    };
    let allowed = "networks, e.g. 10.0.0.0/8 or 2001:db8::/32";
    let proxies = section.list("trusted_proxies", allowed, network)?;
    section.finish()?;
    Ok(proxies)
}

/// The token of those who send OTLP.
pub(super) fn read_otlp(root: &mut Section<'_>) -> Result<Option<String>, ConfigError> {
    let mut section = root.section("otlp")?;
    let judge = |token: &str| {
        let is_good = token.is_empty()
            || (token.len() >= 16 && token.bytes().all(|it| it.is_ascii_graphic()));
        is_good.then(|| token.to_owned())
    };
    let token = section.secret("token", "at least 16 characters of ASCII without spaces", judge)?;
    section.finish()?;
    Ok(token.filter(|token| !token.is_empty()))
}
