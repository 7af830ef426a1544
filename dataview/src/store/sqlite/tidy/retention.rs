//! Old days are let go: first their raw data, later what was rolled up of them.

use super::reserve::Reserve;
use super::{Failed, Over, roll_up};
use crate::store::StoreError;
use crate::store::sqlite::Options;
use crate::store::sqlite::catalog::Catalog;
use crate::store::sqlite::day::{Day, Name};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::DayFile;
use crate::store::sqlite::making::{self, remove};
use crate::store::sqlite::schema;
use std::path::Path;
use std::sync::Arc;

/// What a day without raw data has. Minutes go with them: nobody asks for a minute of last year.
const KEEP: &str = "
    BEGIN IMMEDIATE;
    DELETE FROM day;
    INSERT INTO day SELECT * FROM raw.day;
    INSERT INTO apps SELECT * FROM raw.apps;
    INSERT INTO labels SELECT * FROM raw.labels;
    INSERT INTO rollups SELECT * FROM raw.rollups WHERE step > 1;
    INSERT INTO error_groups SELECT * FROM raw.error_groups;
    COMMIT;
";

/// Lets go of what is older than it is kept, and of more when there is too much of it.
pub(super) fn apply(
    catalog: &Catalog,
    options: &Options,
    today: Day,
    failed: &mut Failed,
    close: &mut impl FnMut(Name),
) {
    let (retention, reserve) = (options.retention, Reserve::of(&options.folder));
    let oldest_raw = retention.oldest_raw(today);
    let oldest = Day(today.0 - i32::from(retention.rollup_days.max(retention.raw_days)));
    // Whole files first: for that no room is needed, and what follows may need some.
    for file in catalog.all().iter().filter(|file| file.name.day < oldest) {
        drop_file(catalog, file, close).unwrap_or_else(|error| failed.note(file, error));
    }
    let days = catalog.all();
    for file in days.iter().filter(|file| file.name.day >= oldest) {
        if file.name.day < oldest_raw && is_raw(file) {
            reserve
                .lend(|| drop_raw(catalog, file, options, close))
                .unwrap_or_else(|error| failed.note(file, error));
        }
    }
    let Some(bytes_max) = retention.bytes_max else { return };
    loop {
        let files = catalog.all();
        let bytes: u64 = files.iter().map(|file| file.bytes()).sum();
        if bytes <= bytes_max {
            return;
        }
        let can_go =
            |file: &&Arc<DayFile>| file.name.day < today && !failed.names.contains(&file.name);
        let mut old = files.iter().filter(can_go);
        let (file, gone) = if let Some(file) = old.clone().find(|file| is_raw(file)) {
            tracing::warn!(
                file = %file.path.display(), bytes, bytes_max,
                "raw data are let go before their time: the store has reached its size"
            );
            (file, reserve.lend(|| drop_raw(catalog, file, options, close)))
        } else if let Some(file) = old.next() {
            tracing::warn!(
                file = %file.path.display(), bytes, bytes_max,
                "roll-ups are let go before their time: the store has reached its size"
            );
            (file, drop_file(catalog, file, close))
        } else {
            tracing::warn!(bytes, bytes_max, "what must stay is larger than the store may be");
            return;
        };
        gone.unwrap_or_else(|error| failed.note(file, error));
    }
}

/// A damaged day has nothing that could be kept of it; it stays until its time is over, for whoever
/// wants to mend it.
fn is_raw(file: &DayFile) -> bool {
    !file.name.is_rolled_up && file.damage().is_none()
}

fn drop_file(
    catalog: &Catalog,
    file: &Arc<DayFile>,
    close: &mut impl FnMut(Name),
) -> Result<(), StoreError> {
    catalog.replace(file, None);
    close(file.name);
    file.close();
    if let Err(error) = remove(&file.path) {
        // It is tried again.
        catalog.replace(file, Some(Arc::clone(file)));
        return Err(unavailable(&file.path, &error));
    }
    tracing::info!(file = %file.path.display(), "a day was let go");
    Ok(())
}

/// Puts a file that has the roll-ups alone into the place of one with raw data.
fn drop_raw(
    catalog: &Catalog,
    file: &Arc<DayFile>,
    options: &Options,
    close: &mut impl FnMut(Name),
) -> Result<(), StoreError> {
    roll_up(file, options, Over::ALL, None)?;
    let name = Name { is_rolled_up: true, ..file.name };
    let path = catalog.path(name);
    if let Err(fault) = copy(&file.path, &path) {
        if fault.is_damage() {
            file.set_damage(&fault);
            return Ok(());
        }
        return Err(fault.at(&file.path));
    }
    let rolled_up = Arc::new(DayFile::new(name, path.clone()));
    rolled_up.look().map_err(|fault| fault.at(&path))?;
    catalog.replace(file, Some(rolled_up));
    close(file.name);
    file.close();
    remove(&file.path).map_err(|error| unavailable(&file.path, &error))?;
    tracing::info!(file = %path.display(), "a day keeps its roll-ups alone");
    Ok(())
}

/// Copies what is kept. Until the file is complete the raw data stand.
fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    let from = from.to_str().ok_or(Fault::Known(StoreError::Wrong(
        "the store's folder needs a name in UTF-8".to_owned(),
    )))?;
    making::make(to, |making| {
        let connection = schema::make_rolled_up(making)?;
        connection.execute("ATTACH ? AS raw", [from])?;
        connection.execute_batch(KEEP)?;
        Ok(connection.close().map_err(|(_, error)| error)?)
    })
}

fn unavailable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}
