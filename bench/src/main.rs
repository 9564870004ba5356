//! Measures Docent beside a hand-written floor: the same answers, in one run, on this machine.
//!
//! `data` generates the databases, `workload` and `bodies` the requests, `server` starts both as child processes,
//! `verify` holds their answers against each other, `driver` loads them, `measure` and `report` make figures of it.
//! `access` measures what rules cost; `drupal` what a page of a Drupal site costs; `group_commit` and `bulk` look closer
//! at writes; `curves` and `memory` look at Docent alone. `floor` is the other server. README.md says how to read the
//! figures.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing figures is what this program is for")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::measure::{Comparison, Plan};
use crate::server::{Pair, Server};
use crate::workload::Workload;

mod access;
mod bodies;
mod bulk;
mod curves;
mod data;
mod driver;
mod drupal;
mod floor;
mod group_commit;
mod histogram;
mod http;
mod measure;
mod memory;
mod postgres;
mod report;
mod server;
mod verify;
mod workload;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Why a command failed; it is printed and ends the program.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Docent beside a hand-written floor: the same answers, measured in one run.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    compare: Compare,
}

#[derive(Subcommand)]
enum Command {
    /// Verify and measure Docent against the floor (what happens without a command).
    Compare(Compare),
    /// Verify and measure on PostgreSQL: W1 to W3, on a cluster of its own.
    Postgres(Compare),
    /// Measure W2 and W3 under a rule of access, beside the same condition given as a filter.
    Access(Compare),
    /// Measure what committing many writes at once gains: W6 by one client, and by many.
    GroupCommit(GroupCommit),
    /// Measure one request that adds 1 000 articles beside one hand-written transaction with the same inserts.
    Bulk(Bulk),
    /// Measure how Docent's answers slow down as pages get deeper, includes wider and collections larger.
    Curves(Common),
    /// Measure Docent's memory while many clients ask for the largest documents.
    Memory(Memory),
    /// Measure one compound document of a Drupal site.
    Drupal(Drupal),
    /// Generate the databases and print where they are.
    Data(Common),
    /// Serve the requests of the workloads from a generated blog: the other side of the comparison.
    Floor(Floor),
}

