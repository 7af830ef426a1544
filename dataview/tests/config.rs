//! The configuration: its defaults, its example, and what is refused.

use dataview::config::{Config, Layers};
use dataview::consume::Source;
use std::path::Path;

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let layers =
        Layers::from_text(Path::new("dataview.toml"), text).map_err(|it| it.to_string())?;
    let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(&layers.with_environment(pairs)).map_err(|error| error.to_string())
}

/// The example names every key there is, with its default.
#[test]
fn the_example_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("dataview.example.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let layers = Layers::from_text(&path, &text).unwrap();
    let example = Config::load(&layers).unwrap();
    let defaults = load("", &[]).unwrap();
    assert_eq!(format!("{example:?}"), format!("{defaults:?}"), "the example shows the defaults");
    let one_app = Layers::from_text(&path, "[[apps]]\nname = \"bank\"").unwrap();
    Config::load(&one_app).unwrap();
    for asked in layers.asked().into_iter().chain(one_app.asked()) {
        let key = asked.rsplit('.').next().unwrap();
        let named = text.lines().any(|line| {
            let line = line.trim_start_matches("# ");
            line.split_once(" = ").is_some_and(|(name, _)| name == key)
                || line == format!("[[{asked}]]")
        });
        assert!(named, "{asked} is not in the example");
    }
}

#[test]
fn what_is_wrong_is_refused_with_key_and_what_is_allowed() {
    for (text, expected) in [
        ("lisen = 1", "unknown key `lisen`"),
        ("listen = \"8602\"", "`listen` = \"8602\""),
        ("[consume]\ngroup = \"a b\"", "`consume.group` = \"a b\""),
        ("[consume]\nconsumers = 0", "an integer from 1 to 64"),
        ("[store]\nraw_days = 30\nrollup_days = 7", "at least `raw_days`, 30"),
        ("[store]\nbytes_max = 1000", "at least 67108864"),
        ("[geo]\nlanguage = \"de\"", "\"en\" or \"zh-CN\""),
        ("[network]\nsyslog_udp = \"514\"", "`network.syslog_udp` = \"514\""),
        ("[privacy]\npseudonym_key = \"short\"", "at least 32 bytes"),
        ("[otlp]\ntoken = \"short\"", "at least 16 characters"),
        ("[http]\ntrusted_proxies = [\"x\"]", "networks"),
        ("[access]\nsession_longest_minutes = 5", "at least `session_idle_minutes`, 30"),
        ("[[apps]]\npseudonym_key_file = \"x\"", "`apps[0].name` is missing"),
        ("[buffer.redis]\nurl = \"http://x\"", "`buffer.redis.url`"),
    ] {
        let error = load(text, &[]).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let error = load("", &[("DNA_CONSUME_GRUOP", "x")]).unwrap_err();
    assert!(error.contains("DNA_CONSUME_GRUOP"), "{error}");
}

#[test]
fn the_environment_names_another_buffer() {
    let config = load("", &[]).unwrap();
    assert!(
        matches!(&config.consume.source, Source::Journal(it) if it.dir.ends_with("dna-journal"))
    );
    let redis = load("", &[("DNA_BUFFER_REDIS_URL", "redis://127.0.0.1:1")]).unwrap();
    let Source::Redis(redis) = redis.consume.source else { panic!("no Redis") };
    assert_eq!((redis.shards, &*redis.group), (4, "dataview"));
    assert!(!redis.name.is_empty());
}

#[test]
fn a_user_is_found_by_the_key_that_ingest_has() {
    let key = "00112233445566778899aabbccddeeff".repeat(2);
    let config = load(&format!("[privacy]\npseudonym_key = \"{key}\""), &[]).unwrap();
    // The one that ingest's tests have.
    let expected = "2685dd331a15525b2c1a18c44a6822bac536264a0f3766f4aef7d3aa91f85588";
    assert_eq!(config.privacy.of("bank", "customer-4711").as_deref(), Some(expected));
    let own = format!("[[apps]]\nname = \"bank\"\npseudonym_key = \"{key}\"");
    let config = load(&own, &[]).unwrap();
    assert_eq!(config.privacy.of("bank", "customer-4711").as_deref(), Some(expected));
    assert_eq!(config.privacy.of("other", "customer-4711"), None, "there is no key");
}
