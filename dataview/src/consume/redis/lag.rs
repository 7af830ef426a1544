//! How far the group is behind, asked now and then.

use super::link::{Link, Servers};
use crate::consume::counters::ShardHealth;
use crate::consume::keep::Keeping;
use crate::consume::limits::LAG_EVERY;
use ::redis::{RedisResult, Value, cmd, from_redis_value};
use dna_buffer::redis::stream_key;
use std::collections::HashMap;
use std::time::SystemTime;

pub(super) struct Watch {
    pub(super) servers: Servers,
    pub(super) group: String,
    pub(super) keeping: Keeping,
}

impl Watch {
    /// Looks until it is told to stop. What cannot be asked is asked again; the consumers say
    /// what is wrong.
    pub(super) async fn run(self) {
        let mut link = None;
        loop {
            let looked = self.keeping.stop.unless(self.look(&mut link)).await;
            if let Ok(Err(error)) = &looked {
                tracing::debug!(error, "the group's lag cannot be asked");
                link = None;
            }
            if looked.is_err() || self.keeping.stop.pause(LAG_EVERY).await.is_err() {
                return;
            }
        }
    }

    async fn look(&self, link: &mut Option<Link>) -> Result<(), String> {
        if link.is_none() {
            *link = Some(self.servers.link_all().await?);
        }
        let Some(link) = link else { return Ok(()) };
        for shard in 0..self.servers.shards() {
            let health = self.shard(link, shard).await.map_err(|error| error.to_string())?;
            self.keeping.counters.lags(health);
        }
        let dead = self.keeping.dead.count().await.map_err(|error| error.to_string())?;
        self.keeping.counters.keeps_dead_letters(dead);
        Ok(())
    }

    async fn shard(&self, link: &Link, shard: u16) -> RedisResult<ShardHealth> {
        let mut health = ShardHealth { shard, ..ShardHealth::default() };
        let (Some(mut connection), key) = (link.of(shard), stream_key(shard)) else {
            return Ok(health);
        };
        let groups: Vec<HashMap<String, Value>> =
            cmd("XINFO").arg("GROUPS").arg(&key).query_async(&mut connection).await?;
        let text = |about: &HashMap<String, Value>, name: &str| {
            from_redis_value::<String>(about.get(name)?.clone()).ok()
        };
        let own = groups.iter().find(|about| text(about, "name").as_ref() == Some(&self.group));
        let Some(own) = own else { return Ok(health) };
        let number = |name| text(own, name).and_then(|text| text.parse().ok());
        health.lag_messages = number("lag");
        health.pending = number("pending").unwrap_or_default();
        let oldest = if health.pending > 0 {
            let pending: Vec<Value> =
                cmd("XPENDING").arg(&key).arg(&self.group).query_async(&mut connection).await?;
            pending.get(1).cloned().and_then(|id| from_redis_value::<String>(id).ok())
        } else {
            let after = format!("({}", text(own, "last-delivered-id").unwrap_or_default());
            let mut range = cmd("XRANGE");
            range.arg(&key).arg(after).arg("+").arg("COUNT").arg(1);
            let next: Vec<(String, Value)> = range.query_async(&mut connection).await?;
            next.into_iter().next().map(|(id, _)| id)
        };
        let came = oldest.and_then(|id| id.split('-').next()?.parse::<u64>().ok());
        health.lag_ms = came.map_or(0, |came| now_ms().saturating_sub(came));
        Ok(health)
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
