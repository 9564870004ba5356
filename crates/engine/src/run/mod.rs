//! Runs a plan: says what to ask next, and turns each row into bytes as it comes.

mod chunks;
mod document;
mod found;
mod identity;
mod intake;
mod meta;
mod program;
mod write;

use std::mem;
use std::sync::Arc;

use docent_catalog::model::TypeId;
use docent_sql::{Cell, Program, Query, Row, Value};
use smallvec::SmallVec;

pub(crate) use self::chunks::Chunks;
use self::document::Member;
pub(crate) use self::document::{Entry, Gathered, HoleState};
pub(crate) use self::found::{Bounds, Found};
use self::identity::{Identity, Span, position};
use self::intake::{Intake, Parent};
use self::write::Id;
pub(crate) use self::write::id_segment;
use crate::cursor::{self, Fingerprint};
use crate::plan::{ATTEMPT_ROWS_MAX, Attempt, Data, Fetch, KeyCell, Layer, Place, Plan};

/// A read under way.
#[derive(Debug)]
pub(crate) struct Read {
    plan: Arc<Plan>,
    /// Values of the caller, and of the request's conditions.
    values: Vec<Value>,
    /// How many are the caller's: every statement takes them.
    caller: usize,
    /// What comes before everything else.
    preface: Option<Query>,
    wave: usize,
    tasks: SmallVec<[Task; 4]>,
    state: State,
}

/// What rows change.
#[derive(Debug, Default)]
struct State {
    bounds: Bounds,
    /// Whether nothing is attempted.
    careful: bool,
    /// Whether an attempt has failed.
    failed: bool,
    feeds: Vec<Intake>,
    scratch: Scratch,
    /// Keys of the primary identifiers, if their `meta` is to be read: parts one after another.
    identified: Vec<Value>,
    /// Large, and on its way through many hands.
    found: Box<Found>,
}

#[derive(Debug, Clone, Copy)]
enum Task {
    /// The role is taken.
    Preface,
    Layer(usize),
    Probe,
    Count,
    Meta,
}

/// A row that is no resource: a part of its key is NULL.
#[derive(Debug)]
struct NoIdentity;

/// Buffers used over and over.
#[derive(Debug, Default)]
struct Scratch {
    id: Id,
    other_id: Id,
}

impl Read {
    /// `caller` are the values that come first in every statement, `values` those of the request's conditions.
    pub(crate) fn new(plan: Arc<Plan>, caller: &[Value], mut values: Vec<Value>, bounds: Bounds) -> Self {
        if !caller.is_empty() {
            values.splice(0..0, caller.iter().cloned());
        }
        let caller = caller.len();
        let careful = plan.careful.counts();
        let state = State { bounds, careful, ..State::default() };
        let mut read = Read { plan, values, caller, preface: None, wave: 0, tasks: SmallVec::new(), state };
        read.restart();
        read
    }

    /// The same behind a statement that takes a role of the database.
    pub(crate) fn behind(mut self, preface: Option<&Query>) -> Self {
        self.preface = preface.cloned();
        self
    }

    /// The numbers the request came with.
    pub(crate) fn bounds(&self) -> &Bounds {
        &self.state.bounds
    }

    /// What was found, once the read is over.
    pub(crate) fn into_found(self) -> Box<Found> {
        self.state.found
    }

    fn root_parameters(&self) -> Vec<Value> {
        let mut parameters = Vec::with_capacity(self.values.len() + 2);
        parameters.extend_from_slice(&self.values);
        if let Some(size) = self.state.bounds.size {
            // One more tells whether there is a next page.
            parameters.push(integer(size + 1));
            if self.state.bounds.offset > 0 {
                parameters.push(integer(self.state.bounds.offset));
            }
        }
        parameters
    }

    fn root_queries(&mut self, wave: &mut Vec<Query>) {
        if let Some(preface) = &self.preface {
            wave.push(preface.clone());
            self.tasks.push(Task::Preface);
        }
        let statement = Arc::clone(&self.plan.layers[0].statement);
        wave.push(Query { statement, parameters: self.root_parameters().into() });
        self.tasks.push(Task::Layer(0));
        if let Some(probe) = &self.plan.probe {
            wave.push(Query {
                statement: Arc::clone(&probe.statement),
                parameters: self.values.clone().into(),
            });
            self.tasks.push(Task::Probe);
        }
        if let Some(count) = &self.plan.count {
            let mut parameters = self.values.clone();
            parameters.push(integer(self.state.bounds.count_limit + 1));
            wave.push(Query { statement: Arc::clone(count), parameters: parameters.into() });
            self.tasks.push(Task::Count);
        }
    }

