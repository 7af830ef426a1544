//! What a Redis says of itself: whether it takes entries, and what it promises of them.

use super::link::Link;
use crate::buffer::KeepError;
use std::collections::HashMap;

/// The lines of INFO that matter here.
pub(super) struct Server {
    info: HashMap<String, String>,
    /// `appendfsync`; empty when CONFIG is not permitted.
    append_fsync: String,
}

/// Asks a Redis. One that does not permit INFO is taken to be well: its commands will tell.
pub(super) async fn ask(link: &mut Link) -> Result<Server, KeepError> {
    let info: Option<String> = link.command(&::redis::cmd("INFO")).await?;
    let mut config = ::redis::cmd("CONFIG");
    config.arg("GET").arg("appendfsync");
    let config: Option<Vec<String>> = link.command(&config).await?;
    let append_fsync = config.and_then(|pair| pair.into_iter().nth(1)).unwrap_or_default();
    Ok(Server { info: parse(&info.unwrap_or_default()), append_fsync })
}

fn parse(info: &str) -> HashMap<String, String> {
    let pairs = info.lines().filter_map(|line| line.trim_end().split_once(':'));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

impl Server {
    fn get(&self, name: &str) -> &str {
        self.info.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap_or(0)
    }

    pub(super) fn is_replica(&self) -> bool {
        self.get("role") == "slave"
    }

    /// Why it would refuse entries now.
    pub(super) fn problem(&self) -> Option<KeepError> {
        let (used, max) = (self.number("used_memory"), self.number("maxmemory"));
        if self.get("loading") == "1" {
            Some(KeepError::unavailable("Redis is loading its data"))
        } else if self.is_replica() {
            Some(KeepError::unavailable("Redis is a replica"))
        } else if max > 0 && used >= max && self.get("maxmemory_policy") == "noeviction" {
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

    /// What an acknowledgement survives.
    pub(super) fn durability(&self) -> String {
        let promise = match (self.get("aof_enabled"), self.append_fsync.as_str()) {
            ("0", _) => "in the memory of Redis (no append-only file): lost when Redis ends",
            ("1", "always") => "on Redis' disk (appendfsync always)",
            ("1", "everysec") => {
                "with Redis' system (appendfsync everysec): loss of power may take a second or two"
            }
            ("1", "no") => "with Redis' system (appendfsync no): loss of power may take more",
            ("1", _) => "in Redis' append-only file, as its appendfsync says",
            _ => "as Redis is configured; it does not permit INFO",
        };
        match self.get("maxmemory_policy") {
            "" | "noeviction" => promise.to_owned(),
            policy => format!("{promise}; maxmemory-policy {policy} may delete what is kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(info: &str, append_fsync: &str) -> Server {
        Server { info: parse(info), append_fsync: append_fsync.to_owned() }
    }

    #[test]
    fn memory_that_is_used_up_is_a_problem_only_where_redis_refuses() {
        let full = "used_memory:10\r\nmaxmemory:10\r\nmaxmemory_policy:";
        let code = |info: &str| server(info, "").problem().map(|problem| problem.code());
        assert_eq!(code(&format!("{full}noeviction\r\n")), Some("full"));
        assert_eq!(code(&format!("{full}allkeys-lru\r\n")), None);
        assert_eq!(code("used_memory:10\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction"), None);
        assert_eq!(code("role:slave\r\n"), Some("unavailable"));
        assert_eq!(code(""), None);
    }

    #[test]
    fn the_promise_names_what_can_be_lost() {
        assert!(server("aof_enabled:0", "everysec").durability().contains("lost when Redis ends"));
        assert!(server("aof_enabled:1", "always").durability().contains("always"));
        assert!(server("aof_enabled:1", "").durability().contains("append-only"));
        let evicting = server("aof_enabled:1\r\nmaxmemory_policy:allkeys-lru", "always");
        assert!(evicting.durability().contains("allkeys-lru"));
    }
}
