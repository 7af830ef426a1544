//! A webhook: an HTTP server that answers as it is told, and remembers what was posted.

use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long posts are waited for that come at once on a machine that has nothing else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Status(&'static str),
    /// Reads it and never answers.
    Hang,
}

pub(crate) struct Webhook {
    pub(crate) url: String,
    posts: Arc<Mutex<Vec<Post>>>,
    arrived: watch::Receiver<usize>,
}

#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        body["events"].as_array().unwrap().clone()
    }
}

impl Webhook {
    /// Answers the first requests as `answers` say, and all others with 204.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?token=secret", listener.local_addr().unwrap());
        let posts = Arc::<Mutex<Vec<Post>>>::default();
        let answers: Arc<Mutex<VecDeque<Answer>>> =
            Arc::new(Mutex::new(answers.into_iter().collect()));
        let (arrive, arrived) = watch::channel(0);
        let kept = Arc::clone(&posts);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (kept, arrive) = (Arc::clone(&kept), arrive.clone());
                tokio::spawn(serve(stream, kept, arrive, Arc::clone(&answers)));
            }
        });
        Self { url, posts, arrived }
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
    answers: Arc<Mutex<VecDeque<Answer>>>,
) {
    while let Some(post) = read(&mut stream).await {
        posts.lock().unwrap().push(post);
        let answer =
            answers.lock().unwrap().pop_front().unwrap_or(Answer::Status("204 No Content"));
        arrive.send_modify(|count| *count += 1);
        match answer {
            Answer::Hang => std::future::pending().await,
            Answer::Status(status) => {
                let text = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(text.as_bytes()).await.unwrap();
            }
        }
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
