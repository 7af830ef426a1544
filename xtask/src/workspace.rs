//! Where things are: the repository, its parts, and cargo's target folder.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::process::{cargo, output_of};

/// Chooses all of our crates but this one for a command of cargo. What is built so by one command
/// need not be compiled anew by another: the features of a dependency are those that all chosen
/// crates want of it. This crate is built by itself before anything else.
pub(crate) const TOGETHER: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// The paths that every chore shares.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the repository that `cargo xtask` was started in.
    pub(crate) fn find() -> Result<Self> {
        // Read when running: a target folder shared by two clones may hold the other's xtask.
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().unwrap_or(&manifest).to_path_buf();
        ensure!(
            root.join("Cargo.lock").is_file(),
            "{} has no Cargo.lock: start this as `cargo xtask` inside the repository",
            root.display()
        );
        let target = target_dir(&root)?;
        Ok(Self { root, target })
    }

    /// The repository's root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root, such as `js-wrapper/dist`.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Cargo's target folder, which may be outside the repository.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Target folder of the Wasm build: it may use another compiler, and sharing one folder
    /// would rebuild the whole workspace at every change between the two. So has the module for
    /// mini programs, whose flags are others, standard library included.
    pub(crate) fn wasm_target(&self, features: &str) -> PathBuf {
        self.target.join(if features == "mini" { "wasm-build-mini" } else { "wasm-build" })
    }

    /// Where the stub, the loader and the Wasm are that pages download.
    pub(crate) fn sdk_dist(&self) -> PathBuf {
        self.path("js-wrapper/dist")
    }

    /// Where the package for mini programs is built.
    pub(crate) fn mini_dist(&self) -> PathBuf {
        self.path("js-wrapper/mini/dist")
    }
}

/// Only cargo knows where its target folder is: a variable or a configuration file of any folder
/// above may have moved it.
fn target_dir(root: &Path) -> Result<PathBuf> {
    let mut metadata = cargo();
    metadata.current_dir(root).args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let metadata: serde_json::Value = serde_json::from_str(&output_of(&mut metadata)?)?;
    let folder = metadata["target_directory"].as_str();
    Ok(folder.context("`cargo metadata` does not say its target_directory")?.into())
}
