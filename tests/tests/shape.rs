//! The shape of the repository: who may depend on whom, and what stands only in one place.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Our crates and what of ours each may depend on in what it ships.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("dna-protocol", &[]),
    ("dna-sdk-wasm", &["dna-protocol"]),
    ("dna-sdk-debug", &["dna-protocol"]),
    ("dna-buffer", &["dna-protocol"]),
    ("dna-settings", &["dna-buffer", "dna-protocol"]),
    ("dna-source-maps", &["dna-protocol", "dna-settings"]),
    ("dna-baselines", &[]),
    ("dna-causes", &[]),
    ("dna-simulator", &[]),
    ("ingest", &["dna-buffer", "dna-protocol", "dna-settings", "dna-source-maps"]),
    (
        "dataview",
        &[
            "dna-baselines",
            "dna-buffer",
            "dna-causes",
            "dna-protocol",
            "dna-settings",
            "dna-source-maps",
        ],
    ),
    ("demo-site", &[]),
    ("dna-tests", &["dna-protocol"]),
    ("xtask", &["dna-baselines", "dna-causes", "dna-protocol", "dna-simulator", "dna-tests"]),
];

const IO_AND_CLOCKS: [&str; 6] =
    ["std::net", "std::fs", "std::io", "std::time", "std::env", "std::thread"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("it exists")
}

#[test]
fn dependencies_point_one_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata");
    let table: BTreeMap<_, _> = MAY_DEPEND_ON.iter().copied().collect();
    let packages = metadata["packages"].as_array().expect("a list");
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let allowed = table.get(name).unwrap_or_else(|| panic!("{name} is not in the table"));
        for dependency in package["dependencies"].as_array().expect("a list") {
            let its = dependency["name"].as_str().expect("a name");
            let shipped = dependency["kind"] != "dev";
            let fine = !table.contains_key(its) || !shipped || allowed.contains(&its);
            assert!(fine, "{name} must not depend on {its}");
        }
    }
    assert_eq!(packages.len(), table.len(), "the table names a crate that is gone");
}

/// Every tracked or new source file below `folder`, with its text.
fn sources(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() {
                let made = ["node_modules", "dist", "generated", "target", "corpus"];
                if !made.contains(&name.as_str()) {
                    walk(&path, endings, found);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), endings, &mut found);
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

#[test]
fn only_the_browser_folder_knows_the_browser() {
    for (path, text) in sources("sdk-wasm", &[".rs"]) {
        // The debug mode is a file that hands an object to the browser.
        let browser = ["sdk-wasm/src/browser", "sdk-wasm/debug/src/lib.rs"]
            .iter()
            .any(|known| path.starts_with(root().join(known)));
        for name in ["web_sys", "js_sys", "wasm_bindgen"] {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let used = code.into_iter().any(|line| line.contains(name));
            assert!(browser || !used, "{name} in {}", path.display());
        }
    }
}

#[test]
fn the_protocol_does_no_io_and_reads_no_clock() {
    for (path, text) in sources("protocol/src", &[".rs"]) {
        for name in IO_AND_CLOCKS {
            assert!(!text.contains(name), "{name} in {}", path.display());
        }
    }
}

#[test]
fn the_baselines_do_no_io_and_read_no_clock() {
    for (path, text) in sources("baselines/src", &[".rs"]) {
        for name in IO_AND_CLOCKS.iter().chain(&["now()"]) {
            assert!(!text.contains(name), "{name} in {}", path.display());
        }
    }
}

#[test]
fn files_fit_in_a_head() {
    let folders = [
        "protocol",
        "sdk-wasm",
        "js-wrapper",
        "buffer",
        "settings",
        "source-maps",
        "baselines",
        "causes",
        "simulator",
        "ingest",
        "dataview",
        "demo-site",
        "examples",
        "tests",
        "xtask",
    ];
    for folder in folders {
        for (path, text) in sources(folder, &[".rs", ".ts", ".js", ".mjs", ".jsx", ".vue"]) {
            let lines = text.lines().count();
            assert!(lines <= 400, "{}: {lines} lines", path.display());
        }
    }
}
