//! `dataview explain`: the causes of a deviation in anyone's rows.

use super::Failure;
use clap::{Args as ClapArgs, ValueEnum};
use dna_causes::{
    Cause, Columns, Config, Direction, Explanation, Figure, Measure, Span, Value, WhyNot,
};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Comma-separated rows (RFC 4180), with a heading: a minute, what is bad, all, and dimension values
    csv: PathBuf,
    /// The first minute of the incident, as the rows write it: seconds since 1970, or as 2026-01-31T08:00:00Z
    #[arg(long, value_name = "MINUTE", value_parser = minute_argument)]
    at: i64,
    /// Minutes of the incident
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// Minutes before it that are normal
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10080))]
    before: u32,
    /// What is measured: bad ones of all, the mean of a sum, or a sum alone
    #[arg(long, value_enum, default_value_t = Kind::Rate)]
    measure: Kind,
    /// Explain why it is lower, not why it is higher
    #[arg(long)]
    fall: bool,
    /// The column of the minute
    #[arg(long, value_name = "COLUMN", default_value = "min")]
    minute_column: String,
    /// The column of what is bad, or of the sum
    #[arg(long, value_name = "COLUMN", default_value = "value")]
    bad_column: String,
    /// The column of all; not read for a count
    #[arg(long, value_name = "COLUMN", default_value = "cnt")]
    all_column: String,
    /// The columns of the dimensions, separated by commas; all others by default
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    dimensions: Vec<String>,
    /// Print everything as one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    /// Bad ones of all
    Rate,
    /// The sum over how many
    Mean,
    /// The sum alone
    Count,
}

/// A minute as rows write it, in Unix seconds. A time without a zone is UTC: only differences matter.
fn unix_seconds(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let instant: Result<jiff::Timestamp, _> = text.parse();
        instant.map(jiff::Timestamp::as_second).ok().or_else(|| {
            let civil: jiff::civil::DateTime = text.parse().ok()?;
            jiff::tz::TimeZone::UTC.to_timestamp(civil).ok().map(jiff::Timestamp::as_second)
        })
    })
}

fn minute_argument(text: &str) -> Result<i64, String> {
    unix_seconds(text)
        .ok_or_else(|| "expected seconds since 1970 or a time as 2026-01-31T08:00:00Z".to_owned())
}

/// Exit code 0 also where no cause is named: that is an answer.
pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let unreadable =
        |error: &dyn std::fmt::Display| Failure::Rows(format!("{}: {error}", args.csv.display()));
    let file = File::open(&args.csv).map_err(|error| unreadable(&error))?;
    let columns = Columns {
        minute: args.minute_column.clone(),
        bad: args.bad_column.clone(),
        all: (args.measure != Kind::Count).then(|| args.all_column.clone()),
        dimensions: args.dimensions.clone(),
    };
    let span = Span { at: args.at, now_minutes: args.minutes, before_minutes: args.before };
    let table = dna_causes::read(BufReader::new(file), &columns, span, unix_seconds)
        .map_err(|error| unreadable(&error))?;
    let measure = match args.measure {
        Kind::Rate => Measure::Rate,
        Kind::Mean => Measure::Mean,
        Kind::Count => Measure::Count,
    };
    let direction = if args.fall { Direction::Fall } else { Direction::Rise };
    let told = dna_causes::explain(&table, measure, direction, &Config::default());
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &told).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&mut out, &told)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut impl Write, told: &Explanation) -> std::io::Result<()> {
    let (before, now) = told.minutes;
    writeln!(
        out,
        "{} in {now} min, {} in the {before} min before; {:.0} {} than expected",
        figure_now(told.measure, &told.whole),
        figure_before(told.measure, &told.whole),
        told.deviation.abs(),
        if (told.direction == Direction::Fall) == (told.deviation >= 0.0) {
            "less"
        } else {
            "more"
        }
    )?;
    if let Some(outside) = &told.outside {
        writeln!(out, "The cause is outside what was measured: {}", because(outside))?;
    }
    if !told.causes.is_empty() {
        writeln!(
            out,
            "\n{:>9} {:>7} {:>8} {:>22} {:>22}  set",
            "explained", "traffic", "sure", "inside", "outside"
        )?;
    }
    for cause in &told.causes {
        writeln!(
            out,
            "{:>8.0}% {:>6.1}% {:>7.0}% {:>22} {:>22}  {}{}",
            100.0 * cause.explained,
            100.0 * cause.share,
            100.0 * cause.confidence,
            change(told.measure, &cause.inside),
            change(told.measure, &cause.outside),
            sets(cause),
            cause.why_not.map_or_else(String::new, |why| format!("  ({})", ruled_out(why)))
        )?;
    }
    for folded in &told.folded {
        writeln!(
            out,
            "{}: {} values are not told apart; they are {:.0} of all now",
            folded.dimension, folded.values, folded.counted.all_now
        )?;
    }
    Ok(())
}

