//! The statements that a connection keeps prepared: a bounded number, the one unused for longest makes room.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::decode::Decoders;
use crate::render::Statement;

/// Distinct statements kept prepared per connection.
const KEPT_MAX: usize = 256;

/// A statement that the server knows, and how its rows are read. The server forgets it when this is dropped.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) statement: tokio_postgres::Statement,
    pub(super) decoders: Decoders,
}

impl Prepared {
    pub(super) fn new(statement: tokio_postgres::Statement) -> Self {
        let decoders = Decoders::new(statement.columns());
        Prepared { statement, decoders }
    }
}

/// What is prepared.
#[derive(Debug, Default)]
pub(super) struct Statements {
    kept: HashMap<Text, Kept, foldhash::fast::RandomState>,
    /// Counts look-ups.
    now: u64,
}

#[derive(Debug)]
struct Kept {
    prepared: Arc<Prepared>,
    used: u64,
}

/// A statement known by its text.
#[derive(Debug)]
struct Text(Arc<Statement>);

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0.sql
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.sql.hash(state);
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.0.sql == other.0.sql
    }
}

impl Eq for Text {}

impl Statements {
    pub(super) fn get(&mut self, sql: &str) -> Option<Arc<Prepared>> {
        self.now += 1;
        let kept = self.kept.get_mut(sql)?;
        kept.used = self.now;
        Some(Arc::clone(&kept.prepared))
    }

    pub(super) fn keep(&mut self, statement: Arc<Statement>, prepared: Arc<Prepared>) {
        if self.kept.len() >= KEPT_MAX {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.used);
            if let Some(oldest) = oldest.map(|(text, _)| Text(Arc::clone(&text.0))) {
                self.kept.remove(&oldest);
            }
        }
        self.kept.insert(Text(statement), Kept { prepared, used: self.now });
    }

    pub(super) fn forget_all(&mut self) {
        self.kept.clear();
    }
}
