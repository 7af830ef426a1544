//! What is measured of whom.

use super::frames::Form;
use super::servers::{Fsync, Peer};

/// Seconds that a turn loads a server, and that it warms up before.
pub(super) const TURN_SECONDS: u32 = 4;
pub(super) const WARM_UP_SECONDS: u32 = 1;
/// Turns when nothing else is said.
pub(super) const TURNS: u32 = 3;

/// The peer that most targets are about.
pub(super) const EVERYSEC: Peer = Peer::OursRedis(Fsync::Everysec);
/// The one that syncs before it acknowledges.
pub(super) const ALWAYS: Peer = Peer::OursRedis(Fsync::Always);

/// As much as a server takes: each connection sends the next beacon when it has the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full {
    pub(super) form: Form,
    pub(super) connections: u32,
}

impl Full {
    pub(super) const ALL: [Self; 4] = [
        Self { form: Form::Json, connections: 64 },
        Self { form: Form::Json, connections: 256 },
        Self { form: Form::Single, connections: 64 },
        Self { form: Form::Twenty, connections: 64 },
    ];

    /// Its name on the command line and in the JSON.
    pub(super) fn name(self) -> String {
        format!("{}-{}", self.form.name(), self.connections)
    }

    /// How the table calls it.
    pub(super) fn title(self) -> String {
        format!("{}, {} connections", self.form.title(), self.connections)
    }
}

/// The other cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// The wait at half of the load that the server takes.
    Half,
    /// Memory with 10,000 connections that are idle.
    Idle,
    /// Bytes in Redis of the recorded visit.
    Visit,
    /// What redis-benchmark adds to a stream.
    Limit,
}

impl Other {
    pub(super) const ALL: [Self; 4] = [Self::Half, Self::Idle, Self::Visit, Self::Limit];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Half => "half",
            Self::Idle => "idle",
            Self::Visit => "visit",
            Self::Limit => "limit",
        }
    }
}
