//! Labelled cases in the form of RobustSpot's: `cases.json` names files, minutes and causes; a file has a
//! row a minute and combination of values.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use dna_causes::{Columns, Span, Table};
use serde_json::Value;

/// A set of dimension values, by dimension.
pub(super) type Set = BTreeMap<String, String>;

/// Minutes before the incident that are normal. The cases have 5 or 10.
pub(super) const BEFORE_MINUTES: u32 = 10;
/// The paper's forecast: the mean of these minutes.
pub(super) const PAPER_MINUTES: u32 = 4;

/// One incident with its true cause.
pub(super) struct Case {
    /// What it was measured on; cases of one stream stay in one fold.
    pub(super) stream: String,
    pub(super) truth: BTreeSet<Set>,
    /// The incident and all minutes before it.
    pub(super) table: Table,
    /// The incident and the minutes of the paper's forecast.
    pub(super) paper_table: Table,
    /// The same, row by row.
    pub(super) paper: Vec<Row>,
    pub(super) dimensions: Vec<String>,
}

/// A row for the referees: they see the minutes apart.
pub(super) struct Row {
    pub(super) now: bool,
    pub(super) bad: f64,
    pub(super) all: f64,
    pub(super) values: Vec<String>,
}

/// Reads all cases of a folder.
pub(super) fn read(folder: &Path) -> Result<Vec<Case>> {
    let path = folder.join("cases.json");
    let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let listed: Vec<Value> = serde_json::from_slice(&text)
        .with_context(|| format!("{} is not a list of cases", path.display()))?;
    ensure!(!listed.is_empty(), "{} lists no case", path.display());
    listed.iter().map(|case| one(folder, case)).collect()
}

fn one(folder: &Path, case: &Value) -> Result<Case> {
    let name = case["file"].as_str().context("a case of cases.json has no \"file\"")?;
    let at = case["minute"].as_i64().with_context(|| format!("{name}: no \"minute\""))?;
    let truth: BTreeSet<Set> = case["cause"]
        .as_array()
        .with_context(|| format!("{name}: no list \"cause\""))?
        .iter()
        .map(|set| serde_json::from_value(set.clone()).context("a cause that is no set"))
        .collect::<Result<_>>()
        .with_context(|| name.to_owned())?;
    let path = folder.join(name);
    let open = || File::open(&path).with_context(|| format!("cannot open {}", path.display()));
    let columns = Columns::default();
    let span = Span { at, now_minutes: 1, before_minutes: BEFORE_MINUTES };
    let table = dna_causes::read(open()?, &columns, span, |text| text.parse().ok())
        .with_context(|| name.to_owned())?;
    let span = Span { before_minutes: PAPER_MINUTES, ..span };
    let paper_table = dna_causes::read(open()?, &columns, span, |text| text.parse().ok())
        .with_context(|| name.to_owned())?;
    let dimensions = table.dimensions().to_vec();
    let paper = rows(open()?, &columns, &dimensions, at).with_context(|| name.to_owned())?;
    let stem = name.trim_end_matches(".csv");
    let stream = stem.rsplit(['_', ' ']).next().unwrap_or(stem).to_owned();
    Ok(Case { stream, truth, table, paper_table, paper, dimensions })
}

/// The rows of the incident and of the paper's forecast. The table has checked the file.
fn rows(file: File, columns: &Columns, dimensions: &[String], at: i64) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(file);
    let heading = reader.headers()?.clone();
    let place = |name: &str| heading.iter().position(|column| column.trim() == name);
    let (Some(minute), Some(bad)) = (place(&columns.minute), place(&columns.bad)) else {
        bail!("no columns of minute and value");
    };
    let all = columns.all.as_deref().and_then(place).context("no column of all")?;
    let places: Vec<usize> = dimensions.iter().filter_map(|name| place(name)).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let when: i64 = record[minute].trim().parse()?;
        if when > at || when < at - i64::from(PAPER_MINUTES) * 60 {
            continue;
        }
        rows.push(Row {
            now: when == at,
            bad: record[bad].trim().parse()?,
            all: record[all].trim().parse()?,
            values: places.iter().map(|place| record[*place].trim().to_owned()).collect(),
        });
    }
    Ok(rows)
}
