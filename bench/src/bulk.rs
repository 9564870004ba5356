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
use crate::http::{ATOMIC, Client, Request, failure};
use crate::measure::{median, ratios};
use crate::report;
use crate::server::{Pair, Server};
use crate::verify::rows_problem;

/// Time of the request over that of the transaction that is aimed at.
const RATIO_TARGET: f64 = 1.5;
/// Performed by each before anything is measured.
const WARM_UP: usize = 2;
/// As much of the file in memory as Docent keeps.
const CACHE_KIBIBYTES: i64 = 8 << 10;
const INSERT: &str = "INSERT INTO articles (title, body, published, created_at, author_id)
                      VALUES (?1, ?2, ?3, ?4, ?5)";

/// Milliseconds, by repetition.
#[derive(Default)]
struct Times {
    docent: Vec<f64>,
    floor: Vec<f64>,
    transaction: Vec<f64>,
}

/// Measures and prints the times; every side has a copy of the blog.
pub(crate) fn run(
    docent: &Path,
    blog: &Path,
    articles: usize,
    repetitions: usize,
    as_json: bool,
) -> Result<(), Failure> {
    let configuration = format!("[limits]\noperations = {articles}\nbody = \"64MiB\"\n");
    let pair = Pair {
        docent: Some(Server::writable_docent(docent, blog, &configuration)?),
        floor: Server::writable_floor(blog)?,
    };
    let Some(docent) = &pair.docent else { return Ok(()) };
    let copy = Copy::of(blog, "transaction")?;
    let connection = open(&copy.file)?;
    let (mut to_docent, mut to_floor) =
        (Client::connect(docent.address)?, Client::connect(pair.floor.address)?);
    let (mut times, mut random, mut document_bytes) = (Times::default(), Random::new(0), 0);
    for repetition in 0..WARM_UP + repetitions {
        eprint!("\rrepetition {} of {repetitions}  ", repetition.saturating_sub(WARM_UP) + 1);
        let rows: Vec<_> = (0..articles).map(|_| Article::random(&mut random)).collect();
        let request = Request::send("POST", "/operations", ATOMIC, added_articles(&rows));
        document_bytes = request.body.as_ref().map_or(0, String::len);
        let transaction = transaction(&connection, &rows)?;
        let docent = answer(&mut to_docent, &request.bytes(docent.address))?;
        let floor = answer(&mut to_floor, &request.bytes(pair.floor.address))?;
        if repetition >= WARM_UP {
            times.docent.push(milliseconds(docent));
            times.floor.push(milliseconds(floor));
            times.transaction.push(milliseconds(transaction));
        }
    }
    eprintln!("\r{:40}\r", "");
    for server in [docent, &pair.floor] {
        if let Some(problem) =
            server.written().map(|file| rows_problem(file, &copy.file)).transpose()?.flatten()
        {
            return Err(format!("{} and the transaction wrote different rows: {problem}", server.name).into());
        }
    }
    if as_json {
        println!("{:#}", times.json(articles, document_bytes));
    } else {
        times.print(articles, document_bytes);
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
fn transaction(connection: &Connection, articles: &[Article]) -> rusqlite::Result<Duration> {
    let started = Instant::now();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut insert = connection.prepare_cached(INSERT)?;
    for Article { title, body, published, created_at, author } in articles {
        insert.execute(params![title, body, published, created_at, author])?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(started.elapsed())
}

/// One request, from its first byte sent to the last byte of its answer read.
fn answer(client: &mut Client, request: &[u8]) -> io::Result<Duration> {
    let started = Instant::now();
    let answer = client.ask_bytes(request)?;
    let elapsed = started.elapsed();
    if answer.status == 200 {
        Ok(elapsed)
    } else {
        Err(failure(answer.status, "POST", "/operations", answer.body))
    }
}

impl Times {
    fn sides(&self) -> [(&'static str, &[f64]); 3] {
        [("docent", &self.docent), ("floor", &self.floor), ("transaction", &self.transaction)]
    }

    fn print(&self, articles: usize, document_bytes: usize) {
        println!(
            "{articles} articles in one request ({} kB), and in one transaction; {} repetitions",
            document_bytes / 1000,
            self.docent.len()
        );
        println!("  {:12}{:>10}{:>10}{:>10}", "", "median ms", "least", "most");
        for (name, times) in self.sides() {
            let (least, most) = report::range(times);
            println!("  {name:12}{:>10.2}{least:>10.2}{most:>10.2}", median(times));
        }
        let (docent, floor) =
            (ratios(&self.docent, &self.transaction), ratios(&self.floor, &self.transaction));
        println!(
            "  docent / transaction {:.2}, target {RATIO_TARGET:.2}: {}   floor / transaction {:.2}",
            median(&docent),
            verdict(&docent),
            median(&floor)
        );
    }

    fn json(&self, articles: usize, document_bytes: usize) -> Value {
        let ratios = ratios(&self.docent, &self.transaction);
        let mut sides: serde_json::Map<_, _> = self
            .sides()
            .map(|(name, times)| (name.to_owned(), json!({"median_ms": median(times), "ms": times})))
            .into_iter()
            .collect();
        sides.insert("articles".into(), articles.into());
        sides.insert("document_bytes".into(), document_bytes.into());
        sides.insert("time_ratio".into(), median(&ratios).into());
        sides.insert("time_ratio_target".into(), RATIO_TARGET.into());
        sides.insert("verdict".into(), verdict(&ratios).to_lowercase().into());
        Value::Object(sides)
    }
}

/// Single requests swing too much for their spread to say anything; the median does.
fn verdict(ratios: &[f64]) -> &'static str {
    if median(ratios) <= RATIO_TARGET { "met" } else { "MISSED" }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
