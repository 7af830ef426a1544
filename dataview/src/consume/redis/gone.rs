//! Consumers of the group that are gone for good: a pod has another name each time that it starts.

use ::redis::aio::MultiplexedConnection;
use ::redis::{RedisResult, cmd};
use std::time::Duration;

/// One step in Redis: a consumer that is given something between being looked at and being removed
/// would lose it, for what is pending of it goes with it.
const REMOVE: &str = "
    local removed = {}
    for _, about in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
        local of = {}
        for at = 1, #about, 2 do of[about[at]] = about[at + 1] end
        if of['pending'] == 0 and of['idle'] >= tonumber(ARGV[2]) then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], of['name'])
            removed[#removed + 1] = of['name']
        end
    end
    return removed
";

/// Removes the consumers of `group` that have nothing left and have not asked for `idle`; their names.
/// Whoever lives asks every few seconds, and is made anew should it ask after all.
pub(super) async fn remove(
    connection: &mut MultiplexedConnection,
    key: &str,
    group: &str,
    idle: Duration,
) -> RedisResult<Vec<String>> {
    let idle = u64::try_from(idle.as_millis()).unwrap_or(u64::MAX);
    cmd("EVAL").arg(REMOVE).arg(1).arg(key).arg(group).arg(idle).query_async(connection).await
}
