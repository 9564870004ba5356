//! What a read is told besides its plan, and what it finds.

use std::collections::HashMap;

use super::document::Gathered;
use crate::cursor::Fingerprint;

/// The numbers of a request that its plan leaves open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    /// Resources on the page at most; `None` for a single one.
    pub(crate) size: Option<u64>,
    pub(crate) offset: u64,
    /// Count no further than this.
    pub(crate) count_limit: u64,
    /// Members shown per parent, by node of the include tree.
    pub(crate) related: Vec<u64>,
    pub(crate) fingerprint: Fingerprint,
    /// Whether the cursor profile shapes the document.
    pub(crate) cursors: bool,
}

/// What a read found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) gathered: Gathered,
    /// Whether the resource the URL starts from exists; true for collections.
    pub(crate) start: bool,
    /// The id of the start, to be compared with the one asked for.
    pub(crate) start_id: String,
    /// Primary resources on the page.
    pub(crate) rows: u64,
    /// Whether there are more behind the page (in reading direction).
    pub(crate) more: bool,
    /// How many there are in all, if counted; one more than the limit means more than that.
    pub(crate) count: Option<u64>,
    /// Cursors on the first and the last item read.
    pub(crate) first_cursor: String,
    pub(crate) last_cursor: String,
    /// The identifier that is the data of a to-one relationship URL.
    pub(crate) linkage: Option<String>,
    /// The `meta` of primary identifiers, by id.
    pub(crate) metas: HashMap<String, Vec<u8>>,
}

impl Found {
    /// Bytes of the resource objects found.
    pub(crate) fn object_bytes(&self) -> usize {
        self.gathered.data.len() + self.gathered.included.len()
    }

    /// Forgets everything but the memory it was in. `start` is whether the start of the URL is known to exist.
    pub(crate) fn begin(&mut self, start: bool) {
        let Found {
            gathered,
            start: is_there,
            start_id,
            rows,
            more,
            count,
            first_cursor,
            last_cursor,
            linkage,
            metas,
        } = self;
        gathered.clear();
        for text in [start_id, first_cursor, last_cursor] {
            text.clear();
        }
        (*is_there, *rows, *more, *count, *linkage) = (start, 0, false, None, None);
        metas.clear();
    }
}
