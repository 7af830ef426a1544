//! nginx in front of the bank, where there is one: it tells DataView what it sees.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::find_program;
use crate::progress::Step;
use crate::services::Service;
use crate::workspace::Workspace;

/// How long it may take until it listens.
const READY_MAX: Duration = Duration::from_secs(10);

/// Where it logs, in its folder.
const LOG: &str = "nginx.log";

/// The program, if it is installed: Debian puts it where only root's PATH leads.
pub(crate) fn found() -> Option<PathBuf> {
    let installed = Path::new("/usr/sbin/nginx");
    if installed.is_file() { Some(installed.to_owned()) } else { find_program(&["nginx"]) }
}

/// Starts it at `port` before `bank` (a base URL), telling `syslog` (host and port).
pub(crate) fn start(
    program: &Path,
    workspace: &Workspace,
    folder: &Path,
    port: u16,
    (bank, syslog): (&str, &str),
) -> Result<Service> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let step = Step::start("start nginx");
    let format = workspace.path("deploy/nginx-dataview.conf");
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration(folder, &format, port, (bank, syslog)))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut command = Command::new(program);
    command.arg("-e").arg(folder.join(LOG)).arg("-p").arg(folder).arg("-c").arg(&file);
    let mut service = Service::spawn("nginx", command.stdout(Stdio::null()).stderr(Stdio::null()))?
        .logging_to(folder.join(LOG));
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if let Some(status) = service.ended()? {
            bail!(service.obituary(status));
        }
        if started.elapsed() > READY_MAX {
            bail!("nginx does not listen on port {port}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    step.done();
    Ok(service)
}

fn configuration(folder: &Path, format: &Path, port: u16, (bank, syslog): (&str, &str)) -> String {
    let (folder, format) = (folder.display(), format.display());
    format!(
        "# Written by `cargo xtask demo` at each start.\n\
         daemon off;\nworker_processes 1;\npid \"{folder}/nginx.pid\";\n\
         error_log \"{folder}/{LOG}\" warn;\nevents {{}}\n\n\
         http {{\n    include \"{format}\";\n    access_log syslog:server={syslog},tag=nginx dna;\n    \
         client_body_temp_path \"{folder}/body\";\n    proxy_temp_path \"{folder}/proxy\";\n    \
         fastcgi_temp_path \"{folder}/fastcgi\";\n    uwsgi_temp_path \"{folder}/uwsgi\";\n    \
         scgi_temp_path \"{folder}/scgi\";\n    \
         # The papers that a customer uploads.\n    client_max_body_size 16m;\n\n    \
         server {{\n        listen 127.0.0.1:{port};\n        location / {{\n            \
         proxy_pass {bank};\n            proxy_http_version 1.1;\n            \
         proxy_set_header Host $http_host;\n        }}\n    }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, UdpSocket};

    use super::*;
    use crate::demo::ports;

    #[test]
    fn what_the_bank_answers_comes_through_and_is_told() {
        let bank = TcpListener::bind("127.0.0.1:0").unwrap();
        let bank_url = format!("http://{}", bank.local_addr().unwrap());
        thread::spawn(move || {
            for mut stream in bank.incoming().map_while(Result::ok) {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbank");
            }
        });
        let syslog = UdpSocket::bind("127.0.0.1:0").unwrap();
        syslog.set_read_timeout(Some(READY_MAX)).unwrap();
        let at = syslog.local_addr().unwrap().to_string();
        let folder = tempfile::tempdir().unwrap();
        let program = found().expect("nginx: cargo xtask setup balancers installs it");
        let port = ports::any_free().unwrap();
        let workspace = Workspace::find().unwrap();
        let service = start(&program, &workspace, folder.path(), port, (&bank_url, &at)).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(b"GET /accounts?a=1 HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("\r\n\r\nbank"), "{answer}");
        let mut line = [0; 4096];
        let len = syslog.recv(&mut line).expect("it tells");
        let line = String::from_utf8_lossy(&line[..len]).into_owned();
        assert!(line.contains(r#""path":"/accounts""#), "{line}");
        drop(service);
    }
}
