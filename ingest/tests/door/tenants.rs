//! What an application may say of its clients and its events.

use crate::client::post;
use crate::frames::{self, json, json_custom};
use crate::server::{NOW, Server};
use dna_protocol::model::KINDS;
use serde_json::{Value, json};

/// Configurations end with `[[apps]]`, so more of them can follow.
fn app(lines: &str) -> String {
    format!("[[apps]]\nname = \"tenant\"\norigins = [\"https://tenant.example\"]\n{lines}\n")
}

fn frame(sequence: u64, key: &str, events: &Value) -> Vec<u8> {
    let mut frame = json(sequence, events.clone());
    frame["app_key"] = key.into();
    frame.to_string().into_bytes()
}

fn one(sequence: u64, key: &str) -> Vec<u8> {
    frame(sequence, key, &json!([json_custom("a")]))
}

/// Several keys at once, each to its end, and each with the environment that it is for.
#[test]
fn keys_end_and_say_their_environment() {
    // NOW is 2027-01-15T08:00:00Z.
    let server = Server::start_with(&app("keys = [\n\
         \"plain\",\n\
         { key = \"staging\", environment = \"staging\" },\n\
         { key = \"old\", not_after = 2027-01-15T16:00:00+08:00 },\n\
         { key = \"still\", not_after = \"2027-01-15T08:00:00.001Z\", environment = \"production\" },\n]"));
    for (sequence, key) in [(1, "plain"), (2, "staging"), (3, "still")] {
        assert_eq!(server.send(&post(one(sequence, key))).status, 200, "{key}");
    }
    let words = ["`app_key`", "\"old\"", "ended", "1800000000000"];
    server.check_frame_refused(&post(one(4, "old")), 401, "expired_key", &words);
    let kept = server.stop();
    let environments: Vec<_> =
        kept.iter().take(3).map(|(receipt, _)| receipt.environment.as_deref()).collect();
    assert_eq!(environments, [None, Some("staging"), Some("production")]);
}

#[test]
fn mini_programs_are_judged_by_their_referer() {
    let server = Server::start_with(&app("keys = [\"mini\"]\nrequire_origin = true\n\
         mini_programs = { wechat = [\"wx1234567890abcdef\"], douyin = [\"tt07e3715e98c9aac0\"] }"));
    let from = |sequence, header, value: &str| post(one(sequence, "mini")).header(header, value);
    for (sequence, header, value) in [
        (1, "Origin", "https://tenant.example"),
        (2, "Referer", "https://servicewechat.com/wx1234567890abcdef/12/page-frame.html"),
        (
            3,
            "Referer",
            "https://tmaservice.developer.toutiao.com/?appid=tt07e3715e98c9aac0&version=1",
        ),
    ] {
        let answer = server.send(&from(sequence, header, value));
        assert_eq!(answer.status, 200, "{value}: {}", answer.text());
    }
    let other =
        from(4, "Referer", "https://servicewechat.com/wx0000000000000000/12/page-frame.html");
    let words = ["wx0000000000000000", "`mini_programs`"];
    server.check_frame_refused(&other, 403, "origin_not_allowed", &words);
    let nowhere = post(one(5, "mini"));
    server.check_frame_refused(&nowhere, 403, "origin_not_allowed", &["`require_origin`"]);
}

