//! Wrong configurations stop the start, with the key, the value and what is allowed.

use ingest::config::{Config, Layers};
use std::path::Path;

pub(crate) const GOOD: &str = r#"
[privacy]
pseudonym_key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
[[apps]]
name = "bank"
keys = ["k"]
origins = ["https://bank.example"]
"#;

pub(crate) fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let owned = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let layers = Layers::from_text(Path::new("ingest.toml"), text);
    let layers = layers.map_err(|error| error.to_string())?.with_environment(owned);
    Config::load(&layers).map_err(|error| error.to_string())
}

/// The line of the key in [`GOOD`].
pub(crate) const KEY: &str =
    "pseudonym_key = \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"";

/// What is put in the place of what in [`GOOD`] (of nothing: before it), and what the message says.
const WRONG_FILES: &[(&str, &str, &[&str])] = &[
    ("", "listen = 1", &["`listen`", "1", "IP:PORT"]),
    ("", "listen = \"localhost\"", &["`listen`", "\"localhost\"", "ingest.toml", "IP:PORT"]),
    ("", "workers = 0", &["`workers`", "= 0", "1 to 512"]),
    ("", "workers = 1.5", &["`workers`", "1.5", "an integer"]),
    ("", "wokers = 1", &["unknown key `wokers`", "workers"]),
    ("", "limits = 3", &["`limits`", "3", "[limits]"]),
    (
        "",
        "[limits]\nbody_bytes_max = \"1 MB\"",
        &["`limits.body_bytes_max`", "\"1 MB\"", "1048576"],
    ),
    ("", "[limits]\nbody_bytes_max = 99999999", &["99999999", "1024 to 1048576"]),
    ("", "[limits]\nbody_bites = 1", &["`limits.body_bites`", "body_bytes_max", "body_timeout_ms"]),
    (
        "",
        "[buffer.journal]\nwhen_full = \"remove_oldest\"\ntotal_bytes_max = 100000000",
        &["`buffer.journal.segment_bytes_max` = 67108864 ", "half of `total_bytes_max`, 100000000"],
    ),
    (
        "",
        "[buffer.journal]\nwhen_full = \"drop\"",
        &["`buffer.journal.when_full` = \"drop\" ", "\"refuse\" or \"remove_oldest\""],
    ),
    (
        "",
        "[buffer.journal]\nsync = \"never\"",
        &["`buffer.journal.sync`", "\"never\"", "`durability`", "\"memory\""],
    ),
    (
        "",
        "[buffer]\ndurability = \"often\"",
        &["`buffer.durability`", "\"often\"", "\"memory\" or \"everysec\" or \"always\""],
    ),
    (
        "",
        "[buffer]\ndurability = \"replicated\"",
        &["`buffer.durability`", "\"replicated\"", "a journal has no replicas"],
    ),
    (
        "",
        "[buffer]\nreplicas = 0\n[buffer.redis]\nurl = \"redis://h\"",
        &["`buffer.replicas`", "0", "1 to 16"],
    ),
    (
        "",
        "[buffer.spool]\ntotal_bytes_max = 1000",
        &["`buffer.spool.total_bytes_max`", "1000", "16777216"],
    ),
    (
        "",
        "[buffer.redis]\nurl = \"redis://h\"\n[buffer.spool]\ndir = \"/dev/null\"",
        &["`buffer.spool.dir`", "\"/dev/null\"", "a directory"],
    ),
    ("", "[buffer]\nqueue_wait_max_ms = 0", &["`buffer.queue_wait_max_ms`", "0", "1 to 600000"]),
    (
        "",
        "[buffer.journal]\ntotal_bytes_max = 2097152",
        &["segment_bytes_max", "at most `total_bytes_max`"],
    ),
    (
        "",
        "[buffer.redis]\nurl = \"http://:hunter2@h\"",
        &["`buffer.redis.url`", "not shown", "redis://"],
    ),
    (
        "",
        "[buffer.redis]\ncluster = [\"http://:hunter2@h\"]",
        &["`buffer.redis.cluster`", "not shown", "HOST:PORT"],
    ),
    (
        "",
        "[buffer.redis]\nurl = \"redis://h\"\ncluster = [\"h:1\"]",
        &["`buffer.redis.url`", "only one of"],
    ),
    (
        "",
        "[buffer.redis]\nsentinels = [\"h:1\"]",
        &["`buffer.redis.master_name` is missing", "sentinel monitor"],
    ),
    (
        "",
        "[buffer.redis]\nurl = \"rediss://h\"\nca_file = \"/nowhere.pem\"",
        &["`buffer.redis.ca_file`", "/nowhere.pem", "can be read"],
    ),
    (
        "",
        "[buffer.redis]\nurl = \"redis://h\"\npassword = \"hunter2\"\npassword_file = \"/x\"",
        &["`buffer.redis.password_file`", "no `password` beside it"],
    ),
    (
        "",
        "[buffer.redis.pressure]\nmemory_percent_max = 101",
        &["`buffer.redis.pressure.memory_percent_max`", "10 to 100"],
    ),
    ("", "[live]\nenabled = \"yes\"", &["`live.enabled`", "\"yes\"", "true or false"]),
    (
        "",
        "[http]\ntrusted_proxies = [\"10.0.0.0/40\"]",
        &["`http.trusted_proxies`", "10.0.0.0/40", "10.0.0.0/8"],
    ),
    ("", "listen = ", &["ingest.toml: line 1", "TOML"]),
    (KEY, "", &["`privacy.pseudonym_key` is missing", "32 bytes", "openssl rand"]),
    (KEY, "pseudonym_key = \"5ec7e7\"", &["`privacy.pseudonym_key`", "not shown", "32 bytes"]),
    (KEY, "pseudonym_key = 17", &["`privacy.pseudonym_key`", "not shown"]),
    (
        KEY,
        "pseudonym_key_file = \"/nowhere/key\"",
        &[
            "`privacy.pseudonym_key_file`",
            "\"/nowhere/key\"",
            "readable file",
            "openssl",
            "No such",
        ],
    ),
    (
        KEY,
        "pseudonym_key_file = \"/tmp\"",
        &["`privacy.pseudonym_key_file`", "\"/tmp\"", "readable file", "32 bytes", "directory"],
    ),
    (
        "",
        "[buffer.journal]\ndir = \"/dev/null\"",
        &["`buffer.journal.dir`", "\"/dev/null\"", "ingest.toml", "a directory"],
    ),
    ("[[apps]]", "[apps]", &["`apps`", "a table", "[[apps]]"]),
    ("name = \"bank\"", "", &["`apps[0].name` is missing"]),
    ("name = \"bank\"", "name = \"the bank\"", &["`apps[0].name`", "\"the bank\"", "letters"]),
    ("keys = [\"k\"]", "keys = []", &["`apps[0].keys` = []", "ingest.toml", "at least one"]),
    ("keys = [\"k\"]", "", &["`apps[0].keys` is missing", "at least one"]),
    (
        "",
        "[overload]\ndetails_percent = 99",
        &["`overload.details_percent` = 99 ", "from 1 to 75", "`measures_percent`"],
    ),
    (
        "",
        "[overload]\nmeasures_percent = 40",
        &["`overload.measures_percent` = 40 ", "from 50", "`details_percent`"],
    ),
    (
        "",
        "[overload]\nall_percent = 60",
        &["`overload.all_percent` = 60 ", "from 75", "`measures_percent`"],
    ),
    ("keys = [\"k\"]", "keys = [\"k\", \"k\"]", &["`apps[0].keys`", "\"k\"", "twice"]),
    ("keys = [\"k\"]", "keys = \"k\"", &["`apps[0].keys`", "a list"]),
    (
        "https://bank.example",
        "https://bank.example/",
        &["`apps[0].origins`", "scheme://host[:port]"],
    ),
    ("https://bank.example", "bank.example", &["`apps[0].origins`", "\"bank.example\""]),
    ("origins = [\"https://bank.example\"]", "", &["`apps[0].origins` is missing"]),
    (
        "origins = [\"https://bank.example\"]",
        "origins = []",
        &["`apps[0].origins` = []", "at least one", "mini programs"],
    ),
    (
        "origins =",
        "url_params = [\"lang\", \"to ken\"]\norigins =",
        &["`apps[0].url_params`", "\"to ken\"", "the name of a parameter"],
    ),
    (
        "origins =",
        "url_params = [\"13800138000\"]\norigins =",
        &["`apps[0].url_params`", "the name of a parameter"],
    ),
    ("origins =", "color = 1\norigins =", &["`apps[0].color`", "name, keys, origins"]),
    (
        "[\"k\"]",
        "[{ key = \"k\", not_after = \"soon\" }]",
        &["`apps[0].keys[0].not_after`", "\"soon\"", "+08:00"],
    ),
    ("[\"k\"]", "[{ key = \"k\", not_after = 2027-01-01 }]", &["not_after", "with offset"]),
    ("[\"k\"]", "[{ key = \"k\", until = 1 }]", &["`apps[0].keys[0].until`", "not_after"]),
    ("[\"k\"]", "[{ not_after = 2027-01-01T00:00:00Z }]", &["`apps[0].keys[0].key` is missing"]),
    ("[\"k\"]", "[{ key = \"k\", environment = \"a b\" }]", &["environment", "\"a b\""]),
    ("[\"k\"]", "[7]", &["`apps[0].keys`", "7", "printable"]),
    (
        "origins =",
        "mini_programs = { wechat = [\"wx/1\"] }\norigins =",
        &["`apps[0].mini_programs.wechat`", "\"wx/1\"", "letters and digits"],
    ),
    (
        "origins =",
        "mini_programs = { kuaishou = [\"1\"] }\norigins =",
        &["`apps[0].mini_programs.kuaishou`", "wechat, alipay, douyin, qq, baidu"],
    ),
    (
        "origins =",
        "drop_fields = [\"event.name\"]\norigins =",
        &["`apps[0].drop_fields`", "\"event.name\"", "must be there"],
    ),
    ("origins =", "drop_fields = [\"session.id\"]\norigins =", &["\"session.id\""]),
    ("origins =", "drop_fields = [\"exeption.type\"]\norigins =", &["\"exeption.type\""]),
    (
        "origins =",
        "sampling = [{ rate = 2 }]\norigins =",
        &["`apps[0].sampling[0].rate`", "= 2", "0 to 1"],
    ),
    ("origins =", "sampling = [{ kinds = [\"x\"], rate = 0 }]\norigins =", &["\"x\"", "page_view"]),
    (
        "origins =",
        "scrub = [{ name = \"a\", pattern = \"(\" }]\norigins =",
        &["`apps[0].scrub[0].pattern`", "\"(\"", "regular expression"],
    ),
    (
        "origins =",
        "scrub = [{ name = \"a\", pattern = \"x*\" }]\norigins =",
        &["pattern", "\"x*\"", "empty"],
    ),
    (
        "origins =",
        "pseudonym_key_variable = \"DNA_KEY_X\"\norigins =",
        &["`apps[0].pseudonym_key_variable`", "\"DNA_KEY_X\"", "DNA_KEY_"],
    ),
    (
        "origins =",
        "pseudonym_key = \"5ec7e7\"\norigins =",
        &["`apps[0].pseudonym_key`", "not shown"],
    ),
    (
        "[privacy]",
        "[privacy]\npseudonym_algorithm = \"md5\"",
        &["`privacy.pseudonym_algorithm`", "\"md5\"", "\"hmac-sm3\""],
    ),
    (
        "[privacy]",
        "[privacy]\nclient_address_ipv4_bits = 32",
        &["`privacy.client_address_ipv4_bits`", "0 to 24"],
    ),
];

