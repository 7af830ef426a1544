//! What is counted of connections.

use super::encode::{counter, gauge};
use super::{Labelled, Metrics, Tally};
use crate::edge::certificates::Certificates;
use dna_protocol::model::KINDS;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use std::sync::{Arc, OnceLock};

/// The certificates whose reloads are shown, once there are some.
#[derive(Debug, Clone, Default)]
pub(super) struct Served(Arc<OnceLock<Arc<Certificates>>>);

impl Collector for Served {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Some(certificates) = self.0.get() else { return Ok(()) };
        let (reloads, refusals) = certificates.counts();
        for (name, help, count) in [
            ("certificate_reloads", "Certificates taken in place of another", reloads),
            ("certificate_refusals", "Changed files of certificates that were no good", refusals),
        ] {
            counter(&mut encoder, name, help, count)?;
        }
        if let Some(end) = certificates.not_after() {
            let help = "When the first of the certificates that are served ends, in Unix time";
            let name = "certificate_not_after_seconds";
            gauge(&mut encoder, name, help, end.as_secs())?;
        }
        Ok(())
    }
}

/// Why the door ended a connection without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client did not take what was written to it in time.
    NotTaken,
    /// It had too many requests under way, side by side.
    TooManyStreams,
    /// A proxy's connection did not begin with whom it serves.
    NoProxyHeader,
    /// TLS was not agreed on.
    Handshake,
    /// Its first words, of the PROXY protocol or of TLS, did not come in time.
    SlowStart,
}

impl Ended {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::NotTaken,
        Self::TooManyStreams,
        Self::NoProxyHeader,
        Self::Handshake,
        Self::SlowStart,
    ];

    /// Its stable name, for the label.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotTaken => "not_taken",
            Self::TooManyStreams => "too_many_streams",
            Self::NoProxyHeader => "no_proxy_header",
            Self::Handshake => "tls_handshake",
            Self::SlowStart => "slow_start",
        }
    }
}

/// A series for each kind of event.
pub(super) fn shed_by_kind() -> Labelled {
    super::labelled_by("kind", KINDS.iter().map(|kind| kind.name))
}

impl Metrics {
    /// Counts events that were not kept because too much came, by [`tally`](Self::tally).
    pub fn shed(&self, tally: &Tally) {
        for (kind, count) in KINDS.iter().zip(tally.0).filter(|(_, count)| *count > 0) {
            self.shed.get_or_create(&[("kind", kind.name)]).inc_by(u64::from(count));
        }
    }

    /// Shows the reloads of `certificates` from now on.
    pub fn serves(&self, certificates: Arc<Certificates>) {
        // Set once, by the one server of a door.
        let _ = self.served.0.set(certificates);
    }

    /// Counts a connection that was ended without an answer.
    pub fn ended(&self, reason: Ended) {
        self.ended.get_or_create(&[("reason", reason.name())]).inc();
    }
}