/// Whole sessions are kept or left out, and the answer, the counters and the entry say so.
#[test]
fn sampling_keeps_whole_sessions() {
    let server = Server::start_with(&app(
        "keys = [\"k\"]\n[[apps.sampling]]\nkinds = [\"exception\"]\nrate = 1\n\
         [[apps.sampling]]\nrate = 0.5",
    ));
    let exception = json!({"kind": "exception", "time": NOW, "body": {"exception.type": "E"}});
    let mut kept_sessions = 0;
    for session in 0..40 {
        for sequence in [1, 2] {
            let events = json!([json_custom("a"), json_custom("b"), exception]);
            let mut frame: Value =
                serde_json::from_slice(&frame(sequence, "k", &events)).expect("JSON");
            frame["session.id"] = format!("{session:032x}").into();
            let answer = server.send(&post(frame.to_string()));
            let is_kept = answer.text() == r#"{"accepted":3}"#;
            assert!(
                is_kept || answer.text() == r#"{"accepted":1,"sampled_out":2}"#,
                "{}",
                answer.text()
            );
            kept_sessions += u32::from(is_kept && sequence == 1);
            assert_eq!(is_kept, server.send(&post(frame.to_string())).text().contains("3"));
        }
    }
    assert!((8..32).contains(&kept_sessions), "{kept_sessions} of 40");
    let left_out = u64::from(40 - kept_sessions) * 4;
    let counter = "dna_ingest_events_sampled_out_total{app=\"tenant\"}";
    assert_eq!(server.counters().get(counter), Some(&left_out));
    let kept = server.stop();
    let per_session = |session: &[u8]| {
        let of = kept
            .iter()
            .filter(|(_, entry)| entry.frame.header.session_id.is_some_and(|id| id.0 == *session));
        of.map(|(_, entry)| entry.frame.events.len()).collect::<Vec<_>>()
    };
    for session in 0_u128..40 {
        let events = per_session(&session.to_be_bytes());
        assert!(events == [3, 3] || events == [1, 1], "{events:?}");
    }
    let shares = kept[0].0.sampling.as_deref().expect("told");
    assert!(shares.contains("custom=0.5") && !shares.contains("exception"), "{shares}");
}

