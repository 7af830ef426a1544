//! Words that platforms and applications give for one of a few known things. Only known ones are
//! told: what else stands there may be anything, a card's number too.

/// What there is instead of a word that is not known.
const OTHER: &str = "other";

/// Types of networks, by the documents of WeChat, Alipay (in upper case), Douyin, QQ and Baidu.
pub(super) const NETWORKS: &[&str] =
    &["wifi", "none", "unknown", "2g", "3g", "4g", "5g", "ethernet", "wwan", "notreachable"];

/// How a page is opened: the types of WeChat's routes, of which the others have some.
pub(super) const ROUTES: &[&str] = &[
    "appLaunch",
    "navigateTo",
    "redirectTo",
    "reLaunch",
    "autoReLaunch",
    "switchTab",
    "navigateBack",
    "dismissPip",
];

/// Methods of requests: RFC 9110 and RFC 5789.
pub(super) const METHODS: &[&str] =
    &["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT"];

/// Initiators of resources: W3C Resource Timing, and the tags of mini programs.
pub(super) const INITIATORS: &[&str] = &[
    "image",
    "img",
    "cover-image",
    "css",
    "link",
    "script",
    "font",
    "audio",
    "video",
    "iframe",
    "fetch",
    "xmlhttprequest",
];

/// Levels of Android's warnings that memory runs short (`ComponentCallbacks2`).
const LEVELS: [f64; 7] = [5.0, 10.0, 15.0, 20.0, 40.0, 60.0, 80.0];

/// The word as the list has it, whatever its case; `other` for one that it has not, and nothing for
/// nothing.
pub(super) fn known(word: &str, words: &[&'static str]) -> &'static str {
    if word.is_empty() {
        return "";
    }
    words.iter().find(|known| known.eq_ignore_ascii_case(word)).copied().unwrap_or(OTHER)
}

/// A level that there is; NaN for any other number.
pub(super) fn level(level: f64) -> f64 {
    if LEVELS.contains(&level) { level } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_words_are_told() {
        for (word, told) in [
            ("WIFI", "wifi"),
            ("5g", "5g"),
            ("NotReachable", "notreachable"),
            ("6222020202020208", "other"),
            ("wifi 6222020202020208", "other"),
            ("", ""),
        ] {
            assert_eq!(known(word, NETWORKS), told, "{word}");
        }
        assert_eq!(known("navigateto", ROUTES), "navigateTo");
        assert!(
            level(15.0) == 15.0 && level(13_800_138_000.0).is_nan() && level(f64::NAN).is_nan()
        );
    }
}
