//! `dataview detect`: a score for each row of anyone's series.

mod records;
mod rows;

use super::Failure;
use clap::Args as ClapArgs;
use dna_baselines::Detector;
use records::{Records, RecordsError};
use rows::{Columns, Row};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `dataview detect`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Comma-separated rows (RFC 4180) of a timestamp and a value, in the order of time; - is standard
    /// input. Timestamps: 2026-03-02 10:42:00, 2026-03-02T10:42:00+08:00, 2026-03-02, 2026/03/02 10:42,
    /// or Unix time in s, ms, µs or ns. An empty value is a gap
    csv: PathBuf,
    /// The column of the timestamp: its heading, or its number from 1
    #[arg(long, value_name = "COLUMN", default_value = "timestamp")]
    timestamp: String,
    /// The column of the value: its heading, or its number from 1
    #[arg(long, value_name = "COLUMN", default_value = "value")]
    value: String,
    /// A JSON object a row in the place of CSV
    #[arg(long)]
    json: bool,
}

/// Rows that cannot be read are told one by one up to this many; the others are counted.
const TOLD_MAX: u64 = 20;

/// Writes each row with its score as it is read. A row that cannot be read is told on stderr with its
/// line and passed over; the exit code is then 1.
pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let name = args.csv.display();
    let input: Box<dyn Read> = if args.csv.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(&args.csv);
        Box::new(file.map_err(|error| Failure::Rows(format!("cannot read {name}: {error}")))?)
    };
    let wrong = |error: RecordsError| Failure::Rows(format!("{name}: {error}"));
    let mut records = Records::new(input);
    let first = records.next().map_err(wrong)?;
    let Some(first) = first else {
        return Err(Failure::Rows(format!(
            "{name} is empty; expected rows of a timestamp and a value"
        )));
    };
    let columns = Columns::find(&args.timestamp, &args.value, &first)
        .map_err(|error| Failure::Rows(format!("{name}: {error}")))?;
    let mut out = Out { to: BufWriter::new(std::io::stdout().lock()), is_json: args.json };
    out.heading()?;
    let mut detector = Detector::default();
    let (mut read, mut unread) = (0_u64, 0_u64);
    let mut next = if columns.is_headed { records.next().map_err(wrong)? } else { Some(first) };
    while let Some(record) = next {
        match columns.row(&record) {
            Ok(row) => {
                let score = row.value.map_or(0.0, |value| detector.observe(row.at_s, value));
                out.row(&row, score)?;
                read += 1;
            }
            Err(error) => {
                unread += 1;
                if unread <= TOLD_MAX {
                    let line = record.line;
                    writeln!(std::io::stderr(), "dataview: {name}, line {line}: {error}")?;
                }
            }
        }
        next = records.next().map_err(wrong)?;
    }
    out.to.flush()?;
    if unread == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let all = read + unread;
    writeln!(std::io::stderr(), "dataview: {unread} of {all} rows of {name} could not be read")?;
    Ok(ExitCode::FAILURE)
}

struct Out<W: Write> {
    to: W,
    is_json: bool,
}

impl<W: Write> Out<W> {
    fn heading(&mut self) -> std::io::Result<()> {
        if self.is_json { Ok(()) } else { writeln!(self.to, "timestamp,value,score") }
    }

    /// Timestamp and value as they were written.
    fn row(&mut self, row: &Row<'_>, score: f64) -> std::io::Result<()> {
        if self.is_json {
            let value = serde_json::json!({
                "timestamp": row.timestamp,
                "value": row.value,
                "score": score,
                "is_out": score >= Detector::OUT,
            });
            return writeln!(self.to, "{value}");
        }
        writeln!(self.to, "{},{},{score:.6}", quoted(&row.timestamp), quoted(&row.text))
    }
}

/// As RFC 4180 has it.
fn quoted(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\"")).into()
    } else {
        text.into()
    }
}
