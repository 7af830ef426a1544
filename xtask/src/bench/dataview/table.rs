//! The report, for people.

use std::fmt::Write as _;

use serde_json::Value;

use super::targets::Target;

const MIB: f64 = 1024.0 * 1024.0;

/// The report as Markdown.
pub(super) fn markdown(measured: &Value, targets: &[Target], load_before: f64) -> String {
    let mut text = String::new();
    if measured["store"].is_object() {
        store(&mut text, &measured["store"]);
    }
    visible(&mut text, &measured["visible"]);
    joined(&mut text, &measured["joined"]);
    peers(&mut text, &measured["peers"]);
    text.push_str("| target | to reach | measured | holds |\n| --- | ---: | ---: | --- |\n");
    for target in targets {
        let measured = target.measured.map_or("not measured".to_owned(), |it| format!("{it:.2}"));
        let holds = if target.holds() { "yes" } else { "**no**" };
        line(
            &mut text,
            &format!("| {} | {} | {measured} | {holds} |", target.name, target.words()),
        );
    }
    text.push_str(
        "\nKill -9 of any one part at 20 random moments, counts exact: `cargo xtask soak redis` \
         (tests/tests/dataview_kill.rs).\n",
    );
    for (part, why) in measured["failed"].as_object().into_iter().flatten() {
        line(
            &mut text,
            &format!("\n**Not measured: {part}**: {}", why.as_str().unwrap_or_default()),
        );
    }
    if load_before > 1.0 {
        line(
            &mut text,
            &format!(
                "\n**The machine had other work ({load_before:.1} processes wanted a core before \
                 it began): times above are not to be believed.**"
            ),
        );
    }
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn of(value: &Value, path: &str) -> f64 {
    value.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

fn store(text: &mut String, store: &Value) {
    let figure = |path: &str| of(store, path);
    line(
        text,
        &format!(
            "{:.1} million events in {:.0} sessions over {} days, {:.0} bytes each on the disk; \
             stored at {:.0} a second ({:.1} µs of CPU each, making and reading them included), \
             peak {:.0} MiB.\n",
            figure("/events") / 1e6,
            figure("/sessions"),
            store["days"],
            figure("/store_bytes") / figure("/events"),
            figure("/fill/events_per_second"),
            figure("/fill/cpu_us_an_event"),
            figure("/fill/peak_bytes") / MIB,
        ),
    );
    text.push_str(
        "| asked | p50 ms | p95 ms | max ms | CPU ms | KiB read | found |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for (name, asked) in store["asked"].as_object().into_iter().flatten() {
        let figure = |name: &str| asked[name].as_f64().unwrap_or(f64::NAN);
        let name = name.replace('_', " ");
        let [p50, p95, max] = ["p50_ms", "p95_ms", "max_ms"].map(figure);
        let [cpu, read] = ["cpu_ms", "read_kib"].map(figure);
        let found = &asked["found"];
        line(
            text,
            &format!(
                "| {name} | {p50:.1} | {p95:.1} | {max:.1} | {cpu:.1} | {read:.0} | {found} |"
            ),
        );
    }
    text.push('\n');
}

fn visible(text: &mut String, visible: &Value) {
    let Some(by) = visible.as_object() else { return };
    text.push_str(
        "| beacon sent to visible | beacons | events a second | p50 ms | p95 ms | max ms |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for (name, took) in by {
        let figure = |path: &str| of(took, path);
        line(
            text,
            &format!(
                "| by {name} | {} | {:.0} | {:.0} | {:.0} | {:.0} |",
                took["beacons"],
                figure("/events_per_second"),
                figure("/p50_ms"),
                figure("/p95_ms"),
                figure("/max_ms")
            ),
        );
    }
    text.push('\n');
}

fn joined(text: &mut String, joined: &Value) {
    if !joined.is_object() {
        return;
    }
    line(
        text,
        &format!(
            "{} scripted visits of the demo bank, each with a sign-in through nginx, the bank, its \
             core in Python and its SMS gateway in Node under OpenTelemetry's agents: of {} events \
             {:.2} % are in their session, of {} calls {:.2} % in a trace with nginx and services.",
            joined["visits"],
            joined["events"],
            of(joined, "/events_joined_percent"),
            joined["calls"],
            of(joined, "/calls_joined_percent"),
        ),
    );
    for (why, many) in joined["gaps"].as_object().into_iter().flatten() {
        line(text, &format!("- {many} not joined, {why}"));
    }
    text.push('\n');
}

fn peers(text: &mut String, peers: &Value) {
    let Some(by) = peers["of"].as_object() else { return };
    let ours = &peers["of"]["dna"];
    line(
        text,
        &format!(
            "| {:.1} million events in | history p50 ms | × | 30-day overview p50 ms | × | MiB |\n\
             | --- | ---: | ---: | ---: | ---: | ---: |",
            of(peers, "/events") / 1e6
        ),
    );
    for (name, peer) in by {
        let title = peer["title"].as_str().unwrap_or(name);
        let [history, overview] = ["/user_history/p50_ms", "/overview_30_days/p50_ms"];
        let times = |path: &str| of(peer, path) / of(ours, path);
        line(
            text,
            &format!(
                "| {title} | {:.2} | {:.2} | {:.2} | {:.1} | {:.0} |",
                of(peer, history),
                times(history),
                of(peer, overview),
                times(overview),
                of(peer, "/bytes") / MIB
            ),
        );
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::dataview::targets::targets;
    use serde_json::json;

    #[test]
    fn what_failed_and_a_loaded_machine_are_told() {
        let measured = json!({"failed": {"joined": "no nginx"}});
        let text = markdown(&measured, &targets(&measured), 3.0);
        assert!(text.contains("**Not measured: joined**: no nginx"), "{text}");
        assert!(text.contains("The machine had other work (3.0"), "{text}");
        assert!(!text.contains("NaN"), "{text}");
    }

    #[test]
    fn peers_are_told_as_multiples_of_ours() {
        let asked = |history: f64| {
            json!({"user_history": {"p50_ms": history}, "overview_30_days": {"p50_ms": 2.0},
                   "bytes": 1 << 20, "title": "X"})
        };
        let measured =
            json!({"peers": {"events": 1e6, "of": {"a": asked(30.0), "dna": asked(3.0)}}});
        let text = markdown(&measured, &[], 0.0);
        assert!(text.contains("| X | 30.00 | 10.00 | 2.00 | 1.0 | 1 |"), "{text}");
    }
}