#[test]
fn a_session_that_is_left_out_is_acknowledged_and_not_written() {
    let server = Server::start_with(&app("keys = [\"k\"]\n[[apps.sampling]]\nrate = 0"));
    let answer = server.send(&post(one(1, "k")));
    assert_eq!((answer.status, answer.text()), (200, r#"{"accepted":0,"sampled_out":1}"#));
    assert!(server.stop().is_empty());
}

/// Patterns reach every text and attribute of every kind, the header's too, and leave the
/// pseudonym and the release alone.
#[test]
fn scrubbing_reaches_every_text() {
    let server = Server::start_with(&app(
        "keys = [\"k\"]\n[[apps.scrub]]\nname = \"contract\"\npattern = \"(?i)\\\\bK-[0-9]{4}\\\\b\"\n\
         [[apps.scrub]]\nname = \"branch\"\npattern = \"77[0-9]{2}\"\nreplacement = \"{b}\"",
    ));
    let events: Vec<Value> = KINDS
        .iter()
        .filter(|kind| !["web_vital", "visibility"].contains(&kind.name))
        .map(|kind| {
            let mut body = json!({});
            for field in kind.fields {
                match field.kind {
                    "text" if field.max >= 6 => body[field.name] = "k-4711".into(),
                    "map of text to text, number or boolean" => {
                        body[field.name] = json!({"K-4711": "x K-4711 y", "n": 7712, "b": true});
                    }
                    _ => {}
                }
            }
            json!({"kind": kind.name, "time": NOW, "body": body})
        })
        .collect();
    let mut whole: Value = serde_json::from_slice(&frame(1, "k", &json!(events))).expect("JSON");
    whole["url.full"] = "https://b/K-4711/7700".into();
    whole["service.version"] = "K-4711".into();
    let answer = server.send(&post(whole.to_string()));
    assert_eq!(answer.text(), format!(r#"{{"accepted":{}}}"#, events.len()));
    let kept = server.stop();
    let header = &kept[0].1.frame.header;
    assert_eq!(header.url.as_deref(), Some("https://b/{contract}/{b}"));
    assert_eq!(header.release.as_deref(), Some("K-4711"), "the builder's word");
    for event in &kept[0].1.frame.events {
        let text = dna_protocol::json::event_value(event).to_string();
        assert!(!text.to_lowercase().contains("k-4711"), "{text}");
        if event.body.name() == "custom" {
            assert!(text.contains(r#""n":"{b}""#) && text.contains(r#""b":true"#), "{text}");
            assert!(text.contains(r#""{contract}":"x {contract} y""#), "{text}");
        }
    }
}

/// What a pattern puts into a text is masked like any other text.
#[test]
fn no_rule_gets_a_personal_number_past_the_masks() {
    let server = Server::start_with(&app(
        "keys = [\"k\"]\n[[apps.scrub]]\nname = \"dots\"\npattern = \"[.]\"\nreplacement = \"\"",
    ));
    let event = json_custom("card 6222.0212.3456.7890");
    assert_eq!(server.send(&post(frame(1, "k", &json!([event])))).status, 200);
    let kept = server.stop();
    let text = dna_protocol::json::event_value(&kept[0].1.frame.events[0]).to_string();
    assert!(text.contains("card {card}"), "{text}");
}

#[test]
fn fields_are_dropped() {
    let server = Server::start_with(&format!(
        "[privacy]\ndrop_fields = [\"telemetry.sdk.name\"]\n{}",
        app("keys = [\"k\"]\ndrop_fields = [\"console/log.message\", \"attributes.iban\", \
             \"exception.stacktrace\"]")
    ));
    let events = json!([
        {"kind": "console", "time": NOW, "body": {"log.message": "m", "exception.stacktrace": "s"}},
        {"kind": "exception", "time": NOW,
         "body": {"exception.stacktrace": "s", "exception.message": "m"}},
        {"kind": "custom", "time": NOW,
         "body": {"event.name": "n", "attributes": {"iban": "DE", "other": 1}}},
    ]);
    assert_eq!(server.send(&post(frame(1, "k", &events))).status, 200);
    let kept = server.stop();
    let bodies: Vec<Value> = kept[0]
        .1
        .frame
        .events
        .iter()
        .map(|event| dna_protocol::json::event_value(event)["body"].clone())
        .collect();
    assert_eq!(
        bodies,
        [
            json!({}),
            json!({"exception.message": "m"}),
            json!({"event.name": "n", "attributes": {"other": 1}}),
        ]
    );
    assert_eq!(kept[0].1.frame.header.sdk_name, None);
}

/// Each application may have a key of its own, and the installation another algorithm.
#[test]
fn pseudonyms_are_made_with_the_applications_key_and_the_configured_algorithm() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("tenant.key");
    std::fs::write(&key, "ab".repeat(32)).expect("writable");
    let lines = format!("keys = [\"k\"]\npseudonym_key_file = {key:?}");
    let server = Server::start_with(&format!(
        "[privacy]\npseudonym_algorithm = \"hmac-sm3\"\n{}",
        app(&lines)
    ));
    let identity = json!([{"kind": "identity", "time": NOW, "body": {"user.id": "customer-4711"}}]);
    for (sequence, key) in [(1, "k"), (2, frames::KEY)] {
        assert_eq!(server.send(&post(frame(sequence, key, &identity))).status, 200);
    }
    let kept = server.stop();
    let hash = |place: usize| {
        let event = dna_protocol::json::event_value(&kept[place].1.frame.events[0]);
        event["body"]["user.hash"].as_str().expect("a pseudonym").to_owned()
    };
    // printf 'tenant\0customer-4711' | openssl dgst -sm3 -mac HMAC -macopt hexkey:abab…
    assert_eq!(hash(0), TENANT_SM3);
    // printf 'bank\0customer-4711' | openssl dgst -sm3 -mac HMAC -macopt hexkey:0011…
    assert_eq!(hash(1), BANK_SM3);
}

const TENANT_SM3: &str = "cca7fcad59409e70c1850969193cdffe267e5a6718dd10d98797f9cdbbfbaafb";
const BANK_SM3: &str = "b6bd8e771670240c36e5a5535e7ef1af3fa09d5bb861fa6ac93f4f601e51e374";
