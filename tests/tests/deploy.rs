//! The files of `deploy/`: well-formed, and true to the ingest that they start.

use dna_tests::process::built;
use dna_tests::yaml;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").canonicalize().expect("it is there")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(deploy().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn ingest() -> PathBuf {
    built("DNA_INGEST_BIN", "ingest")
}

fn check_config(file: &Path, environment: &[(String, String)]) -> Output {
    let mut command = Command::new(ingest());
    command.arg("check-config").arg("--config").arg(file).env_clear();
    command.envs(environment.iter().cloned()).output().expect("it runs")
}

#[track_caller]
fn assert_fine(output: &Output) {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success(), "{text}");
    assert!(!text.contains("sets nothing"), "{text}");
}

/// Member of members of `yaml`, list items by number.
fn at<'a>(yaml: &'a Value, path: &str) -> &'a Value {
    yaml.pointer(&format!("/{path}")).unwrap_or_else(|| panic!("no {path}"))
}

fn number(yaml: &Value, path: &str) -> i64 {
    at(yaml, path).as_i64().unwrap_or_else(|| panic!("{path} is no number"))
}

#[test]
fn the_manifest_is_true_to_ingest() {
    let text = read("kubernetes/dna-ingest.yaml");
    let documents = yaml::documents(&text);
    let kinds: Vec<_> =
        documents.iter().map(|it| at(it, "kind").as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["ConfigMap", "Service", "PodDisruptionBudget", "StatefulSet"]);
    // The configuration in it is a good one, with the variables that the pod has.
    let folder = TempDir::new().expect("a folder");
    let key = folder.path().join("pseudonym.key");
    std::fs::write(&key, "ab".repeat(32)).expect("writable");
    let config = at(&documents[0], "data/ingest.toml").as_str().expect("a text");
    let mounted = "/etc/dna-ingest-secrets/pseudonym.key";
    assert!(config.contains(mounted));
    let here = config.replace(mounted, &key.display().to_string());
    let file = folder.path().join("ingest.toml");
    std::fs::write(&file, &here).expect("writable");
    let pod = at(&documents[3], "spec/template/spec");
    let container = at(pod, "containers/0");
    let variables = at(container, "env").as_array().expect("a list");
    let environment: Vec<(String, String)> = variables
        .iter()
        .map(|variable| {
            let name = at(variable, "name").as_str().expect("a name").to_owned();
            let given = variable.get("value").and_then(Value::as_str);
            (name, given.unwrap_or("redis://user:secret@redis:6379").to_owned())
        })
        .collect();
    let output = check_config(&file, &environment);
    assert_fine(&output);
    assert!(String::from_utf8_lossy(&output.stdout).contains("keeps frames in Redis"));
    // Ports and paths are those that ingest has.
    assert!(config.contains("listen = \"0.0.0.0:8600\""));
    assert_eq!(number(container, "ports/0/containerPort"), 8600);
    for (probe, path) in [
        ("startupProbe", "/health/live"),
        ("livenessProbe", "/health/live"),
        ("readinessProbe", "/health/ready"),
    ] {
        let found = at(container, &format!("{probe}/httpGet"));
        assert_eq!(at(found, "path").as_str(), Some(path));
        assert_eq!(at(found, "port").as_str(), Some("http"));
    }
    let args = at(container, "args").as_array().expect("a list");
    let args: Vec<_> = args.iter().filter_map(|arg| arg.as_str()).collect();
    assert_eq!(args, ["serve", "--config", "/etc/dna-ingest/ingest.toml"]);
    // It is given the time that it takes to stop.
    let timeout = config.lines().find_map(|line| line.strip_prefix("shutdown_timeout_ms = "));
    let timeout: i64 = timeout.and_then(|it| it.parse().ok()).expect("a number");
    let grace = number(pod, "terminationGracePeriodSeconds");
    let pause = number(container, "lifecycle/preStop/sleep/seconds");
    assert!(grace >= pause + timeout / 1000 + 10, "{grace} s for {pause} s and {timeout} ms");
    // What is mounted is there, and what ingest writes to is its working directory.
    let claims = at(&documents[3], "spec/volumeClaimTemplates/0/metadata/name").as_str();
    let mounts = at(container, "volumeMounts").as_array().expect("a list");
    for mount in mounts {
        let name = at(mount, "name").as_str();
        let volumes = at(pod, "volumes").as_array().expect("a list");
        let is_volume = volumes.iter().any(|volume| at(volume, "name").as_str() == name);
        assert!(is_volume || name == claims, "{name:?} is no volume");
    }
    assert!(at(container, "resources/requests/cpu").as_str().is_some());
    assert_eq!(at(container, "securityContext/readOnlyRootFilesystem").as_bool(), Some(true));
}

