//! The made bank is what its documents say.

use dna_simulator::services::{Fault, OPERATIONS, draw};
use dna_simulator::{Bank, DAY_MINUTES, Effect, Incident, schedule};

fn noon(day: u32) -> u32 {
    day * DAY_MINUTES + 12 * 60
}

#[test]
fn the_same_seed_gives_the_same_bank() {
    let bank = |seed| Bank::new(seed, schedule(seed, 0..2));
    assert_eq!(bank(1).minute(noon(1)), bank(1).minute(noon(1)));
    assert_ne!(bank(1).minute(noon(1)), bank(2).minute(noon(1)));
    assert_eq!(schedule(1, 0..2), schedule(1, 0..2));
}

#[test]
fn nights_are_quiet_and_pay_days_are_not() {
    let bank = Bank::new(7, Vec::new());
    let requests = |start: u32| -> usize {
        (start..start + 60).map(|minute| bank.minute(minute).requests.len()).sum()
    };
    assert!(requests(3 * 60) * 5 < requests(noon(0)));
    // The 10th day and the 17th are Thursdays.
    assert!(requests(noon(10)) as f64 > 1.2 * requests(noon(17)) as f64);
}

#[test]
fn an_incident_meets_its_set_and_nothing_else() {
    let incident = Incident {
        name: "an operator fails",
        start: noon(0),
        end: noon(0) + 25,
        sets: vec![vec![(2, 1)]],
        effect: Effect::Fail(0.4),
    };
    let bank = Bank::new(3, vec![incident]);
    let failed = |inside: bool, minutes: std::ops::Range<u32>| {
        let requests = minutes.flat_map(|minute| bank.minute(minute).requests);
        let requests: Vec<_> = requests.filter(|one| (one.values[2] == 1) == inside).collect();
        requests.iter().filter(|one| one.failed).count() as f64 / requests.len() as f64
    };
    let now = noon(0)..noon(0) + 25;
    assert!((failed(true, now.clone()) - 0.4).abs() < 0.03);
    assert!(failed(false, now.clone()) < 0.01);
    assert!(failed(true, now.end..now.end + 25) < 0.01);
}

#[test]
fn a_slow_statement_makes_those_above_it_wait() {
    let statement = 11;
    let mean_ms = |fault: Option<Fault>, operation: usize| {
        let traces = draw(5, 400, fault);
        let spans = traces.iter().flat_map(|trace| &trace.spans);
        let times: Vec<u64> =
            spans.filter(|s| s.operation == operation).map(|s| s.end_ns - s.start_ns).collect();
        times.iter().sum::<u64>() as f64 / 1e6 / times.len() as f64
    };
    let fault = Some(Fault::Slow { operation: statement, times: 30.0 });
    assert!(OPERATIONS[statement].statement.is_some());
    for waits in [1, 6, statement] {
        assert!(mean_ms(fault, waits) > mean_ms(None, waits) + 150.0, "{waits}");
    }
    assert!(mean_ms(fault, 3) < mean_ms(None, 3) + 20.0, "cards do not ask it");
}
