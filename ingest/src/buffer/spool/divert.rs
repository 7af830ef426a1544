//! Turning to the spool, and what goes into it first: what the primary took last.

use super::{Group, GroupError, KeepError, Lost, Sink, SpoolSink, Written};
use crate::buffer::Item;
use tokio::time::timeout;

impl<S: Sink> SpoolSink<S> {
    pub(super) async fn divert_failed(
        &mut self,
        group: Group,
        outcomes: Vec<Result<(), KeepError>>,
    ) -> Written {
        // One that may have ended says more than one that is full.
        let refusals = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        let reason = refusals.min_by_key(|e| !matches!(e, KeepError::Unavailable { .. })).cloned();
        let Some(reason) = reason else { return Ok(()) };
        let mut outcome = outcomes.iter();
        let (taken, failed): (Vec<Item>, _) =
            group.iter().cloned().partition(|_| outcome.next().is_some_and(Result::is_ok));
        self.recent.push(&Group::new(taken));
        let Err(error) = self.divert(Group::new(failed), &reason).await else { return Ok(()) };
        let GroupError::All(error) = error else { return Err(error) };
        let of_each = outcomes.into_iter().map(|outcome| outcome.map_err(|_| error.clone()));
        Err(GroupError::Each(of_each.collect()))
    }

    /// Begins to spool, with `group` behind what the primary took last. That goes with it whatever
    /// the refusal says: a primary that is full now may end in the next seconds, and what it
    /// forgets then would stand behind what is newer.
    pub(super) async fn divert(&mut self, group: Group, error: &KeepError) -> Written {
        let is_lost = matches!(error, KeepError::Unavailable { .. });
        // First the entries, then that there are some: the replay must not think it has all.
        self.recent.owe();
        let written = match self.save_owed().await {
            Ok(()) if !group.is_empty() => self.append(group).await,
            written => written,
        };
        self.begin(&error.to_string(), is_lost);
        written
    }

    /// Turns to the spool. Where the primary `is_lost`, what was replayed last is repeated.
    pub(super) fn begin(&mut self, reason: &str, is_lost: bool) {
        self.clear_at = None;
        if is_lost {
            self.replaying.tell_lost();
        }
        if !self.is_spooling {
            let kind = S::KIND;
            tracing::warn!(reason, "{kind} does not take entries: they go to the spool");
            // Until the replay has seen for itself.
            self.sender.send_modify(|state| state.failure = Some(reason.to_owned()));
        }
        self.is_spooling = true;
        self.went_on();
    }

    /// Tells the replay that the spool has more.
    pub(super) fn went_on(&mut self) {
        self.generation += 1;
        self.replaying.go_on(self.generation);
    }

    /// Puts into the spool what the primary may have forgotten. What finds no place stays owed,
    /// and nothing newer is taken before it: it is acknowledged already, and goes first.
    pub(super) async fn save_owed(&mut self) -> Written {
        while let Some(group) = self.recent.owed() {
            if let Err(error) = self.append(group).await {
                if self.recent.is_first_trouble() {
                    tracing::warn!(?error, "what was kept last finds no place in the spool yet");
                }
                return Err(error);
            }
            self.recent.saved();
        }
        Ok(())
    }

    /// Gives the primary, which takes entries again, what it may have forgotten and the spool had
    /// no place for. What it takes of it is held as if it were new, for it may forget it again.
    pub(super) async fn repay(&mut self) -> Result<(), KeepError> {
        if !self.recent.is_owed() {
            return Ok(());
        }
        for part in 0..self.recent.parts() {
            for group in self.recent.part(part) {
                self.repay_group(group).await?;
            }
        }
        self.recent.repaid();
        Ok(())
    }

    async fn repay_group(&mut self, group: Group) -> Result<(), KeepError> {
        let write = async { self.primary.lock().await.write_group(group).await };
        match timeout(self.slow, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(GroupError::All(error))) => Err(error),
            Ok(Err(GroupError::Each(outcomes))) => outcomes.into_iter().collect(),
            Err(_) => Err(self.too_slow()),
        }
    }

    /// The last chance of what is owed, when ingest ends. What neither takes is counted as lost.
    pub(super) async fn settle_owed(&mut self) {
        if self.save_owed().await.is_ok() || self.repay().await.is_ok() {
            return;
        }
        let lost = self.recent.entries() as u64;
        tracing::error!(
            lost,
            "what {} took last may be lost: it does not answer, and the spool \
            has no room",
            S::KIND
        );
        self.counters.spool.lost(Lost::NoRoom, lost);
    }
}
