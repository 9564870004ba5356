//! Many articles in one request, beside the same inserts in one transaction written by hand.
//!
//! The transaction is what any program would write that has the rows already: no server, no document, no answer.
//! The request has all of that around the same inserts.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::Failure;
use crate::bodies::added_articles;
use crate::data::{Article, Copy, Random};
use crate::http::{ATOMIC, Answer, Client, Request, failure};
use crate::measure::{median, ratios};
use crate::report;
use crate::server::{Server, cpu_time};
use crate::verify::rows_problem;

/// Time of the request over that of the transaction that is aimed at.
const RATIO_TARGET: f64 = 1.5;
/// Performed by each before anything is measured.
const WARM_UP: usize = 2;
/// As much of the file in memory as Docent keeps.
const CACHE_KIBIBYTES: i64 = 8 << 10;
/// Far more than the request has.
const BODY_LIMIT: &str = "64MiB";
const INSERT: &str = "INSERT INTO articles (title, body, published, created_at, author_id)
                      VALUES (?1, ?2, ?3, ?4, ?5)";

/// One side of the comparison.
#[derive(Default)]
struct Side {
    /// Milliseconds, by repetition.
    times: Vec<f64>,
    /// Of all repetitions. Counted in steps that single ones are too short for.
    cpu: Duration,
}

/// All sides.
#[derive(Default)]
struct Sides {
    docent: Side,
    floor: Side,
    transaction: Side,
}

/// Measures and prints the times; every side has a copy of the blog.
pub(crate) fn run(
    docent: &Path,
    blog: &Path,
    articles: usize,
    repetitions: usize,
    as_json: bool,
) -> Result<(), Failure> {
    let configuration = format!("[limits]\noperations = {articles}\nbody = \"{BODY_LIMIT}\"\n");
    let docent = Server::writable_docent(docent, blog, &configuration)?;
    let floor = Server::writable_floor(blog)?;
    let copy = Copy::of(blog, "transaction")?;
    let connection = open(&copy.file)?;
    let (mut to_docent, mut to_floor) = (Client::connect(docent.address)?, Client::connect(floor.address)?);
    let (mut sides, mut random, mut document_bytes) = (Sides::default(), Random::new(0), 0);
    for repetition in 0..WARM_UP + repetitions {
        if repetition == WARM_UP {
            sides = Sides::default();
        }
        eprint!("\rrepetition {} of {}  ", repetition + 1, WARM_UP + repetitions);
        let rows: Vec<_> = (0..articles).map(|_| Article::random(&mut random)).collect();
        let request = Request::send("POST", "/operations", ATOMIC, added_articles(&rows));
        document_bytes = request.body.as_ref().map_or(0, String::len);
        sides.transaction.measure(|| cpu_time("self"), || Ok(transaction(&connection, &rows)?))?;
        sides.docent.ask(&docent, &mut to_docent, &request)?;
        sides.floor.ask(&floor, &mut to_floor, &request)?;
    }
    eprintln!("\r{:40}\r", "");
    for server in [&docent, &floor] {
        let problem = server.written().map(|file| rows_problem(file, &copy.file)).transpose()?.flatten();
        if let Some(problem) = problem {
            return Err(format!("{} and the transaction wrote different rows: {problem}", server.name).into());
        }
    }
    if as_json {
        println!("{:#}", sides.json(articles, document_bytes));
    } else {
        sides.print(articles, document_bytes);
    }
    Ok(())
}

/// As durable as Docent is by default, and with as much memory; for the rest SQLite's own settings.
fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
    Ok(connection)
}

/// One transaction by hand, from its first statement to the end of its commit.
fn transaction(connection: &Connection, articles: &[Article]) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut insert = connection.prepare_cached(INSERT)?;
    for Article { title, body, published, created_at, author } in articles {
        insert.execute(params![title, body, published, created_at, author])?;
    }
    connection.execute_batch("COMMIT")
}

impl Side {
    fn measure(
        &mut self,
        cpu_time: impl Fn() -> io::Result<Duration>,
        work: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (before, started) = (cpu_time()?, Instant::now());
        work()?;
        self.times.push(started.elapsed().as_secs_f64() * 1e3);
        self.cpu += cpu_time()?.saturating_sub(before);
        Ok(())
    }

    /// One request, from its first byte sent to the last byte of its answer read.
    fn ask(&mut self, server: &Server, client: &mut Client, request: &Request) -> Result<(), Failure> {
        let bytes = request.bytes(server.address);
        let ask = || match client.ask_bytes(&bytes)? {
            Answer { status: 200, .. } => Ok(()),
            answer => Err(failure(answer.status, request.method, &request.target, answer.body).into()),
        };
        self.measure(|| server.cpu_time(), ask)
    }

    #[allow(clippy::cast_precision_loss, reason = "repetitions are few")]
    fn cpu_milliseconds(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e3 / self.times.len().max(1) as f64
    }
}

impl Sides {
    fn named(&self) -> [(&'static str, &Side); 3] {
        [("docent", &self.docent), ("floor", &self.floor), ("transaction", &self.transaction)]
    }

    fn print(&self, articles: usize, document_bytes: usize) {
        println!(
            "{articles} articles in one request ({} kB), and in one transaction; {} repetitions",
            document_bytes / 1000,
            self.docent.times.len()
        );
        println!("  {:12}{:>10}{:>10}{:>10}{:>10}", "", "median ms", "least ms", "most ms", "CPU ms");
        for (name, side) in self.named() {
            let (least, most) = report::range(&side.times);
            let (median, cpu) = (median(&side.times), side.cpu_milliseconds());
            println!("  {name:12}{median:>10.2}{least:>10.2}{most:>10.2}{cpu:>10.2}");
        }
        let ratios = self.ratios(&self.docent);
        println!(
            "  docent / transaction {:.2}, target {RATIO_TARGET:.2}: {}   floor / transaction {:.2}",
            median(&ratios),
            verdict(&ratios),
            median(&self.ratios(&self.floor))
        );
    }

    fn json(&self, articles: usize, document_bytes: usize) -> Value {
        let ratios = self.ratios(&self.docent);
        let side = |(name, side): (&str, &Side)| {
            let figures = json!({
                "median_ms": median(&side.times),
                "ms": side.times,
                "cpu_ms": side.cpu_milliseconds(),
            });
            (name.to_owned(), figures)
        };
        let mut figures: serde_json::Map<_, _> = self.named().map(side).into_iter().collect();
        figures.insert("articles".into(), articles.into());
        figures.insert("document_bytes".into(), document_bytes.into());
        figures.insert("time_ratio".into(), median(&ratios).into());
        figures.insert("time_ratio_target".into(), RATIO_TARGET.into());
        figures.insert("verdict".into(), verdict(&ratios).to_lowercase().into());
        Value::Object(figures)
    }

    fn ratios(&self, side: &Side) -> Vec<f64> {
        ratios(&side.times, &self.transaction.times)
    }
}

/// Single requests swing too much for their spread to say anything; the median does.
fn verdict(ratios: &[f64]) -> &'static str {
    if median(ratios) <= RATIO_TARGET { "met" } else { "MISSED" }
}