    /// The query of a later layer, if earlier ones have given it anything to look for.
    fn layer_query(&mut self, index: usize) -> Option<Query> {
        let layer = &self.plan.layers[index];
        let intake = &mut self.state.feeds[index];
        let mut keys = mem::take(&mut intake.keys);
        self.plan.remember_given(index, keys.len());
        if layer.fetch == Fetch::ByKey && layer.feeds.is_empty() {
            // Resources that another path has brought need not be read again.
            let (gathered, id) = (&self.state.found.gathered, &mut self.state.scratch.other_id);
            let is_known = |key: &[Value]| {
                let identity = if let [Value::Integer(number)] = key {
                    Identity::Integer(*number)
                } else {
                    let parts = key.iter().zip(&layer.key);
                    if !id.take(parts.map(|(value, part)| (as_cell(value), part.form))) {
                        return true;
                    }
                    id.identity()
                };
                gathered.index.get(&gathered.texts, layer.type_id, identity).is_some()
            };
            keys = without(keys, layer.key.len(), is_known);
        }
        if keys.is_empty() {
            return None;
        }
        let ascending = if layer.key_parts == 1 { intake.put_in_order(&mut keys) } else { None };
        let attempt = layer.attempt.as_ref().filter(|attempt| {
            // Two parents with one key, or one that is no number, could not be told by it.
            !self.state.careful && (!attempt.by_value || ascending.is_some())
        });
        intake.begin(attempt, ascending);
        let keys = if layer.key_parts == 1 {
            Value::List(keys)
        } else {
            Value::Rows(keys.chunks(layer.key_parts).map(<[Value]>::to_vec).collect())
        };
        let mut parameters = Vec::with_capacity(self.caller + 2);
        parameters.extend_from_slice(&self.values[..self.caller]);
        parameters.push(keys);
        if let Some(attempt) = attempt {
            return Some(Query { statement: Arc::clone(&attempt.statement), parameters: parameters.into() });
        }
        if let Fetch::Children { bounded: true, .. } = layer.fetch {
            parameters.push(integer(self.state.bounds.related[index - 1] + 1));
        }
        Some(Query { statement: Arc::clone(&layer.statement), parameters: parameters.into() })
    }
}

impl State {
    fn layer_row(&mut self, plan: &Plan, index: usize, row: &Row<'_>) {
        let layer = &plan.layers[index];
        match layer.fetch {
            Fetch::Root => self.root_row(plan, layer, row),
            Fetch::ByKey => drop(self.resource(plan, index, layer, row)),
            Fetch::Children { parent, hole, bounded } => {
                let attempt = layer.attempt.as_ref().filter(|_| self.feeds[index].is_attempt);
                if let Some(attempt) = attempt {
                    self.look_at(attempt, index, layer, row);
                }
                let parent = attempt.map_or(parent, |attempt| attempt.parent);
                self.child_row(plan, index, layer, row, parent, hole, bounded);
            }
        }
    }

    /// Looks whether a row of an attempt is one that can be taken.
    fn look_at(&mut self, attempt: &Attempt, index: usize, layer: &Layer, row: &Row<'_>) {
        let intake = &mut self.feeds[index];
        intake.attempted += 1;
        let in_order = match (row[attempt.parent], row[layer.key[0].cell]) {
            _ if !attempt.may_stray => true,
            (Cell::Integer(parent), Cell::Integer(key)) => {
                intake.last.replace((parent, key)).is_none_or(|last| last < (parent, key))
            }
            _ => false,
        };
        self.failed |= !in_order || intake.attempted == ATTEMPT_ROWS_MAX;
    }

