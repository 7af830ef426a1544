//! The errors of a day that is over are counted once more, by fingerprint.

use crate::store::Range;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::file::signed;
use crate::store::sqlite::read::Groups;
use rusqlite::Connection;

/// Counts the groups of each application whose groups are not up to date.
pub(super) fn roll_up(connection: &mut Connection) -> Result<(), Fault> {
    let apps: Vec<i64> = {
        let mut ask = connection.prepare_cached("SELECT app FROM dirty WHERE step = 0")?;
        let apps = ask.query_map([], |row| row.get(0))?;
        apps.collect::<Result<_, _>>()?
    };
    for app in apps {
        let always = Range { from_ms: 0, to_ms: u64::MAX };
        let groups = Groups::count(connection, app, always)?;
        let write = connection.transaction()?;
        for (fingerprint, group) in groups.0 {
            write
                .prepare_cached(
                    "REPLACE INTO error_groups (app, fingerprint, kind, type, message, count, \
                     sessions, users, first_at, last_at, first_release, last_release) \
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute((
                    app,
                    fingerprint,
                    group.kind,
                    group.r#type,
                    group.message,
                    signed(group.count),
                    group.sessions.to_bytes(),
                    group.users.to_bytes(),
                    group.first_at,
                    group.last_at,
                    group.releases.0,
                    group.releases.1,
                ))?;
        }
        write.execute("DELETE FROM dirty WHERE step = 0 AND app = ?", [app])?;
        write.commit()?;
    }
    Ok(())
}
