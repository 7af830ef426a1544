//! **Doubles** of the platforms that channels lead to: none of them is the real one. Each refuses what
//! its platform's public documentation says that it refuses: forms, sizes, rates and signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long posts are waited for that come at once on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// A member of the query, decoded.
    fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path().split_once('?')?;
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.into_iter().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }
}

/// What a platform answers: status and body. `None`: it never does.
pub(crate) type Judge = Box<dyn Fn(&Post, usize) -> Option<(u16, String)> + Send + Sync>;

pub(crate) struct Platform {
    pub(crate) address: std::net::SocketAddr,
    posts: Arc<Mutex<Vec<Post>>>,
    arrived: watch::Receiver<usize>,
}

impl Platform {
    pub(crate) async fn start(judge: Judge) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let posts = Arc::<Mutex<Vec<Post>>>::default();
        let (arrive, arrived) = watch::channel(0);
        let (kept, judge) = (Arc::clone(&posts), Arc::new(judge));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&kept), arrive.clone(), Arc::clone(&judge)));
            }
        });
        Self { address, posts, arrived }
    }

    /// The first `count` posts, when they are there.
    pub(crate) async fn posts(&self, count: usize) -> Vec<Post> {
        let mut arrived = self.arrived.clone();
        let arriving = arrived.wait_for(|posts| *posts >= count);
        timeout(PATIENCE, arriving).await.expect("posts in time").unwrap();
        self.posts.lock().unwrap()[..count].to_vec()
    }
}

async fn serve(
    mut stream: TcpStream,
    posts: Arc<Mutex<Vec<Post>>>,
    arrive: watch::Sender<usize>,
    judge: Arc<Judge>,
) {
    while let Some(post) = read(&mut stream).await {
        let before = {
            let mut posts = posts.lock().unwrap();
            posts.push(post.clone());
            posts.len() - 1
        };
        let answer = judge(&post, before);
        arrive.send_modify(|count| *count += 1);
        let Some((status, body)) = answer else { std::future::pending().await };
        let length = body.len();
        let text = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).await.unwrap();
    }
}

