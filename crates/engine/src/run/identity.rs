//! The resources met so far, each once by type and id (CMP-06).

use std::hash::BuildHasher;

use docent_catalog::model::TypeId;
use hashbrown::HashTable;

/// A stretch of [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

/// Text kept in one allocation.
#[derive(Debug, Default)]
pub(crate) struct Texts(Vec<u8>);

impl Texts {
    /// Keeps a text.
    pub(crate) fn push(&mut self, text: &[u8]) -> Span {
        let start = self.0.len();
        self.0.extend_from_slice(text);
        Span { start: position(start), end: position(self.0.len()) }
    }

    /// A text kept earlier.
    pub(crate) fn get(&self, span: Span) -> &[u8] {
        &self.0[span.start as usize..span.end as usize]
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Positions in buffers of one document; the limits on pages keep it far below 4 GiB.
pub(crate) fn position(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Finds numbered things by type and id.
#[derive(Debug, Default)]
pub(crate) struct Index {
    table: HashTable<(TypeId, Span, u32)>,
    hasher: foldhash::fast::RandomState,
}

impl Index {
    /// The number kept for a type and id.
    pub(crate) fn get(&self, texts: &Texts, type_id: TypeId, id: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one((type_id, id));
        let found = self.table.find(hash, |(known, span, _)| *known == type_id && texts.get(*span) == id);
        found.map(|(_, _, number)| *number)
    }

    /// Keeps a number for a type and id that is not there yet.
    pub(crate) fn insert(&mut self, texts: &Texts, type_id: TypeId, id: Span, number: u32) {
        let Index { table, hasher } = self;
        let hash = hasher.hash_one((type_id, texts.get(id)));
        table.insert_unique(hash, (type_id, id, number), |(type_id, span, _)| {
            hasher.hash_one((*type_id, texts.get(*span)))
        });
    }

    pub(crate) fn clear(&mut self) {
        self.table.clear();
    }
}
