//! Checks what the other chores need, and installs what is missing.
//!
//! Every check is quick, so the chores simply call them first; nothing is installed twice.

mod apt;
mod node;
mod python;
mod rust;

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::ValueEnum;

use crate::process::find_program;
use crate::progress::note;
use crate::workspace::Workspace;

use python::Environment;

pub(crate) use node::{npm, packages as node_packages};
pub(crate) use rust::{Toolchain, wasm_toolchain};

/// Arguments of `cargo xtask setup`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to set up.
    #[arg(value_enum, default_value = "all")]
    thing: Thing,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Thing {
    /// A Rust compiler and standard library for wasm32.
    Wasm,
    /// Node and the packages of js-wrapper's, the browser tests' and the benchmarks' lock files.
    Js,
    /// A redis-server for tests and for `demo --redis`.
    Redis,
    /// libfaketime, for the tests of ingest whose clock jumps.
    Faketime,
    /// HAProxy and nginx, for the tests of ingest behind a balancer.
    Balancers,
    /// The packages of the demo bank's back end: Python and Node services with OpenTelemetry's agents.
    Backend,
    /// ClickHouse's engine as a package of Python, for the tests of DataView's store.
    Clickhouse,
    /// A Chromium for the browser tests.
    Chromium,
    /// A Firefox for the browser tests.
    Firefox,
    /// JavaScriptCore, the engine of mini programs on iOS.
    Jsc,
    /// All of these.
    All,
}

/// Name the browsers to test with, where they are not on PATH.
pub(crate) const CHROMIUM_VARIABLE: &str = "DNA_CHROMIUM";
pub(crate) const FIREFOX_VARIABLE: &str = "DNA_FIREFOX";
/// Names the JavaScriptCore that the tests of mini programs run.
pub(crate) const JSC_VARIABLE: &str = "DNA_JSC";
/// Folders whose package-lock.json says which npm packages the chores need.
pub(crate) const NODE_PROJECTS: [&str; 7] = [
    "js-wrapper",
    "tests/browser",
    "tests/mini",
    FRAMEWORKS[0],
    FRAMEWORKS[1],
    "tests/bench",
    "tests/bench/ingest/fastify",
];
/// Mini programs by the frameworks that banks write them with, which the tests build.
pub(crate) const FRAMEWORKS: [&str; 2] =
    ["tests/mini/frameworks/uni-app", "tests/mini/frameworks/taro"];

/// Runs `cargo xtask setup`.
pub(crate) fn main(workspace: &Workspace, args: &Args) -> Result<()> {
    let wanted = |thing| args.thing == thing || args.thing == Thing::All;
    if wanted(Thing::Wasm) {
        note(&format!("wasm: {}", wasm_toolchain(workspace)?));
    }
    if wanted(Thing::Js) {
        for project in NODE_PROJECTS {
            if workspace.path(project).join("package.json").is_file() {
                note(&format!("js: {}", node_packages(workspace, project)?.display()));
            }
        }
    }
    if wanted(Thing::Redis) {
        note(&format!("redis: {}", redis_server()?.display()));
    }
    if wanted(Thing::Faketime) {
        note(&format!("libfaketime: {}", faketime()?.display()));
    }
    if wanted(Thing::Balancers) {
        for path in balancers()? {
            note(&format!("balancer: {}", path.display()));
        }
    }
    if wanted(Thing::Backend) {
        let Backend { python, .. } = backend(workspace)?;
        note(&format!("backend: {}", python.display()));
    }
    if wanted(Thing::Clickhouse) {
        note(&format!("clickhouse: {}", clickhouse(workspace)?.display()));
    }
    if wanted(Thing::Chromium) {
        note(&format!("chromium: {}", chromium()?.display()));
    }
    if wanted(Thing::Firefox) {
        note(&format!("firefox: {}", firefox()?.display()));
    }
    if wanted(Thing::Jsc) {
        note(&format!("jsc: {}", jsc()?.display()));
    }
    Ok(())
}

/// The redis-server program.
pub(crate) fn redis_server() -> Result<PathBuf> {
    program(&["redis-server"], "redis-server")
}

/// The load generator wrk.
pub(crate) fn wrk() -> Result<PathBuf> {
    program(&["wrk"], "wrk")
}

/// webdis, a peer in the benchmark of ingest.
pub(crate) fn webdis() -> Result<PathBuf> {
    program(&["webdis"], "webdis")
}

