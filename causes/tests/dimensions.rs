//! Incidents made by hand: what a user must be told of each.

use dna_causes::{
    Cause, Config, Direction, Explanation, Measure, OTHER, Outside, Period, Table, VALUES_MAX,
    WhyNot,
};

/// Rows of ten minutes before and one now: (values, all a minute, bad before, bad now).
fn table(dimensions: &[&str], rows: &[(&[&str], f64, f64, f64)]) -> Table {
    let mut table = Table::new(dimensions).expect("dimensions");
    for (values, all, before, now) in rows {
        for minute in 0..10 {
            table.add(Period::Before, minute, *before, *all, values).expect("counts");
        }
        table.add(Period::Now, 10, *now, *all, values).expect("counts");
    }
    table
}

fn rate(table: &Table) -> Explanation {
    dna_causes::explain(table, Measure::Rate, Direction::Rise, &Config::default())
}

/// `region=gd & operator=cu`, and ` | ` between sets.
fn name(cause: &Cause) -> String {
    let sets = cause.sets.iter().map(|set| {
        let values = set.values.iter().map(|v| format!("{}={}", v.dimension, v.value));
        values.collect::<Vec<_>>().join(" & ")
    });
    sets.collect::<Vec<_>>().join(" | ")
}

fn first(told: &Explanation) -> String {
    assert_eq!(told.outside, None, "{told:#?}");
    name(&told.causes[0])
}

/// Every pair of regions and operators, `bad` of 1,000 now where the test says so, else 10.
fn regions_and_operators(bad: impl Fn(&str, &str) -> f64) -> Table {
    let mut rows: Vec<(Vec<&str>, f64)> = Vec::new();
    for region in ["bj", "sh", "gd", "sc"] {
        for operator in ["cm", "cu", "ct"] {
            rows.push((vec![region, operator], bad(region, operator)));
        }
    }
    let rows: Vec<(&[&str], f64, f64, f64)> =
        rows.iter().map(|(values, now)| (values.as_slice(), 1_000.0, 10.0, *now)).collect();
    table(&["region", "operator"], &rows)
}

#[test]
fn an_operator_that_fails_everywhere_is_named_alone() {
    let table = regions_and_operators(|_, operator| if operator == "cu" { 300.0 } else { 10.0 });
    let told = rate(&table);
    assert_eq!(first(&told), "operator=cu");
    let cause = &told.causes[0];
    assert!((cause.explained - 1.0).abs() < 0.01 && (cause.outside_normal - 1.0).abs() < 0.05);
    assert_eq!((cause.inside.bad_now, cause.inside.all_now), (1_200.0, 4_000.0));
    assert_eq!((cause.outside.before, cause.outside.now), (0.01, 0.01));
    assert!(cause.confidence > 0.5, "{}", cause.confidence);
    assert!((told.deviation - 1_160.0).abs() < 1.0);
}

#[test]
fn an_operator_that_fails_in_one_region_is_named_with_it() {
    let table =
        regions_and_operators(
            |region, operator| {
                if (region, operator) == ("gd", "cu") { 300.0 } else { 10.0 }
            },
        );
    let told = rate(&table);
    assert_eq!(first(&told), "region=gd & operator=cu");
    let operator = told.causes.iter().find(|cause| name(cause) == "operator=cu").unwrap();
    assert!(matches!(operator.why_not, Some(WhyNot::OnlyThroughTheFirst { .. })), "{operator:?}");
}

#[test]
fn two_operators_that_fail_alike_are_one_cause() {
    let table = regions_and_operators(|_, operator| if operator == "cm" { 10.0 } else { 300.0 });
    let told = rate(&table);
    let cause = &told.causes[0];
    assert_eq!(cause.sets.len(), 2, "{}", first(&told));
    assert!((cause.sets[0].explained + cause.sets[1].explained - 1.0).abs() < 0.01);
}

