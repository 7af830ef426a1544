//! Whether a Redis is configured for what the `durability` setting promises.

use super::server::Server;
use crate::buffer::Durability;

/// What an acknowledgement survives, judged against the servers as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Promise {
    /// For `/health/ready`: the promise, and what is wrong with it.
    pub(super) text: String,
    /// Whether a server is known to be configured for less.
    pub(super) is_broken: bool,
    /// Whether it holds, but a server is set up so that an ordinary event may end it.
    pub(super) is_at_risk: bool,
}

impl Promise {
    /// Before any server was asked.
    pub(super) fn unknown(durability: Durability) -> Self {
        let text = format!("promised {}; not yet known whether Redis is so", durability.name());
        Self { text, is_broken: false, is_at_risk: false }
    }

    /// Judges `servers`, each with its place. One that holds less breaks the promise for all:
    /// nobody can tell clients apart by the shard of their session.
    pub(super) fn judge<'a>(
        durability: Durability,
        servers: impl Iterator<Item = (String, &'a Server)>,
    ) -> Self {
        let (mut lacking, mut unknown, mut risks) = (Vec::new(), Vec::new(), Vec::new());
        for (place, server) in servers {
            let (lacks, not_known) = shortfalls(durability, server);
            let at = |text: &String| format!("{text} ({place})");
            lacking.extend(lacks.iter().map(at));
            unknown.extend(not_known.iter().map(at));
            risks.extend(risks_of(durability, server).iter().map(at));
        }
        let promise = format!("promised {}", durability.name());
        let text = if !lacking.is_empty() {
            format!("{promise}, but Redis has {}", lacking.join(", "))
        } else if !unknown.is_empty() {
            format!("{promise}; not known whether Redis has it: {}", unknown.join(", "))
        } else {
            format!("{promise}: {}", meaning(durability))
        };
        let beware = if risks.is_empty() { String::new() } else { "; beware: ".to_owned() };
        let text = text + &beware + &risks.join(", ");
        Self { text, is_broken: !lacking.is_empty(), is_at_risk: !risks.is_empty() }
    }
}

/// What a kept promise survives.
fn meaning(durability: Durability) -> String {
    match durability {
        Durability::Memory => {
            "in the memory of Redis; what it has not saved is lost when it ends".to_owned()
        }
        Durability::Everysec => {
            "with Redis' system (appendfsync everysec): loss of power may take a second or two"
                .to_owned()
        }
        Durability::Always => "on Redis' disk (appendfsync always, or WAITAOF)".to_owned(),
        Durability::Replicated { replicas, .. } => {
            format!("with Redis and {replicas} of its replicas")
        }
    }
}

/// What `server` is known to lack, and what is not known of it.
fn shortfalls(durability: Durability, server: &Server) -> (Vec<String>, Vec<String>) {
    let (mut lacking, mut unknown) = (Vec::new(), Vec::new());
    if !server.is_known() {
        unknown.push("INFO is not permitted".to_owned());
        return (lacking, unknown);
    }
    // What is volatile has a time to live; the streams have none.
    if let Some(policy) = server.eviction().filter(|policy| policy.starts_with("allkeys")) {
        lacking.push(format!("maxmemory-policy {policy}, which may delete what is kept"));
    }
    let fsync = match durability {
        Durability::Memory => return (lacking, unknown),
        Durability::Replicated { replicas, .. } => {
            let connected = server.replicas();
            if connected < u64::from(replicas) {
                lacking.push(format!("{connected} replicas of {replicas} connected"));
            }
            return (lacking, unknown);
        }
        Durability::Everysec => ["everysec", "always"].as_slice(),
        Durability::Always if waits_for_disk(server) => ["everysec", "always"].as_slice(),
        Durability::Always => ["always"].as_slice(),
    };
    if !server.appends() {
        lacking.push("appendonly no".to_owned());
        return (lacking, unknown);
    }
    match server.append_fsync() {
        Some(found) if fsync.contains(&found) => {}
        Some(found) => lacking.push(format!("appendfsync {found}")),
        None => unknown.push("CONFIG is not permitted".to_owned()),
    }
    (lacking, unknown)
}

