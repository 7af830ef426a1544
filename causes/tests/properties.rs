//! Whatever is counted: no panic, figures that are figures, the same answer twice.

use dna_causes::services::{Call, Operation, Services, Symptom, Work};
use dna_causes::{Config, Direction, Measure, Period, Table};
use proptest::prelude::*;

fn count() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.0..5.0, 0.0..1e6, Just(9e15), Just(1e-300)]
}

fn any_f64() -> impl Strategy<Value = f64> {
    prop_oneof![
        0.0..1e6,
        Just(0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-1.0),
        Just(f64::MAX)
    ]
}

type Row = (bool, i64, f64, f64, [u8; 3]);

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new(&["a", "b", "c"]).expect("three dimensions");
    for (now, minute, bad, all, values) in rows {
        let period = if *now { Period::Now } else { Period::Before };
        let values = values.map(|value| (value % 6).to_string());
        table.add(period, *minute, *bad, *all, &values).expect("counts");
    }
    table
}

proptest! {
    #[test]
    fn any_table_is_explained(
        rows in prop::collection::vec((any::<bool>(), any::<i64>(), count(), count(), any::<[u8; 3]>()), 0..60)
    ) {
        let table = table(&rows);
        for measure in [Measure::Rate, Measure::Mean, Measure::Count] {
            for direction in [Direction::Rise, Direction::Fall] {
                let told = dna_causes::explain(&table, measure, direction, &Config::default());
                for cause in &told.causes {
                    prop_assert!((0.0..=1.0).contains(&cause.confidence), "{cause:?}");
                    prop_assert!(cause.explained.is_finite() && cause.z.is_finite(), "{cause:?}");
                }
                let again = dna_causes::explain(&table, measure, direction, &Config::default());
                prop_assert_eq!(told, again);
            }
        }
    }

    #[test]
    fn any_services_are_judged(
        works in prop::collection::vec(prop::array::uniform8(any_f64()), 1..8),
        calls in prop::collection::vec((0_usize..9, 0_usize..9, any_f64(), any_f64()), 0..20),
    ) {
        let work = |w: &[f64]| Work { spans: w[0], errors: w[1], exclusive_ms: w[2], total_ms: w[3] };
        let operations: Vec<Operation> = works
            .iter()
            .map(|w| Operation { before: work(&w[..4]), now: work(&w[4..]), ..Operation::default() })
            .collect();
        let calls = calls
            .iter()
            .map(|(caller, callee, errors_before, errors_now)| Call {
                caller: *caller,
                callee: *callee,
                errors_before: *errors_before,
                errors_now: *errors_now,
            })
            .collect();
        let services = Services {
            requests_before: operations[0].before,
            requests_now: operations[0].now,
            operations,
            calls,
        };
        for symptom in [Symptom::Slow, Symptom::Failing] {
            // What does not fit together is refused; nothing panics.
            let _ = dna_causes::services::explain(&services, symptom);
        }
    }
}
