//! Asks two servers the same: one that keeps to a policy, and one that has nothing to hide.

use std::time::Duration;

use serde_json::Value;

use super::compare::{difference, names};
use super::copy::{Copied, copy};
use super::policy::{Policy, ROLE};
use super::prune;
use super::view::{Shown, View};
use crate::access::callers::{Caller, introduce};
use crate::differential::generate::Generator;
use crate::differential::load;
use crate::differential::model::Model;
use crate::differential::random::Random;
use crate::differential::tables::{Tables, describe, read};
use crate::differential::{Questions, SEED, number_from_environment};
use crate::harness::databases::Database;
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Response};
use crate::harness::links::{decode, href};
use crate::harness::server::{Options, Server};
use crate::harness::{CURSOR_PROFILE, JSON_API};

/// What links begin with.
const ORIGIN: &str = "http://leaks.test";

/// Requests under one policy.
const REQUESTS: usize = 25;

/// Failures after which a run ends.
const SHOWN: usize = 3;

/// Whether some callers have credentials.
const CREDENTIALS: bool = true;

/// Pages followed from an answer.
const PAGES: usize = 2;

/// A database to hide parts of.
pub(super) struct Subject {
    name: &'static str,
    no_case: &'static [&'static str],
    database: Database,
    tables: Tables,
    model: Model,
}

/// A server and a connection with it.
struct Side {
    client: Client,
    server: Server,
    caller: Option<Caller>,
}

/// Both servers, and what there is to ask.
struct Pair {
    ruled: Side,
    copied: Side,
    /// Questions about what is seen, and about everything.
    questions: [Questions; 2],
    /// Types that are not there for the caller.
    hidden: Vec<String>,
    /// Answers with something in them.
    found: usize,
    /// Answers that came too late.
    late: usize,
    _database: Database,
}