fn change(measure: Measure, figure: &Figure) -> String {
    let one = |value: f64| match measure {
        Measure::Rate => format!("{:.2}%", 100.0 * value),
        Measure::Mean => format!("{value:.1}"),
        Measure::Count => format!("{value:.0}"),
    };
    format!("{} → {}", one(figure.before), one(figure.now))
}

fn figure_now(measure: Measure, figure: &Figure) -> String {
    match measure {
        Measure::Count => format!("{:.0}", figure.bad_now),
        Measure::Rate => {
            format!("{:.0} of {:.0} ({:.2}%)", figure.bad_now, figure.all_now, 100.0 * figure.now)
        }
        Measure::Mean => format!("{:.1} on average of {:.0}", figure.now, figure.all_now),
    }
}

fn figure_before(measure: Measure, figure: &Figure) -> String {
    match measure {
        Measure::Count => format!("{:.0}", figure.bad_before),
        Measure::Rate => {
            format!(
                "{:.0} of {:.0} ({:.2}%)",
                figure.bad_before,
                figure.all_before,
                100.0 * figure.before
            )
        }
        Measure::Mean => format!("{:.1} on average of {:.0}", figure.before, figure.all_before),
    }
}

fn sets(cause: &Cause) -> String {
    let values = |values: &[Value]| {
        let each = values.iter().map(|value| format!("{}={}", value.dimension, value.value));
        each.collect::<Vec<_>>().join(" & ")
    };
    cause.sets.iter().map(|set| values(&set.values)).collect::<Vec<_>>().join(" | ")
}

fn because(outside: &dna_causes::Outside) -> String {
    use dna_causes::Outside;
    match outside {
        Outside::NoData => "nothing was counted in these minutes".to_owned(),
        Outside::NoDeviation => "the figure does not deviate that way".to_owned(),
        Outside::AllAlike { .. } => "whatever set is taken out, the rest deviates still".to_owned(),
        Outside::MayBeChance { z } => {
            format!("no deviation is beyond chance; the largest is {z:.1} standard deviations")
        }
    }
}

fn ruled_out(why: WhyNot) -> String {
    match why {
        WhyNot::SameRows => "the same rows: it cannot be told apart".to_owned(),
        WhyNot::OnlyThroughTheFirst { explained_without } => {
            format!("without the first it explains {:.0}%", 100.0 * explained_without)
        }
        WhyNot::TooNarrow { unexplained } if unexplained < 0.02 => {
            "what it leaves of the first is too little to tell".to_owned()
        }
        WhyNot::TooNarrow { unexplained } => {
            format!("the rest of the first deviates too: {:.0}%", 100.0 * unexplained)
        }
        WhyNot::ExplainsLess => "explains less".to_owned(),
        WhyNot::MayBeChance => "may be chance".to_owned(),
        WhyNot::Beside => "beside the first".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::unix_seconds;

    #[test]
    fn minutes_are_read_as_rows_write_them() {
        for text in [
            "1769846400",
            "2026-01-31T08:00:00Z",
            "2026-01-31 08:00:00",
            "2026-01-31T16:00:00+08:00",
        ] {
            assert_eq!(unix_seconds(text), Some(1_769_846_400), "{text}");
        }
        assert_eq!(unix_seconds("noon"), None);
    }
}