#[test]
fn what_deviates_everywhere_is_outside_what_was_measured() {
    let told = rate(&regions_and_operators(|_, _| 300.0));
    assert!(matches!(told.outside, Some(Outside::AllAlike { .. })), "{:?}", told.outside);
    assert!(told.causes.iter().all(|cause| cause.confidence < 0.5));
}

#[test]
fn a_cdn_that_serves_only_the_failing_operator_is_not_blamed() {
    // The operator fails on every CDN; c9 serves nobody else.
    let told = rate(&table(
        &["cdn", "operator"],
        &[
            (&["c1", "cu"], 1_000.0, 10.0, 200.0),
            (&["c2", "cu"], 1_000.0, 10.0, 200.0),
            (&["c9", "cu"], 1_000.0, 10.0, 200.0),
            (&["c1", "cm"], 1_000.0, 10.0, 10.0),
            (&["c2", "cm"], 1_000.0, 10.0, 10.0),
        ],
    ));
    assert_eq!(first(&told), "operator=cu");
    let cdn = told.causes.iter().find(|cause| name(cause) == "cdn=c9").unwrap();
    assert!(matches!(cdn.why_not, Some(WhyNot::TooNarrow { unexplained }) if unexplained > 0.6));
}

#[test]
fn a_failing_cdn_that_serves_only_one_operator_is_blamed_and_the_operator_is_not() {
    let told = rate(&table(
        &["cdn", "operator"],
        &[
            (&["c1", "cu"], 1_000.0, 10.0, 10.0),
            (&["c9", "cu"], 1_000.0, 10.0, 300.0),
            (&["c1", "cm"], 1_000.0, 10.0, 10.0),
            (&["c2", "cm"], 1_000.0, 10.0, 10.0),
        ],
    ));
    assert_eq!(first(&told), "cdn=c9");
    let operator = told.causes.iter().find(|cause| name(cause) == "operator=cu").unwrap();
    assert!(matches!(operator.why_not, Some(WhyNot::OnlyThroughTheFirst { .. })));
}

#[test]
fn two_names_for_the_same_rows_are_told_as_such() {
    let told = rate(&table(
        &["cdn", "operator"],
        &[
            (&["c9", "cu"], 1_000.0, 10.0, 300.0),
            (&["c1", "cm"], 1_000.0, 10.0, 10.0),
            (&["c2", "ct"], 1_000.0, 10.0, 10.0),
        ],
    ));
    let second = &told.causes[1];
    assert_eq!(second.why_not, Some(WhyNot::SameRows), "{}", name(second));
    assert!(told.causes[0].confidence <= 0.5, "neither of two can be sure");
}

#[test]
fn a_value_that_was_bad_before_is_not_the_cause() {
    // sh is ten times as bad as all others, as ever; gd is what changed.
    let table = table(
        &["region"],
        &[
            (&["bj"], 1_000.0, 10.0, 10.0),
            (&["sh"], 1_000.0, 100.0, 100.0),
            (&["gd"], 1_000.0, 10.0, 60.0),
        ],
    );
    assert_eq!(first(&rate(&table)), "region=gd");
}

#[test]
fn a_few_failures_of_a_rare_value_are_chance() {
    let table =
        table(&["page"], &[(&["home"], 10_000.0, 100.0, 103.0), (&["rare"], 2.0, 0.0, 1.0)]);
    assert!(matches!(rate(&table).outside, Some(Outside::MayBeChance { .. })));
}

#[test]
fn traffic_that_stays_away_is_explained_by_where_it_did() {
    let table = table(
        &["region", "app"],
        &[
            (&["bj", "web"], 0.0, 500.0, 500.0),
            (&["gd", "web"], 0.0, 500.0, 20.0),
            (&["bj", "mini"], 0.0, 500.0, 510.0),
            (&["gd", "mini"], 0.0, 500.0, 10.0),
        ],
    );
    let config = Config::default();
    let told = dna_causes::explain(&table, Measure::Count, Direction::Fall, &config);
    assert_eq!(first(&told), "region=gd");
    assert_eq!((told.causes[0].inside.before, told.causes[0].inside.now), (1_000.0, 30.0));
    let rise = dna_causes::explain(&table, Measure::Count, Direction::Rise, &config);
    assert!(rise.outside.is_some(), "ten more are no rise");
}

