//! A child process that dies with its handle, and whose first words can be waited for.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a server may take to say that it listens. Generous: the machine may be building.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running program.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts `command` and waits for the line of its output that begins with `greeting`;
    /// returns what follows it.
    ///
    /// # Panics
    /// When it cannot be started, ends or stays silent.
    pub fn start(mut command: Command, greeting: &str) -> (Self, String) {
        let shown = format!("{command:?}");
        let mut child = command
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{shown}: {error}"));
        let stdout = child.stdout.take().expect("piped above");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // Read on to the end, so that the child never blocks on a full pipe.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let process = Self { child };
        loop {
            match receiver.recv_timeout(START_TIMEOUT) {
                Ok(line) => {
                    if let Some(rest) = line.split(greeting).nth(1) {
                        return (process, rest.trim().to_owned());
                    }
                }
                Err(error) => panic!("{shown} did not say `{greeting}`: {error}"),
            }
        }
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal: `TERM`, `STOP`, `CONT`.
    ///
    /// # Panics
    /// When it cannot be signalled.
    pub fn signal(&self, name: &str) {
        let words = [format!("-{name}"), self.id().to_string()];
        let sent = Command::new("kill").args(words).status().expect("kill");
        assert!(sent.success(), "kill -{name}");
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    /// When it ends with an error.
    pub fn wait(&mut self) {
        let status = self.child.wait().expect("it can be waited for");
        assert!(status.success(), "{status}");
    }

    /// Starts `command`, which says nothing when it is ready.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start_silent(mut command: Command) -> Self {
        let shown = format!("{command:?}");
        let child = command.stdin(Stdio::null()).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("{shown}: {error}")) }
    }

    /// Kills it at once, as `kill -9` does.
    pub fn kill_9(&mut self) {
        self.child.kill().expect("it can be signalled");
        self.child.wait().expect("it can be waited for");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The built program called `name`: from the variable that `cargo xtask test` sets, or beside
/// the running test.
///
/// # Panics
/// When there is none, with the command that builds it.
#[must_use]
pub fn built(variable: &str, name: &str) -> PathBuf {
    let path = std::env::var_os(variable).map(PathBuf::from).or_else(|| {
        // target/debug/deps/test-xyz -> target/debug/name
        let test = std::env::current_exe().ok()?;
        Some(test.parent()?.parent()?.join(name))
    });
    let path = path.expect("a test has a path");
    assert!(path.exists(), "{} is not built; run `cargo build -p {name}`", path.display());
    path
}
