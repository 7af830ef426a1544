//! Channels as the file of rules says them. Secrets, and addresses that are secrets, are in files or
//! environment variables of their own: whoever reads the rules need not be able to speak for us.

use super::super::limits::SECRET_BYTES_MAX;
use super::super::rule::{WrongRule, name};
use super::email::Email;
use super::{Ready, Word};
use crate::subscribe::Secret;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use utoipa::ToSchema;

/// A channel, in the file of rules a table `[[channels]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSettings {
    /// Its name, by which rules name it.
    pub name: String,
    /// The language that is spoken there.
    #[serde(default)]
    pub language: Language,
    /// Where to.
    pub to: Target,
}

/// The language of a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

/// Where a channel leads to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Target {
    /// A webhook of one's own, signed with a secret `whsec_…`.
    Webhook(Hook),
    /// Alertmanager.
    Alertmanager(Hook),
    /// A robot of a DingTalk group; the secret begins with `SEC`.
    Dingtalk(Hook),
    /// A robot of a WeCom group.
    Wecom(Hook),
    /// A robot of a Feishu group.
    Feishu(Hook),
    /// E-mail.
    Email(EmailSettings),
}

/// Where is posted, and what is signed with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hook {
    /// The address, where it is no secret.
    pub url: Option<String>,
    /// A file that holds it.
    pub url_file: Option<String>,
    /// An environment variable that holds it.
    pub url_variable: Option<String>,
    /// A file that holds the secret.
    pub secret_file: Option<String>,
    /// An environment variable that holds it.
    pub secret_variable: Option<String>,
}

/// Who is written to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailSettings {
    /// HOST:PORT of the SMTP server.
    pub server: String,
    /// How it is spoken to.
    #[serde(default)]
    pub tls: Security,
    /// Who writes.
    pub from: String,
    /// Who is written to.
    pub to: Vec<String>,
    /// Who we are to the server.
    pub username: Option<String>,
    /// A file that holds the password.
    pub password_file: Option<String>,
    /// An environment variable that holds it.
    pub password_variable: Option<String>,
}

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// By TLS once it has said hello; never without.
    #[default]
    Starttls,
    /// By TLS from the beginning.
    Tls,
    /// In the clear, to this machine only.
    None,
}

impl ChannelSettings {
    /// What can be sent to, and what was read of it, to tell later whether that has changed.
    pub(super) fn ready(&self, files: &mut Vec<PathBuf>) -> Result<(Ready, String), WrongRule> {
        name("name", &self.name)?;
        let mut read = String::new();
        let mut secrets = Secrets { files, read: &mut read };
        let ready = match &self.to {
            Target::Webhook(hook) => {
                let secret = secrets.secret(hook)?;
                let secret = secret.map(|text| whsec(&text)).transpose()?;
                Ready::Webhook { url: secrets.url(hook, false)?, secret }
            }
            Target::Alertmanager(hook) => {
                none(hook)?;
                Ready::Alertmanager { url: secrets.url(hook, true)? }
            }
            Target::Dingtalk(hook) => {
                let secret = secrets.secret(hook)?.map(Word);
                Ready::Dingtalk { url: secrets.url(hook, false)?, secret }
            }
            Target::Wecom(hook) => {
                none(hook)?;
                Ready::Wecom { url: secrets.url(hook, false)? }
            }
            Target::Feishu(hook) => {
                let secret = secrets.secret(hook)?.map(Word);
                Ready::Feishu { url: secrets.url(hook, false)?, secret }
            }
            Target::Email(email) => {
                let EmailSettings { password_file: file, password_variable: variable, .. } = email;
                let password = secrets.read("to.password", file.as_deref(), variable.as_deref())?;
                Ready::Email(Box::new(Email::new(email, password)?))
            }
        };
        // Only its hash is kept.
        Ok((ready, fingerprint(&read)))
    }
}

fn fingerprint(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Refuses a secret where nothing is signed.
fn none(hook: &Hook) -> Result<(), WrongRule> {
    if hook.secret_file.is_none() && hook.secret_variable.is_none() {
        return Ok(());
    }
    let allowed = "no secret: this kind of channel signs nothing";
    Err(WrongRule::new("to.secret_file", &hook.secret_file, allowed))
}

fn whsec(text: &str) -> Result<Secret, WrongRule> {
    let allowed = "`whsec_` and 32 bytes in base64, e.g. of `openssl rand -base64 32`";
    Secret::parse(text).ok_or_else(|| WrongRule::new("to.secret_file", Hidden, allowed))
}

/// Stands for a secret in a message.
struct Hidden;

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(a secret, not shown)")
    }
}

/// Reads what is elsewhere.
struct Secrets<'a> {
    files: &'a mut Vec<PathBuf>,
    read: &'a mut String,
}

impl Secrets<'_> {
    fn url(&mut self, hook: &Hook, may_be_open: bool) -> Result<Url, WrongRule> {
        let elsewhere =
            self.read("to.url", hook.url_file.as_deref(), hook.url_variable.as_deref())?;
        let allowed = "one of `url`, `url_file` and `url_variable`";
        let text = match (&hook.url, elsewhere) {
            (Some(url), None) => url.clone(),
            (None, Some(url)) => url,
            _ => return Err(WrongRule::new("to.url", Hidden, allowed)),
        };
        let allowed = match may_be_open {
            true => "http:// or https://, without user and password",
            false => {
                "https://…, or http:// to 127.0.0.1, [::1] or localhost, without user and password"
            }
        };
        let wrong = || WrongRule::new("to.url", Hidden, allowed);
        let url: Url = text.parse().map_err(|_| wrong())?;
        let is_here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let is_good = match url.scheme() {
            "https" => url.host_str().is_some(),
            "http" => may_be_open || is_here,
            _ => false,
        };
        let is_bare = url.username().is_empty() && url.password().is_none();
        if is_good && is_bare { Ok(url) } else { Err(wrong()) }
    }

    fn secret(&mut self, hook: &Hook) -> Result<Option<String>, WrongRule> {
        self.read("to.secret", hook.secret_file.as_deref(), hook.secret_variable.as_deref())
    }

    /// The text of a file or variable.
    fn read(
        &mut self,
        field: &str,
        file: Option<&str>,
        variable: Option<&str>,
    ) -> Result<Option<String>, WrongRule> {
        let text = match (file, variable) {
            (None, None) => return Ok(None),
            (Some(file), Some(_)) => {
                let allowed = format!("nothing beside `{field}_variable`; give one of the two");
                return Err(WrongRule::new(format!("{field}_file"), file, allowed));
            }
            (Some(file), None) => {
                self.files.push(file.into());
                let mut text = String::new();
                let read = File::open(file)
                    .and_then(|file| file.take(SECRET_BYTES_MAX).read_to_string(&mut text));
                read.map_err(|error| {
                    let allowed = format!("a file that can be read: {error}");
                    WrongRule::new(format!("{field}_file"), file, allowed)
                })?;
                text
            }
            (None, Some(variable)) => std::env::var(variable).map_err(|_| {
                let allowed = "the name of an environment variable that is set";
                WrongRule::new(format!("{field}_variable"), variable, allowed)
            })?,
        };
        let text = text.trim().to_owned();
        if text.is_empty() {
            let allowed = "something in it";
            return Err(WrongRule::new(field, Hidden, allowed));
        }
        self.read.push_str(&text);
        self.read.push('\n');
        Ok(Some(text))
    }
}