/// nginx with the Lua module: peers in the benchmark of ingest.
pub(crate) fn nginx_with_lua() -> Result<PathBuf> {
    let module = Path::new("/usr/lib/nginx/modules/ngx_http_lua_module.so");
    if !module.is_file() {
        apt::install(&["nginx", "libnginx-mod-http-lua"])?;
    }
    match find_program(&["nginx"]).or_else(|| found("/usr/sbin/nginx")) {
        Some(path) => Ok(path),
        None => bail!("nginx was installed, but it is not on PATH"),
    }
}

fn found(path: &str) -> Option<PathBuf> {
    Some(PathBuf::from(path)).filter(|path| path.is_file())
}

/// libfaketime, for the tests whose clock jumps.
pub(crate) fn faketime() -> Result<PathBuf> {
    let library = || {
        // Debian's folder has the machine's name in it.
        let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().filter_map(Result::ok);
        let mut paths = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
        paths.find(|path| path.is_file())
    };
    if let Some(path) = library() {
        return Ok(path);
    }
    apt::install(&["libfaketime"])?;
    match library() {
        Some(path) => Ok(path),
        None => bail!("libfaketime was installed, but it is not below /usr/lib"),
    }
}

/// The haproxy and nginx programs.
pub(crate) fn balancers() -> Result<[PathBuf; 2]> {
    // Debian puts both where only root's PATH leads.
    let installed = |name: &str| {
        let path = PathBuf::from("/usr/sbin").join(name);
        if path.is_file() { Ok(path) } else { program(&[name], name) }
    };
    Ok([installed("haproxy")?, installed("nginx")?])
}

/// Where the demo bank's back end finds what it runs with.
pub(crate) struct Backend {
    /// The programs of the core service's environment.
    pub(crate) python: PathBuf,
    /// The folder of the SMS gateway, with its packages.
    pub(crate) sms: PathBuf,
}

/// What the demo bank's services need.
pub(crate) fn backend(workspace: &Workspace) -> Result<Backend> {
    const SMS: &str = "demo-site/backend/sms";
    node_packages(workspace, SMS)?;
    Ok(Backend { python: python::environment(workspace, &CORE)?, sms: workspace.path(SMS) })
}

/// A Chromium, or a Chrome that is there already.
pub(crate) fn chromium() -> Result<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    chosen(CHROMIUM_VARIABLE, &names, "chromium")
}

/// A Firefox, from its release with extended support on.
pub(crate) fn firefox() -> Result<PathBuf> {
    chosen(FIREFOX_VARIABLE, &["firefox-esr", "firefox"], "firefox-esr")
}

/// WebKit's engine as a program of its own.
pub(crate) fn jsc() -> Result<PathBuf> {
    chosen(JSC_VARIABLE, &["jsc"], "libjavascriptcoregtk-4.0-bin")
}

/// The program that `variable` says, or one of `names`.
fn chosen(variable: &str, names: &[&str], package: &str) -> Result<PathBuf> {
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        let place = path.display();
        ensure!(path.is_file(), "{variable} is {place}, where no file is: correct it");
        return Ok(path);
    }
    program(names, package)
}

/// Finds the first of `names` on PATH; installs `package` when there is none.
fn program(names: &[&str], package: &str) -> Result<PathBuf> {
    if let Some(path) = find_program(names) {
        return Ok(path);
    }
    apt::install(&[package])?;
    match find_program(names) {
        Some(path) => Ok(path),
        None => bail!("{package} was installed, but {} is not on PATH", names.join(" or ")),
    }
}

/// The programs of the environment in which ClickHouse's engine is.
pub(crate) fn clickhouse(workspace: &Workspace) -> Result<PathBuf> {
    python::environment(workspace, &CLICKHOUSE)
}

/// The programs of the environment in which the peers of DataView's store are.
pub(crate) fn peers_of_dataview(workspace: &Workspace) -> Result<PathBuf> {
    python::environment(workspace, &PEERS)
}

const PEERS: Environment = Environment {
    of: "the peers of DataView's store",
    requirements: "tests/bench/dataview/requirements.txt",
    folder: "bench-dataview/venv",
};

const CORE: Environment = Environment {
    of: "the demo bank's core service",
    requirements: "demo-site/backend/core/requirements.txt",
    folder: "demo-backend/venv",
};

const CLICKHOUSE: Environment = Environment {
    of: "ClickHouse's engine",
    requirements: "dataview/tests/clickhouse/requirements.txt",
    folder: "clickhouse/venv",
};
