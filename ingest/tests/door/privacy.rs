//! What must not be kept, is not.

use crate::client::{get, post};
use crate::frames::{header, json};
use crate::server::{NOW, Server};
use dna_protocol::entry::Entry;
use dna_protocol::model::{Header, KINDS, KindInfo};
use dna_protocol::{Body, FieldInfo, Record};
use serde_json::{Map, Value, json};

const CANARY: &str = "canary-4711";

/// What is personal as a text has it, and the part of it that must not be kept.
const PERSONAL: [(&str, &str); 36] = [
    ("o6zAJs5tGhK_LQz1xF4pPq0wErTy", "GhK_LQz1xF4p"),
    ("user-o6zAJs5tGhK_LQz1xF4pPq0wErTy", "GhK_LQz1xF4p"),
    ("_000Hqnyyz5UYe39YWBZwFnaQGfyaoh3s4IY", "UYe39YWBZwFn"),
    ("074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5", "xKe4xQC0zgNd"),
    ("E4F4AEA33253A2797FB897C50B81D7ED", "3253A2797FB8"),
    ("138·0013·8000", "0013·8000"),
    ("138・0013・8000", "0013・8000"),
    ("openid%3Do6zAJs5tGhK_LQz1xF4pPq0wErTy", "GhK_LQz1xF4p"),
    ("/u/%22o6zAJs5tGhK_LQz1xF4pPq0wErTy%22", "GhK_LQz1xF4p"),
    ("no\\no6zAJs5tGhK_LQz1xF4pPq0wErTy", "GhK_LQz1xF4p"),
    ("%22074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5", "xKe4xQC0zgNd"),
    ("card%3D6222021234567890", "6222021234567890"),
    ("tel%3A13800138000", "13800138000"),
    ("6222021234567890", "6222021234567890"),
    ("6222 0212 3456 7890", "0212 3456"),
    ("6222-0212-3456-7890", "0212-3456"),
    ("4111111111111111", "4111111111111111"),
    ("6222.0212.3456.7890", "0212.3456"),
    ("6222, 0212, 3456, 7890", "0212, 3456"),
    ("6222  0212  3456  7890", "0212  3456"),
    ("6222\u{a0}0212\u{a0}34567890", "34567890"),
    ("6222\u{200b}0212\u{200b}34567890", "34567890"),
    ("622202\u{2060}1234567890", "1234567890"),
    ("６２２２０２１２３４５６７８９０", "３４５６"),
    ("11010119900307123X", "19900307"),
    ("13800138000", "13800138000"),
    ("+86 138 0013 8000", "0013 8000"),
    ("z.s@bank.cn", "bank.cn"),
    ("/a?f[c]=canary-4711", CANARY),
    ("/x?n=(canary-4711)", CANARY),
    ("f (/p?a=C:canary-4711)", CANARY),
    ("/p?a=CNY:6222021234567890", "6222021234567890"),
    ("p.do?c=canary-4711", CANARY),
    ("?id=canary-4711", CANARY),
    ("//canary-4711@h/", CANARY),
    ("data:,canary-4711", CANARY),
];

/// The only text that must be one of a list, whatever its length.
const LISTED: &str = "browser.web_vital.name";

/// What a field that must be there may be.
fn good(field: &FieldInfo) -> Value {
    match field.kind {
        _ if field.name == LISTED => "LCP".into(),
        "text" => "n".into(),
        _ => 1.into(),
    }
}

/// Gives `body` what its kind requires and it has not.
fn complete(body: &mut Map<String, Value>, kind: &KindInfo) {
    let required = kind.fields.iter().filter(|field| kind.required.contains(&field.name));
    for field in required {
        body.entry(field.name).or_insert_with(|| good(field));
    }
}

/// The fields of a record as JSON, each text being `canary`, or absent where it does not fit.
fn full(fields: &[FieldInfo], canary: &str) -> Map<String, Value> {
    let mut record = Map::new();
    for field in fields {
        let value = match field.kind {
            _ if field.name == LISTED => continue,
            "text" if canary.len() <= field.max => canary.into(),
            "map of text to text, number or boolean" => {
                let mut map = Map::from_iter([("text".to_owned(), canary.into())]);
                map.insert(canary.to_owned(), true.into());
                if let Ok(number) = canary.parse::<f64>() {
                    map.insert("number".to_owned(), number.into());
                }
                map.into()
            }
            _ => continue,
        };
        record.insert(field.name.to_owned(), value);
    }
    record
}

