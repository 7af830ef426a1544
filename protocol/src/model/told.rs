//! What the application says, and who uses it.

use crate::field::{Attributes, Millis, Text, Verbatim};
use crate::record::record;

record! {
    /// An event of the application's own.
    pub struct Custom {
        /// Its name.
        1 => name: Text<128> = "event.name",
        /// What the application says of it.
        2 => attributes: Attributes = "attributes",
    }
}

record! {
    /// A step of the application's that takes its time, such as an SMS code that arrives.
    pub struct Transaction {
        /// Its name.
        1 => name: Text<128> = "transaction.name",
        /// From its beginning to its end. The event's time is the beginning.
        2 => duration: Millis = "duration_ms",
        /// How it ended: ok, error, abandoned (the page was left), timeout.
        3 => outcome: Text<16> = "transaction.outcome",
        /// What the application says of it.
        4 => attributes: Attributes = "attributes",
    }
}

record! {
    /// A moment of the application's own (W3C User Timing), or a time between two.
    pub struct Mark {
        /// Its name.
        1 => name: Text<128> = "mark.name",
        /// How long; absent: a moment.
        2 => duration: Millis = "duration_ms",
    }
}

record! {
    /// Who uses the session.
    pub struct Identity {
        /// The user's ID as the application knows it. Only on the way to ingest; never kept.
        1 => id: Verbatim<256> = "user.id",
        /// The keyed pseudonym that ingest puts in its place. Not taken from clients.
        2 => hash: Verbatim<128> = "user.hash",
        /// The user's tier, e.g. vip.
        3 => tier: Text<32> = "user.tier",
        /// What else the application says of the user.
        4 => attributes: Attributes = "attributes",
    }
}
