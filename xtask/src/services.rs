//! Our own servers: builds them, starts them, waits until they are ready, and stops them.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{self, cargo};
use crate::progress::{Step, note, say};
use crate::workspace::{TOGETHER, Workspace};

/// Package and program of the ingest service.
pub(crate) const INGEST: &str = "ingest";
/// Package and program of DataView.
pub(crate) const DATAVIEW: &str = "dataview";
/// Package and program of the demo bank.
pub(crate) const DEMO_SITE: &str = "demo-site";
/// How long a server may take from its start until it listens.
const READY_MAX: Duration = Duration::from_secs(30);

/// Builds the servers with the dev profile.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let step = Step::start("build ingest, DataView and the demo bank");
    let mut command = cargo();
    command.current_dir(workspace.root());
    command.arg("build").args(TOGETHER);
    command.args(["--bin", INGEST, "--bin", DATAVIEW, "--bin", DEMO_SITE]);
    process::run(&mut command)?;
    step.done();
    Ok(())
}

/// Where [`build`] leaves a program.
pub(crate) fn binary(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.target().join("debug").join(name)
}

/// A running server, which stops when this is dropped.
#[must_use]
pub(crate) struct Service {
    name: String,
    child: Child,
    /// The file that its lines go to, when they are not passed on.
    log: Option<PathBuf>,
}

impl Service {
    /// Starts a server and waits until it prints `NAME listening on URL`; gives back the URL.
    /// Its output is passed on, each line with its name in front.
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<(Self, String)> {
        let (service, url, _) = Self::start_and_hear(name, command)?;
        Ok((service, url))
    }

    /// The same; gives back what it printed before that, too.
    pub(crate) fn start_and_hear(
        name: &str,
        command: &mut Command,
    ) -> Result<(Self, String, Vec<String>)> {
        let step = Step::start(format!("start {name}"));
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut service = Self::spawn(name, command)?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = service.child.stdout.take() {
            service.forward(stdout, move |line| {
                // Nobody listens any more when it is ready.
                let _ = sender.send(line.to_owned());
            });
        }
        if let Some(stderr) = service.child.stderr.take() {
            service.forward(stderr, |_| {});
        }
        let prefix = format!("{name} listening on ");
        let (deadline, mut words) = (Instant::now() + READY_MAX, Vec::new());
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match lines.recv_timeout(left) {
                Ok(line) => match line.strip_prefix(&prefix) {
                    Some(url) => {
                        step.done();
                        return Ok((service, url.trim().to_owned(), words));
                    }
                    None => words.push(line),
                },
                // Its stdout closed: it ended, and its own last line says why.
                Err(RecvTimeoutError::Disconnected) => {
                    let status = service.child.wait()?;
                    bail!("{name} did not start ({status}); its lines above say why")
                }
                Err(RecvTimeoutError::Timeout) => {
                    bail!("{name} did not say that it listens within {} s", READY_MAX.as_secs())
                }
            }
        }
    }

    /// Starts a server that does not say when it listens; its output goes where the command says.
    pub(crate) fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            // Ctrl-C is for xtask alone, which then stops its servers in the right order.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child, log: None })
    }

    /// Notes that its lines go to the file `log`.
    pub(crate) fn logging_to(mut self, log: PathBuf) -> Self {
        self.log = Some(log);
        self
    }

    /// What to tell when it ended by itself with `status`: where it says why, too.
    pub(crate) fn obituary(&self, status: ExitStatus) -> String {
        let lines = match &self.log {
            Some(log) => format!("{} says why", log.display()),
            None => "its lines above say why".to_owned(),
        };
        format!("{} ended by itself ({status}); {lines}", self.name)
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    fn forward(&self, stream: impl Read + Send + 'static, on_line: impl Fn(&str) + Send + 'static) {
        let name = self.name.clone();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                say(&format!("[{name}] {line}"));
                on_line(&line);
            }
        });
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        match process::stop(&mut self.child) {
            Ok(status) => note(&format!("{} stopped ({status})", self.name)),
            Err(error) => note(&format!("{} could not be stopped: {error}", self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_ends_by_itself_says_where_it_says_why() {
        let mut service = Service::spawn("redis-server", &mut Command::new("false")).expect("it");
        let status = service.child.wait().expect("it ends");
        assert!(service.obituary(status).ends_with("; its lines above say why"));
        let service = service.logging_to("data/redis.log".into());
        let words = service.obituary(status);
        assert_eq!(words, "redis-server ended by itself (exit status: 1); data/redis.log says why");
    }
}