#[test]
fn a_mean_is_explained_by_what_became_slower() {
    // Sums of milliseconds: 100 ms each before, 900 ms on one release.
    let table = table(
        &["release", "device"],
        &[
            (&["1.0", "ios"], 300.0, 30_000.0, 30_500.0),
            (&["1.1", "ios"], 300.0, 30_000.0, 270_000.0),
            (&["1.0", "adr"], 300.0, 30_000.0, 29_500.0),
            (&["1.1", "adr"], 300.0, 30_000.0, 265_000.0),
        ],
    );
    let told = dna_causes::explain(&table, Measure::Mean, Direction::Rise, &Config::default());
    assert_eq!(first(&told), "release=1.1");
}

#[test]
fn a_million_values_are_bounded_and_it_is_said() {
    let mut table = Table::new(&["user_agent", "region"]).unwrap();
    for index in 0..200_000 {
        let agent = format!("agent {index}");
        table.add(Period::Before, 0, 0.0, 1.0, &[agent.as_str(), "bj"]).unwrap();
    }
    for (region, bad) in [("bj", 5.0), ("gd", 300.0)] {
        table.add(Period::Before, 0, 5.0, 1_000.0, &["curl", region]).unwrap();
        table.add(Period::Now, 1, bad, 1_000.0, &["curl", region]).unwrap();
    }
    let told = rate(&table);
    assert_eq!(first(&told), "region=gd");
    assert_eq!(told.folded.len(), 1);
    assert_eq!(told.folded[0].dimension, "user_agent");
    assert!(told.folded[0].values >= 200_000 - VALUES_MAX as u64);
    assert!(!told.causes.iter().any(|cause| name(cause).contains(OTHER)));
}

#[test]
fn rows_that_are_all_different_cost_the_widest_dimensions_only() {
    // Each row has a user, a page and a device of its own; the operator is what matters.
    let mut table = Table::new(&["user", "page", "device", "operator"]).unwrap();
    for index in 0..250_000_u32 {
        let (period, minute) = if index % 2 == 0 { (Period::Before, 0) } else { (Period::Now, 1) };
        let operator = ["cm", "cu", "ct"][index as usize / 2 % 3];
        let bad = f64::from(u8::from(operator == "cu" && period == Period::Now && index % 3 == 0));
        let values = [
            format!("user {index}"),
            format!("/page/{}", index % 997),
            format!("device {}", index % 7),
            operator.to_owned(),
        ];
        table.add(period, minute, bad, 1.0, &values).unwrap();
    }
    let told = rate(&table);
    assert_eq!(first(&told), "operator=cu");
    let folded: Vec<&str> = told.folded.iter().map(|one| one.dimension.as_str()).collect();
    assert!(folded.contains(&"user") && !folded.contains(&"device"), "{folded:?}");
}

#[test]
fn nothing_is_said_of_nothing() {
    let empty = Table::new(&["region"]).unwrap();
    assert_eq!(rate(&empty).outside, Some(Outside::NoData));
    let calm = table(&["region"], &[(&["bj"], 100.0, 0.0, 0.0)]);
    assert_eq!(rate(&calm).outside, Some(Outside::NoDeviation));
}

#[test]
fn a_table_says_what_it_takes() {
    assert!(Table::new::<&str>(&[]).unwrap_err().to_string().contains("expected 1 to 16"));
    assert!(Table::new(&["a", "a"]).is_err());
    let mut table = Table::new(&["region"]).unwrap();
    let two = table.add(Period::Now, 0, 1.0, 1.0, &["a", "b"]).unwrap_err();
    assert_eq!(two.to_string(), "a row of 2 values is not allowed; this table has 1 dimensions");
    let nan = table.add(Period::Now, 0, f64::NAN, 1.0, &["a"]).unwrap_err();
    assert_eq!(nan.to_string(), "bad = NaN is not allowed; expected a number from 0");
}
