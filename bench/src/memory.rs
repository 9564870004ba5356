//! Many clients asking at once for the largest documents: what Docent's memory comes to.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Failure;
use crate::driver::{self, Load};
use crate::http::Request;
use crate::report::mebibytes;
use crate::server::Server;

/// What is aimed at.
const PEAK_BYTES_TARGET: u64 = 200 << 20;
/// Every relationship of an article, to the ends of the data that are not circular.
pub(crate) const WIDEST: &str = "author,editor,comments.author,tags";
/// Two steps in every direction, circles included: each person brings comments, each tag articles.
pub(crate) const DEEP: &str = "author.comments,editor.comments,comments.author,tags.articles";

/// One scenario's outcome.
struct Outcome {
    include: String,
    document_bytes: usize,
    answered: u64,
    busy: u64,
    p99: Duration,
    peak_bytes: u64,
    private_after_bytes: u64,
}

/// Runs each scenario on a server of its own and prints what memory it took.
pub(crate) fn run(
    start: impl Fn() -> Result<Server, Failure>,
    includes: &[String],
    clients: usize,
    duration: Duration,
    as_json: bool,
) -> Result<(), Failure> {
    let mut outcomes = Vec::new();
    for include in includes {
        // A new process each time: what an earlier scenario left allocated is none of this one's.
        let server = start()?;
        outcomes.push(measure(&server, include, clients, duration)?);
    }
    if as_json {
        println!("{:#}", outcomes.iter().map(to_json).collect::<Value>());
        return Ok(());
    }
    println!("{clients} clients, page[limit]=500, {duration:?} each");
    for outcome in &outcomes {
        print(outcome);
    }
    Ok(())
}

fn measure(server: &Server, include: &str, clients: usize, duration: Duration) -> Result<Outcome, Failure> {
    eprintln!("include={include}");
    let target = format!("/articles?page%5Blimit%5D=500&include={}", include.replace(',', "%2C"));
    let load = Load {
        address: server.address,
        connections: clients,
        duration,
        status: 200,
        seed: 0,
        busy_allowed: true,
    };
    server.reset_peak_memory();
    let answers = driver::run(load, move |_| Request::get(target.clone()))?;
    Ok(Outcome {
        include: include.to_owned(),
        document_bytes: answers.body_bytes_max,
        answered: answers.latency.count(),
        busy: answers.busy,
        p99: answers.latency.percentile(99),
        peak_bytes: server.peak_memory_bytes()?,
        private_after_bytes: server.private_memory_bytes()?,
    })
}

fn print(outcome: &Outcome) {
    println!("\ninclude={}", outcome.include);
    println!("  document {:.1} MiB", mebibytes(outcome.document_bytes as u64));
    println!("  answered {}, p99 {:?}; busy (503) {}", outcome.answered, outcome.p99, outcome.busy);
    println!(
        "  peak memory {:.1} MiB, target {:.0}: {}   (private at the end {:.1} MiB)",
        mebibytes(outcome.peak_bytes),
        mebibytes(PEAK_BYTES_TARGET),
        if outcome.peak_bytes < PEAK_BYTES_TARGET { "met" } else { "MISSED" },
        mebibytes(outcome.private_after_bytes),
    );
}

fn to_json(outcome: &Outcome) -> Value {
    json!({
        "include": outcome.include,
        "document_bytes": outcome.document_bytes,
        "answered": outcome.answered,
        "busy": outcome.busy,
        "p99_ms": outcome.p99.as_secs_f64() * 1e3,
        "peak_memory_bytes": outcome.peak_bytes,
        "peak_memory_bytes_target": PEAK_BYTES_TARGET,
        "private_memory_bytes_after": outcome.private_after_bytes,
    })
}