/// What `server` is set up to do with entries that are kept as promised.
fn risks_of(durability: Durability, server: &Server) -> Vec<String> {
    let mut risks = Vec::new();
    // Where CONFIG is not permitted nothing is known of it, and nothing is said.
    let saves_nothing = server.saves() == Some(false) && !server.appends();
    let Durability::Replicated { replicas, .. } = durability else {
        if saves_nothing && matches!(durability, Durability::Memory) {
            risks.push("neither `save` nor `appendonly` is set: a restart loses all".to_owned());
        }
        return risks;
    };
    if saves_nothing {
        // Redis' documentation: "Safety of replication when master has persistence turned off".
        let why = "a master that restarts before it is replaced empties its replicas";
        risks.push(format!("neither `save` nor `appendonly` is set: {why}"));
    }
    if let Some(found) = server.replicas_to_write().filter(|found| *found < u64::from(replicas)) {
        let why = "a master that is cut off goes on taking entries, of which none is acknowledged";
        risks.push(format!("min-replicas-to-write {found}, not {replicas}: {why}"));
    }
    risks
}

/// Whether WAITAOF makes up for an `appendfsync` that does not wait.
pub(super) fn waits_for_disk(server: &Server) -> bool {
    server.is_at_least(7, 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn judge(durability: Durability, info: &str, config: &[(&str, &str)]) -> Promise {
        let server = Server::of(info, config);
        Promise::judge(durability, [("a:1".to_owned(), &server)].into_iter())
    }

    #[test]
    fn the_promise_says_what_is_lacking_and_where() {
        let none = judge(Durability::Everysec, "aof_enabled:0", &[("appendfsync", "everysec")]);
        assert_eq!(none.text, "promised everysec, but Redis has appendonly no (a:1)");
        assert!(none.is_broken);
        let everysec = [("appendfsync", "everysec")];
        assert!(!judge(Durability::Everysec, "aof_enabled:1", &everysec).is_broken);
        let always = judge(Durability::Always, "aof_enabled:1", &everysec);
        assert!(always.text.contains("but Redis has appendfsync everysec"), "{}", always.text);
        let newer = judge(Durability::Always, "aof_enabled:1\nredis_version:7.2.0", &everysec);
        assert!(!newer.is_broken, "WAITAOF makes up for it");
    }

    #[test]
    fn what_may_not_be_asked_is_not_known() {
        let refused = judge(Durability::Always, "aof_enabled:1", &[]);
        assert!(!refused.is_broken && refused.text.contains("not known"), "{}", refused.text);
        assert!(judge(Durability::Memory, "", &[]).text.contains("INFO is not permitted"));
    }

    #[test]
    fn eviction_breaks_every_promise_and_volatile_keys_are_none_of_ours() {
        let of = |policy: &str| format!("aof_enabled:0\nmaxmemory_policy:{policy}");
        assert!(judge(Durability::Memory, &of("allkeys-lru"), &[]).text.contains("allkeys-lru"));
        assert!(!judge(Durability::Memory, &of("volatile-lru"), &[]).is_broken);
    }

    #[test]
    fn a_redis_that_saves_nothing_is_told() {
        let online = "slave0:ip=a,state=online";
        let durability = Durability::Replicated { replicas: 1, timeout: Duration::from_secs(1) };
        let well = [("save", "3600 1"), ("min-replicas-to-write", "1")];
        assert!(!judge(durability, online, &well).is_at_risk);
        let empties = judge(durability, online, &[("save", "")]);
        assert!(empties.is_at_risk && !empties.is_broken);
        assert!(empties.text.contains("beware: neither `save` nor"), "{}", empties.text);
        assert!(empties.text.ends_with("empties its replicas (a:1)"), "{}", empties.text);
        let appends = format!("aof_enabled:1\n{online}");
        assert!(!judge(durability, &appends, &[("save", "")]).is_at_risk);
        assert!(judge(Durability::Memory, "aof_enabled:0", &[("save", "")]).is_at_risk);
        assert!(!judge(Durability::Memory, "aof_enabled:0", &well).is_at_risk);
    }

    #[test]
    fn a_master_that_takes_entries_alone_is_told() {
        let durability = Durability::Replicated { replicas: 2, timeout: Duration::from_secs(1) };
        let two = "aof_enabled:1\nslave0:ip=a,state=online\nslave1:ip=b,state=online";
        let alone = judge(durability, two, &[("min-replicas-to-write", "1")]);
        assert!(alone.text.contains("min-replicas-to-write 1, not 2"), "{}", alone.text);
        assert!(alone.is_at_risk && !alone.is_broken);
        assert!(!judge(durability, two, &[("min-replicas-to-write", "2")]).is_at_risk);
        assert!(!judge(durability, two, &[]).is_at_risk, "not permitted: not known");
    }

    #[test]
    fn replicas_have_to_be_there() {
        let durability = Durability::Replicated { replicas: 1, timeout: Duration::from_secs(1) };
        let alone = judge(durability, "connected_slaves:0", &[]);
        assert!(alone.is_broken && alone.text.contains("0 replicas of 1"), "{}", alone.text);
        assert!(!judge(durability, "slave0:ip=a,state=online", &[]).is_broken);
    }
}
