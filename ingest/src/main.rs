//! The `ingest` binary; everything is in the library, where tests reach it.

fn main() -> std::process::ExitCode {
    ingest::cli::run()
}
