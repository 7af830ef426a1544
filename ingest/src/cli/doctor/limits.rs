//! What the system allows this process. It is that of the shell, not of the service, unless the
//! doctor is called as the service is.

use super::{Finding, State};
use crate::cli::open_files::{BESIDE, allowed, wanted};
use crate::config::Config;

/// The hard limit counts: the service raises its own to that.
pub(super) fn open_files(config: &Config) -> Finding {
    judge(allowed(), wanted(config))
}

fn judge(limit: Option<u64>, wanted: u64) -> Finding {
    const CHECK: &str = "open files";
    match limit {
        Some(limit) if limit < wanted => {
            let state = if limit <= 2 * BESIDE { State::Failed } else { State::Warning };
            let detail = format!(
                "at most {limit}, but workers times http.connections_max may need {wanted}; raise \
                 LimitNOFILE, or allow fewer connections"
            );
            Finding::new(CHECK, state, detail)
        }
        Some(limit) => Finding::new(CHECK, State::Ok, format!("at most {limit}, {wanted} needed")),
        None => Finding::new(CHECK, State::Ok, "no limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_files_are_told() {
        assert_eq!(judge(Some(1024), 40_000).state, State::Warning);
        assert_eq!(judge(Some(200), 40_000).state, State::Failed);
        assert_eq!(judge(Some(65_536), 40_000).state, State::Ok);
        assert_eq!(judge(None, 40_000).state, State::Ok);
    }
}