    fn root_row(&mut self, plan: &Plan, layer: &Layer, row: &Row<'_>) {
        if let Some(size) = self.bounds.size {
            if self.found.rows == size {
                self.found.more = true;
                return;
            }
            self.found.rows += 1;
            if self.bounds.cursors {
                let cursor =
                    cursor::encode(self.bounds.fingerprint, layer.sort.iter().map(|cell| row[*cell]));
                if self.found.rows == 1 {
                    self.found.first_cursor.clone_from(&cursor);
                }
                self.found.last_cursor = cursor;
            }
        } else {
            self.found.start = true;
        }
        if self.resource(plan, 0, layer, row).is_err() {
            return;
        }
        if self.bounds.size.is_none() {
            self.found.start_id.clone_from(&self.scratch.id.text);
        }
        if let Data::Linkage { cells, .. } = &plan.data {
            let id = &mut self.scratch.other_id;
            self.found.linkage = id.read(row, cells).then(|| id.text.clone());
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one variant, taken apart by the caller")]
    fn child_row(
        &mut self,
        plan: &Plan,
        index: usize,
        layer: &Layer,
        row: &Row<'_>,
        parent: usize,
        hole: Option<usize>,
        bounded: bool,
    ) {
        let Cell::Integer(told) = row[parent] else { return };
        let Some(parent) = self.feeds[index].parent(told) else { return };
        let target = parent.hole;
        let is_beyond = bounded && parent.rows >= self.bounds.related[index - 1];
        parent.rows += 1;
        let is_last = bounded && parent.rows == self.bounds.related[index - 1];
        let filled_here = target.filter(|target| {
            hole.is_some() && self.found.gathered.holes[*target as usize].layer == Some(layer_number(index))
        });
        if is_beyond {
            if let Some(target) = filled_here {
                self.found.gathered.holes[target as usize].more = true;
            }
            return;
        }
        let Ok(entry) = self.resource(plan, index, layer, row) else { return };
        let Some(target) = filled_here else { return };
        let gathered = &mut self.found.gathered;
        let id = match entry {
            Some(entry) => gathered.entry(entry).id,
            None => gathered.texts.push(self.scratch.id.text.as_bytes()),
        };
        let meta = meta::object(&layer.linkage_meta, row).map(|meta| gathered.texts.push(&meta));
        gathered.link(target, Member::new(id, self.scratch.id.is_number(), meta));
        if is_last && self.bounds.cursors {
            self.remember_cursor(plan, layer, row, target);
        }
    }

    /// The cursor behind the last member shown, for the link to the relationship's next page.
    fn remember_cursor(&mut self, plan: &Plan, layer: &Layer, row: &Row<'_>, hole: u32) {
        let gathered = &mut self.found.gathered;
        let entries = gathered.data_entries.iter().chain(&gathered.included_entries);
        let Some(entry) = entries.filter(|entry| entry.holes <= hole).max_by_key(|entry| entry.holes) else {
            return;
        };
        let spec = &plan.holes.get(entry.type_id)[(hole - entry.holes) as usize];
        let id = String::from_utf8_lossy(gathered.texts.get(entry.id));
        let fingerprint = Fingerprint::new(&spec.owner_name, &id, &spec.name, "");
        let cursor = cursor::encode(fingerprint, layer.key.iter().map(|part| row[part.cell]));
        gathered.hole_cursors.push((hole, cursor));
    }

    /// Takes a resource: writes its object unless it is known, and gives its keys to the layers below.
    /// Returns its entry, if resources of this layer are kept.
    fn resource(
        &mut self,
        plan: &Plan,
        index: usize,
        layer: &Layer,
        row: &Row<'_>,
    ) -> Result<Option<u32>, NoIdentity> {
        if !self.scratch.id.read(row, &layer.key) {
            return Err(NoIdentity);
        }
        let entry = self.entry(plan, layer, row);
        if let Data::Identifiers { layer: identified, .. } = plan.data
            && identified == index
        {
            let gathered = &mut self.found.gathered;
            let id = gathered.texts.push(self.scratch.id.text.as_bytes());
            let cursor = (self.bounds.cursors && index == 0).then(|| {
                let cursor =
                    cursor::encode(self.bounds.fingerprint, layer.sort.iter().map(|cell| row[*cell]));
                gathered.texts.push(cursor.as_bytes())
            });
            gathered.identifiers.push((id, cursor));
            if plan.identifiers_meta.is_some() {
                self.identified.extend(layer.key.iter().map(|part| row[part.cell].to_value()));
            }
        }
        for feed in &layer.feeds {
            self.feed(plan, feed.layer, &feed.cells, row, entry);
        }
        Ok(entry)
    }

    /// The entry of a resource, whose object is written if it is met for the first time.
    fn entry(&mut self, plan: &Plan, layer: &Layer, row: &Row<'_>) -> Option<u32> {
        let State { found, scratch, bounds, .. } = self;
        let object = layer.object.as_ref()?;
        let gathered = &mut found.gathered;
        let into_data = layer.place == Place::Data;
        let entries = if into_data { &gathered.data_entries } else { &gathered.included_entries };
        // Data and included entries are numbered apart; a number tells by its lowest bit which it is.
        let number = position(entries.len()) * 2 + u32::from(!into_data);
        let mut id = Span::EMPTY;
        if plan.keeps_resources {
            let texts = &mut gathered.texts;
            id = texts.push(scratch.id.text.as_bytes());
            let identity = scratch.id.identity();
            let known = gathered.index.get_or_insert(texts, layer.type_id, identity, id, number);
            if known.is_some() {
                texts.pop(id);
                return known;
            }
        }
        scratch.id.make_forms();
        let (out, chunk) = if into_data { (&mut gathered.data, 0) } else { gathered.included.next_object() };
        if into_data && !plan.keeps_resources && !out.is_empty() {
            out.push(b',');
        }
        let first_hole = position(gathered.holes.len());
        if plan.keeps_resources {
            let holes = plan.holes.get(layer.type_id).len();
            gathered.holes.resize(gathered.holes.len() + holes, HoleState::new());
            gathered.holes_in_included += if into_data { 0 } else { holes };
        }
        let start = position(out.len());
        let holes = &mut gathered.holes;
        write::object(
            out,
            object,
            row,
            &scratch.id,
            &mut scratch.other_id.text,
            |hole, at| holes[first_hole as usize + hole].at = position(at),
            |out| {
                let cells = layer.sort.iter().map(|cell| row[*cell]);
                docent_jsonapi::json::string(out, &cursor::encode(bounds.fingerprint, cells));
            },
        );
        if !plan.keeps_resources {
            return None;
        }
        let bytes = start..position(out.len());
        let entry = Entry { type_id: layer.type_id, id, chunk, bytes, holes: first_hole };
        let entries = if into_data { &mut gathered.data_entries } else { &mut gathered.included_entries };
        entries.push(entry);
        Some(number)
    }

    /// Gives the key in `cells` to a layer below.
    fn feed(&mut self, plan: &Plan, below: usize, cells: &[KeyCell], row: &Row<'_>, entry: Option<u32>) {
        let target = &plan.layers[below];
        let is_null = cells.iter().any(|part| row[part.cell] == Cell::Null);
        let Fetch::Children { hole, .. } = target.fetch else {
            if !is_null {
                self.want(below, target.type_id, cells, row);
            }
            return;
        };
        let intake = &mut self.feeds[below];
        if let Some(entry) = entry
            && !intake.parents_taken.insert(entry)
        {
            return;
        }
        let hole = hole.and_then(|hole| {
            let first = self.found.gathered.entry(entry?).holes;
            let hole = first + position(hole);
            let state = &mut self.found.gathered.holes[hole as usize];
            // The first path to reach a resource fills its hole; others would only repeat it.
            state.layer.get_or_insert(layer_number(below));
            Some(hole)
        });
        if !is_null {
            intake.keys.extend(cells.iter().map(|part| row[part.cell].to_value()));
            intake.parents.push(Parent { hole, rows: 0 });
        }
    }

    /// Has a layer look for the resource with the id in `cells`.
    fn want(&mut self, below: usize, type_id: TypeId, cells: &[KeyCell], row: &Row<'_>) {
        let id = &mut self.scratch.other_id;
        let identity = match (cells, row) {
            ([part], row) if let Cell::Integer(number) = row[part.cell] => Identity::Integer(number),
            _ if id.read(row, cells) => id.identity(),
            _ => return,
        };
        let intake = &mut self.feeds[below];
        let texts = &mut self.found.gathered.texts;
        let span = if let Identity::Text(text) = identity { texts.push(text) } else { Span::EMPTY };
        if intake.taken.get_or_insert(texts, type_id, identity, span, 0).is_some() {
            return;
        }
        intake.keys.extend(cells.iter().map(|part| row[part.cell].to_value()));
    }
}

/// Takes keys of so many parts away.
fn without(mut keys: Vec<Value>, parts: usize, mut drops: impl FnMut(&[Value]) -> bool) -> Vec<Value> {
    if parts == 1 {
        keys.retain(|key| !drops(std::slice::from_ref(key)));
        return keys;
    }
    keys.chunks(parts).filter(|key| !drops(key)).flatten().cloned().collect()
}

fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn layer_number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// A value as the cell of a row that holds it.
pub(crate) fn as_cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Integer(number) => Cell::Integer(*number),
        Value::Real(number) => Cell::Real(*number),
        Value::Text(text) | Value::Timestamp(text) => Cell::Text(text.as_bytes()),
        Value::TextBytes(bytes) => Cell::Text(bytes),
        Value::Blob(bytes) => Cell::Blob(bytes),
        Value::Null | Value::List(_) | Value::Rows(_) => Cell::Null,
    }
}
