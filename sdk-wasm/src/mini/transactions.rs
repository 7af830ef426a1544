//! Transactions of the application's: their beginning and their end.

use super::calls;
use super::core::{Core, MiniHost};
use super::record::Record;
use crate::transactions::Ended;

/// The open transactions, each with the attributes of the call that began it.
pub(super) type Transactions = crate::transactions::Transactions<Vec<u8>>;

/// Takes a call that begins one, or ends it as `outcome` says.
pub(super) fn said<H: MiniHost>(
    core: &mut Core<H>,
    now: u64,
    name: String,
    record: Record<'_>,
    outcome: &'static str,
) {
    if outcome.is_empty() {
        let before = core.transactions.begin(name, record.time, record.rest().to_vec());
        tell(core, now, before, &[]);
    } else {
        let ended = core.transactions.end(&name, record.time, outcome);
        if ended.is_none() {
            core.client.host().warn("dna: no transaction of that name is open");
        }
        tell(core, now, ended, record.rest());
    }
}

/// Nobody is there any more: what is open was abandoned.
pub(super) fn left<H: MiniHost>(core: &mut Core<H>, now: u64) {
    while let Some(ended) = core.transactions.abandon(now as f64) {
        tell(core, now, Some(ended), &[]);
    }
}

/// Tells those that nobody waits for any more.
pub(super) fn expire<H: MiniHost>(core: &mut Core<H>, now: u64) {
    while let Some(ended) = core.transactions.expire(now as f64) {
        tell(core, now, Some(ended), &[]);
    }
}

/// Tells one that is over, with the attributes of both calls; what its end says holds.
fn tell<H: MiniHost>(core: &mut Core<H>, now: u64, ended: Option<Ended<Vec<u8>>>, end: &[u8]) {
    let Some(ended) = ended else { return };
    let (attributes, _) = calls::attributes(&[end, &ended.with], "");
    core.record(now, ended.start, ended.draft(&attributes));
}