/// Every text of every kind and of the header, whatever it is for.
#[test]
fn nothing_personal_is_kept_from_any_text() {
    let server = Server::start();
    for (sequence, (canary, _)) in PERSONAL.iter().enumerate() {
        let mut frame = json(sequence as u64, json!([]));
        for (name, value) in full(Header::FIELDS, canary) {
            // The release is its builder's word and kept as it is; the key must be known.
            if !["app_key", "service.version"].contains(&name.as_str()) {
                frame[name] = value;
            }
        }
        let events = KINDS.iter().map(|kind| {
            let mut body = full(kind.fields, canary);
            complete(&mut body, kind);
            json!({"kind": kind.name, "time": NOW, "body": body})
        });
        frame["events"] = events.collect();
        let answer = server.send(&post(frame.to_string()));
        assert_eq!(answer.text(), format!(r#"{{"accepted":{}}}"#, KINDS.len()), "{canary}");
        frame["sequence"] = json!(1000 + sequence);
        let decoded = dna_protocol::json::decode_frame(frame.to_string().as_bytes());
        let cbor = dna_protocol::cbor::encode_frame(&decoded.expect("a good frame").frame);
        let answer = server.send(&post(cbor));
        assert_eq!(answer.text(), format!(r#"{{"accepted":{}}}"#, KINDS.len()), "{canary}");
    }
    let metrics = server.send(&get("/metrics"));
    let kept = server.kept_bytes();
    assert_eq!(kept.len(), 2 * PERSONAL.len());
    let both_forms = PERSONAL.iter().flat_map(|personal| [personal, personal]);
    for (bytes, (canary, secret)) in kept.iter().zip(both_forms) {
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{canary}: {}", String::from_utf8_lossy(bytes));
        assert!(!metrics.text().contains(secret));
    }
}

/// What a newer or another client sends in fields that this server does not know is passed over as a
/// whole, in both forms and at every level.
#[test]
fn nothing_is_kept_from_unknown_fields() {
    let server = Server::start();
    let mut event = crate::frames::json_custom("a");
    event["unknown"] = CANARY.into();
    event["body"]["unknown"] = json!({"deep": [CANARY, {"6222021234567890": CANARY}]});
    let unknown_kind = json!({"kind": "new", "time": NOW, "body": {"event.name": CANARY}});
    let mut frame = json(1, json!([event, unknown_kind]));
    frame["unknown"] = json!([CANARY]);
    let answer = server.send(&post(frame.to_string()));
    assert_eq!(answer.text(), r#"{"accepted":1,"skipped":{"keys":3,"kinds":1}}"#);

    let mut writer = dna_protocol::cbor::Writer::new();
    writer.tag(dna_protocol::cbor::SELF_DESCRIBED);
    writer.map(5);
    writer.uint(1);
    writer.text(crate::frames::KEY);
    writer.uint(2);
    writer.bytes(&crate::frames::SESSION);
    writer.uint(3);
    writer.uint(2);
    writer.uint(99);
    writer.text(CANARY);
    writer.uint(15);
    writer.array(1);
    writer.map(4);
    for (key, value) in [(0, 7), (1, NOW)] {
        writer.uint(key);
        writer.uint(value);
    }
    writer.uint(77);
    writer.text(CANARY);
    writer.uint(2);
    writer.map(2);
    writer.uint(1);
    writer.text("b");
    writer.text(CANARY);
    writer.array(1);
    writer.text(CANARY);
    let answer = server.send(&post(writer.into_bytes()));
    assert_eq!(answer.text(), r#"{"accepted":1,"skipped":{"keys":3}}"#);
    let kept = server.kept_bytes();
    assert_eq!(kept.len(), 2);
    for bytes in &kept {
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
        assert!(!bytes.windows(10).any(|window| window == b"6222021234"));
    }
    let metrics = server.send(&get("/metrics"));
    assert!(!metrics.text().contains(CANARY));
}

/// Numbers of the wire hold digits too. There is nothing to put in their place, so the field is
/// left out; what tells frames apart and events their time stays.
#[test]
fn no_card_is_kept_in_a_number() {
    let server = Server::start();
    for (sequence, number) in [4_111_111_111_111_111_u64, 13_800_138_000].into_iter().enumerate() {
        let numbers = |fields: &[FieldInfo]| {
            let numeric = fields.iter().filter(|field| ["integer", "number"].contains(&field.kind));
            Map::from_iter(numeric.map(|field| (field.name.to_owned(), number.into())))
        };
        // What must be a number cannot be left out: such an event is refused.
        let refused = |kind: &KindInfo| {
            let numeric = numbers(kind.fields);
            kind.required.iter().any(|name| numeric.contains_key(*name))
        };
        let kinds: Vec<_> = KINDS.iter().filter(|kind| !refused(kind)).collect();
        let events = kinds.iter().map(|kind| {
            let mut body = numbers(kind.fields);
            complete(&mut body, kind);
            json!({"kind": kind.name, "time": NOW, "body": body})
        });
        let mut frame = json(sequence as u64, events.collect());
        for (name, value) in numbers(Header::FIELDS) {
            if !["sequence", "sent_at_ms", "time_base_ms"].contains(&name.as_str()) {
                frame[name] = value;
            }
        }
        frame["service.version"] = format!("web@{number}").into();
        let answer = server.send(&post(frame.to_string()));
        let expected = format!(r#"{{"accepted":{}}}"#, kinds.len());
        assert_eq!(answer.text(), expected, "{number}");
    }
    let kept = server.kept_bytes();
    for (bytes, digits) in kept.iter().zip(["4111111111111111", "13800138000"]) {
        let (receipt, decoded) = Entry::decode(bytes).expect("an entry");
        let text = Entry { receipt, frame: decoded.frame }.to_json().to_string();
        assert!(!text.contains(digits), "{text}");
    }
    assert_eq!(kept.len(), 2);
}

#[test]
fn attributes_that_masking_makes_alike_are_all_kept() {
    let server = Server::start();
    let attributes = json!({
        "4111111111111111": 1,
        "5500005555555559": 2,
        "number": 6_222_021_234_567_890_u64,
        "time": NOW,
    });
    let body = json!({"event.name": "pay 13800138000", "attributes": attributes});
    let event = json!({"kind": "custom", "time": NOW, "body": body});
    assert_eq!(server.send(&post(json(1, json!([event])).to_string())).status, 200);
    let kept = server.stop();
    let event = dna_protocol::json::event_value(&kept[0].1.frame.events[0]);
    let expected = json!({"{card}": 1, "{card}~2": 2, "number": "{card}", "time": NOW});
    assert_eq!(event["body"], json!({"event.name": "pay {phone}", "attributes": expected}));
}

/// Which parameters stay is the application's to say, whoever sends the frame.
#[test]
fn parameters_stay_in_the_addresses_of_an_application_that_allows_them() {
    let server = Server::start();
    let address = "https://b/a?token=canary-4711&lang=zh&product=13800138000";
    for (sequence, key) in [(1, "bank-key"), (2, "open-key")] {
        let body = json!({"url.full": address, "url.template": address});
        let mut frame = json(sequence, json!([{"kind": "api_call", "time": NOW, "body": body}]));
        frame["app_key"] = key.into();
        frame["url.full"] = address.into();
        assert_eq!(server.send(&post(frame.to_string())).status, 200);
    }
    let kept = server.stop();
    for ((_, entry), kept) in
        kept.iter().zip(["https://b/a", "https://b/a?lang=zh&product={phone}"])
    {
        assert_eq!(entry.frame.header.url.as_deref(), Some(kept));
        let event = dna_protocol::json::event_value(&entry.frame.events[0]);
        assert_eq!(event["body"], json!({"url.full": kept, "url.template": "/a"}));
    }
}

#[test]
fn a_vital_has_a_name_that_is_known() {
    let server = Server::start();
    let frame = |name: &str| {
        let body = json!({"browser.web_vital.name": name, "browser.web_vital.value": 1});
        let event = json!({"kind": "web_vital", "time": NOW, "body": body});
        post(json(server.sequence(), json!([event])).to_string())
    };
    for name in ["FP", "FCP", "LCP", "CLS", "INP", "TTFB"] {
        assert_eq!(server.send(&frame(name)).status, 200, "{name}");
    }
    let words = ["`browser.web_vital.name`", "\"FID\"", "FP, FCP, LCP, CLS, INP, TTFB"];
    server.check_event_refused(&frame("FID"), "unknown_web_vital", &words);
    server.check_event_refused(&frame("13800138000"), "unknown_web_vital", &["expected"]);
}

#[test]
fn a_raw_user_id_is_nowhere() {
    let server = Server::start();
    let identity = |body| json!({"kind": "identity", "time": NOW, "body": body});
    let frame = json(
        1,
        json!([
            identity(json!({"user.id": CANARY, "user.tier": "vip"})),
            identity(json!({"user.id": CANARY, "user.hash": "claimed"})),
            identity(json!({"user.hash": "claimed"})),
            identity(json!({"user.id": ""})),
        ]),
    );
    assert_eq!(server.send(&post(frame.to_string())).text(), r#"{"accepted":4}"#);
    let metrics = server.send(&get("/metrics"));
    assert!(!metrics.text().contains(CANARY));
    for bytes in server.kept_bytes() {
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
        assert!(!bytes.windows(7).any(|window| window == b"claimed"));
    }
    let kept = server.stop();
    let hashes = kept[0].1.frame.events.iter().map(|event| match &event.body {
        Body::Identity(identity) => {
            assert_eq!(identity.id, None);
            identity.hash.as_deref().map(str::to_owned)
        }
        other => panic!("{other:?}"),
    });
    let hashes: Vec<_> = hashes.collect();
    // printf 'bank\0canary-4711' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0011…
    let expected = "97197e62eee522ac7eac3e0f6e568c6d987dfe6f12355a9a5fd30f43e0c8482b";
    assert_eq!(hashes, [Some(expected.to_owned()), Some(expected.to_owned()), None, None]);
}

#[test]
fn queries_are_taken_out_of_every_address() {
    let server = Server::start();
    let with = |path: &str| format!("https://bank.example/{path}?{CANARY}#{CANARY}");
    let event = |kind: &str, body| json!({"kind": kind, "time": NOW, "body": body});
    let exception = json!({
        "exception.message": format!("cannot load {}", with("m")),
        "exception.stacktrace": format!("at f ({}:1:2)", with("s.js")),
        "code.file.path": with("f.js"),
    });
    let attributes = json!({"from": with("attribute"), "count": 3});
    let mut frame = json(
        1,
        json!([
            event("page_view", json!({"document.referrer": with("referrer")})),
            event("exception", exception.clone()),
            event("unhandled_rejection", exception),
            event("resource_failure", json!({"url.full": with("logo.png")})),
            event("api_call", json!({"url.full": with("api")})),
            event("custom", json!({"event.name": "n", "attributes": attributes})),
            event("identity", json!({"attributes": attributes})),
        ]),
    );
    frame["url.full"] = with("page").into();
    assert_eq!(server.send(&post(frame.to_string())).text(), r#"{"accepted":7}"#);
    let bytes = server.kept_bytes();
    assert_eq!(bytes.len(), 1);
    assert!(!bytes[0].windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    let kept = server.stop();
    let frame = &kept[0].1.frame;
    assert_eq!(frame.header.url.as_deref(), Some("https://bank.example/page"));
    let Body::Exception(exception) = &frame.events[1].body else { panic!("the second") };
    assert_eq!(
        exception.stacktrace.as_deref(),
        Some("at f (https://bank.example/s.js:1:2)"),
        "positions stay"
    );
}

#[test]
fn the_clients_address_is_truncated_and_its_agent_parsed() {
    let server = Server::start_with("[http]\ntrusted_proxies = [\"127.0.0.0/8\"]");
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/131.0.0.0 Safari/537.36";
    let frame =
        dna_protocol::model::Frame { header: header(1), events: vec![crate::frames::custom("a")] };
    let request = post(dna_protocol::cbor::encode_frame(&frame))
        .header("User-Agent", agent)
        .header("X-Forwarded-For", "198.51.100.9, 203.0.113.77");
    assert_eq!(server.send(&request).status, 200);
    let kept = server.stop();
    let receipt = &kept[0].0;
    assert_eq!(receipt.client_address.as_deref(), Some("203.0.113.0"));
    assert_eq!(receipt.browser_name.as_deref(), Some("Chrome"));
    assert_eq!(receipt.os_name.as_deref(), Some("Windows"));
}
