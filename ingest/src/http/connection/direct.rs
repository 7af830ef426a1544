//! Beacons that come whole: a request that is all that its client has sent, read in one piece, is
//! answered here, without actix, whose dispatcher cost as much as judging it and is run three
//! times a request. Whatever else comes is actix's, and so is every deadline in the middle of a
//! request: what waits here has nothing begun.

use super::deadline::Deadline;
use super::life::Life;
use super::rest::Resting;
use super::whole::{HEADERS_MAX, beacon, written, written_kept};
use crate::edge::stream::Stream;
use crate::http::BEACON_PATH;
use crate::http::beacon::{Posted, Posting, Reply, post_whole};
use crate::http::codes::Code;
use crate::http::head::Head;
use crate::http::seen::Seen;
use crate::metrics::Ended;
use actix_web::http::StatusCode;
use bytes::Bytes;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout};

/// Bytes that are read at once. Most frames fit; others are actix's.
const READ_BYTES: usize = 8 * 1024;

thread_local! {
    /// One for all connections of a thread: those that wait hold nothing.
    static READ: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// What comes after.
pub(super) enum Next {
    /// The connection is over.
    Over,
    /// It goes on by what was read of it.
    Other(Resting, Bytes),
}

/// Serves the beacons of `client`, as long as they come whole.
pub(super) async fn serve(mut resting: Resting, life: &Life, client: Option<SocketAddr>) -> Next {
    let mut deadline = Deadline::new(resting.until);
    let mut stopped = pin!(life.stopping.notified());
    loop {
        let read = poll_fn(|context| {
            if let Poll::Ready(read) = poll_came(&mut resting.io, context, life, client) {
                return Poll::Ready(Some(read));
            }
            // Silent for too long, or the server stops.
            let is_over =
                stopped.as_mut().poll(context).is_ready() || deadline.poll(context).is_ready();
            if is_over { Poll::Ready(None) } else { Poll::Pending }
        });
        let (posting, seen) = match read.await {
            Some(Ok(Came::Beacon(posting, seen))) => (posting, seen),
            Some(Ok(Came::Other(bytes))) if !bytes.is_empty() => {
                return Next::Other(resting, bytes);
            }
            Some(_) => return Next::Over,
            None => {
                end(resting.io, life).await;
                return Next::Over;
            }
        };
        // Held only while there is a request.
        let answering = Box::pin(answer(posting, seen, life));
        let Some((answer, is_last)) = answering.await else { return Next::Over };
        if !is_taken(&mut resting.io, &answer, life).await {
            return Next::Over;
        }
        if is_last {
            end(resting.io, life).await;
            return Next::Over;
        }
        resting.until = Instant::now() + life.patience.idle;
        deadline.put_off(resting.until);
    }
}

/// What has come of the client.
enum Came<'a> {
    /// A beacon, which is judged already.
    Beacon(Posting<'a>, Seen),
    /// Anything else; nothing, when it has ended.
    Other(Bytes),
}

/// Reads, and judges what was read where it stands: only what has to be held is copied.
fn poll_came<'a>(
    io: &mut Stream,
    context: &mut Context<'_>,
    life: &'a Life,
    client: Option<SocketAddr>,
) -> Poll<io::Result<Came<'a>>> {
    READ.with_borrow_mut(|read| {
        let mut buffer = ReadBuf::new(read);
        ready!(Pin::new(io).poll_read(context, &mut buffer))?;
        let bytes = buffer.filled();
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let is_served = !life.door.is_draining();
        let Some((headers, body)) = beacon(bytes, &mut headers).filter(|_| is_served) else {
            return Poll::Ready(Ok(Came::Other(Bytes::copy_from_slice(bytes))));
        };
        let head = Head::of_post(headers, client);
        let seen = Seen::begin(&head, &life.door);
        let posting = post_whole(&head, body, &life.door, seen.span());
        Poll::Ready(Ok(Came::Beacon(posting, seen)))
    })
}

/// The answer to a beacon in bytes, and whether it is the last. Nothing where there is none.
async fn answer(posting: Posting<'_>, seen: Seen, life: &Life) -> Option<(Vec<u8>, bool)> {
    let Posted { reply, is_read } = posting.posted().await;
    life.door.metrics.took(seen.began().elapsed());
    // As where the body is on its way yet: see `ending`. Draining may have begun meanwhile.
    let is_last = !is_read || life.door.is_draining();
    let now = (life.door.now)();
    let bytes = match reply {
        Reply::Kept(answer) => {
            let id = seen.tell(BEACON_PATH, StatusCode::OK, None);
            written_kept(&answer, id.as_str(), is_last, now)
        }
        Reply::Refused(answer) => {
            let code = answer.extensions().get::<Code>().copied();
            let id = seen.tell(BEACON_PATH, answer.status(), code);
            written(answer, id.as_str(), is_last, now)?
        }
    };
    Some((bytes, is_last))
}

/// Writes an answer; whether the client took it in its time.
async fn is_taken(io: &mut Stream, answer: &[u8], life: &Life) -> bool {
    let first = poll_fn(|context| match Pin::new(&mut *io).poll_write(context, answer) {
        Poll::Ready(written) => Poll::Ready(written.ok()),
        Poll::Pending => Poll::Ready(Some(0)),
    });
    let Some(rest) = first.await.and_then(|count| answer.get(count..)) else { return false };
    if rest.is_empty() && matches!(io, Stream::Plain(_)) {
        return true;
    }
    let all = async {
        io.write_all(rest).await?;
        io.flush().await
    };
    match timeout(life.patience.write, all).await {
        Ok(written) => written.is_ok(),
        Err(_) => {
            life.door.metrics.ended(Ended::NotTaken);
            false
        }
    }
}

/// Tells the client that nothing more comes, and waits for it to take that: what it still sends to
/// a closed socket would reset the connection, perhaps under an answer.
async fn end(mut io: Stream, life: &Life) {
    let heard = async {
        io.shutdown().await?;
        let mut rest = [0; 256];
        while io.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(life.patience.linger, heard).await;
}
