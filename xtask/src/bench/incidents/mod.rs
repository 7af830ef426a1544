//! `cargo xtask bench incidents`: a made bank, watched by the baselines and explained by the causes. Found
//! within five minutes? False alarms on a quiet week? The first cause right?
//! `DNA_BENCH_WRONG=1` prints each cause that is not.

mod requests;
mod services;
mod watch;

use anyhow::{Context, Result};
use dna_simulator::{Bank, DAY_MINUTES, schedule};
use serde_json::json;

use self::requests::Explained;
use self::watch::Watch;
use super::Args;
use crate::progress::{Step, note};
use crate::workspace::Workspace;

/// Days that the baselines learn before anything is counted.
const LEARNING_DAYS: u32 = 28;
/// Days without an incident, for the false ones.
const QUIET_DAYS: u32 = 7;
/// Days with eight incidents each, and a delay of the SMS gateway in the evening.
const BAD_DAYS: u32 = 7;
/// Found in time is found in the first so many minutes.
const FOUND_MINUTES: u32 = 5;
/// After its end an incident may still be told for so long.
const AFTERMATH_MINUTES: u32 = 15;
/// How many times as slow the SMS gateway is in its incidents.
const SMS_TIMES: f64 = 5.0;
/// Alarms that follow so soon are one incident.
const GROUPED_MINUTES: u32 = 30;
/// Faults of services a bank.
const SERVICE_FAULTS: usize = 90;

/// What was counted over all banks.
#[derive(Default)]
struct Tally {
    banks: u32,
    incidents: usize,
    found: usize,
    false_on_quiet_days: usize,
    /// Causes right of incidents found, at the minute they were found.
    explained: Explained,
    /// Causes right of all, from the first five minutes of the incident.
    by_label: Explained,
    services: services::Judged,
}

/// Makes `--turns` banks (1 by itself), measures, prints the Markdown and leaves target/bench/incidents.json.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let step = Step::start("bench incidents");
    let mut tally = Tally::default();
    for seed in 1..=u64::from(args.turns.unwrap_or(1)) {
        one_bank(seed, &mut tally)?;
    }
    step.done();
    print(&tally);
    let report = json!({
        "banks": tally.banks,
        "incidents": tally.incidents,
        "found_within_5_minutes": part(tally.found, tally.incidents),
        "false_a_day": tally.false_on_quiet_days as f64 / f64::from(tally.banks * QUIET_DAYS),
        "first_cause_right_dimensions": part(tally.explained.right(), tally.explained.all()),
        "first_cause_right_dimensions_by_label": part(tally.by_label.right(), tally.by_label.all()),
        "first_cause_right_services": part(tally.services.right(), tally.services.all()),
    });
    let path = workspace.target().join("bench/incidents.json");
    std::fs::create_dir_all(path.parent().context("it has a parent")?)?;
    std::fs::write(&path, serde_json::to_vec_pretty(&report)?)?;
    note(&path.display().to_string());
    Ok(())
}

fn one_bank(seed: u64, tally: &mut Tally) -> Result<()> {
    let first_bad = LEARNING_DAYS + QUIET_DAYS;
    let incidents = schedule(seed, first_bad..first_bad + BAD_DAYS);
    let sms: Vec<std::ops::Range<u32>> = (first_bad..first_bad + BAD_DAYS)
        .map(|day| {
            let start = day * DAY_MINUTES + 21 * 60 + 40;
            start..start + 25
        })
        .collect();
    let bank = sms.iter().fold(Bank::new(seed, incidents.clone()), |bank, minutes| {
        bank.with_sms_delay(minutes.clone(), SMS_TIMES)
    });
    let mut watch = Watch::new();
    let mut last_false = None;
    // The first alarm of each incident, by its start.
    let mut alarms = std::collections::BTreeMap::new();
    let windows: Vec<std::ops::Range<u32>> =
        incidents.iter().map(|one| one.start..one.end).chain(sms).collect();
    for minute in 0..(first_bad + BAD_DAYS) * DAY_MINUTES {
        let opened = watch.feed(minute, &bank.minute(minute));
        let Some(alarm) = opened else { continue };
        let within = |window: &&std::ops::Range<u32>| {
            (window.start..window.end + AFTERMATH_MINUTES).contains(&minute)
        };
        if let Some(window) = windows.iter().find(within) {
            alarms.entry(window.start).or_insert(alarm);
        } else if (LEARNING_DAYS..first_bad).contains(&(minute / DAY_MINUTES)) {
            let is_new = last_false.is_none_or(|last| minute - last > GROUPED_MINUTES);
            tally.false_on_quiet_days += usize::from(is_new);
            last_false = Some(minute);
        }
    }
    tally.banks += 1;
    tally.incidents += windows.len();
    tally.found +=
        alarms.iter().filter(|(start, alarm)| alarm.minute < *start + FOUND_MINUTES).count();
    for incident in &incidents {
        let alarm = alarms.get(&incident.start);
        tally.explained.add(
            incident.name,
            alarm.is_some_and(|alarm| requests::at_alarm(&bank, incident, alarm)),
        );
        tally.by_label.add(incident.name, requests::by_label(&bank, incident));
    }
    services::judge(seed, SERVICE_FAULTS, &mut tally.services)
}

fn part(of: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { of as f64 / all as f64 }
}

fn print(tally: &Tally) {
    println!(
        "\n{} banks, each {LEARNING_DAYS} days learnt, {QUIET_DAYS} quiet, {BAD_DAYS} with incidents; \
         {} incidents, {SERVICE_FAULTS} faults of services a bank\n",
        tally.banks, tally.incidents
    );
    println!("| what | measured | to reach |\n|---|---|---|");
    println!(
        "| found within {FOUND_MINUTES} minutes | {:.1} % | ≥ 95 % |",
        100.0 * part(tally.found, tally.incidents)
    );
    println!(
        "| false incidents a quiet day | {:.2} | ≤ 2 |",
        tally.false_on_quiet_days as f64 / f64::from(tally.banks * QUIET_DAYS)
    );
    for (what, right, all, target) in [
        (
            "first cause right, dimensions, at the alarm",
            tally.explained.right(),
            tally.explained.all(),
            90,
        ),
        ("the same, from the first five minutes", tally.by_label.right(), tally.by_label.all(), 90),
        ("first cause right, services", tally.services.right(), tally.services.all(), 85),
    ] {
        println!(
            "| {what} | {:.1} % ({right} of {all}) | ≥ {target} % |",
            100.0 * part(right, all)
        );
    }
    println!("\n| kind | right at the alarm | from the first minutes |\n|---|---|---|");
    for (kind, (right, all)) in &tally.explained.kinds {
        let (by_label, _) = tally.by_label.kinds.get(kind).copied().unwrap_or_default();
        println!("| {kind} | {right} of {all} | {by_label} |");
    }
    println!("\n| fault of a service | right |\n|---|---|");
    for (kind, (right, all)) in &tally.services.kinds {
        println!("| {kind} | {right} of {all} |");
    }
}