async fn read(stream: &mut TcpStream) -> Option<Post> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let post = Post { head: head.to_owned(), body: body.to_owned() };
            let length: usize = post.header("content-length").unwrap().parse().unwrap();
            if post.body.len() >= length {
                return Some(post);
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

/// Base64(HMAC-SHA-256(key, text)).
fn signature(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn is_json(post: &Post) -> bool {
    let media = post.header("content-type").unwrap_or_default();
    media.split(';').next() == Some("application/json") && post.head.starts_with("POST ")
}

/// Whether `timestamp` is within an hour of `now`, both of the same unit.
fn is_timely(timestamp: &str, now: u64, hour: u64) -> bool {
    timestamp.parse::<u64>().is_ok_and(|it| it.abs_diff(now) <= hour)
}

/// A double of DingTalk's robots: 200 with an `errcode`; 310000 for a wrong signature or time, 130101
/// beyond 20 messages, 400105 for another form, 460101 beyond 20,000 bytes.
pub(crate) fn dingtalk(token: &'static str, secret: &'static str, now_ms: u64) -> Judge {
    Box::new(move |post, before| {
        let code = || {
            if !is_json(post) {
                return 43_008;
            }
            let right = post.path().starts_with("/robot/send?");
            if !right || post.query("access_token").as_deref() != Some(token) {
                return 300_005;
            }
            let timestamp = post.query("timestamp").unwrap_or_default();
            let expected = signature(secret, &format!("{timestamp}\n{secret}"));
            let is_signed = post.query("sign") == Some(expected);
            if !is_signed || !is_timely(&timestamp, now_ms, 3_600_000) {
                return 310_000;
            }
            if before >= 20 {
                return 130_101;
            }
            if post.body.len() > 20_000 {
                return 460_101;
            }
            let body = post.json();
            let text = body["text"]["content"].as_str().unwrap_or_default();
            if body["msgtype"] != "text" || text.is_empty() {
                return 400_105;
            }
            0
        };
        Some((200, json!({"errcode": code(), "errmsg": "…"}).to_string()))
    })
}

/// A double of WeCom's robots: 200 with an `errcode`; 93000 for a wrong key, 45009 beyond 20 messages,
/// 40008 for another form, 40058 for a text beyond 2,048 bytes.
pub(crate) fn wecom(key: &'static str) -> Judge {
    Box::new(move |post, before| {
        let code = || {
            let right = is_json(post) && post.path().starts_with("/cgi-bin/webhook/send?");
            if !right || post.query("key").as_deref() != Some(key) {
                return 93_000;
            }
            if before >= 20 {
                return 45_009;
            }
            let body = post.json();
            if body["msgtype"] != "text" {
                return 40_008;
            }
            let text = body["text"]["content"].as_str().unwrap_or_default();
            match text.len() {
                0 => 44_004,
                1..=2_048 => 0,
                _ => 40_058,
            }
        };
        Some((200, json!({"errcode": code(), "errmsg": "…"}).to_string()))
    })
}

/// A double of Feishu's robots: 19021 for a wrong signature or time, 11232 beyond 100 messages, 9499
/// (and 400) for another form or more than 20 KB.
pub(crate) fn feishu(hook: &'static str, secret: &'static str, now_ms: u64) -> Judge {
    Box::new(move |post, before| {
        let body = if is_json(post) { post.json() } else { Value::Null };
        let text = body["content"]["text"].as_str().unwrap_or_default();
        let is_body =
            body["msg_type"] == "text" && !text.is_empty() && post.body.len() <= 20 * 1024;
        if post.path() != format!("/open-apis/bot/v2/hook/{hook}") {
            return Some((200, json!({"code": 19_001, "msg": "…"}).to_string()));
        }
        if !is_body {
            return Some((400, json!({"code": 9_499, "msg": "Bad Request"}).to_string()));
        }
        let timestamp = body["timestamp"].as_str().unwrap_or_default();
        let expected = signature(&format!("{timestamp}\n{secret}"), "");
        let is_signed = body["sign"] == json!(expected);
        let code = match before {
            _ if !is_signed || !is_timely(timestamp, now_ms / 1_000, 3_600) => 19_021,
            0..100 => 0,
            _ => 11_232,
        };
        Some((200, json!({"code": code, "msg": "…"}).to_string()))
    })
}

/// A double of Alertmanager's API v2: 400 where a list of alerts has another form than its document.
pub(crate) fn alertmanager() -> Judge {
    Box::new(|post, _| {
        let is_time = |value: &Value| {
            value.is_null()
                || value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok())
        };
        let is_label = |name: &str| {
            let mut bytes = name.bytes();
            bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
                && bytes.all(|it| it.is_ascii_alphanumeric() || it == b'_')
        };
        let texts = |value: &Value| {
            value.as_object().is_some_and(|labels| {
                labels.iter().all(|(name, value)| is_label(name) && value.is_string())
            })
        };
        let is_alert = |alert: &Value| {
            let known = ["labels", "annotations", "startsAt", "endsAt", "generatorURL"];
            let members = alert.as_object().unwrap();
            members.keys().all(|name| known.contains(&&**name))
                && texts(&alert["labels"])
                && alert["labels"]["alertname"].as_str().is_some_and(|name| !name.is_empty())
                && texts(&alert["annotations"])
                && is_time(&alert["startsAt"])
                && is_time(&alert["endsAt"])
                && alert["endsAt"].as_str() > alert["startsAt"].as_str()
        };
        let right = is_json(post) && post.path() == "/api/v2/alerts";
        let is_good = right && post.json().as_array().is_some_and(|all| all.iter().all(is_alert));
        Some(if is_good { (200, String::new()) } else { (400, "\"bad request\"".to_owned()) })
    })
}
