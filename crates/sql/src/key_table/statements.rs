//! The statements on the table of keys, with their parameters.

use std::sync::Arc;
use std::time::Duration;

use super::{Key, mysql, postgres};
use crate::keys::KeptAnswer;
use crate::program::Query;
use crate::render::{Dialect, Statement};
use crate::statement::Parameter;
use crate::value::Value;

/// What a server is told. The parameters are `$1`, `$2`, … everywhere, in the same order on every engine.
pub(super) struct Texts {
    /// Whether the table is there: 1 or 0.
    pub(super) look: &'static str,
    pub(super) make: &'static [&'static str],
    /// Claims a key: scope, name, digest, claim, and in milliseconds how long its request may run and how long keys are
    /// remembered. One that has expired makes room.
    pub(super) claim: &'static str,
    /// What is known of a key by its scope and name: digest, claim, head, body, and whether its request may run.
    pub(super) known: &'static str,
    /// Keeps an answer: scope, name, digest, claim, head, body. The row may be gone, if it took longer than keys are
    /// remembered.
    pub(super) keep: &'static str,
    /// Forgets a claim by scope, name and claim.
    pub(super) release: &'static str,
    /// Says by scope, name and claim that a request does not run any more.
    pub(super) abandon: &'static str,
    /// Forgets some of the keys that are older than so many milliseconds. Another process may be at the same.
    pub(super) forget: &'static str,
    /// Until when keys are too many, and until when their bodies are too large; NULL where they are not.
    pub(super) measure: [&'static str; 2],
    /// Forgets these keys; forgets these bodies: the keys stay.
    pub(super) too_much: [&'static str; 2],
}

/// All statements.
#[derive(Debug)]
pub(super) struct Statements {
    look: Arc<Statement>,
    make: Vec<Arc<Statement>>,
    claim: Arc<Statement>,
    known: Arc<Statement>,
    keep: Arc<Statement>,
    release: Arc<Statement>,
    abandon: Arc<Statement>,
    forget: Arc<Statement>,
    measure: [Arc<Statement>; 2],
    too_much: [Arc<Statement>; 2],
}

impl Statements {
    pub(super) fn new(dialect: Dialect) -> Self {
        let texts = if dialect == Dialect::Postgres { &postgres::TEXTS } else { &mysql::TEXTS };
        let statement = |sql: &&'static str| statement(sql, dialect);
        Statements {
            look: statement(&texts.look),
            make: texts.make.iter().map(statement).collect(),
            claim: statement(&texts.claim),
            known: statement(&texts.known),
            keep: statement(&texts.keep),
            release: statement(&texts.release),
            abandon: statement(&texts.abandon),
            forget: statement(&texts.forget),
            measure: texts.measure.each_ref().map(statement),
            too_much: texts.too_much.each_ref().map(statement),
        }
    }

    pub(super) fn look(&self) -> Query {
        query(&self.look, Vec::new())
    }

    pub(super) fn make(&self) -> Vec<Query> {
        self.make.iter().map(|statement| query(statement, Vec::new())).collect()
    }

    pub(super) fn forget(&self, remembered: Duration) -> Query {
        query(&self.forget, vec![milliseconds(remembered)])
    }

    pub(super) fn measure(&self) -> Vec<Query> {
        self.measure.iter().map(|statement| query(statement, Vec::new())).collect()
    }

    /// In the order of what was measured.
    pub(super) fn too_much(&self) -> [Arc<Statement>; 2] {
        self.too_much.clone()
    }

    pub(super) fn claim(
        &self,
        key: &Key,
        digest: u128,
        claim: i64,
        lease: Duration,
        remembered: Duration,
    ) -> Vec<Query> {
        let known = query(&self.known, named(key));
        let mut parameters = claimed(key, digest, claim);
        parameters.extend([milliseconds(lease), milliseconds(remembered)]);
        vec![query(&self.claim, parameters), known]
    }

    pub(super) fn keep(&self, key: &Key, digest: u128, claim: i64, answer: KeptAnswer) -> Query {
        let mut parameters = claimed(key, digest, claim);
        parameters.extend([Value::Text(answer.head), answer.body.map_or(Value::Null, Value::Blob)]);
        query(&self.keep, parameters)
    }

    pub(super) fn release(&self, key: &Key, claim: i64) -> Query {
        let mut parameters = named(key);
        parameters.push(Value::Integer(claim));
        query(&self.release, parameters)
    }

    pub(super) fn abandon(&self, key: &Key, claim: i64) -> Query {
        Query { statement: Arc::clone(&self.abandon), ..self.release(key, claim) }
    }
}

fn query(statement: &Arc<Statement>, parameters: Vec<Value>) -> Query {
    Query { statement: Arc::clone(statement), parameters: parameters.into() }
}

fn named((scope, name): &Key) -> Vec<Value> {
    vec![Value::Text(scope.clone()), Value::Text(name.clone())]
}

fn claimed(key: &Key, digest: u128, claim: i64) -> Vec<Value> {
    let mut parameters = named(key);
    parameters.extend([Value::Blob(digest.to_be_bytes().to_vec()), Value::Integer(claim)]);
    parameters
}

/// Of a hundred years at most: no server's calendar has enough of them.
fn milliseconds(duration: Duration) -> Value {
    const MOST: i64 = 100 * 365 * 24 * 60 * 60 * 1_000;
    Value::Integer(i64::try_from(duration.as_millis()).unwrap_or(MOST).min(MOST))
}

/// A text as a statement. Where placeholders have no numbers the text loses them, and the statement tells their order.
fn statement(text: &str, dialect: Dialect) -> Arc<Statement> {
    let mut parts = text.split('$');
    let mut sql = parts.next().unwrap_or_default().to_owned();
    let mut parameters = Vec::new();
    for part in parts {
        let end = part.find(|character: char| !character.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        let parameter = Parameter(number.parse::<u16>().unwrap_or(1).saturating_sub(1));
        if dialect == Dialect::Postgres {
            sql.push('$');
            sql.push_str(number);
            if !parameters.contains(&parameter) {
                parameters.push(parameter);
            }
        } else {
            sql.push('?');
            parameters.push(parameter);
        }
        sql.push_str(rest);
    }
    if dialect == Dialect::Postgres {
        parameters.sort_by_key(|parameter| parameter.0);
    }
    Arc::new(Statement { sql, parameters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_written_as_the_engine_wants_them() {
        let numbers = |dialect| {
            let statement = statement("a = $2 AND b = $1::int AND c IN ($2)", dialect);
            let numbers: Vec<u16> = statement.parameters.iter().map(|parameter| parameter.0).collect();
            (statement.sql.clone(), numbers)
        };
        let expected = ("a = $2 AND b = $1::int AND c IN ($2)".to_owned(), vec![0, 1]);
        assert_eq!(numbers(Dialect::Postgres), expected);
        let expected = ("a = ? AND b = ?::int AND c IN (?)".to_owned(), vec![1, 0, 1]);
        assert_eq!(numbers(Dialect::MariaDb), expected);
    }
}
