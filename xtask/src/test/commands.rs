//! What is run for each part of the tests, after what it needs is installed and built.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::parts::Part;
use crate::process::cargo;
use crate::services;
use crate::setup;
use crate::wasm;
use crate::workspace::{TOGETHER, Workspace};

/// The commands of a part, in their order.
pub(crate) fn of(workspace: &Workspace, part: Part) -> Result<Vec<Command>> {
    let command = match part {
        Part::Fmt => in_cargo(workspace, &["fmt", "--all", "--check", "--", "--color=never"]),
        Part::Clippy => {
            let mut command = in_cargo(workspace, &["clippy", "--workspace", "--all-targets"]);
            command.args(["--features", "dna-sdk-wasm/browser,dna-sdk-wasm/mini"]);
            command.args(["--keep-going", "--", "--deny=warnings"]);
            command
        }
        Part::Unit => return unit(workspace),
        Part::Node => {
            wasm::build(workspace)?;
            in_npm(workspace, "js-wrapper")?
        }
        Part::Mini => {
            let jsc = setup::jsc()?;
            for framework in setup::FRAMEWORKS {
                setup::node_packages(workspace, framework)?;
            }
            wasm::build(workspace)?;
            services::build(workspace)?;
            let mut command = in_npm(workspace, "tests/mini")?;
            command.env(setup::JSC_VARIABLE, jsc);
            command
        }
        Part::Bench => in_npm(workspace, "tests/bench")?,
        Part::Redis => redis(workspace)?,
        Part::Browser => {
            let chromium = setup::chromium()?;
            let mut command = in_browser(workspace)?;
            command.env(setup::CHROMIUM_VARIABLE, chromium).env("DNA_BROWSER", "chromium");
            command
        }
        Part::Firefox => {
            let firefox = setup::firefox()?;
            let mut command = in_browser(workspace)?;
            command.env(setup::FIREFOX_VARIABLE, firefox).env("DNA_BROWSER", "firefox");
            command
        }
    };
    Ok(vec![command])
}

/// What needs no built servers.
fn unit(workspace: &Workspace) -> Result<Vec<Command>> {
    // Ingest's own tests of its buffer talk to the one, DataView's read what the others write.
    setup::redis_server()?;
    setup::balancers()?;
    setup::backend(workspace)?;
    setup::clickhouse(workspace)?;
    let mut ours = in_cargo(workspace, &["test", "--no-fail-fast"]);
    ours.args(TOGETHER).args(["--exclude", "dna-tests"]);
    Ok(vec![ours, in_cargo(workspace, &["test", "--package", "xtask"])])
}

/// The tests of `dna-tests`, each by its name: with the package alone its dependencies would have
/// other features than with the others, and be compiled anew.
fn redis(workspace: &Workspace) -> Result<Command> {
    setup::redis_server()?;
    setup::balancers()?;
    setup::backend(workspace)?;
    setup::faketime()?;
    services::build(workspace)?;
    let mut command = in_cargo(workspace, &["test", "--no-fail-fast"]);
    command.args(TOGETHER);
    for name in rust_files(&workspace.path("tests/tests"))? {
        command.args(["--test", &name]);
    }
    Ok(command)
}

/// The names of a folder's Rust files, without their endings.
fn rust_files(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    names.sort_unstable();
    Ok(names)
}

fn in_cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.current_dir(workspace.root()).args(arguments);
    command
}

/// The tests that drive a browser, with the servers that they need.
fn in_browser(workspace: &Workspace) -> Result<Command> {
    setup::redis_server()?;
    wasm::build(workspace)?;
    services::build(workspace)?;
    // Built by the tests, as customers build theirs.
    setup::node_packages(workspace, "examples")?;
    in_npm(workspace, "tests/browser")
}

/// `npm test` in a folder whose packages are installed.
fn in_npm(workspace: &Workspace, project: &str) -> Result<Command> {
    setup::node_packages(workspace, project)?;
    let mut command = setup::npm(&workspace.path(project));
    command.arg("test");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_across_parts_is_run() {
        let workspace = Workspace::find().expect("the repository");
        let names = rust_files(&workspace.path("tests/tests")).expect("readable");
        assert!(names.contains(&"kill".to_owned()) && names.contains(&"shape".to_owned()));
        // A test in a folder of its own would not be found.
        let entries = fs::read_dir(workspace.path("tests/tests")).expect("readable");
        assert_eq!(entries.count(), names.len());
    }
}
