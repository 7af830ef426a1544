//! Removes from the streams what every registered group has acknowledged, and nothing else.
//!
//! By MINID, never by MAXLEN, which knows nothing of what was read; a stream for which nobody has
//! registered stays as it is, unless the operator gave it a size.

use super::groups::{Groups, Id};
use super::limits::TRIM_MESSAGES_MAX;
use super::link::Link;
use super::settings::TrimSettings;
use crate::buffer::KeepError;
use ::redis::{Pipeline, Value, from_redis_value};
use dna_buffer::redis::stream_key;

/// Trims the streams of `groups`; says how many messages went. When `is_eager`, what is read
/// goes at once, however young.
pub(super) async fn trim(
    link: &mut Link,
    groups: &[Groups],
    settings: TrimSettings,
    is_eager: bool,
) -> Result<u64, KeepError> {
    // Redis' own clock: the IDs are made from it.
    let time: Option<(u64, u64)> = link.command(&::redis::cmd("TIME")).await?;
    let Some((seconds, _)) = time else { return Ok(0) };
    let keep_ms = u64::try_from(settings.keep_at_least.as_millis()).unwrap_or(u64::MAX);
    let young = if is_eager { u64::MAX } else { (seconds * 1000).saturating_sub(keep_ms) };
    let mut pipeline = Pipeline::new();
    pipeline.ignore_errors();
    for stream in groups {
        let trim = match cut(stream, settings, young) {
            Some(Cut::Before((ms, sequence))) => ("MINID", format!("{ms}-{sequence}")),
            Some(Cut::Newest(count)) => ("MAXLEN", count.to_string()),
            None => continue,
        };
        // `~` removes whole nodes only: less than was said, never more.
        let command = pipeline.cmd("XTRIM").arg(stream_key(stream.shard)).arg(trim.0).arg("~");
        command.arg(trim.1).arg("LIMIT").arg(TRIM_MESSAGES_MAX);
    }
    if pipeline.is_empty() {
        return Ok(0);
    }
    let replies: Vec<Value> = link.query(&pipeline).await?;
    Ok(replies.into_iter().filter_map(|reply| from_redis_value::<u64>(reply).ok()).sum())
}

/// What of a stream may go.
#[derive(Debug, PartialEq, Eq)]
enum Cut {
    /// What is older than this message.
    Before(Id),
    /// All but so many of the newest.
    Newest(u64),
}

fn cut(stream: &Groups, settings: TrimSettings, young_ms: u64) -> Option<Cut> {
    if !stream.is_known || stream.length == 0 {
        return None;
    }
    let Some(first_unread) = stream.groups.iter().map(|group| group.first_unread).min() else {
        let max = settings.groupless_messages_max;
        return (max > 0 && stream.length > max).then_some(Cut::Newest(max));
    };
    Some(Cut::Before(first_unread.min((young_ms, 0))))
}

#[cfg(test)]
mod tests {
    use super::super::groups::Group;
    use super::*;

    fn stream(first_unread: &[Id]) -> Groups {
        let group = |id: &Id| Group { name: "g".to_owned(), first_unread: *id, unread: None };
        let groups = first_unread.iter().map(group).collect();
        Groups { shard: 0, length: 100, groups, is_known: true }
    }

    #[test]
    fn what_the_slowest_group_has_not_read_and_what_is_young_stays() {
        let settings = TrimSettings::default();
        let cut = |stream: &Groups, young| cut(stream, settings, young);
        assert_eq!(cut(&stream(&[(50, 1), (40, 2)]), 99), Some(Cut::Before((40, 2))));
        assert_eq!(cut(&stream(&[(50, 1)]), 30), Some(Cut::Before((30, 0))));
    }

    #[test]
    fn without_a_group_only_a_size_that_was_given_counts() {
        let given = TrimSettings { groupless_messages_max: 60, ..TrimSettings::default() };
        assert_eq!(cut(&stream(&[]), TrimSettings::default(), 99), None);
        assert_eq!(cut(&stream(&[]), given, 99), Some(Cut::Newest(60)));
        let unknown = Groups { is_known: false, ..stream(&[]) };
        assert_eq!(cut(&unknown, given, 99), None, "it may have groups that we may not see");
    }
}
