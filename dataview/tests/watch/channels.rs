//! Each kind of channel against a double of its platform, which refuses what the platform refuses.

use crate::made::{NOON, OPS};
use crate::platform::{Judge, Platform, alertmanager, dingtalk, feishu, wecom};
use dataview::subscribe::{Secret, sign};
use dataview::watch::FileSet;
use dataview::watch::channel::{Channel, Refused, client};
use dataview::watch::incident::{Incident, Kind, Notice, Part, State};
use dataview::watch::judge::Found;
use dataview::watch::rule::Severity;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// An incident with a value that a client has made up to be more than a value.
pub(crate) fn notice(description: &str) -> Notice {
    let part = Part {
        rule: "calls".to_owned(),
        dimension: "page".to_owned(),
        value: "/pay\r\n<at user_id=\"all\">@all</at>".to_owned(),
        since: NOON,
        until: None,
        severity: Severity::Critical,
        found: Found {
            measure: "availability.calls".to_owned(),
            value: Some(0.5),
            limit: Some(0.9),
            ..Found::default()
        },
    };
    let incident = Incident {
        id: 7,
        app: "bank".to_owned(),
        owner: "payments".to_owned(),
        description: description.to_owned(),
        state: State::Open,
        severity: Severity::Critical,
        opened_at: NOON,
        resolved_at: None,
        acknowledged_by: None,
        acknowledged_at: None,
        escalated_at: None,
        silenced: false,
        reopened: 0,
        parts: vec![part],
        parts_left_out: 0,
        told: vec![],
        told_at: None,
        told_severity: None,
        refreshed_at: None,
        causes: None,
        notices: 1,
    };
    let (id, channel) = ("incident-7-1".to_owned(), "ops".to_owned());
    Notice { id, channel, kind: Kind::Opened, at: NOON, incident }
}

/// The channel whose target is `to`, with `SECRET` in a file.
pub(crate) fn channel(to: &str, secret: &str) -> Arc<Channel> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{secret}\n")).unwrap();
    let to = to.replace("SECRET", &file.display().to_string());
    let text = format!("[[channels]]\nname = \"ops\"\nlanguage = \"zh-CN\"\nto = {{ {to} }}");
    let pages = Some("https://dataview.bank.example/");
    let read = FileSet::parse(Path::new("alerts.toml"), &text, pages);
    let set = read.unwrap_or_else(|error| panic!("{error}"));
    Arc::clone(&set.channels["ops"])
}

async fn sent(channel: &Channel, notice: &Notice, now_ms: u64) -> Result<(), Refused> {
    channel.send(&client().unwrap(), notice, now_ms).await
}

async fn robot(judge: Judge, to: &str, secret: &str) -> (Platform, Arc<Channel>) {
    let platform = Platform::start(judge).await;
    let to = to.replace("HOST", &platform.address.to_string());
    let channel = channel(&to, secret);
    (platform, channel)
}

fn is_one_line_without_markup(text: &str) {
    assert!(
        text.starts_with("[critical] 告警: bank: availability.calls 0.5 < 0.9, page = /pay"),
        "{text}"
    );
    assert!(!text.contains("<at") && !text.contains("@all"), "{text}");
    assert!(text.lines().next().unwrap().ends_with("(rule calls)"), "{text}");
    assert!(text.ends_with("https://dataview.bank.example/incidents/7"), "{text}");
}

#[tokio::test]
async fn dingtalk_takes_what_is_signed_and_in_time() {
    const TO: &str = "type = \"dingtalk\", url = \"http://HOST/robot/send?access_token=t0\", \
                      secret_file = \"SECRET\"";
    let (platform, good) = robot(dingtalk("t0", "SEC1", NOON), TO, "SEC1").await;
    sent(&good, &notice("重启网关"), NOON + 60_000).await.unwrap();
    let text = platform.posts(1).await[0].json()["text"]["content"].as_str().unwrap().to_owned();
    is_one_line_without_markup(&text);
    assert!(text.contains("\n重启网关\n"), "{text}");
    let late = sent(&good, &notice(""), NOON + 3_700_000).await.unwrap_err();
    assert_eq!(late.what, "errcode 310000");
    // The double is strict: with another secret, or none, it takes nothing.
    let address = platform.address.to_string();
    let other = channel(&TO.replace("HOST", &address), "SEC2");
    assert_eq!(sent(&other, &notice(""), NOON).await.unwrap_err().what, "errcode 310000");
    let none = TO.split(", secret_file").next().unwrap().replace("HOST", &address);
    assert_eq!(
        sent(&channel(&none, "x"), &notice(""), NOON).await.unwrap_err().what,
        "errcode 310000"
    );
}

#[tokio::test]
async fn dingtalk_that_had_too_much_is_left_alone() {
    const TO: &str = "type = \"dingtalk\", url = \"http://HOST/robot/send?access_token=t0\", \
                      secret_file = \"SECRET\"";
    let (_platform, channel) = robot(dingtalk("t0", "SEC1", NOON), TO, "SEC1").await;
    assert!(channel.pace_ms() >= 60_000 / 20, "not faster than it takes");
    for _ in 0..20 {
        sent(&channel, &notice(""), NOON).await.unwrap();
    }
    let refused = sent(&channel, &notice(""), NOON).await.unwrap_err();
    assert_eq!((&*refused.what, refused.wait_ms), ("errcode 130101", Some(600_000)));
    assert!(!refused.is_about_this);
}

