//! The `demo-site` binary: reads the arguments and runs the bank until it is told to stop.

use std::process::ExitCode;

use clap::Parser;
use demo_site::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    match actix_web::rt::System::new().block_on(demo_site::serve(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo-site: {error}");
            ExitCode::FAILURE
        }
    }
}
