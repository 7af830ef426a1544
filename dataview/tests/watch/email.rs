//! E-mail against a **double** of an SMTP server, strict where RFC 5321 is: the order of commands,
//! CRLF, a dialogue of one line an answer.

use crate::channels::{channel, notice};
use crate::made::NOON;
use dataview::watch::channel::client;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the double does with the recipient.
#[derive(Clone, Copy)]
enum Mood {
    Well,
    /// 450: try again later.
    Busy,
    /// 550: never.
    Unknown,
}

async fn server(mood: Mood) -> (std::net::SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mails = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&mails);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, mood, Arc::clone(&kept)));
        }
    });
    (address, mails)
}

async fn serve(stream: TcpStream, mood: Mood, mails: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut said = "220 double ESMTP (no real server)".to_owned();
    let mut order = Vec::new();
    loop {
        stream.write_all(format!("{said}\r\n").as_bytes()).await.unwrap();
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        assert!(line.ends_with("\r\n"), "{line:?}");
        let verb = line.split([' ', ':', '\r']).next().unwrap().to_ascii_uppercase();
        said = match (&*verb, &order[..]) {
            ("EHLO", _) => {
                order = vec!["EHLO"];
                "250-double\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned()
            }
            ("MAIL", ["EHLO"]) if line.starts_with("MAIL FROM:<dataview@bank.example>") => {
                order.push("MAIL");
                "250 ok".to_owned()
            }
            ("RCPT", ["EHLO", "MAIL", ..]) => match mood {
                Mood::Well => {
                    order.push("RCPT");
                    "250 ok".to_owned()
                }
                Mood::Busy => "450 later".to_owned(),
                Mood::Unknown => "550 nobody of that name".to_owned(),
            },
            ("DATA", [.., "RCPT"]) => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).await.unwrap();
                    if line == ".\r\n" {
                        break;
                    }
                    assert!(line.ends_with("\r\n") && line.len() <= 1_000, "{line:?}");
                    mail.push_str(&line);
                }
                mails.lock().unwrap().push(mail);
                order.truncate(1);
                "250 taken".to_owned()
            }
            ("QUIT", _) => "221 bye".to_owned(),
            ("RSET", _) => {
                order.truncate(1);
                "250 ok".to_owned()
            }
            _ => format!("503 {verb} after {order:?}"),
        };
    }
}

fn to(address: std::net::SocketAddr) -> String {
    format!(
        "type = \"email\", server = \"{address}\", tls = \"none\", \
         from = \"DataView <dataview@bank.example>\", to = [\"ops@bank.example\"]"
    )
}

#[tokio::test]
async fn a_mail_is_delivered_with_a_name_and_no_headers_of_others() {
    let (address, mails) = server(Mood::Well).await;
    let channel = channel(&to(address), "x");
    channel.send(&client().unwrap(), &notice("重启网关"), NOON).await.unwrap();
    let mail = mails.lock().unwrap().remove(0);
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("Message-ID: <incident-7-1@bank.example>"), "{head}");
    assert!(head.contains("Date: Thu, 26 Nov 2026 12:00:00 +0000"), "{head}");
    let names = head.lines().filter(|line| !line.starts_with([' ', '\t']));
    let names: Vec<_> = names.filter_map(|line| line.split(':').next()).collect();
    let known = [
        "From",
        "To",
        "Message-ID",
        "Date",
        "Subject",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    assert!(!body.is_empty());
}

#[tokio::test]
async fn what_a_server_refuses_is_told_apart() {
    let (address, _) = server(Mood::Busy).await;
    let busy = channel(&to(address), "x").send(&client().unwrap(), &notice(""), NOON).await;
    let busy = busy.unwrap_err();
    assert!(!busy.is_about_this, "{busy:?}");
    let (address, _) = server(Mood::Unknown).await;
    let never = channel(&to(address), "x").send(&client().unwrap(), &notice(""), NOON).await;
    let never = never.unwrap_err();
    assert!(never.is_about_this && never.what.contains("550"), "{never:?}");
}