#[tokio::test]
async fn wecom_takes_a_text_that_is_not_too_long() {
    const TO: &str = "type = \"wecom\", url_file = \"SECRET\"";
    let platform = Platform::start(wecom("k0")).await;
    let url = format!("http://{}/cgi-bin/webhook/send?key=k0", platform.address);
    let channel = channel(TO, &url);
    sent(&channel, &notice(&"转".repeat(341)), NOON).await.unwrap();
    let many = notice(&"转账失败。".repeat(60));
    let mut long = many;
    for n in 0..9 {
        let part =
            Part { value: format!("{n} {}", "长".repeat(90)), ..long.incident.parts[0].clone() };
        long.incident.parts.push(part);
    }
    sent(&channel, &long, NOON).await.unwrap();
    let posts = platform.posts(2).await;
    is_one_line_without_markup(posts[0].json()["text"]["content"].as_str().unwrap());
    let cut = posts[1].json()["text"]["content"].as_str().unwrap().to_owned();
    assert!(cut.len() > 2_000 && cut.ends_with('…'), "{} bytes", cut.len());
    let wrong = self::channel(TO, &url.replace("k0", "k1"));
    assert_eq!(sent(&wrong, &notice(""), NOON).await.unwrap_err().what, "errcode 93000");
}

#[tokio::test]
async fn feishu_takes_what_is_signed_and_in_time() {
    const TO: &str = "type = \"feishu\", url = \"http://HOST/open-apis/bot/v2/hook/h0\", \
                      secret_file = \"SECRET\"";
    let (platform, good) = robot(feishu("h0", "s1", NOON), TO, "s1").await;
    sent(&good, &notice(""), NOON).await.unwrap();
    is_one_line_without_markup(
        platform.posts(1).await[0].json()["content"]["text"].as_str().unwrap(),
    );
    let other = channel(&TO.replace("HOST", &platform.address.to_string()), "s2");
    assert_eq!(sent(&other, &notice(""), NOON).await.unwrap_err().what, "code 19021");
    assert_eq!(sent(&good, &notice(""), NOON + 4_000_000).await.unwrap_err().what, "code 19021");
}

#[tokio::test]
async fn alertmanager_gets_one_alert_until_it_is_over() {
    const TO: &str = "type = \"alertmanager\", url = \"http://HOST/api/v2/alerts\"";
    let (platform, channel) = robot(alertmanager(), TO, "x").await;
    let open = notice("");
    sent(&channel, &open, NOON + 60_000).await.unwrap();
    let mut over = open.clone();
    over.kind = Kind::Resolved;
    over.incident.resolved_at = Some(NOON + 120_000);
    over.incident.severity = Severity::Critical;
    sent(&channel, &over, NOON + 120_000).await.unwrap();
    let posts = platform.posts(2).await;
    let (open, over) = (posts[0].json(), posts[1].json());
    assert_eq!(open[0]["labels"], over[0]["labels"], "the same alert");
    assert_eq!(open[0]["labels"]["alertname"], "calls");
    assert_eq!(open[0]["endsAt"], "2026-11-26T15:01:00Z", "it lasts, restarts included");
    assert_eq!(over[0]["endsAt"], "2026-11-26T12:02:00Z");
    assert_eq!(open[0]["generatorURL"], "https://dataview.bank.example/incidents/7");
}

#[tokio::test]
async fn a_webhook_is_signed_and_says_all() {
    let secret = Secret::new().unwrap();
    let platform = Platform::start(Box::new(|_, _| Some((204, String::new())))).await;
    let to = format!(
        "type = \"webhook\", url = \"http://{}/hook\", secret_file = \"SECRET\"",
        platform.address
    );
    sent(&channel(&to, &secret.text()), &notice("x"), NOON).await.unwrap();
    let post = platform.posts(1).await.remove(0);
    assert_eq!(post.header("webhook-id"), Some("incident-7-1"));
    let expected = sign(&secret, "incident-7-1", NOON / 1_000, post.body.as_bytes());
    assert_eq!(post.header("webhook-signature"), Some(&*expected));
    let body = post.json();
    assert_eq!((&body["type"], &body["incident"]["id"]), (&"incident.opened".into(), &7.into()));
}

#[test]
fn secrets_are_in_no_message_and_no_log() {
    let text = OPS.replace("http://127.0.0.1:9/hook", "http://hook.example/t0ken-of-ours");
    let refused = FileSet::parse(Path::new("alerts.toml"), &text, None).unwrap_err().to_string();
    assert!(refused.contains("channels[0].to.url") && !refused.contains("t0ken"), "{refused}");
    let to = "type = \"dingtalk\", url = \"https://d.example/s?access_token=x\", secret_file = \"SECRET\"";
    let shown = format!("{:?}", channel(to, "SEC-of-ours"));
    assert!(!shown.contains("SEC-of-ours"), "{shown}");
}
