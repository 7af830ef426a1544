//! How sessions end, and passwords that were hashed with other parameters.

use super::{Access, NewAccount, Role, Scope, SessionSettings, password};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tempfile::TempDir;

const NOW: u64 = 1_795_694_400_000;
const MINUTE: u64 = 60_000;
const PASSWORD: &str = "correct horse battery";
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn access(folder: &TempDir) -> Access {
    let settings =
        SessionSettings { idle: Duration::from_secs(30 * 60), longest: Duration::from_secs(7200) };
    let access = Access::open(&folder.path().join("access.db"), settings).unwrap();
    for (name, role) in [("admin", Role::Administrator), ("desk", Role::Support)] {
        let account = NewAccount {
            name: name.to_owned(),
            role,
            scope: Scope::All,
            password: PASSWORD.to_owned(),
            must_change: false,
        };
        access.add_account(&account, NOW).unwrap();
    }
    access
}

async fn log_in(access: &Access) -> String {
    access.log_in("desk", PASSWORD, ADDRESS, NOW).await.unwrap().secret
}

fn lives(access: &Access, secret: &str, at_ms: u64) -> bool {
    access.session(secret, at_ms).unwrap().is_some()
}

#[tokio::test]
async fn a_session_ends_when_nobody_asks_and_at_last_in_any_case() {
    let folder = TempDir::new().unwrap();
    let access = access(&folder);
    let secret = log_in(&access).await;
    assert!(lives(&access, &secret, NOW + 30 * MINUTE));
    assert!(!lives(&access, &secret, NOW + 30 * MINUTE + 1));
    for at in (0..=120).step_by(20) {
        access.see_session(&secret, NOW + at * MINUTE);
    }
    assert!(lives(&access, &secret, NOW + 120 * MINUTE));
    assert!(!lives(&access, &secret, NOW + 120 * MINUTE + 1), "whoever asks all the time too");
}

#[tokio::test]
async fn a_session_ends_with_what_it_was_opened_by() {
    let folder = TempDir::new().unwrap();
    let access = access(&folder);
    let (one, other) = (log_in(&access).await, log_in(&access).await);
    access.log_out(&one).unwrap();
    assert!(!lives(&access, &one, NOW) && lives(&access, &other, NOW), "the other goes on");
    access.set_password("desk", "another horse battery", false).unwrap();
    assert!(!lives(&access, &other, NOW), "who has the old password is out");
    access.set_password("desk", PASSWORD, false).unwrap();
    let last = log_in(&access).await;
    access.change_account("desk", Role::Viewer, &Scope::All).unwrap();
    let (identity, _) = access.session(&last, NOW).unwrap().unwrap();
    assert_eq!(identity.role, Role::Viewer, "at once");
    access.remove_account("desk").unwrap();
    assert!(!lives(&access, &last, NOW));
}

#[tokio::test]
async fn a_password_of_other_parameters_is_hashed_anew_when_it_is_right() {
    let folder = TempDir::new().unwrap();
    let access = access(&folder);
    let weak = Params::new(8 * 1024, 1, 1, None).unwrap();
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, weak);
    let old = weak.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    let set = "UPDATE account SET password = ? WHERE name = 'desk'";
    access.lock().execute(set, [&old]).unwrap();
    let stored = || -> String {
        let ask = "SELECT password FROM account WHERE name = 'desk'";
        access.lock().query_row(ask, [], |row| row.get(0)).unwrap()
    };
    assert!(access.log_in("desk", "wrong horse battery", ADDRESS, NOW).await.is_err());
    assert_eq!(stored(), old, "a wrong one changes nothing");
    let secret = log_in(&access).await;
    assert!(!password::is_old(&stored()) && stored() != old);
    assert!(lives(&access, &secret, NOW));
    log_in(&access).await;
}
