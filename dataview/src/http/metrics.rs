//! `/metrics`: OpenMetrics (RFC draft of the CNCF), written by hand: nothing here has buckets.

use crate::query::health::Health;
use std::fmt::Write;

/// All metrics of `health`.
pub(super) fn text(health: &Health) -> String {
    let mut text = String::with_capacity(2_048);
    let mut family = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
        let ending = if kind == "counter" { "_total" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(text, "# TYPE dna_dataview_{name} {kind}");
        let _ = writeln!(text, "# HELP dna_dataview_{name} {help}");
        for (labels, value) in samples {
            let _ = writeln!(text, "dna_dataview_{name}{ending}{labels} {value}");
        }
    };
    let one = |value| vec![(String::new(), value)];
    family("frames_stored", "counter", "Frames stored.", &one(health.frames));
    family("events_stored", "counter", "Events in them.", &one(health.events));
    family("frames_duplicate", "counter", "Frames that came again.", &one(health.duplicates));
    family("claimed", "counter", "Messages taken over from dead consumers.", &one(health.claimed));
    family("retries", "counter", "Store or buffer tried again.", &one(health.retries));
    let help = "Another journal than before, read from its beginning.";
    family("journals_begun", "counter", help, &one(health.journals_begun));
    let dropped = health.dropped.iter().map(|(why, count)| (labelled("reason", why), *count));
    family("dropped", "counter", "Dropped, by reason.", &dropped.collect::<Vec<_>>());
    family(
        "dead_letters",
        "gauge",
        "Entries kept that cannot be stored.",
        &one(health.dead_letters),
    );
    let waiting = health.waiting.len() as u64;
    family("waiting", "gauge", "Consumers that wait for the buffer or the store.", &one(waiting));
    family(
        "subscriptions_waiting",
        "gauge",
        "Deliveries that wait for the file of the subscriptions.",
        &one(health.subscriptions.waiting),
    );
    let shards = |value: fn(&crate::query::health::Shard) -> Option<u64>| -> Vec<_> {
        let shards = health.consumers.iter();
        let sample = |shard| Some((labelled("shard", &shard_name(shard)), value(shard)?));
        shards.filter_map(sample).collect()
    };
    let lag = shards(|shard| shard.lag_messages);
    family("lag_messages", "gauge", "Messages that no consumer has.", &lag);
    let lag = shards(|shard| Some(shard.lag_ms));
    family("lag_milliseconds", "gauge", "Age of the oldest message that is not stored.", &lag);
    let pending = shards(|shard| Some(shard.pending));
    family("pending_messages", "gauge", "Messages given and not acknowledged.", &pending);
    family("store_bytes", "gauge", "Bytes of the store on the disk.", &one(health.store.bytes));
    let damaged = health.store.days.iter().filter(|day| day.damage.is_some()).count() as u64;
    family("store_damaged_days", "gauge", "Days that cannot be read.", &one(damaged));
    let untidy = u64::from(health.store.untidy.is_some());
    family(
        "store_untidy",
        "gauge",
        "1 while old days cannot be rolled up or let go.",
        &one(untidy),
    );
    text.push_str("# EOF\n");
    text
}

fn shard_name(shard: &crate::query::health::Shard) -> String {
    shard.shard.to_string()
}

/// One label. Values are our own names and numbers.
fn labelled(name: &str, value: &str) -> String {
    format!("{{{name}=\"{value}\"}}")
}
