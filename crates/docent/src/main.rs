//! The `docent` command: reads the command line, puts the other crates together and reports what happens.

mod accounts;
mod cli;
mod command;
mod config;
mod database;
mod logging;
mod output;
mod signals;

use std::process::ExitCode;

use clap::Parser as _;

/// Requests allocate and free many small pieces on several threads: what this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match command::run(cli::Cli::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            output::complain(&failure);
            failure.exit_code()
        }
    }
}
