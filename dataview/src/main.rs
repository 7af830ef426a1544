//! The program `dataview`.

use std::process::ExitCode;

fn main() -> ExitCode {
    dataview::cli::run()
}