#[test]
fn the_container_starts_what_the_manifest_expects() {
    let text = read("container/Containerfile");
    let line = |start: &str| {
        let found = text.lines().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no {start}"))
    };
    assert_eq!(line("WORKDIR /var"), "WORKDIR /var/lib/dna-ingest");
    assert_eq!(line("USER"), "USER 65532:65532");
    assert_eq!(line("ENTRYPOINT"), "ENTRYPOINT [\"/usr/local/bin/ingest\"]");
    assert!(line("CMD").contains("\"/etc/dna-ingest/ingest.toml\""));
    let manifest = read("kubernetes/dna-ingest.yaml");
    assert!(manifest.contains("mountPath: /var/lib/dna-ingest }"));
    assert!(manifest.contains("runAsUser: 65532"));
    let cargo = std::fs::read_to_string(deploy().join("../Cargo.toml")).expect("readable");
    let version = cargo.split("rust-version = \"").nth(1).and_then(|rest| rest.split('"').next());
    let image = format!("rust:{}-slim", version.expect("a version"));
    assert!(text.contains(&image), "the image is not that of {image}");
    let version = cargo.split("\nversion = \"").nth(1).and_then(|rest| rest.split('"').next());
    let image = format!("image: dna-ingest:{}", version.expect("a version"));
    assert!(manifest.contains(&image), "no {image}");
}

/// The variables set what they say, and nothing else.
#[test]
fn the_environment_file_is_true_to_ingest() {
    let folder = TempDir::new().expect("a folder");
    let key = folder.path().join("pseudonym.key");
    std::fs::write(&key, "ab".repeat(32)).expect("writable");
    let file = folder.path().join("ingest.toml");
    let config = "[[apps]]\nname = \"a\"\nkeys = [\"k\"]\norigins = [\"*\"]\n\
                  pseudonym_key_variable = \"DNA_KEY_BANK_WEB\"\n";
    std::fs::write(&file, config).expect("writable");
    let text = read("systemd/environment");
    // Those that are commented out, too.
    let lines = text.lines().map(|line| line.trim_start_matches("# "));
    let pairs = lines.filter_map(|line| line.split_once('='));
    let pairs = pairs.filter(|(name, _)| name.starts_with("DNA_"));
    let environment: Vec<(String, String)> = pairs
        .filter_map(|(name, value)| match name {
            "DNA_PRIVACY_PSEUDONYM_KEY" => None,
            "DNA_PRIVACY_PSEUDONYM_KEY_FILE" => Some((name.to_owned(), key.display().to_string())),
            "DNA_KEY_BANK_WEB" => Some((name.to_owned(), "cd".repeat(32))),
            _ => Some((name.to_owned(), value.to_owned())),
        })
        .collect();
    assert!(environment.len() >= 6, "{environment:?}");
    assert_fine(&check_config(&file, &environment));
}

/// What systemd does not know it would pass over with a warning.
#[test]
fn the_unit_is_hardened_and_true_to_ingest() {
    let text = read("systemd/dna-ingest.service");
    let value = |key: &str| {
        let found = text.lines().find_map(|line| line.strip_prefix(&format!("{key}=")));
        found.unwrap_or_else(|| panic!("no {key}"))
    };
    assert_eq!(
        value("ExecStart"),
        "/usr/local/bin/ingest serve --config /etc/dna-ingest/ingest.toml"
    );
    assert_eq!(value("ExecReload"), "/bin/kill -HUP $MAINPID");
    assert_eq!(value("WorkingDirectory"), format!("/var/lib/{}", value("StateDirectory")));
    let seconds: u64 = value("TimeoutStopSec").parse().expect("seconds");
    assert!(seconds >= 30, "shorter than a stop may take");
    for key in ["NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables"] {
        assert_eq!(value(key), "yes", "{key}");
    }
    assert_eq!((value("ProtectSystem"), value("CapabilityBoundingSet")), ("strict", ""));
    // systemd's own judgement, where there is a systemd; containers have none.
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("no systemd-analyze here: the unit was only read");
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let unit = folder.path().join("dna-ingest.service");
    let here = text.replace("/usr/local/bin/ingest", &ingest().display().to_string());
    std::fs::write(&unit, here).expect("writable");
    let verify = Command::new("systemd-analyze").arg("verify").arg(&unit).output().expect("runs");
    let said = String::from_utf8_lossy(&verify.stderr);
    let ours: Vec<_> = said.lines().filter(|line| line.contains("dna-ingest")).collect();
    assert!(verify.status.success() && ours.is_empty(), "{said}");
    // 0 is safest and 10 most exposed; services as they come have 9 and more.
    let security = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
        .arg(&unit)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&security.stdout);
    assert!(security.status.success(), "{said}");
    eprintln!("{}", said.lines().last().unwrap_or_default());
}
