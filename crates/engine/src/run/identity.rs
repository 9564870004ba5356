//! The resources met so far, each once by type and id (CMP-06).

use std::hash::BuildHasher;

use docent_catalog::model::TypeId;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// A stretch of [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Of no text.
    pub(crate) const EMPTY: Self = Self { start: 0, end: 0 };
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

    /// Forgets the text kept last.
    pub(crate) fn pop(&mut self, span: Span) {
        self.0.truncate(span.start as usize);
    }

    /// A text kept earlier.
    pub(crate) fn get(&self, span: Span) -> &[u8] {
        &self.0[span.start as usize..span.end as usize]
    }

    /// Makes room for that many bytes more.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Positions in buffers of one document; the limits on pages keep it far below 4 GiB.
pub(crate) fn position(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// What tells a resource from others of its type: its id. Most are numbers, which are quicker to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity<'a> {
    /// An id that is the digits of this number.
    Integer(i64),
    /// Any other.
    Text(&'a [u8]),
}

/// Finds numbered things by type and id.
#[derive(Debug, Default)]
pub(crate) struct Index {
    integers: HashTable<(TypeId, i64, u32)>,
    others: HashTable<(TypeId, Span, u32)>,
    hasher: foldhash::fast::RandomState,
}

impl Index {
    /// The number kept for a type and id.
    pub(crate) fn get(&self, texts: &Texts, type_id: TypeId, id: Identity<'_>) -> Option<u32> {
        match id {
            Identity::Integer(id) => {
                let hash = self.hasher.hash_one((type_id, id));
                let found = self.integers.find(hash, |known| (known.0, known.1) == (type_id, id));
                found.map(|known| known.2)
            }
            Identity::Text(id) => {
                let hash = self.hasher.hash_one((type_id, id));
                let found = self.others.find(hash, |known| known.0 == type_id && texts.get(known.1) == id);
                found.map(|known| known.2)
            }
        }
    }

    /// The number kept for a type and id, or `None` after keeping this number for it. `span` is where `texts` has the
    /// id, unless it is a number.
    pub(crate) fn get_or_insert(
        &mut self,
        texts: &Texts,
        type_id: TypeId,
        id: Identity<'_>,
        span: Span,
        number: u32,
    ) -> Option<u32> {
        let Index { integers, others, hasher } = self;
        match id {
            Identity::Integer(id) => {
                let entry = integers.entry(
                    hasher.hash_one((type_id, id)),
                    |known| (known.0, known.1) == (type_id, id),
                    |known| hasher.hash_one((known.0, known.1)),
                );
                match entry {
                    Entry::Occupied(known) => return Some(known.get().2),
                    Entry::Vacant(place) => place.insert((type_id, id, number)),
                };
            }
            Identity::Text(id) => {
                let entry = others.entry(
                    hasher.hash_one((type_id, id)),
                    |known| known.0 == type_id && texts.get(known.1) == id,
                    |known| hasher.hash_one((known.0, texts.get(known.1))),
                );
                match entry {
                    Entry::Occupied(known) => return Some(known.get().2),
                    Entry::Vacant(place) => place.insert((type_id, span, number)),
                };
            }
        }
        None
    }

    /// Makes room for that many.
    pub(crate) fn reserve(&mut self, count: usize) {
        let Index { integers, hasher, .. } = self;
        integers.reserve(count, |known| hasher.hash_one((known.0, known.1)));
    }

    pub(crate) fn clear(&mut self) {
        self.integers.clear();
        self.others.clear();
    }
}
