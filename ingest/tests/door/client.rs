//! A plain HTTP client that can also send what no good client would.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A test that hangs fails after this time; none waits for it.
const GIVE_UP: Duration = Duration::from_secs(30);

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

/// A frame for the door.
pub(crate) fn post(body: impl Into<Vec<u8>>) -> Request {
    Request {
        method: "POST",
        path: "/v1/beacon".to_owned(),
        headers: Vec::new(),
        body: body.into(),
    }
}

pub(crate) fn get(path: &str) -> Request {
    Request { method: "GET", path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
}

impl Request {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn path(mut self, path: &str) -> Self {
        self.path = path.to_owned();
        self
    }

    fn head(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: door\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head
    }

    pub(crate) fn send(&self, to: SocketAddr) -> Response {
        let length = self.body.len();
        let head = format!("{}Content-Length: {length}\r\nConnection: close\r\n\r\n", self.head());
        let stream = connect(to);
        // A server that refuses early closes while this still writes.
        let _ = (&stream).write_all(head.as_bytes()).and_then(|()| (&stream).write_all(&self.body));
        receive(&stream)
    }

    /// Announces more than is ever sent, and waits for the answer.
    pub(crate) fn send_unfinished(&self, to: SocketAddr, announced: usize) -> Response {
        receive(&self.start(to, announced))
    }

    /// Announces more than is ever sent, and waits for nothing.
    pub(crate) fn start(&self, to: SocketAddr, announced: usize) -> TcpStream {
        let stream = connect(to);
        let head = format!("{}Content-Length: {announced}\r\n\r\n", self.head());
        (&stream).write_all(head.as_bytes()).expect("the head is taken");
        (&stream).write_all(&self.body).expect("a part of the body is taken");
        stream
    }

    /// Sends a body of `total` spaces in chunks without saying how long it is. Returns the answer
    /// and how many bytes were sent until it came.
    pub(crate) fn stream(&self, to: SocketAddr, total: usize) -> (Response, usize) {
        let stream = connect(to);
        let head = format!("{}Transfer-Encoding: chunked\r\n\r\n", self.head());
        (&stream).write_all(head.as_bytes()).expect("the head is taken");
        let reader = stream.try_clone().expect("a second handle");
        let answer = std::thread::spawn(move || receive(&reader));
        let mut sent = 0;
        let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
        while sent < total && !answer.is_finished() {
            if (&stream).write_all(&chunk).is_err() {
                break;
            }
            sent += 0x10000;
        }
        let _ = stream.shutdown(std::net::Shutdown::Write);
        (answer.join().expect("the reader ends"), sent)
    }
}

pub(crate) fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).expect("the server listens");
    stream.set_read_timeout(Some(GIVE_UP)).expect("a timeout");
    stream.set_write_timeout(Some(GIVE_UP)).expect("a timeout");
    stream
}

/// Reads one answer: its head, and as much body as it says.
pub(crate) fn receive(mut stream: &TcpStream) -> Response {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(response) = parse(&bytes) {
            return response;
        }
        match stream.read(&mut chunk) {
            Ok(0) => panic!("closed without an answer: {:?}", String::from_utf8_lossy(&bytes)),
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            // A test that stops a server by a signal may be running beside this one.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&bytes)),
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).expect("the head is ASCII");
    let status = head.split(' ').nth(1)?.parse().expect("a status");
    let response = Response { status, head, body: bytes[end + 4..].to_vec() };
    let length = response.header("content-length").map_or(0, |length| length.parse().expect("it"));
    (response.body.len() >= length).then_some(response)
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("JSON: {}", self.text()))
    }
}
