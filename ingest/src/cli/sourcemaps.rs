//! `ingest sourcemaps`.

use super::Failure;
use super::config_args::load;
use dna_source_maps::Settings;
use dna_source_maps::{Folder, Injected, ParsedMap, inject};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Folders within folders that are looked into: no build goes deeper, a link to itself does.
const DEPTH_MAX: usize = 32;

const SCRIPTS: [&str; 3] = ["js", "mjs", "cjs"];

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Give built scripts and their maps identifiers; before they are released
    Inject {
        /// Scripts, or folders of them
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Keep the source maps of a release
    Upload {
        #[command(flatten)]
        place: Place,
        /// The application, as the configuration names it
        #[arg(long)]
        app: String,
        /// The release, as the page's tag says it
        #[arg(long)]
        release: String,
        /// Source maps, or folders of them
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// List what is kept
    List {
        #[command(flatten)]
        place: Place,
    },
}

/// Where the maps are kept.
#[derive(Debug, clap::Args)]
struct Place {
    /// The configuration, whose [source_maps] names the folder
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    folder: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.action {
        Action::Inject { paths } => inject_all(paths),
        Action::Upload { place, app, release, paths } => upload_all(place, app, release, paths),
        Action::List { place } => list(place),
    }
}

impl Place {
    /// The folder and its bounds. An application is one of the configuration, if that is given.
    fn open(&self, app: Option<&str>) -> Result<(Folder, Settings), Failure> {
        let config = self.config.as_ref().map(|file| load(file)).transpose()?;
        if let (Some(app), Some(config)) = (app, &config) {
            let names: Vec<&str> = config.apps.0.iter().map(|app| &*app.name).collect();
            if !names.contains(&app) {
                let allowed = names.join(", ");
                return Err(Failure::UnknownApp { app: app.to_owned(), allowed });
            }
        }
        let maps = config.map(|config| config.source_maps).unwrap_or_default();
        let folder = self.folder.clone().or_else(|| maps.folder.clone());
        Ok((Folder::new(folder.ok_or(Failure::NoSourceMaps)?), maps))
    }
}

fn inject_all(paths: &[PathBuf]) -> Result<ExitCode, Failure> {
    each(&files(paths, &SCRIPTS)?, |path| match inject(path) {
        Ok(Injected::New(id)) => Ok(id),
        Ok(Injected::Already(id)) => Ok(format!("{id} (already)")),
        Err(error) => Err(error.to_string()),
    })
}

fn upload_all(
    place: &Place,
    app: &str,
    release: &str,
    paths: &[PathBuf],
) -> Result<ExitCode, Failure> {
    let (folder, config) = place.open(Some(app))?;
    let maps = files(paths, &["map"])?;
    let mut names = Vec::new();
    each(&maps, |path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = read(path, config.map_bytes_max)?;
        let id = ParsedMap::read(&bytes).map_err(|error| error.to_string())?.debug_id();
        let kept = folder.of_release(app, release, &name);
        if names.contains(&kept) && id.is_none() {
            return Err(format!(
                "another map is for a {name} too, and without identifiers only one can be \
                 found; run `ingest sourcemaps inject` before"
            ));
        }
        folder
            .store(app, release, &name, id.as_deref(), &bytes)
            .map_err(|error| error.to_string())?;
        let id = id.map_or_else(String::new, |id| format!(", debug id {id}"));
        let told = format!("kept for {name} of {app} {release}{id}");
        names.push(kept);
        Ok(told)
    })
}

fn list(place: &Place) -> Result<ExitCode, Failure> {
    let (folder, _) = place.open(None)?;
    let mut out = io::stdout();
    for kept in folder.list()? {
        let release = kept.release.as_deref().unwrap_or("(debug id)");
        writeln!(out, "{}  {release}  {}  {} bytes", kept.app, kept.name, kept.bytes)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Does `act` to each file and says what came of it; the exit code says whether all went well.
fn each(
    paths: &[PathBuf],
    mut act: impl FnMut(&Path) -> Result<String, String>,
) -> Result<ExitCode, Failure> {
    let mut code = ExitCode::SUCCESS;
    for path in paths {
        match act(path) {
            Ok(told) => writeln!(io::stdout(), "{}: {told}", path.display())?,
            Err(error) => {
                writeln!(io::stderr(), "{}: {error}", path.display())?;
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, String> {
    let bytes = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if bytes > bytes_max as u64 {
        return Err(format!(
            "{bytes} bytes are too many; `source_maps.map_bytes_max` is {bytes_max}"
        ));
    }
    fs::read(path).map_err(|error| error.to_string())
}

/// The files with these endings among `paths` and in the folders among them.
fn files(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, endings, DEPTH_MAX, &mut found)
            .map_err(|source| Failure::Unreadable { path: path.clone(), source })?;
    }
    if found.is_empty() {
        return Err(Failure::NoFiles { endings: endings.join(", .") });
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn collect(
    path: &Path,
    endings: &[&str],
    depth: usize,
    found: &mut Vec<PathBuf>,
) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() {
        if depth == 0 {
            return Ok(());
        }
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), endings, depth - 1, found)?;
        }
    } else if path.extension().is_some_and(|it| endings.iter().any(|ending| it == *ending)) {
        found.push(path.to_owned());
    }
    Ok(())
}
