//! What earlier layers give to a layer: the keys to look for, and whose they are.

use docent_sql::Value;
use hashbrown::HashSet;

use super::identity::Index;
use crate::plan::{Attempt, Fetch, Layer};

/// What earlier layers have given to a layer.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// Keys to look for, each once: their parts one after another.
    pub(super) keys: Vec<Value>,
    /// Of keys that are ids of the layer's type: those taken.
    pub(super) taken: Index,
    /// Of keys that are parents': the entry of each, and rows seen of it.
    pub(super) parents: Vec<Parent>,
    pub(super) parents_taken: HashSet<u32, foldhash::fast::RandomState>,
    /// Whether the layer's attempt has been asked.
    pub(super) is_attempt: bool,
    /// Rows of an attempt, and the parent and key of the last.
    pub(super) attempted: u64,
    pub(super) last: Option<(i64, i64)>,
    /// The keys of the parents, where rows tell those and not which of them it is.
    values: Option<Vec<i64>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Parent {
    /// The hole of the parent's object that the rows fill.
    pub(super) hole: Option<u32>,
    pub(super) rows: u64,
}

impl Intake {
    /// Makes room for so many keys of the layer.
    pub(super) fn reserve(&mut self, layer: &Layer, keys: usize) {
        self.keys.reserve(keys * layer.key_parts);
        if layer.fetch == Fetch::ByKey {
            self.taken.reserve(keys);
        } else {
            self.parents.reserve(keys);
            self.parents_taken.reserve(keys);
        }
    }

    /// Puts keys of one part in ascending order if they are integers, and their parents along. On every engine, so that
    /// documents do not depend on how rows are found. Returns them if each is there once.
    pub(super) fn put_in_order(&mut self, keys: &mut Vec<Value>) -> Option<Vec<i64>> {
        let integer = |key: &Value| if let Value::Integer(number) = key { Some(*number) } else { None };
        let mut numbers: Vec<i64> = keys.iter().map(integer).collect::<Option<_>>()?;
        if !numbers.is_sorted() {
            if !self.parents.is_empty() {
                let mut order: Vec<usize> = (0..numbers.len()).collect();
                order.sort_by_key(|index| numbers[*index]);
                self.parents = order.iter().map(|index| self.parents[*index]).collect();
            }
            numbers.sort_unstable();
            *keys = numbers.iter().copied().map(Value::Integer).collect();
        }
        numbers.is_sorted_by(|one, next| one < next).then_some(numbers)
    }

    /// Says how the layer is asked.
    pub(super) fn begin(&mut self, attempt: Option<&Attempt>, ascending: Option<Vec<i64>>) {
        self.is_attempt = attempt.is_some();
        self.values = ascending.filter(|_| attempt.is_some_and(|attempt| attempt.by_value));
    }

    /// The parent of a row that tells this of it.
    pub(super) fn parent(&mut self, told: i64) -> Option<&mut Parent> {
        let index = match &self.values {
            Some(values) => values.binary_search(&told).ok(),
            None => usize::try_from(told).ok(),
        };
        self.parents.get_mut(index?)
    }
}
