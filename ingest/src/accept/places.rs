//! Whether a request comes from where its application's clients are: from a page by `Origin`, from
//! a mini program by `Referer`, which the platforms set and no script of theirs can:
//!
//! - WeChat: `https://servicewechat.com/{appid}/{version}/page-frame.html` (its document on network
//!   use). iOS sends the host alone for images, not for requests.
//! - Alipay: `https://{appid}.hybrid.alipay-eco.com/{appid}/{version}/index.html#{page}` (its
//!   document of `my.request`).
//! - Douyin: `https://tmaservice.developer.toutiao.com/?appid={appid}&version={version}` (its
//!   document of `tt.request`); older versions leave the `/` out.
//! - QQ: `https://appservice.qq.com/{appid}/{version}/page-frame.html` (its guide to network use).
//! - Baidu: `https://smartapps.cn/{appkey}/{version}/page-frame.html`, before its base library
//!   3.170.0 `https://smartapp.baidu.com/…` (its guide to network use).
//!
//! It keeps other people's pages and mini programs from sending by mistake or copied code. Who
//! writes their own client sends what they like.

use crate::config::{MiniPrograms, PlacesConfig};

/// A platform of mini programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// WeChat.
    Wechat,
    /// Alipay.
    Alipay,
    /// Douyin and its sisters.
    Douyin,
    /// QQ.
    Qq,
    /// Baidu.
    Baidu,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// A page of another origin.
    #[error("origin {0:?} is not allowed; allowed are the `origins` of the configuration")]
    Origin(String),
    /// Another mini program.
    #[error(
        "mini program {id:?} of {platform:?} is not allowed; allowed are the `mini_programs` of the configuration"
    )]
    MiniProgram {
        /// Whose.
        platform: Platform,
        /// Its identifier.
        id: String,
    },
    /// Neither.
    #[error(
        "neither `Origin` nor a mini program's `Referer` says where the request comes from, and the configuration says `require_origin`"
    )]
    Nowhere,
}

/// Judges a request by these headers. A page cannot leave `Origin` out; servers and curl do, and
/// so do mini programs.
///
/// # Errors
/// When it comes from elsewhere.
pub fn judge(
    places: &PlacesConfig,
    origin: Option<&str>,
    referer: Option<&str>,
) -> Result<(), PlaceError> {
    let program = referer.and_then(mini_program);
    if let Some((platform, id)) = program {
        let allowed = places.mini_programs.of(platform);
        let is_listed = allowed.iter().any(|known| known == id);
        // Developers' tools send the page's headers too, with an origin of their own.
        return if is_listed || allowed.is_empty() && !places.require_origin {
            Ok(())
        } else {
            Err(PlaceError::MiniProgram { platform, id: id.to_owned() })
        };
    }
    match origin {
        Some(origin) if places.origins.allow(origin) => Ok(()),
        Some(origin) => Err(PlaceError::Origin(origin.to_owned())),
        None if places.require_origin => Err(PlaceError::Nowhere),
        None => Ok(()),
    }
}

/// The mini program that a `Referer` names.
fn mini_program(referer: &str) -> Option<(Platform, &str)> {
    let rest = referer.strip_prefix("https://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    let in_path = match host {
        "servicewechat.com" => Some(Platform::Wechat),
        "appservice.qq.com" => Some(Platform::Qq),
        "smartapps.cn" | "smartapp.baidu.com" => Some(Platform::Baidu),
        _ => None,
    };
    let found = if let Some(platform) = in_path {
        (platform, rest.split('/').nth(1).unwrap_or_default())
    } else if let Some(id) = host.strip_suffix(".hybrid.alipay-eco.com") {
        (Platform::Alipay, id)
    } else if host == "tmaservice.developer.toutiao.com" {
        let query = rest.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let id = query.split(['&', '#']).find_map(|pair| pair.strip_prefix("appid="));
        (Platform::Douyin, id.unwrap_or_default())
    } else {
        return None;
    };
    Some(found)
}

impl MiniPrograms {
    fn of(&self, platform: Platform) -> &[String] {
        match platform {
            Platform::Wechat => &self.wechat,
            Platform::Alipay => &self.alipay,
            Platform::Douyin => &self.douyin,
            Platform::Qq => &self.qq,
            Platform::Baidu => &self.baidu,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origins;

    fn places(require_origin: bool) -> PlacesConfig {
        PlacesConfig {
            origins: Origins::Only(vec!["https://bank.example".to_owned()]),
            mini_programs: MiniPrograms {
                wechat: vec!["wx1234567890abcdef".to_owned()],
                alipay: vec!["2021001140664847".to_owned()],
                ..MiniPrograms::default()
            },
            require_origin,
        }
    }

    #[test]
    fn mini_programs_are_known_by_their_referer() {
        use Platform::{Alipay, Baidu, Douyin, Qq, Wechat};
        for (referer, expected) in [
            ("https://servicewechat.com/wx12/25/page-frame.html", Some((Wechat, "wx12"))),
            ("https://servicewechat.com/wx12/devtools/page-frame.html", Some((Wechat, "wx12"))),
            ("https://servicewechat.com/", Some((Wechat, ""))),
            ("https://servicewechat.com", Some((Wechat, ""))),
            ("https://20.hybrid.alipay-eco.com/20/0.2.1/index.html#pages/a", Some((Alipay, "20"))),
            (
                "https://tmaservice.developer.toutiao.com/?appid=tt1&version=1.0",
                Some((Douyin, "tt1")),
            ),
            ("https://tmaservice.developer.toutiao.com?version=1&appid=tt1", Some((Douyin, "tt1"))),
            ("https://appservice.qq.com/1108/2/page-frame.html", Some((Qq, "1108"))),
            ("https://smartapps.cn/a1B2/0/page-frame.html", Some((Baidu, "a1B2"))),
            ("https://smartapp.baidu.com/a1B2/0/page-frame.html", Some((Baidu, "a1B2"))),
            ("https://bank.example/servicewechat.com/wx12/", None),
            ("https://servicewechat.com.evil.example/wx12/1/page-frame.html", None),
            ("http://servicewechat.com/wx12/1/page-frame.html", None),
            ("", None),
        ] {
            assert_eq!(mini_program(referer), expected, "{referer}");
        }
    }

    #[test]
    fn only_listed_places_may_send() {
        let wechat = "https://servicewechat.com/wx1234567890abcdef/1/page-frame.html";
        let other = "https://servicewechat.com/wx000/1/page-frame.html";
        let alipay = "https://2021001140664847.hybrid.alipay-eco.com/2021001140664847/1/index.html";
        let douyin = "https://tmaservice.developer.toutiao.com/?appid=tt1&version=1";
        let page = Some("https://bank.example");
        for (origin, referer, open, strict) in [
            (page, None, true, true),
            (page, Some("https://bank.example/a"), true, true),
            (Some("https://evil.example"), None, false, false),
            (None, Some(wechat), true, true),
            (None, Some(alipay), true, true),
            (None, Some(other), false, false),
            (page, Some(other), false, false),
            // No list for the platform: not judged, unless everybody is.
            (None, Some(douyin), true, false),
            (None, None, true, false),
            (None, Some("https://bank.example/a"), true, false),
        ] {
            assert_eq!(
                judge(&places(false), origin, referer).is_ok(),
                open,
                "{origin:?} {referer:?}"
            );
            assert_eq!(
                judge(&places(true), origin, referer).is_ok(),
                strict,
                "{origin:?} {referer:?}"
            );
        }
    }
}
