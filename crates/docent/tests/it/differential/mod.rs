//! The differential test: seeded random requests against the server and against a deliberately naive oracle.
//!
//! The oracle (`tables`, `load`, `model`, `filter`, `answer`, …) keeps whole tables in memory and computes each answer
//! from the documented behaviour, sharing no code with the crates under test. `DOCENT_SEED` repeats a run,
//! `DOCENT_CASES` sets the number of requests per database, `DOCENT_CASE` asks a single one again. Here everything only
//! reads; `writes` adds the rest.

mod answer;
pub(crate) mod cells;
mod compare;
mod details;
pub(crate) mod filter;
pub(crate) mod generate;
mod include;
mod linkage;
pub(crate) mod load;
pub(crate) mod mixed;
pub(crate) mod model;
mod pages;
mod questions;
pub(crate) mod random;
pub(crate) mod request;
mod run;
pub(crate) mod tables;
mod walk;
mod writes;

pub(crate) use questions::Questions;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use generate::Generator;
use model::Model;
use random::Random;
use run::{Asker, Failure};

use crate::harness::databases::Database;
use crate::harness::server::{Options, Server};

/// Requests to each database in a normal run, at least.
const REQUESTS: usize = 2000;

/// Clients that ask at the same time.
const CLIENTS: usize = 3;

/// Failures after which a run ends.
const FAILURES_SHOWN: usize = 3;

/// The seed of a normal run.
pub(crate) const SEED: u64 = 20_250_131;

#[test]
fn chinook_answers_as_the_oracle_does() {
    compare("chinook", &Database::chinook(), &[]);
}

#[test]
fn northwind_answers_as_the_oracle_does() {
    compare("northwind", &Database::northwind(), &[]);
}

#[test]
fn mixed_answers_as_the_oracle_does() {
    compare("mixed", &mixed::database(), mixed::NO_CASE);
}

#[test]
fn the_questions_are_varied() {
    let model = load::load(&mixed::database().source(), mixed::NO_CASE);
    assert_eq!(model.types.len(), 11);
    let mut written = std::collections::BTreeMap::<String, usize>::new();
    let (mut filtered, mut hits) = (0, 0);
    for number in 0..1500 {
        let mut generator = Generator { model: &model, random: Random::new(SEED, "varied", number) };
        let request = generator.request();
        if !request.query.filter.is_empty() || !request.query.drupal_filter.is_empty() {
            filtered += 1;
            let rows = answer::Oracle { model: &model }.rows(&request);
            hits += usize::from(matches!(rows, answer::Rows::Many(rows) if !rows.is_empty()));
        }
        for (name, value) in request.parameters(&model) {
            for word in
                name.split(['[', ']']).map(str::to_owned).chain(name.ends_with("[operator]").then_some(value))
            {
                *written.entry(word).or_default() += 1;
            }
        }
    }
    let operators = filter::Operator::ALL.iter().map(|it| it.native());
    let others = [
        "or", "not", "group", "include", "fields", "sort", "limit", "offset", "number", "size", "count",
        "NOT IN", "IS NULL",
    ];
    for word in operators.chain(others) {
        assert!(
            written.get(word).is_some_and(|count| *count >= 5),
            "{word} is hardly asked for: {written:?}"
        );
    }
    assert!(hits * 3 > filtered, "only {hits} of {filtered} filters find anything");
}

#[test]
fn nasty_answers_as_the_oracle_does() {
    compare("nasty", &Database::nasty(), &[]);
}

pub(crate) fn number_from_environment(name: &str) -> Option<u64> {
    std::env::var(name)
        .ok()
        .map(|value| value.parse().unwrap_or_else(|_| panic!("{name}={value} is no number")))
}

/// Asks until enough requests were sent, and fails if any answer differed.
fn compare(name: &str, database: &Database, no_case: &[&str]) {
    let model = load::load(&database.source(), no_case);
    let server = Server::start(&database.location(), &Options::default());
    let seed = number_from_environment("DOCENT_SEED").unwrap_or(SEED);
    let wanted = number_from_environment("DOCENT_CASES").map_or(REQUESTS, |it| usize::try_from(it).unwrap());
    let shown =
        number_from_environment("DOCENT_FAILURES").map_or(FAILURES_SHOWN, |it| usize::try_from(it).unwrap());
    let single = number_from_environment("DOCENT_CASE");
    let (asked, next) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures: Mutex<Vec<String>> = Mutex::default();
    let ask = || {
        while asked.load(Ordering::Relaxed) < wanted && failures.lock().unwrap().len() < shown {
            let number =
                single.unwrap_or_else(|| u64::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap());
            let random = Random::new(seed, name, number);
            let (count, outcome) = case(&model, &server, random);
            asked.fetch_add(count, Ordering::Relaxed);
            if let Err(Failure(what)) = outcome {
                failures
                    .lock()
                    .unwrap()
                    .push(format!("DOCENT_SEED={seed} DOCENT_CASE={number} ({name})\n{what}"));
            }
            if single.is_some() {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..if single.is_some() { 1 } else { CLIENTS } {
            scope.spawn(ask);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}\nthe server said: {}", failures.join("\n\n"), server.stderr());
    let asked = asked.into_inner();
    assert!(asked >= wanted || single.is_some(), "only {asked} requests were sent");
}

fn case(model: &Model, server: &Server, random: Random) -> (usize, Result<(), Failure>) {
    thread_local! {
        // A client per thread keeps its connection from case to case.
        static CLIENT: std::cell::RefCell<Option<crate::harness::http::Client>> = const { std::cell::RefCell::new(None) };
    }
    let client = CLIENT.take().unwrap_or_else(|| server.client());
    let generator = Generator { model, random };
    let mut asker = Asker { generator, client, base: server.url(), base_path: server.base_path(), asked: 0 };
    let outcome = asker.case();
    let Asker { client, asked, .. } = asker;
    CLIENT.set(Some(client));
    (asked, outcome)
}
