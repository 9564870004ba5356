//! How a read runs: the caller says what to ask next, the adapter pushes the rows.
//!
//! A [`Program`] does no input or output itself, so the same one runs inline on SQLite, on a pool thread, or in
//! pipelined waves over a socket. It must be able to start over: an adapter may give up a cheap attempt and repeat the
//! whole program where it can take longer.

use std::sync::Arc;

use crate::render::Statement;
use crate::value::{Row, Value};

/// A statement with its parameters.
#[derive(Debug, Clone)]
pub struct Query {
    /// The rendered statement.
    pub statement: Arc<Statement>,
    /// Its parameters.
    pub parameters: Parameters,
}

/// The parameters of a statement. Those that are kept elsewhere, in case that it has to be run again, are not copied.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    shared: Option<Arc<[Value]>>,
    own: Vec<Value>,
}

impl Parameters {
    /// Values that others have as well, and behind them further ones.
    pub const fn new(shared: Option<Arc<[Value]>>, own: Vec<Value>) -> Self {
        Self { shared, own }
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.shared().iter().chain(&self.own)
    }

    /// The one at a position.
    pub fn get(&self, position: usize) -> Option<&Value> {
        let shared = self.shared();
        shared.get(position).or_else(|| self.own.get(position.checked_sub(shared.len())?))
    }

    /// How many there are.
    #[allow(clippy::len_without_is_empty, reason = "whether there are any is of no interest")]
    pub fn len(&self) -> usize {
        self.shared().len() + self.own.len()
    }

    fn shared(&self) -> &[Value] {
        self.shared.as_deref().unwrap_or_default()
    }
}

impl From<Vec<Value>> for Parameters {
    fn from(own: Vec<Value>) -> Self {
        Self::new(None, own)
    }
}

/// A read in one snapshot.
pub trait Program: Send + 'static {
    /// Puts the queries to run next into `wave`; none depends on another's rows. None put: the program is finished.
    fn next(&mut self, wave: &mut Vec<Query>);

    /// Takes a row of the query at position `query` of the last wave. Rows of a query come in its order.
    fn row(&mut self, query: usize, row: &Row<'_>);

    /// Forgets everything taken so far: the program is run again from the start.
    fn restart(&mut self);

    /// Whether more than one query will run, so that a transaction is needed for one snapshot.
    fn needs_snapshot(&self) -> bool;
}

impl<P: Program> Program for Box<P> {
    fn next(&mut self, wave: &mut Vec<Query>) {
        P::next(self, wave);
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        P::row(self, query, row);
    }

    fn restart(&mut self) {
        P::restart(self);
    }

    fn needs_snapshot(&self) -> bool {
        P::needs_snapshot(self)
    }
}