#[derive(Args)]
struct Common {
    /// Where the generated databases are kept [default: `bench-data` beside the build's profiles].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The Docent to measure [default: this program's neighbour, built if need be].
    #[arg(long, value_name = "PATH")]
    docent: Option<PathBuf>,
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Compare {
    #[command(flatten)]
    common: Common,
    /// How often each server bears each workload.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of load per server, workload and round.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Requests in flight.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Compare the answers and what was written, then stop.
    #[arg(long)]
    verify: bool,
    /// Measure the floor alone, without Docent.
    #[arg(long, conflicts_with = "verify")]
    floor_only: bool,
}

#[derive(Args)]
struct GroupCommit {
    #[command(flatten)]
    common: Common,
    /// Clients writing at once.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// How often each server is measured.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of load per server, number of clients and round.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

#[derive(Args)]
struct Bulk {
    #[command(flatten)]
    common: Common,
    /// Articles per request and per transaction.
    #[arg(long, default_value_t = 1_000)]
    articles: usize,
    /// How often each side is measured.
    #[arg(long, default_value_t = 25)]
    repetitions: usize,
}

#[derive(Args)]
struct Memory {
    #[command(flatten)]
    common: Common,
    /// Clients asking at once.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Seconds of load per scenario.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// What to include; repeatable.
    #[arg(long = "include", value_name = "PATHS", default_values = [memory::WIDEST, memory::DEEP])]
    includes: Vec<String>,
}

#[derive(Args)]
struct Drupal {
    /// The site's database: a SQLite file, or a `mysql://` or `postgres://` URL.
    database: String,
    /// What to ask for.
    #[arg(long, value_name = "PATH", default_value = drupal::URL)]
    request: String,
    #[command(flatten)]
    compare: Compare,
}

#[derive(Args)]
struct Floor {
    /// A generated blog: a SQLite file, or the URL of a PostgreSQL database.
    database: String,
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
    /// Write to it, too.
    #[arg(long)]
    writable: bool,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command.unwrap_or(Command::Compare(cli.compare)) {
        Command::Compare(options) => compare(&options),
        Command::Postgres(options) => compare_on_postgres(&options),
        Command::Access(options) => {
            let (docent, blog) = (options.common.docent()?, data::blog(&options.common.data()?)?);
            access::run(&docent, &blog, options.plan()?, options.common.json)
        }
        Command::GroupCommit(GroupCommit { common, clients, rounds, seconds }) => {
            let (docent, blog) = (common.docent()?, data::blog(&common.data()?)?);
            group_commit::run(&docent, &blog, clients, rounds, duration(seconds)?, common.json)
        }
        Command::Bulk(Bulk { common, articles, repetitions }) => {
            let (docent, blog) = (common.docent()?, data::blog(&common.data()?)?);
            bulk::run(&docent, &blog, articles, repetitions, common.json)
        }
        Command::Curves(common) => {
            let docent = common.docent()?;
            let (blog, growth) = (data::blog(&common.data()?)?, data::growth(&common.data()?)?);
            let blog = Server::docent(&docent, &blog, "/articles/1")?;
            let growth = Server::docent(&docent, &growth, "/entries/1")?;
            curves::run(&blog, &growth, common.json)
        }
        Command::Memory(Memory { common, clients, seconds, includes }) => {
            let (docent, blog) = (common.docent()?, data::blog(&common.data()?)?);
            let start = || Server::docent(&docent, &blog, "/articles/1");
            memory::run(start, &includes, clients, duration(seconds)?, common.json)
        }
        Command::Drupal(Drupal { database, request, compare }) => {
            drupal::run(&compare.common.docent()?, &database, &request, compare.plan()?, compare.common.json)
        }
        Command::Data(common) => {
            println!("{}", data::blog(&common.data()?)?.display());
            println!("{}", data::growth(&common.data()?)?.display());
            Ok(())
        }
        Command::Floor(Floor { database, listen, .. }) if database.starts_with("postgres://") => {
            floor::postgres::serve(&database, listen)
        }
        Command::Floor(Floor { database, listen, writable }) => {
            floor::serve(database.as_ref(), listen, writable)
        }
    }
}

fn compare(options: &Compare) -> Result<(), Failure> {
    let (plan, blog, docent) = (options.plan()?, data::blog(&options.common.data()?)?, options.docent()?);
    let readers = Pair::reading(docent.as_deref(), &blog)?;
    let writers = Pair::writing(docent.as_deref(), &blog)?;
    if docent.is_some() {
        verify::verify(&readers, &writers)?;
        eprintln!("docent and the floor give the same answers and write the same rows");
    }
    if options.verify {
        return Ok(());
    }
    let subjects = Workload::ALL.map(|workload| {
        (workload, workload.target_ratio(), if workload.writes() { &writers } else { &readers })
    });
    options.report(&measure::compare(&subjects, plan, |_| Ok(None))?, plan);
    Ok(())
}

fn compare_on_postgres(options: &Compare) -> Result<(), Failure> {
    let (plan, blog, docent) = (options.plan()?, data::blog(&options.common.data()?)?, options.docent()?);
    let blog = postgres::Blog::start(docent.as_deref(), &blog)?;
    if docent.is_some() {
        blog.verify()?;
        eprintln!("docent and the floor give the same answers");
    }
    if !options.verify {
        options.report(&blog.compare(plan)?, plan);
    }
    Ok(())
}

fn duration(seconds: f64) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("seconds: {error}").into())
}

impl Compare {
    fn plan(&self) -> Result<Plan, Failure> {
        Ok(Plan { rounds: self.rounds, duration: duration(self.seconds)?, connections: self.connections })
    }

    /// The Docent to measure, unless it is the floor alone.
    fn docent(&self) -> Result<Option<PathBuf>, Failure> {
        if self.floor_only { Ok(None) } else { self.common.docent().map(Some) }
    }

    fn report(&self, comparisons: &[Comparison], plan: Plan) {
        if cfg!(debug_assertions) {
            eprintln!("an unoptimised build: the figures mean nothing");
        }
        if self.common.json {
            println!("{:#}", report::json(comparisons, plan));
        } else {
            report::print(comparisons, plan);
        }
    }
}

impl Common {
    fn data(&self) -> Result<PathBuf, Failure> {
        if let Some(directory) = &self.data {
            // Docent is started in this directory, so a relative path would lead elsewhere.
            return Ok(std::path::absolute(directory)?);
        }
        let this = std::env::current_exe()?;
        let target = this.ancestors().nth(2).ok_or("the program stands in no build directory; use --data")?;
        Ok(target.join("bench-data"))
    }

    fn docent(&self) -> Result<PathBuf, Failure> {
        match &self.docent {
            Some(path) => Ok(std::path::absolute(path)?),
            None => server::docent_binary(),
        }
    }
}
