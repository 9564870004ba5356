//! Measures Docent beside a hand-written floor: the same documents, in one run, on this machine.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing figures is what this program is for")]

mod data;
mod floor;
mod workload;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let f = data::blog(std::path::Path::new("/tmp/target-bench/data"))?;
    floor::serve(&f, std::env::args().nth(1).unwrap_or("127.0.0.1:7801".into()).parse()?)
}
