//! What a Redis says of itself: whether it takes entries, and how it is configured.

use super::link::Link;
use crate::buffer::KeepError;
use ::redis::{Pipeline, Value};
use std::collections::HashMap;

/// The parameters that durability depends on.
const PARAMETERS: [&str; 4] = ["appendfsync", "maxmemory-policy", "save", "min-replicas-to-write"];

/// The lines of INFO that matter here, and of CONFIG.
pub(super) struct Server {
    info: HashMap<String, String>,
    /// Empty when CONFIG is not permitted.
    config: HashMap<String, String>,
}

/// Asks a Redis. One that does not permit INFO is taken to be well: its commands will tell.
pub(super) async fn ask(link: &mut Link) -> Result<Server, KeepError> {
    let mut pipeline = Pipeline::new();
    pipeline.ignore_errors();
    pipeline.cmd("INFO");
    // One a command: several are understood from 7.0 on only.
    for parameter in PARAMETERS {
        pipeline.cmd("CONFIG").arg("GET").arg(parameter);
    }
    let replies: Vec<Value> = link.query(&pipeline).await?;
    let mut replies = replies.into_iter();
    let info: String =
        replies.next().and_then(|it| ::redis::from_redis_value(it).ok()).unwrap_or_default();
    let config = replies.filter_map(|it| ::redis::from_redis_value(it).ok());
    let config: Vec<HashMap<String, String>> = config.collect();
    Ok(Server { info: parse(&info), config: config.into_iter().flatten().collect() })
}

fn parse(info: &str) -> HashMap<String, String> {
    let pairs = info.lines().filter_map(|line| line.trim_end().split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// How full a Redis is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// Bytes that count against the bound.
    pub(super) used: u64,
    /// `maxmemory`; 0: none.
    pub(super) max: u64,
}

impl Memory {
    /// In percent of the bound; 0 where there is none.
    pub(super) fn percent(self) -> u64 {
        self.used.saturating_mul(100).checked_div(self.max).unwrap_or(0)
    }
}

/// Asks a Redis how full it is; 0 of 0 where it does not permit INFO.
pub(super) async fn ask_memory(link: &mut Link) -> Result<Memory, KeepError> {
    let mut command = ::redis::cmd("INFO");
    let info: Option<String> = link.command(command.arg("memory")).await?;
    let info = parse(&info.unwrap_or_default());
    Ok(Server { info, config: HashMap::new() }.memory())
}

impl Server {
    #[cfg(test)]
    pub(super) fn of(info: &str, config: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { info: parse(info), config: config.iter().map(owned).collect() }
    }

    fn get(&self, name: &str) -> &str {
        self.info.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap_or(0)
    }

    pub(super) fn is_replica(&self) -> bool {
        self.get("role") == "slave"
    }

    /// Whether INFO was permitted.
    pub(super) fn is_known(&self) -> bool {
        !self.info.is_empty()
    }

    /// Whether there is an append-only file.
    pub(super) fn appends(&self) -> bool {
        self.get("aof_enabled") == "1"
    }

    /// `appendfsync`; `None` when CONFIG is not permitted.
    pub(super) fn append_fsync(&self) -> Option<&str> {
        self.config.get("appendfsync").map(String::as_str)
    }

    /// Whether there are snapshots (`save`); `None` when CONFIG is not permitted.
    pub(super) fn saves(&self) -> Option<bool> {
        self.config.get("save").map(|points| !points.is_empty())
    }

    /// `min-replicas-to-write`; `None` when CONFIG is not permitted.
    pub(super) fn replicas_to_write(&self) -> Option<u64> {
        self.config.get("min-replicas-to-write")?.parse().ok()
    }

    /// `maxmemory-policy`; `None` when neither INFO nor CONFIG is permitted.
    pub(super) fn eviction(&self) -> Option<&str> {
        let of_config = self.config.get("maxmemory-policy").map(String::as_str);
        of_config.or_else(|| Some(self.get("maxmemory_policy")).filter(|policy| !policy.is_empty()))
    }

    /// Replicas that are connected now.
    pub(super) fn replicas(&self) -> u64 {
        let of = |name: &str| name.strip_prefix("slave").is_some_and(|n| n.parse::<u32>().is_ok());
        let lines =
            self.info.iter().filter(|(name, about)| of(name) && about.contains("state=online"));
        lines.count() as u64
    }

    /// Whether it is at least version `major.minor`.
    pub(super) fn is_at_least(&self, major: u32, minor: u32) -> bool {
        let mut parts = self.get("redis_version").split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (major, minor)
    }

    /// How full it is.
    pub(super) fn memory(&self) -> Memory {
        // What replicas and the append-only file have still to get does not count for Redis.
        let used =
            self.number("used_memory").saturating_sub(self.number("mem_not_counted_for_evict"));
        Memory { used, max: self.number("maxmemory") }
    }

    /// Why it would refuse entries now.
    pub(super) fn problem(&self) -> Option<KeepError> {
        let Memory { used, max } = self.memory();
        if self.get("loading") == "1" {
            Some(KeepError::unavailable("Redis is loading its data"))
        } else if self.is_replica() {
            Some(KeepError::unavailable("Redis is a replica"))
        } else if max > 0 && used >= max && self.eviction() == Some("noeviction") {
            Some(KeepError::Full { reason: format!("Redis uses {used} of {max} bytes") })
        } else {
            None
        }
    }

    /// Whether Redis could not write to its disk. Whether it refuses entries for that is a
    /// matter of its configuration (`stop-writes-on-bgsave-error`, `save`), so it must be tried.
    pub(super) fn is_doubtful(&self) -> bool {
        let failed = ["rdb_last_bgsave_status", "aof_last_write_status"];
        failed.iter().any(|name| self.get(name) == "err")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_used_up_is_a_problem_only_where_redis_refuses() {
        let full = "used_memory:10\r\nmaxmemory:10\r\nmaxmemory_policy:";
        let code = |info: &str| Server::of(info, &[]).problem().map(|problem| problem.code());
        assert_eq!(code(&format!("{full}noeviction\r\n")), Some("full"));
        assert_eq!(code(&format!("{full}allkeys-lru\r\n")), None);
        assert_eq!(code("used_memory:10\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction"), None);
        assert_eq!(code("role:slave\r\n"), Some("unavailable"));
        assert_eq!(code(""), None);
    }

    #[test]
    fn replicas_count_when_they_are_online() {
        let info = "connected_slaves:2\r\nslave0:ip=a,port=1,state=online,offset=1,lag=0\r\n\
            slave1:ip=a,port=2,state=wait_bgsave,offset=0,lag=0\r\nslave_read_only:1\r\n";
        assert_eq!(Server::of(info, &[]).replicas(), 1);
    }

    #[test]
    fn versions_compare_by_number() {
        let server = Server::of("redis_version:7.10.1\r\n", &[]);
        assert!(server.is_at_least(7, 2) && !server.is_at_least(8, 0));
    }
}
