//! Whether anything may leave the page or be stored on the device. What the visitor has decided
//! is the page's to know and to say on each page: it is not stored here.

use crate::batch::Batch;
use crate::client::Client;
use crate::host::Host;
use crate::sequence::Sequence;
use crate::session::Session;
use crate::visitor;

/// What the visitor has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The page says nothing of consent: it does not ask, or need not.
    Assumed,
    /// Agreed.
    Granted,
    /// Not decided: what happens waits in memory, and nothing is sent or stored.
    Pending,
    /// Refused: nothing is kept anywhere.
    Denied,
}

impl Consent {
    /// The state of that name.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        match name {
            "granted" => Some(Self::Granted),
            "pending" => Some(Self::Pending),
            "denied" => Some(Self::Denied),
            _ => None,
        }
    }

    /// Whether anything may be sent and stored.
    pub(crate) fn allows(self) -> bool {
        matches!(self, Self::Assumed | Self::Granted)
    }
}

impl<H: Host> Client<H> {
    /// The visitor has decided, or decides anew.
    pub fn consent(&mut self, now: u64, consent: Consent) {
        if consent == Consent::Pending {
            // What was collected while it was allowed keeps its session.
            self.seal_all(now);
            self.session = None;
        }
        self.consent = consent;
        match consent {
            Consent::Denied => self.erase(now),
            Consent::Pending => {}
            Consent::Assumed | Consent::Granted => self.open(now),
        }
        self.advance(now);
    }

    /// Sending and storing is allowed from now on.
    pub(crate) fn open(&mut self, now: u64) {
        if self.session.is_none() {
            let percent = self.config.sample_percent;
            self.session = Some(Session::resume(&mut self.host, percent, now));
        }
        if let Some(why) = self.why.take() {
            self.keep(why, now);
        }
        self.keep_vip(now);
        // A page that says nothing has not asked for this.
        if self.config.visitor && self.consent == Consent::Granted && self.visitor.is_none() {
            self.visitor = Some(visitor::find(&mut self.host));
        }
        self.trim();
    }

    /// Forgets everything, here and in the storage. What comes after another consent has no
    /// number in common with what was before.
    fn erase(&mut self, now: u64) {
        self.host.erase();
        self.batch = Batch::default();
        self.delivery.forget(now);
        self.session = None;
        self.visitor = None;
        self.identity = None;
        self.route = None;
        self.why = None;
        self.vip = false;
        self.sequence = Sequence::default();
        self.last = None;
        self.dropped = Default::default();
        self.renew_view();
    }
}
