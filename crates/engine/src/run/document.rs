//! What a read has gathered: resource objects as bytes, their holes, and who is linked with whom.

use docent_catalog::model::TypeId;
use docent_jsonapi::json;

use super::chunks::Chunks;
use super::identity::{Index, Span, Texts};
use crate::plan::SIZES;

/// The end of a list of [`Member`]s.
const NONE: u32 = u32::MAX;

/// A resource object that was written.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) type_id: TypeId,
    pub(crate) id: Span,
    /// The chunk of `included` that it lies in; `data` is in one piece.
    pub(crate) chunk: u32,
    /// Its bytes, in `data` or that chunk.
    pub(crate) bytes: std::ops::Range<u32>,
    /// Its first hole; the others follow.
    pub(crate) holes: u32,
}

/// A hole in a resource object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HoleState {
    /// Where it is in `data` or its chunk.
    pub(crate) at: u32,
    /// The layer that fills it, once it is asked.
    pub(crate) layer: Option<u16>,
    /// Whether there are more members than shown.
    pub(crate) more: bool,
    first: u32,
    last: u32,
}

/// A member of a relationship.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: Span,
    /// Whether the id is the digits of a number, which need no escaping.
    pub(crate) is_number: bool,
    /// The `meta` of its identifier, if it has one.
    pub(crate) meta: Option<Span>,
    next: u32,
}

/// Everything gathered.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) texts: Texts,
    pub(crate) index: Index,
    pub(crate) data: Vec<u8>,
    pub(crate) data_entries: Vec<Entry>,
    pub(crate) included: Chunks,
    pub(crate) included_entries: Vec<Entry>,
    pub(crate) holes: Vec<HoleState>,
    /// How many of them are in `included`.
    pub(crate) holes_in_included: usize,
    pub(crate) members: Vec<Member>,
    /// Cursors behind the last member shown, for holes that have more.
    pub(crate) hole_cursors: Vec<(u32, String)>,
    /// Ids for documents whose data are identifiers, with cursors if asked for.
    pub(crate) identifiers: Vec<(Span, Option<Span>)>,
}

impl Member {
    pub(crate) fn new(id: Span, is_number: bool, meta: Option<Span>) -> Self {
        Member { id, is_number, meta, next: NONE }
    }
}

impl HoleState {
    pub(crate) fn new() -> Self {
        HoleState { at: 0, layer: None, more: false, first: NONE, last: NONE }
    }
}

impl Gathered {
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.index.clear();
        self.data.clear();
        self.data_entries.clear();
        self.included.clear();
        self.included_entries.clear();
        self.holes.clear();
        self.holes_in_included = 0;
        self.members.clear();
        self.hole_cursors.clear();
        self.identifiers.clear();
    }

    /// How many bytes of `data` and `included`, and how many resources, holes and members.
    pub(crate) fn sizes(&self) -> [usize; SIZES] {
        let resources = self.data_entries.len() + self.included_entries.len();
        [self.data.len(), self.included.len(), resources, self.holes.len(), self.members.len()]
    }

    /// Makes room for so much of everything; without resources kept there is nothing but `data`.
    pub(crate) fn reserve(&mut self, sizes: [usize; SIZES], keeps_resources: bool) {
        let [data, included, resources, holes, members] = sizes;
        self.data.reserve(data + json::ROOM);
        if !keeps_resources {
            return;
        }
        self.included.reserve(included + json::ROOM);
        self.index.reserve(resources);
        self.included_entries.reserve(resources);
        self.texts.reserve(resources * 8);
        self.holes.reserve(holes);
        self.members.reserve(members);
    }

    /// Adds a member to the end of a hole's list, unless it is there already: rows come in order of the members' keys,
    /// so the same one could only be last.
    pub(crate) fn link(&mut self, hole: u32, member: Member) {
        let number = super::identity::position(self.members.len());
        let state = &mut self.holes[hole as usize];
        if state.last == NONE {
            state.first = number;
        } else {
            let last = &mut self.members[state.last as usize];
            if self.texts.get(last.id) == self.texts.get(member.id) {
                return;
            }
            last.next = number;
        }
        state.last = number;
        self.members.push(member);
    }

    /// The members of a hole in order.
    pub(crate) fn members_of(&self, hole: &HoleState) -> impl Iterator<Item = &Member> {
        let first = self.members.get(hole.first as usize);
        std::iter::successors(first, |member| self.members.get(member.next as usize))
    }
}

impl Gathered {
    /// The entry of that number: data and included entries are numbered apart, the lowest bit tells which it is.
    pub(crate) fn entry(&self, number: u32) -> &Entry {
        let entries = if number & 1 == 0 { &self.data_entries } else { &self.included_entries };
        &entries[(number >> 1) as usize]
    }
}
