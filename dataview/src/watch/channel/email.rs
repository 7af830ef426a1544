//! E-mail by SMTP (`lettre`). The notice's name is the message's `Message-ID`, so that a mailbox
//! that gets one twice can tell.

use super::super::limits::ANSWER_TIMEOUT;
use super::Refused;
use super::settings::{EmailSettings, Security};
use super::text::{Told, cut};
use crate::watch::incident::Notice;
use crate::watch::rule::WrongRule;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Mailboxes};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::{Duration, UNIX_EPOCH};
use tokio::time::timeout;

/// How long a whole conversation may take: a server may think over each of its answers.
const CONVERSATION_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of a subject.
const SUBJECT_BYTES_MAX: usize = 200;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Who is written to, by which server.
pub(super) struct Email {
    transport: Transport,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email")
    }
}

impl Email {
    pub(super) fn new(
        settings: &EmailSettings,
        password: Option<String>,
    ) -> Result<Self, WrongRule> {
        let mailbox = |field: &str, text: &str| -> Result<Mailbox, WrongRule> {
            let allowed = "an address of e-mail, e.g. DataView <dataview@bank.example>";
            text.parse().map_err(|_| WrongRule::new(field, text, allowed))
        };
        let from = mailbox("to.from", &settings.from)?;
        let to: Vec<_> =
            settings.to.iter().map(|text| mailbox("to.to", text)).collect::<Result<_, _>>()?;
        if to.is_empty() || to.len() > 50 {
            return Err(WrongRule::new("to.to", &settings.to, "1 to 50 addresses"));
        }
        let server = &settings.server;
        let allowed = "HOST:PORT of an SMTP server, e.g. smtp.bank.example:587";
        let wrong = || WrongRule::new("to.server", server, allowed);
        let (host, port) = server.rsplit_once(':').ok_or_else(wrong)?;
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let is_here = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        let builder = match settings.tls {
            Security::Starttls => Transport::starttls_relay(host).map_err(|_| wrong())?,
            Security::Tls => Transport::relay(host).map_err(|_| wrong())?,
            Security::None if is_here => Transport::builder_dangerous(host),
            Security::None => {
                let allowed = "`starttls` or `tls`, unless the server is on this machine";
                return Err(WrongRule::new("to.tls", "none", allowed));
            }
        };
        let mut builder = builder.port(port).timeout(Some(ANSWER_TIMEOUT));
        if let (Some(name), Some(password)) = (&settings.username, password) {
            builder = builder.credentials(Credentials::new(name.clone(), password));
        }
        Ok(Self { transport: builder.build(), from, to })
    }

    pub(super) async fn send(
        &self,
        notice: &Notice,
        told: &Told,
        now_ms: u64,
    ) -> Result<(), Refused> {
        let message = self.message(notice, told, now_ms)?;
        match timeout(CONVERSATION_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // What lettre says names no credentials.
            Ok(Err(error)) if error.is_permanent() => {
                Err(Refused::about_this(format!("the server refused: {error}")))
            }
            Ok(Err(error)) => {
                let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
                Err(Refused::new(format!("{error}{}", source.unwrap_or_default())))
            }
            Err(_) => {
                let seconds = CONVERSATION_TIMEOUT.as_secs();
                Err(Refused::new(format!("the server did not take it within {seconds} s")))
            }
        }
    }

    fn message(&self, notice: &Notice, told: &Told, now_ms: u64) -> Result<Message, Refused> {
        let to: Mailboxes = self.to.iter().cloned().collect();
        let subject: String = told
            .title
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        Message::builder()
            .from(self.from.clone())
            .mailbox(lettre::message::header::To::from(to))
            .message_id(Some(format!("<{}@{}>", notice.id, self.from.email.domain())))
            .date(UNIX_EPOCH + Duration::from_millis(now_ms))
            .subject(cut(&subject, SUBJECT_BYTES_MAX))
            .header(ContentType::TEXT_PLAIN)
            .body(told.text.clone())
            .map_err(|error| Refused::about_this(format!("it cannot be written: {error}")))
    }
}
