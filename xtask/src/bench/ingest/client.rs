//! A plain client for what wrk cannot do: given bodies once, and connections that do nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// Sends each of `bodies`, one after the other, as the browser of the recorded visit would.
pub(super) fn post_all(url: &str, bodies: &[Vec<u8>]) -> Result<()> {
    let (host, path) = parts(url)?;
    let mut connection = connect(host)?;
    for body in bodies {
        let head = format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://bank.example\r\n\
             User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/131.0.0.0 Safari/537.36\r\nContent-Type: text/plain\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        connection.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let answer = read_answer(&mut connection)?;
        ensure!(answer.contains("\"accepted\""), "a frame of the visit was refused: {answer}");
    }
    Ok(())
}

/// Opens `count` connections that have had an answer each, and holds them.
pub(super) fn idle(url: &str, count: usize) -> Result<Vec<BufReader<TcpStream>>> {
    let (host, _) = parts(url)?;
    let request = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n");
    (0..count)
        .map(|_| {
            let mut connection = connect(host)?;
            connection.get_mut().write_all(request.as_bytes())?;
            read_answer(&mut connection)?;
            Ok(connection)
        })
        .collect()
}

/// `http://HOST/PATH` in its parts.
fn parts(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("http://").unwrap_or_default();
    rest.split_once('/').with_context(|| format!("{url} is no address of ours"))
}

fn connect(host: &str) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(host).with_context(|| format!("cannot reach {host}"))?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    stream.set_nodelay(true)?;
    // Small: thousands of them are held.
    Ok(BufReader::with_capacity(1024, stream))
}

/// The body of an answer that says its length.
fn read_answer(connection: &mut BufReader<TcpStream>) -> Result<String> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line)? == 0 {
            bail!("the server has hung up");
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok();
        }
    }
    let mut body = vec![0; length.context("an answer without a length")?];
    connection.read_exact(&mut body)?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Allows this process, and the servers that it starts from now on, so many open files.
pub(super) fn allow_files(count: u64) -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= count) {
        return Ok(());
    }
    if let Some(most) = limit.maximum.filter(|most| *most < count) {
        bail!("only {most} files may be open, {count} are needed: raise `ulimit -Hn`");
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(count), maximum: limit.maximum })
        .context("cannot raise the number of open files")
}