#[test]
fn wrong_files() {
    assert!(load(GOOD, &[]).is_ok());
    for (old, new, words) in WRONG_FILES {
        let text = match *old {
            "" => format!("{new}\n{GOOD}"),
            old => GOOD.replace(old, new),
        };
        let message = load(&text, &[]).err().unwrap_or_else(|| panic!("{new:?} was taken"));
        for word in *words {
            assert!(message.contains(word), "{message:?} does not say {word:?}");
        }
        assert!(!message.contains("hunter2") && !message.contains("5ec7e7"), "{message}");
    }
}

#[test]
fn two_applications_may_not_share() {
    let second = |name: &str, key: &str| {
        format!("{GOOD}[[apps]]\nname = \"{name}\"\nkeys = [\"{key}\"]\norigins = [\"*\"]\n")
    };
    assert!(load(&second("other", "k2"), &[]).is_ok());
    let message = load(&second("other", "k"), &[]).expect_err("the same key");
    assert!(message.contains("`apps[1].keys`") && message.contains("\"bank\" has it"), "{message}");
    let message = load(&second("bank", "k2"), &[]).expect_err("the same name");
    assert!(message.contains("`apps[1].name`") && message.contains("\"bank\""), "{message}");
}

#[test]
fn the_environment_wins_over_the_file() {
    let text = format!("listen = \"127.0.0.1:1\"\nworkers = 3\n{GOOD}");
    let config = load(
        &text,
        &[
            ("DNA_LISTEN", "127.0.0.1:2"),
            ("DNA_LIMITS_BODY_TIMEOUT_MS", "77"),
            ("DNA_LIVE_ENABLED", "true"),
            ("DNA_HTTP_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("DNA_SERVICE_HOST", "put here by Kubernetes"),
            ("LISTEN", "of another program"),
        ],
    );
    let config = config.expect("good");
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.workers, 3);
    assert_eq!(config.limits.body_timeout.as_millis(), 77);
    assert!(config.live.enabled);
    assert_eq!(config.idle_variables, ["DNA_SERVICE_HOST"]);
    assert_eq!(config.http.trusted_proxies.len(), 2);
}

