//! The two languages: which one a request wants, and the texts in it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT_LANGUAGE, COOKIE};

/// A language of the bank's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The short code of `?lang=`, the cookie and the texts file.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The value of the `lang` attribute.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// What the language calls itself.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "中文",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Chosen by `asked` (`?lang=`), else remembered in the cookie, else the browser's own.
    pub(crate) fn of(request: &HttpRequest, asked: Option<&str>) -> Self {
        asked
            .and_then(Self::from_code)
            .or_else(|| remembered(request))
            .unwrap_or_else(|| preferred(request))
    }

    /// The `Set-Cookie` value that remembers the choice for a year.
    pub(crate) fn cookie(self) -> String {
        format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", self.code())
    }

    /// A text of the bank, not escaped.
    pub(crate) fn text(self, key: &str) -> Option<&'static str> {
        self.texts().get(key).map(String::as_str)
    }

    /// All texts of the language by key.
    pub(crate) fn texts(self) -> &'static BTreeMap<String, String> {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }
}

type Texts = BTreeMap<String, String>;
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../web/data/texts.en.json")));
static CHINESE: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../web/data/texts.zh.json")));

fn read(json: &str) -> Texts {
    serde_json::from_str(json).expect("the embedded texts are JSON; a test reads them")
}

/// Read by hand: actix-web's cookie feature would make every build of the workspace compile
/// actix-web twice, for one word.
fn remembered(request: &HttpRequest) -> Option<Language> {
    let cookies = request.headers().get(COOKIE)?.to_str().ok()?;
    let code = cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("lang="))?;
    Language::from_code(code)
}

/// The first language of `Accept-Language`; its weights are in order in every browser.
fn preferred(request: &HttpRequest) -> Language {
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    match header {
        Some(languages) if languages.trim_start().to_ascii_lowercase().starts_with("zh") => {
            Language::Chinese
        }
        _ => Language::English,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let keys = |language: Language| language.texts().keys().collect::<Vec<_>>();
        assert_eq!(keys(Language::English), keys(Language::Chinese));
        for language in Language::ALL {
            for (key, text) in language.texts() {
                assert!(!text.trim().is_empty(), "{key} is empty in {}", language.code());
            }
        }
    }

    #[test]
    fn asked_beats_remembered_beats_preferred() {
        let request = |cookie: &str, accept: &str| {
            TestRequest::default()
                .insert_header((COOKIE, cookie))
                .insert_header((ACCEPT_LANGUAGE, accept))
                .to_http_request()
        };
        let of = |cookie, accept, asked| Language::of(&request(cookie, accept), asked);
        assert_eq!(of("lang=en", "zh-CN", Some("zh")), Language::Chinese);
        assert_eq!(of("a=b; lang=en", "zh-CN", Some("fr")), Language::English);
        assert_eq!(of("lang=fr", "zh-CN,en;q=0.5", None), Language::Chinese);
        assert_eq!(of("", "de,zh;q=0.5", None), Language::English);
    }
}
