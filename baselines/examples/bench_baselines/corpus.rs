//! A folder of NAB's form: `data/<group>/<series>.csv` with `timestamp,value`, and
//! `labels/combined_windows.json`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::error::Error;
use std::path::Path;

/// A labelled series.
pub(crate) struct Series {
    pub(crate) group: String,
    pub(crate) name: String,
    /// Unix time in s, and value.
    pub(crate) rows: Vec<(i64, f64)>,
    /// First and last row of each window.
    pub(crate) windows: Vec<(usize, usize)>,
}

/// All labelled series of a folder, by name.
pub(crate) fn read(folder: &Path) -> Result<Vec<Series>, Box<dyn Error>> {
    let labels = folder.join("labels/combined_windows.json");
    let text = std::fs::read_to_string(&labels)
        .map_err(|error| format!("cannot read {}: {error}", labels.display()))?;
    let labels: Value = serde_json::from_str(&text)?;
    let mut all = Vec::new();
    for (name, windows) in labels.as_object().ok_or("the labels are no object")? {
        let path = folder.join("data").join(name);
        if !path.exists() {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let rows = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(row);
        let rows =
            rows.collect::<Result<Vec<_>, _>>().map_err(|error| format!("{name}: {error}"))?;
        let windows = windows.as_array().ok_or("windows are no list")?;
        let windows = windows.iter().map(|window| place(window, &rows));
        let windows =
            windows.collect::<Option<Vec<_>>>().ok_or(format!("{name}: a window is not in it"))?;
        let group = name.split('/').next().unwrap_or_default().to_owned();
        all.push(Series { group, name: name.clone(), rows, windows });
    }
    Ok(all)
}

fn row(line: &str) -> Result<(i64, f64), String> {
    let wrong = || format!("{line:?} is no row of timestamp,value");
    let (at, value) = line.split_once(',').ok_or_else(wrong)?;
    Ok((time(at).ok_or_else(wrong)?, value.trim().parse().map_err(|_| wrong())?))
}

fn time(text: &str) -> Option<i64> {
    let at: DateTime = text.trim().parse().ok()?;
    Some(TimeZone::UTC.to_timestamp(at).ok()?.as_second())
}

/// The first row at or after the window's begin and the last at or before its end.
fn place(window: &Value, rows: &[(i64, f64)]) -> Option<(usize, usize)> {
    let edge = |at: usize| time(window.get(at)?.as_str()?);
    let (from, to) = (edge(0)?, edge(1)?);
    let first = rows.iter().position(|(at, _)| *at >= from)?;
    let last = rows.iter().rposition(|(at, _)| *at <= to)?;
    (first <= last).then_some((first, last))
}
