//! Beacons that come whole: a request that is all that its client has sent, read in one piece, is
//! answered here, without actix, whose dispatcher cost as much as judging it and is run three
//! times a request. Whatever else comes is actix's, and so is every deadline in the middle of a
//! request: what waits here has nothing begun.

use super::deadline::Deadline;
use super::life::Life;
use super::rest::Resting;
use super::whole::{beacon, written};
use crate::edge::stream::Stream;
use crate::http::BEACON_PATH;
use crate::http::beacon::{Body, Posted, post};
use crate::http::seen::Seen;
use crate::metrics::Ended;
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
            if let Poll::Ready(read) = poll_bytes(&mut resting.io, context) {
                return Poll::Ready(Some(read));
            }
            // Silent for too long, or the server stops.
            let is_over =
                stopped.as_mut().poll(context).is_ready() || deadline.poll(context).is_ready();
            if is_over { Poll::Ready(None) } else { Poll::Pending }
        });
        let bytes = match read.await {
            Some(Ok(bytes)) if !bytes.is_empty() => bytes,
            Some(_) => return Next::Over,
            None => {
                end(resting.io, life).await;
                return Next::Over;
            }
        };
        let request = if life.door.is_draining() { None } else { beacon(&bytes, client) };
        let Some((request, body)) = request else { return Next::Other(resting, bytes) };
        drop(bytes);
        // Large, and held only while there is a request.
        let answering = Box::pin(async {
            let seen = Seen::begin(request.head(), &life.door);
            let body = Body::Whole(body);
            let Posted { mut answer, is_read } =
                post(request.head(), body, &life.door, seen.span()).await;
            life.door.metrics.took(seen.began().elapsed());
            seen.end(BEACON_PATH, &mut answer);
            // As where the body is on its way yet: see `ending`.
            // Draining may have begun meanwhile.
            let is_last = !is_read || life.door.is_draining();
            written(answer, is_last, (life.door.now)()).map(|bytes| (bytes, is_last))
        });
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

/// What has come of the client; nothing when it has ended.
fn poll_bytes(io: &mut Stream, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
    READ.with_borrow_mut(|read| {
        let mut buffer = ReadBuf::new(read);
        ready!(Pin::new(io).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
    })
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
