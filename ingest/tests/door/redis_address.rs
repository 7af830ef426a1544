//! How the configuration names Redis.

use crate::config::{GOOD, load};
use dna_buffer::redis::RedisTopology;
use ingest::buffer::Settings;

/// What `serve` could not connect to is refused before, and no password is shown.
#[test]
fn addresses_of_redis_are_read_to_their_end() {
    for (url, why) in [
        ("redis://u:hunter2@127.0.0.1:notaport", "did not parse"),
        ("redis://u:hunter2@127.0.0.1:99999", "PORT from 1 to 65535"),
        ("redis://u:hunter2@127.0.0.1:6379/hunter2", "database number"),
        ("redis://", "hostname"),
        ("rediss://u:hunter2@h/#insecure", "ca_file"),
    ] {
        for (lines, key, allowed) in [
            (format!("url = {url:?}"), "`buffer.redis.url`", "HOST[:PORT][/DB]"),
            (format!("cluster = [{url:?}]"), "`buffer.redis.cluster`", "HOST:PORT"),
            (
                format!("sentinels = [\"h:1\", {url:?}]\nmaster_name = \"m\""),
                "`buffer.redis.sentinels`",
                "HOST:PORT",
            ),
        ] {
            let text = format!("[buffer.redis]\n{lines}\n{GOOD}");
            let message = load(&text, &[]).err().unwrap_or_else(|| panic!("{url} was taken"));
            for word in [key, allowed, "not shown"] {
                assert!(message.contains(word), "{message:?} does not say {word:?}");
            }
            // A list's item that is no address at all is refused before its reason is looked for.
            assert!(url == "redis://" || message.contains(why), "{message:?}: {why:?}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}

#[test]
fn redis_is_named_in_one_of_three_ways() {
    let topology = |lines: &str, environment: &[(&str, &str)]| {
        let config = load(&format!("[buffer.redis]\n{lines}\n{GOOD}"), environment);
        match config.expect("good").buffer.settings {
            Settings::Redis(settings) => Some(settings.address.topology),
            Settings::Journal(_) => None,
        }
    };
    let by_sentinel = "sentinels = [\"redis://:pw@a:26379\", \"b:26379\"]\nmaster_name = \"dna\"";
    let Some(RedisTopology::Sentinel { sentinels, master_name }) = topology(by_sentinel, &[])
    else {
        panic!("Sentinel");
    };
    assert_eq!((sentinels.len(), master_name.as_str()), (2, "dna"));
    let from_outside = [("DNA_BUFFER_REDIS_CLUSTER", "a:1, rediss://b:2")];
    let Some(RedisTopology::Cluster { seeds }) = topology("", &from_outside) else {
        panic!("Cluster");
    };
    assert_eq!(seeds, ["a:1", "rediss://b:2"]);
    let single = topology("url = \"rediss://u:p@h\"", &[]);
    assert!(matches!(single, Some(RedisTopology::Single { .. })));
    let overridden = topology("url = \"redis://h\"", &[("DNA_BUFFER_REDIS_URL", "")]);
    assert!(overridden.is_none(), "empty is no Redis");
}
