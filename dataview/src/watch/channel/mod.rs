//! Channels: where people are told of incidents. Each kind has a file with what its platform wants,
//! by its public documentation; [`http`] and [`email`] send.

mod alertmanager;
mod dingtalk;
mod email;
mod feishu;
mod http;
mod settings;
mod text;
mod webhook;
mod wecom;

pub use settings::{ChannelSettings, Language, Target};

use super::incident::Notice;
use super::limits::{ANSWER_TIMEOUT, CONNECT_TIMEOUT};
use super::rule::WrongRule;
use crate::subscribe::Secret;
use email::Email;
use http::Answer;
use reqwest::{Client, Url, redirect};
use std::path::PathBuf;

/// A channel that can be sent to.
#[derive(Debug)]
pub struct Channel {
    /// Its name.
    pub name: String,
    language: Language,
    /// Where DataView's pages are, for links.
    pages: Option<String>,
    to: Ready,
    /// What it was made of, to tell whether it is another after the file was read again.
    made_of: String,
}

#[derive(Debug)]
enum Ready {
    Webhook { url: Url, secret: Option<Secret> },
    Alertmanager { url: Url },
    Dingtalk { url: Url, secret: Option<Word> },
    Wecom { url: Url },
    Feishu { url: Url, secret: Option<Word> },
    Email(Box<Email>),
}

/// What an answer says of the notice.
type Judge = fn(&Answer) -> Result<(), Refused>;

/// A secret that is a text.
struct Word(String);

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Word")
    }
}

/// Why a channel did not take a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// In words, without addresses and secrets.
    pub what: String,
    /// How long it wants to be left alone, in ms.
    pub wait_ms: Option<u64>,
    /// Whether it refused this notice, and would take others.
    pub is_about_this: bool,
}

impl Refused {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), wait_ms: None, is_about_this: false }
    }

    fn about_this(what: impl Into<String>) -> Self {
        Self { is_about_this: true, ..Self::new(what) }
    }

    fn wait(what: impl Into<String>, wait_ms: u64) -> Self {
        Self { wait_ms: Some(wait_ms), ..Self::new(what) }
    }
}

impl Channel {
    /// The channel that `settings` say, with its secrets read. The files that it has read are added
    /// to `files`.
    ///
    /// # Errors
    /// What is wrong.
    pub fn new(
        settings: &ChannelSettings,
        pages: Option<&str>,
        files: &mut Vec<PathBuf>,
    ) -> Result<Self, WrongRule> {
        let (to, read) = settings.ready(files)?;
        Ok(Self {
            name: settings.name.clone(),
            language: settings.language,
            pages: pages.map(|pages| pages.trim_end_matches('/').to_owned()),
            to,
            made_of: format!("{settings:?} {pages:?} {read}"),
        })
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.to {
            Ready::Webhook { .. } => "webhook",
            Ready::Alertmanager { .. } => "alertmanager",
            Ready::Dingtalk { .. } => "dingtalk",
            Ready::Wecom { .. } => "wecom",
            Ready::Feishu { .. } => "feishu",
            Ready::Email(_) => "email",
        }
    }

    /// Whether it forgets an incident that it is not told again.
    #[must_use]
    pub fn is_forgetful(&self) -> bool {
        matches!(self.to, Ready::Alertmanager { .. })
    }

    /// Whether it is the same as `other`, secrets included.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.made_of == other.made_of
    }

    /// The least time between two notices, in ms: the platform's own bound.
    #[must_use]
    pub fn pace_ms(&self) -> u64 {
        match &self.to {
            Ready::Dingtalk { .. } => dingtalk::PACE_MS,
            Ready::Wecom { .. } => wecom::PACE_MS,
            Ready::Feishu { .. } => feishu::PACE_MS,
            Ready::Webhook { .. } | Ready::Alertmanager { .. } | Ready::Email(_) => 0,
        }
    }

    /// Sends `notice` at `now_ms`.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn send(&self, client: &Client, notice: &Notice, now_ms: u64) -> Result<(), Refused> {
        let told = text::told(notice, self.language, self.pages.as_deref());
        let (request, judge): (_, Judge) = match &self.to {
            Ready::Webhook { url, secret } => {
                (webhook::request(url, secret.as_ref(), notice, &told, now_ms), http::judge_status)
            }
            Ready::Alertmanager { url } => {
                (alertmanager::request(url, notice, &told, now_ms), http::judge_status)
            }
            Ready::Dingtalk { url, secret } => {
                let secret = secret.as_ref().map(|word| &*word.0);
                (dingtalk::request(url, secret, &told, now_ms), dingtalk::judge)
            }
            Ready::Wecom { url } => (wecom::request(url, &told), wecom::judge),
            Ready::Feishu { url, secret } => {
                let secret = secret.as_ref().map(|word| &*word.0);
                (feishu::request(url, secret, &told, now_ms), feishu::judge)
            }
            Ready::Email(email) => return email.send(notice, &told, now_ms).await,
        };
        judge(&http::post(client, request).await?)
    }
}

/// The client that posts: one for all channels.
///
/// # Errors
/// When none can be made.
pub fn client() -> Result<Client, reqwest::Error> {
    // That one is installed already is no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(ANSWER_TIMEOUT)
        // A redirect would send it to where nobody has said.
        .redirect(redirect::Policy::none())
        .user_agent(concat!("dna-dataview/", env!("CARGO_PKG_VERSION")))
        .build()
}