impl Subject {
    pub(super) fn new(name: &'static str, script: &str, no_case: &'static [&'static str]) -> Self {
        let database = Database::shared(script);
        let tables = describe(&database.source(), no_case);
        let model = load::model(&tables, &read(&database.source(), &tables));
        Self { name, no_case, database, tables, model }
    }

    /// Compares so many answers under random policies, fewer on other engines than SQLite.
    pub(super) fn compare_under_policies(&self, on_sqlite: usize, elsewhere: usize) {
        let usual = if Engine::under_test().is_strict() { elsewhere } else { on_sqlite };
        let wanted = number_from_environment("DOCENT_CASES").map_or(usual, |it| usize::try_from(it).unwrap());
        let single = number_from_environment("DOCENT_CASE");
        let (mut asked, mut found, mut late, mut failures) = (0, 0, 0, Vec::new());
        for number in single.map_or(0..u64::MAX, |only| only..only + 1) {
            if asked >= wanted || failures.len() >= SHOWN {
                break;
            }
            let policy = self.policy(number);
            let view = View::of(&policy, &self.model);
            let mut pair = self.pair(&view, &policy.text(&self.model), &policy);
            let (count, failed) = pair.compare(number);
            asked += count;
            found += pair.found;
            late += pair.late;
            if let Err(what) = failed {
                let place = format!("DOCENT_SEED={} DOCENT_CASE={number} ({})", seed(), self.name);
                failures.push(format!("{place}\n{}\n{what}", policy.text(&self.model)));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n\n"));
        assert!(late * 100 <= asked, "{late} of {asked} answers came too late");
        assert!(
            found * 5 > asked * 2 || single.is_some(),
            "only {found} of {asked} answers have anything in them"
        );
    }

    /// Compares so many answers about the original with those about a copy of everything.
    pub(super) fn compare_without_policy(&self, wanted: usize) {
        let nothing = Policy { permissions: Vec::new(), claims: None };
        let mut pair = self.pair(&View::whole(&self.model), "", &nothing);
        for number in 0..u64::try_from(wanted.div_ceil(REQUESTS)).unwrap() {
            if let (_, Err(what)) = pair.compare(number) {
                panic!("{}: {what}", self.name);
            }
        }
    }

    /// Compares the whole database with copies of parts of it, which has to fail.
    pub(super) fn notice_leaks(&self) {
        for number in 0..8 {
            let policy = self.policy(number);
            let view = View::of(&policy, &self.model);
            let mut pair = self.pair(&view, "", &policy);
            assert!(
                pair.compare(number).1.is_err(),
                "nothing of this is noticed:\n{}",
                policy.text(&self.model)
            );
        }
    }

    /// Fails if what policies do is too much alike.
    pub(super) fn policies_are_varied(&self) {
        let (mut rows, mut seen) = (0, 0);
        let mut shown = [0; 3];
        let (mut types, mut readable) = (0, 0);
        let mut texts = String::new();
        for number in 0..40 {
            let policy = self.policy(number);
            texts += &policy.text(&self.model);
            for of in View::of(&policy, &self.model).0 {
                types += 1;
                readable += usize::from(of.is_readable);
                if of.is_readable {
                    rows += of.rows.len();
                    seen += of.rows.iter().filter(|it| **it).count();
                }
                for field in of.attributes.iter().chain(&of.relationships) {
                    shown[match field {
                        Shown::Everywhere => 0,
                        Shown::In(_) => 1,
                        Shown::Nowhere => 2,
                    }] += 1;
                }
            }
        }
        let is_some = |part: usize, whole: usize| part * 12 > whole && (whole - part) * 12 > whole;
        assert!(is_some(seen, rows), "{seen} of {rows} rows are seen");
        assert!(is_some(readable, types), "{readable} of {types} types are readable");
        let fields = shown.iter().sum();
        assert!(shown.iter().all(|part| is_some(*part, fields)), "fields are shown {shown:?}");
        for word in
            ["or = [", "not = {", "in = [", "null = ", "contains = ", "between = ", "hide = [", "\"*\""]
        {
            assert!(texts.matches(word).count() >= 5, "{word} is hardly said:\n{texts}");
        }
    }

    fn policy(&self, number: u64) -> Policy {
        let random = Random::new(seed(), self.name, number);
        let has_credentials = CREDENTIALS && number % 5 >= 3;
        Policy::random(&mut Generator { model: &self.model, random }, has_credentials)
    }

    /// Serves the database under a policy, and a copy of what is seen.
    fn pair(&self, view: &View, rules: &str, policy: &Policy) -> Pair {
        let Copied { script, config } = copy(&self.tables, &self.model, view);
        let database = Database::once(&script);
        let tables = describe(&database.source(), self.no_case);
        let seen = prune::model(&tables, &read(&database.source(), &tables), &self.model, view);
        let whole = load::model(&self.tables, &read(&self.database.source(), &self.tables));
        let hidden = self.model.types.iter().zip(&view.0).filter(|(_, seen)| !seen.is_readable);
        Pair {
            hidden: hidden.map(|(owner, _)| owner.name.clone()).collect(),
            found: 0,
            late: 0,
            ruled: Side::start(&self.database, rules, policy),
            copied: Side::start(&database, &config, &Policy { permissions: Vec::new(), claims: None }),
            questions: [seen, whole].map(|model| Questions::about(self.name, seed(), model)),
            _database: database,
        }
    }
}

impl Side {
    fn start(database: &Database, config: &str, policy: &Policy) -> Self {
        let mut options = Options::args(&["--public-url", ORIGIN]);
        options.config = (!config.is_empty()).then(|| config.to_owned());
        let claims = policy.claims.clone().map(Value::Object);
        let caller = claims.map(|claims| Caller::new(4, "me", &[ROLE]).with(&claims));
        introduce(caller.as_slice(), &mut options);
        let server = match Server::try_start(&database.location(), &options) {
            Ok(server) => server,
            Err(exited) => panic!("{exited:#?}\n{config}"),
        };
        Self { client: server.client(), server, caller }
    }

    fn ask(&mut self, method: &str, target: &str, profile: bool) -> Response {
        let accept =
            if profile { format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"") } else { JSON_API.to_owned() };
        let mut headers = vec![("Accept", accept.as_str())];
        headers.extend(self.caller.as_ref().map(Caller::header));
        self.client.send(method, target, &headers, None)
    }
}

impl Pair {
    /// Asks both the same questions; tells how many, and how answers differed.
    fn compare(&mut self, number: u64) -> (usize, Result<(), String>) {
        let mut asked = 0;
        let mut outcome = self.descriptions();
        let mut place = number * 1000;
        while asked < REQUESTS && outcome.is_ok() {
            // Most requests name what is there, as others are refused early.
            let questions = &self.questions[usize::from(place % 10 >= 7)];
            let (target, profile) = questions.question(place, &self.ruled.server);
            let method = if place % 8 == 5 { "HEAD" } else { "GET" };
            place += 1;
            outcome = self.follow(method, target, profile, &mut asked);
        }
        (asked, outcome)
    }

    /// Asks for one thing and its next pages.
    fn follow(
        &mut self,
        method: &str,
        target: String,
        profile: bool,
        asked: &mut usize,
    ) -> Result<(), String> {
        let mut targets = [target.clone(), target];
        for page in 0..=PAGES {
            *asked += 1;
            let ruled = self.ruled.ask(method, &targets[0], profile);
            let copied = self.copied.ask(method, &targets[1], profile);
            let is_denied = [401, 403].contains(&ruled.status);
            if self.is_hidden(&targets[0]) && is_denied && copied.status == 404 {
                return Ok(());
            }
            // What takes too long is not answered, which tells nothing.
            if ruled.status == 503 || copied.status == 503 {
                self.late += 1;
                return Ok(());
            }
            if let Some(what) = difference(&ruled, &copied) {
                // What is logged comes a moment later.
                std::thread::sleep(Duration::from_millis(200));
                let log = self.ruled.failures() + &self.copied.failures();
                return Err(format!("{method} {} (page {page})\n{what}{log}", targets[0]));
            }
            self.found += usize::from(ruled.status == 200 && ruled.text().contains("\"id\""));
            let [Some(one), Some(other)] = [&ruled, &copied].map(next) else { break };
            targets = [one, other];
        }
        Ok(())
    }

    /// Compares the entry point, and the names in the descriptions of the API.
    fn descriptions(&mut self) -> Result<(), String> {
        let base = self.ruled.server.base_path().to_owned();
        let mut asked = 0;
        self.follow("GET", base.clone(), false, &mut asked)?;
        for description in ["openapi.json", "schemas/people", "schemas/Customers", "schemas/members"] {
            let target = format!("{base}/{description}");
            let ruled = self.ruled.ask("GET", &target, false);
            let copied = self.copied.ask("GET", &target, false);
            if self.is_hidden(&format!("{base}/{}", description.trim_start_matches("schemas/"))) {
                continue;
            }
            let (found, wanted) = (names(&ruled.json()), names(&copied.json()));
            if found != wanted || ruled.status != copied.status {
                let more: Vec<_> = found.difference(&wanted).collect();
                let less: Vec<_> = wanted.difference(&found).collect();
                return Err(format!(
                    "GET {target}: {} under the policy, {} on the copy; under the policy alone {more:?}, on the copy alone {less:?}",
                    ruled.status, copied.status
                ));
            }
        }
        Ok(())
    }

    /// Whether the URL is of a type that is not there for the caller.
    fn is_hidden(&self, target: &str) -> bool {
        let below = target.trim_start_matches(self.ruled.server.base_path()).trim_start_matches('/');
        let first = decode(below.split(['/', '?']).next().unwrap_or_default(), false);
        self.hidden.contains(&first)
    }
}

impl Side {
    /// What the server has logged about its failures.
    fn failures(&self) -> String {
        let log = self.server.stderr();
        let lines = log.lines().filter(|line| line.contains("internal=") || !line.contains(" INFO "));
        lines.fold(String::new(), |all, line| all + "\nlogged: " + line)
    }
}

fn next(response: &Response) -> Option<String> {
    let document: Value = serde_json::from_slice(&response.body).ok()?;
    Some(href(&document["links"]["next"])?.strip_prefix(ORIGIN).unwrap().to_owned())
}

fn seed() -> u64 {
    number_from_environment("DOCENT_SEED").unwrap_or(SEED)
}