#[test]
fn wrong_variables() {
    for (name, value, words) in [
        ("DNA_WORKERS", "many", ["`workers`", "\"many\"", "DNA_WORKERS"]),
        ("DNA_LIVE_ENABLED", "1", ["`live.enabled`", "\"1\"", "true or false"]),
        (
            "DNA_BUFFER_REDIS_ULR",
            "x",
            ["DNA_BUFFER_REDIS_ULR", "the environment", "DNA_BUFFER_REDIS_URL"],
        ),
        (
            "DNA_PRIVACY_PSEUDONYM_KEY",
            "5ec7e7",
            ["`privacy.pseudonym_key`", "not shown", "32 bytes"],
        ),
    ] {
        let message = load(GOOD, &[(name, value)]).expect_err(name);
        for word in words {
            assert!(message.contains(word), "{message:?} does not say {word:?}");
        }
    }
}

#[test]
fn flags_win_over_all() {
    let layers = Layers::from_text(Path::new("ingest.toml"), GOOD).expect("TOML");
    let layers = layers.with_environment([("DNA_WORKERS".to_owned(), "2".to_owned())]).with_flag(
        "workers",
        "--workers",
        Some("5".to_owned()),
    );
    assert_eq!(Config::load(&layers).expect("good").workers, 5);
    let layers = layers.with_flag("workers", "--workers", Some("x".to_owned()));
    let message = Config::load(&layers).expect_err("no number").to_string();
    assert!(message.contains("--workers"), "{message}");
}

/// The example names every key there is, with its default.
#[test]
fn the_example_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ingest.example.toml");
    let text = std::fs::read_to_string(&path).expect("the example");
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("pseudonym.key");
    std::fs::write(&key, "0".repeat(64)).expect("writable");
    let text_here = text.replace("\"pseudonym.key\"", &format!("{key:?}"));
    let layers = Layers::from_text(&path, &text_here).expect("TOML");
    let example = Config::load(&layers).expect("good");
    let defaults = load(GOOD, &[]).expect("good");
    let shown = |config: &Config| {
        let sections = (&config.http, &config.limits, &config.buffer, &config.live);
        let sections = (sections, &config.telemetry, config.log_format);
        format!("{:?}", (config.listen, sections, &config.source_maps))
    };
    assert_eq!(shown(&example), shown(&defaults), "the example shows the defaults");
    for asked in layers.asked() {
        let key = asked.rsplit('.').next().expect("a key");
        let named = text.lines().any(|line| {
            let line = line.trim_start_matches("# ");
            line.split_once(" = ").is_some_and(|(name, _)| name == key)
                || line == format!("[[{asked}]]")
        });
        assert!(named, "{asked} is not in the example");
    }
}
