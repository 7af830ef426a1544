//! Passwords: Argon2id (RFC 9106) with the parameters that OWASP asks for at least.

use super::AccessError;
use super::limits::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::LazyLock;

/// OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Verified where there is no account, so that a name that is unknown takes as long as one that is.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this").unwrap_or_default());

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.expect("the parameters are within the bounds of RFC 9106");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether `password` may be one for `name`.
pub(super) fn check(name: &str, password: &str) -> Result<(), AccessError> {
    let chars = password.chars().count();
    let allowed = format!(
        "{PASSWORD_CHARS_MIN} characters to {PASSWORD_BYTES_MAX} bytes, and not the account's name"
    );
    if chars < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        let found = format!("{chars} characters long");
        return Err(AccessError::Invalid { what: "password", found, allowed });
    }
    if password.eq_ignore_ascii_case(name) {
        let found = "the account's name".to_owned();
        return Err(AccessError::Invalid { what: "password", found, allowed });
    }
    Ok(())
}

/// The hash of `password` with a new salt, in PHC form. Takes some 30 ms.
pub(super) fn hash(password: &str) -> Result<String, AccessError> {
    let hash = argon2().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| AccessError::Hash(error.to_string()))
}

/// Whether `password` belongs to `hash`. Takes as long without one.
pub(super) fn verify(password: &str, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&NOBODY)) else { return false };
    // The parameters are those of the hash, not ours.
    let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    right && hash.is_some()
}

/// Whether `hash` was made with other parameters than new ones are.
pub(super) fn is_old(hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return true };
    let Ok(params) = Params::try_from(&parsed) else { return true };
    let now = (MEMORY_KIB, PASSES, LANES);
    parsed.algorithm.as_str() != "argon2id"
        || (params.m_cost(), params.t_cost(), params.p_cost()) != now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let hashed = hash("correct horse battery").unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(verify("correct horse battery", Some(&hashed)));
        assert!(!verify("correct horse batterz", Some(&hashed)));
        assert!(!verify("nobody has this", None));
        assert!(!is_old(&hashed));
        assert!(is_old(&hashed.replace("t=2", "t=1")));
    }

    #[test]
    fn what_is_no_password_is_told_without_it() {
        let told = |password: &str| check("administrator", password).unwrap_err().to_string();
        assert!(told("short").contains("5 characters long"));
        assert!(told("Administrator").contains("the account's name"));
    }
}
