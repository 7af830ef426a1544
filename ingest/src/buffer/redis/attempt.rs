//! Whether a stream that refused an entry would take one now, without giving it one.
//!
//! INFO cannot tell: a Redis that refuses every write (MISCONF, NOREPLICAS, a key of another
//! type) answers it as ever. And waiting for the next entry would be waiting for ever, where a
//! load balancer sends nobody to a server that is not ready.

use super::link::Link;
use super::node::judge;
use crate::buffer::KeepError;
use ::redis::{Pipeline, Value};
use dna_buffer::redis::{ENTRY_FIELD, stream_key};

/// Asks the streams of `shards`, in their order.
///
/// Redis checks whether it takes writes before it looks at what is written, and then refuses the
/// ID `0-0`, which is never valid; so the first command stores nothing and is refused in a way
/// that tells. It does not look at the key, so the second one does.
pub(super) async fn ask(
    link: &mut Link,
    shards: &[u16],
) -> Result<Vec<Result<(), KeepError>>, KeepError> {
    let mut pipeline = Pipeline::new();
    pipeline.ignore_errors();
    for shard in shards {
        let key = stream_key(*shard);
        pipeline.cmd("XADD").arg(&key).arg("0-0").arg(ENTRY_FIELD).arg("");
        pipeline.cmd("XLEN").arg(&key);
    }
    let replies: Vec<Value> = link.query(&pipeline).await?;
    Ok(replies.chunks(2).map(judge_pair).collect())
}

fn judge_pair(replies: &[Value]) -> Result<(), KeepError> {
    let [add, length] = replies else {
        return Err(KeepError::unavailable("Redis left a command without a reply"));
    };
    if !refuses_only_the_id(add) {
        judge(add)?;
    }
    match length {
        Value::ServerError(error) if error.code() == "WRONGTYPE" => judge(length),
        // Whoever may only write may not ask this; its entries will tell.
        _ => Ok(()),
    }
}

fn refuses_only_the_id(reply: &Value) -> bool {
    matches!(reply, Value::ServerError(error)
        if error.code() == "ERR" && error.details().is_some_and(|text| text.contains("0-0")))
}
