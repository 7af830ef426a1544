//! Runs other programs: their output is passed on line by line, so that the running step knows
//! that they are alive, and a time limit can be set.

use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::progress::{elapsed, say};

/// How long output may trickle in from a grandchild after the program itself ended.
const OUTPUT_GRACE: Duration = Duration::from_secs(2);
/// How long a program may take to end after it was asked to.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// How much of a command an error repeats.
const SHOWN_CHARS_MAX: usize = 72;
/// How often a running program is looked at.
const POLL: Duration = Duration::from_millis(50);

/// Runs `command` to its end and passes its output on; fails unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = watch(command, None, |_| {})?;
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status}); its last lines above say why", describe(command))
}

/// Like [`run`], but asks the program to end when `limit` is over, which is a failure.
pub(crate) fn run_limited(command: &mut Command, limit: Duration) -> Result<()> {
    let status = watch(command, Some(limit), |_| {})?;
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status})", describe(command))
}

/// Runs `command`, passes its output on and shows each line of it to `on_line`.
pub(crate) fn watch(
    command: &mut Command,
    limit: Option<Duration>,
    mut on_line: impl FnMut(&str),
) -> Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", describe(command)))?;
    let lines = output_lines(&mut child);
    let started = Instant::now();
    let mut ended = None;
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => {
                say(&line);
                on_line(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if ended.is_none() => {
                ended = child.try_wait()?.map(|_| Instant::now());
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ended.is_some_and(|at| at.elapsed() > OUTPUT_GRACE) {
            break;
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) && ended.is_none() {
            stop(&mut child)?;
            bail!("`{}` took over {}, stopped", describe(command), elapsed(started.elapsed()));
        }
    }
    Ok(child.wait()?)
}

/// What a quick program prints on stdout; fails unless it exits with 0.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", describe(command)))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", describe(command), output.status, reason.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Asks a program to end, and ends it when it does not.
pub(crate) fn stop(child: &mut Child) -> Result<ExitStatus> {
    terminate(child);
    let asked = Instant::now();
    while asked.elapsed() < STOP_GRACE {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        thread::sleep(POLL);
    }
    child.kill()?;
    Ok(child.wait()?)
}

/// Sends SIGTERM and does not wait.
pub(crate) fn terminate(child: &Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may have ended by itself just now, and then there is nobody to ask.
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// The first of `names` that PATH leads to.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// A cargo command for this workspace; colours survive the pipe when a person reads along.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

fn output_lines(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        forward(stdout, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward(stderr, sender);
    }
    receiver
}

fn forward(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if sender.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}

fn describe(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or(&program).to_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    shortened(&std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" "))
}

/// The first words of a long command: enough to know it, and an error stays readable.
fn shortened(command: &str) -> String {
    match command.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{} …", command[..end].trim_end()),
        None => command.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_of_both_streams_are_seen() {
        let mut lines = Vec::new();
        let status =
            watch(&mut shell("echo out; echo err >&2"), None, |l| lines.push(l.to_owned()))
                .unwrap();
        lines.sort();
        assert!(status.success());
        assert_eq!(lines, ["err", "out"]);
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let error =
            run_limited(&mut shell("exec sleep 60"), Duration::from_millis(200)).unwrap_err();
        assert!(error.to_string().contains("stopped"), "{error}");
    }

    #[test]
    fn a_failure_names_the_program() {
        let error = run(&mut shell("exit 3")).unwrap_err();
        assert!(error.to_string().contains("`sh -c exit 3`"), "{error}");
    }
}
