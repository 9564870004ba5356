//! The transactions on the table of keys.

use crate::error::Error;
use crate::keys::KeptAnswer;
use crate::program::Query;
use crate::transaction::{Next, Transaction};
use crate::value::{Cell, Row, Value};
use crate::violation::Violation;

/// What the table has of a key.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) digest: [u8; 16],
    /// Tells the claim from others of the same key.
    pub(super) claim: i64,
    pub(super) answer: Option<KeptAnswer>,
    /// Whether its request may still be running.
    pub(super) runs: bool,
}

/// A transaction of one wave.
#[derive(Debug)]
pub(crate) struct Work {
    queries: Vec<Query>,
    is_done: bool,
    refused: Option<Violation>,
    /// What is known of the key.
    pub(super) known: Option<Known>,
    /// What was found where the question was another: one value a query.
    pub(super) found: Vec<Value>,
}

impl Work {
    pub(super) fn new(queries: Vec<Query>) -> Self {
        Work { queries, is_done: false, refused: None, known: None, found: Vec::new() }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        match &self.refused {
            Some(violation) => Err(Error::Failed(violation.text.clone())),
            None => Ok(()),
        }
    }
}

impl Transaction for Work {
    fn next(&mut self, wave: &mut Vec<Query>) -> Next {
        if std::mem::replace(&mut self.is_done, true) {
            return Next::Commit;
        }
        wave.extend(self.queries.iter().cloned());
        Next::Run
    }

    fn row(&mut self, _query: usize, row: &Row<'_>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match *row {
            [Cell::Blob(digest), Cell::Integer(claim), head, body, Cell::Integer(runs)] => {
                let body = if let Cell::Blob(body) = body { Some(body.to_vec()) } else { None };
                let answer = match head {
                    Cell::Text(head) => Some(KeptAnswer { head: text(head), body }),
                    _ => None,
                };
                let digest = digest.try_into().unwrap_or_default();
                self.known = Some(Known { digest, claim, answer, runs: runs != 0 });
            }
            [Cell::Integer(number)] => self.found.push(Value::Integer(number)),
            [Cell::Text(moment)] => self.found.push(Value::Timestamp(text(moment))),
            _ => self.found.push(Value::Null),
        }
    }

    fn changed(&mut self, _query: usize, _rows: u64, _generated: Option<i64>) {}

    fn refused(&mut self, _query: Option<usize>, violation: Violation) {
        self.refused = Some(violation);
    }

    fn is_conditional(&self) -> bool {
        false
    }

    fn restart(&mut self) {
        self.is_done = false;
        self.refused = None;
        self.known = None;
        self.found.clear();
    }
}
