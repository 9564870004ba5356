//! A write as a transaction: steps run one after another, then what the answer needs is read.
//!
//! Does no input or output itself, and can start over: everything that a run changes is in [`State`].

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;

use docent_catalog::model::ResourceType;
use docent_sql::{Cell, Next, Parameters, Program, Query, Row, Transaction, Value, Violation};
use tokio::sync::oneshot;

use super::answer::{Answers, Condition};
use super::fault::Fault;
use super::guard::Denial;
use super::steps::{Argument, Slot, Step, Then};
use super::{Action, Kind, Subject};
use crate::id::{self, Form};
use crate::run::{Found, Read, as_cell};
use crate::serving::Serving;

/// What is to be done, and what is to be read.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) serving: Arc<Serving>,
    pub(super) actions: Vec<Action>,
    /// The steps, and the reads that have to happen between them.
    pub(super) stages: Vec<Stage>,
    pub(super) lookups: usize,
    /// What must be true of the resource before anything is done to it.
    pub(super) condition: Option<Condition>,
    pub(super) answers: Answers,
    /// Whether rows are looked at to know whether the caller may change them.
    pub(super) asks_permission: bool,
}

/// Something to run.
#[derive(Debug)]
pub(super) enum Stage {
    Step(Step),
    /// Reads the resources of these actions, all of one type.
    Read(Vec<usize>),
}

impl Stage {
    /// Whether it is about what the caller may change.
    pub(super) fn asks_permission(&self) -> bool {
        matches!(self, Stage::Step(Step { then: Then::Permits { .. } | Then::PermitsFound { .. }, .. }))
    }
}

/// An answer of less than so many bytes is assembled sooner than somebody is woken to do it during the commit.
const EARLY_BYTES_MIN: usize = 64 * 1024;

/// A write under way.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) task: Arc<Task>,
    /// Where a large answer is assembled while the transaction is being committed.
    early: Option<oneshot::Sender<Done>>,
    state: State,
}

/// What a write has done.
#[derive(Debug)]
pub(super) struct Done {
    /// Keys of created resources, by action.
    pub(super) created: Vec<Option<Vec<Value>>>,
    /// What the reads of the answer found, in their order.
    pub(super) found: Vec<Found>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether the role has been taken that the transaction is to run as.
    is_prefaced: bool,
    /// Whether the condition has been met.
    is_admitted: bool,
    /// The stage to run next.
    stage: usize,
    /// The step whose results are awaited.
    awaited: Option<usize>,
    rows: Vec<Vec<Value>>,
    /// How many rows the step changed, and the number given to a new one.
    changed: (u64, Option<i64>),
    /// Keys of created resources, by action.
    created: Vec<Option<Vec<Value>>>,
    /// Rows that look-ups gave.
    looked: Vec<Vec<Vec<Value>>>,
    reading: Option<Box<Read>>,
    /// What the reads of the answer found, in their order.
    found: Vec<Found>,
    /// Whether what was done has been handed over already.
    is_handed_over: bool,
    fault: Option<Fault>,
}

impl Write {
    /// A large answer may be told of early: before it is known whether the transaction is committed.
    pub(super) fn new(task: Arc<Task>, early: oneshot::Sender<Done>) -> Self {
        let mut write = Write { task, early: Some(early), state: State::default() };
        write.restart();
        write
    }

    /// What was done, or why nothing was. Nothing if what was told early is true.
    pub(super) fn into_done(self) -> Result<Option<Done>, Fault> {
        let State { created, found, is_handed_over, fault, .. } = self.state;
        match fault {
            Some(fault) => Err(fault),
            None => Ok((!is_handed_over).then_some(Done { created, found })),
        }
    }

    /// Judges the results of the step that was run last.
    fn judge(&mut self) -> Result<(), Fault> {
        let Some(stage) = self.state.awaited.take() else { return Ok(()) };
        let task = Arc::clone(&self.task);
        let Stage::Step(step) = &task.stages[stage] else { return Ok(()) };
        let action = step.action;
        let rows = mem::take(&mut self.state.rows);
        let (changed, generated) = mem::take(&mut self.state.changed);
        match step.then {
            Then::Nothing => {}
            Then::Created(count) => {
                if rows.len() != count {
                    return Err(Fault::Vanished { action, of_many: count > 1 });
                }
                for (at, key) in rows.into_iter().enumerate() {
                    self.state.created[action + at] = Some(key);
                }
            }
            Then::CreatedAsGiven { count, width, ref parts } => {
                if usize::try_from(changed).ok() != Some(count) {
                    return Err(Fault::Vanished { action, of_many: count > 1 });
                }
                for at in 0..count {
                    let key = parts.iter().map(|part| self.parameter(step, at * width + part));
                    self.state.created[action + at] = Some(key.collect());
                }
            }
            Then::Generated => match generated {
                Some(number) if changed == 1 => {
                    self.state.created[action] = Some(vec![Value::Integer(number)]);
                }
                _ => return Err(Fault::Vanished { action, of_many: false }),
            },
            Then::ChangesSubject => {
                if changed != 1 {
                    return Err(Fault::NoSubject { action });
                }
            }
            Then::Subject => {
                if rows.len() != 1 || !self.is_subject(action, &rows[0]) {
                    return Err(Fault::NoSubject { action });
                }
            }
            Then::LooksUpSubject { lookup, links } => {
                let parts = self.key_parts(action);
                if rows.len() != 1 || !self.is_subject(action, &rows[0][..parts]) {
                    return Err(Fault::NoSubject { action });
                }
                if let Some(relationship) = links
                    && rows[0][parts..].contains(&Value::Null)
                {
                    return Err(Fault::NothingToReferTo { action, relationship });
                }
                self.state.looked[lookup] = rows.into_iter().map(|mut row| row.split_off(parts)).collect();
            }
            Then::LooksUpMembers { lookup, count, relationship } => {
                if rows.len() < count {
                    return Err(Fault::NoMember { action, relationship });
                }
                if count > 0 && rows.iter().flatten().any(|value| *value == Value::Null) {
                    return Err(Fault::NothingToReferTo { action, relationship });
                }
                self.state.looked[lookup] = rows;
            }
            Then::Members { count, relationship } => {
                if usize::try_from(changed).ok() != Some(count) {
                    return Err(Fault::NoMember { action, relationship });
                }
            }
            Then::Permits { count, denial } => {
                if rows.len() != count {
                    return Err(Fault::Denied { action, denial });
                }
            }
            Then::PermitsFound { lookup, relationship } => {
                if rows.len() != self.state.looked[lookup].len() {
                    return Err(Fault::Denied { action, denial: Denial::Members(relationship) });
                }
            }
            Then::Finds { lookup } => self.state.looked[lookup] = rows,
            Then::NoneLeft { relationship } => {
                if !rows.is_empty() {
                    return Err(Fault::CannotLeave { action, relationship });
                }
            }
        }
        Ok(())
    }

    fn key_parts(&self, action: usize) -> usize {
        self.task.serving.catalog.get(self.task.actions[action].type_id).key.len()
    }

    /// Whether a key is the one of the action's subject, under exactly its id.
    fn is_subject(&self, action: usize, key: &[Value]) -> bool {
        let action = &self.task.actions[action];
        match &action.subject {
            Subject::Known { id, .. } => {
                id_of(self.task.serving.catalog.get(action.type_id), key).as_ref() == Some(id)
            }
            Subject::Created(creator) => self.state.created[*creator].as_deref() == Some(key),
        }
    }

    fn value(&self, slot: &Slot) -> Value {
        match slot {
            Slot::Value(value) => value.clone(),
            Slot::Field { action, value } => match &self.task.actions[*action].kind {
                Kind::Create(fields) | Kind::Update(fields) => fields.values[*value].clone(),
                Kind::Delete | Kind::Relate(_) => Value::Null,
            },
            Slot::Key { action, part } => {
                let key = self.state.created[*action].as_ref();
                key.and_then(|key| key.get(*part)).cloned().unwrap_or(Value::Null)
            }
            Slot::Looked { lookup, column } => {
                let row = self.state.looked[*lookup].first();
                row.and_then(|row| row.get(*column)).cloned().unwrap_or(Value::Null)
            }
        }
    }

    fn argument(&self, argument: &Argument) -> Value {
        match argument {
            Argument::One(slot) => self.value(slot),
            Argument::Keys { parts, keys } => {
                let value = |key: &Vec<Slot>| key.iter().map(|slot| self.value(slot)).collect();
                list(*parts, keys.iter().map(value).collect())
            }
            Argument::Rows { parts, lookup } => list(*parts, self.state.looked[*lookup].clone()),
        }
    }

    /// The values that a step shares with its action: of all its fields, or of none.
    fn shared<'t>(&'t self, step: &Step) -> Option<&'t Arc<[Value]>> {
        match &self.task.actions[step.action].kind {
            Kind::Create(fields) if step.takes_fields => Some(&fields.values),
            _ => None,
        }
    }

    /// The value of one of a step's parameters.
    fn parameter(&self, step: &Step, at: usize) -> Value {
        let shared = self.shared(step).map(AsRef::as_ref).unwrap_or_default();
        match shared.get(at) {
            Some(value) => value.clone(),
            None => self.argument(&step.arguments[at - shared.len()]),
        }
    }

    /// The key of an action's subject.
    fn subject_key(&self, action: usize) -> Vec<Value> {
        match &self.task.actions[action].subject {
            Subject::Known { key, .. } => key.clone(),
            Subject::Created(creator) => self.state.created[*creator].clone().unwrap_or_default(),
        }
    }

    /// Starts the read for the condition or for the next answer, if it is time for one.
    fn next_read(&mut self) -> Option<Read> {
        if !self.state.is_admitted
            && let Some(condition) = &self.task.condition
        {
            return Some(condition.read(&self.task.serving));
        }
        let Some(Stage::Read(actions)) = self.task.stages.get(self.state.stage) else { return None };
        let keys: Vec<Vec<Value>> = actions.iter().map(|action| self.subject_key(*action)).collect();
        let type_id = self.task.actions[actions[0]].type_id;
        self.task.answers.read(&self.task.serving, type_id, keys)
    }

    /// Takes what a read has found.
    fn take_found(&mut self, mut found: Found) -> Result<(), Fault> {
        if self.state.is_admitted {
            if let Stage::Read(actions) = &self.task.stages[self.state.stage]
                && let Some(action) = self.vanished(actions, &found)
            {
                return Err(Fault::Vanished { action, of_many: false });
            }
            self.state.stage += 1;
            self.state.found.push(found);
            return Ok(());
        }
        self.state.is_admitted = true;
        match &self.task.condition {
            Some(condition) => condition.check(&self.task.serving, &mut found),
            None => Ok(()),
        }
    }

    /// The first action whose resource a read has not found: a trigger may have taken it away. What was made or changed
    /// before a deletion may have gone with it, which is no surprise.
    fn vanished(&self, read: &[usize], found: &Found) -> Option<usize> {
        match self.task.answers {
            Answers::Resource(_) => read.first().copied().filter(|_| !found.start),
            Answers::Results(_) if found.rows < read.len() as u64 => {
                let last_deletion = self.last_deletion();
                let expected: Vec<usize> = read
                    .iter()
                    .copied()
                    .filter(|action| last_deletion.is_none_or(|at| *action > at))
                    .collect();
                let owner = self.task.serving.catalog.get(self.task.actions[read[0]].type_id);
                let id = |action: usize| id_of(owner, &self.subject_key(action));
                // The number of a row that is gone can be given to the next.
                let mut created = HashMap::new();
                for action in &expected {
                    if matches!(self.task.actions[*action].kind, Kind::Create(_))
                        && let Some(before) = created.insert(id(*action), *action)
                    {
                        return Some(before);
                    }
                }
                // An update can be of what another action has made or changed.
                let ids: HashSet<Option<String>> = expected.iter().copied().map(id).collect();
                if last_deletion.is_none() && found.rows >= ids.len() as u64 {
                    return None;
                }
                let gathered = &found.gathered;
                let there: HashSet<&[u8]> =
                    gathered.data_entries.iter().map(|entry| gathered.texts.get(entry.id)).collect();
                let is_there = |action| id(action).is_some_and(|id| there.contains(id.as_bytes()));
                expected.into_iter().find(|action| !is_there(*action))
            }
            _ => None,
        }
    }

    /// The last action that has deleted something so far.
    fn last_deletion(&self) -> Option<usize> {
        let steps = self.task.stages[..self.state.stage].iter().rev();
        let mut actions =
            steps.filter_map(|stage| if let Stage::Step(step) = stage { Some(step.action) } else { None });
        actions.find(|action| matches!(self.task.actions[*action].kind, Kind::Delete))
    }

    fn advance(&mut self, wave: &mut Vec<Query>) -> Result<Next, Fault> {
        let is_first = !mem::replace(&mut self.state.is_prefaced, true);
        if let Some(preface) = self.task.serving.preface.as_ref().filter(|_| is_first) {
            wave.push(preface.clone());
            return Ok(Next::Run);
        }
        self.state.rows.retain(|_| self.state.awaited.is_some());
        self.judge()?;
        loop {
            if self.state.reading.is_none() {
                self.state.reading = self.next_read().map(Box::new);
            }
            if let Some(read) = &mut self.state.reading {
                read.next(wave);
                if !wave.is_empty() {
                    return Ok(Next::Run);
                }
                if let Some(read) = self.state.reading.take() {
                    self.take_found(*read.into_found())?;
                }
                continue;
            }
            self.state.is_admitted = true;
            let Some(stage) = self.task.stages.get(self.state.stage) else { return Ok(Next::Commit) };
            let Stage::Step(step) = stage else {
                // Nothing is shown of these resources.
                self.state.stage += 1;
                continue;
            };
            let own = step.arguments.iter().map(|argument| self.argument(argument)).collect();
            let parameters = Parameters::new(self.shared(step).cloned(), own);
            wave.push(Query { statement: Arc::clone(&step.statement), parameters });
            self.state.awaited = Some(self.state.stage);
            self.state.stage += 1;
            return Ok(Next::Run);
        }
    }
}

impl Transaction for Write {
    fn next(&mut self, wave: &mut Vec<Query>) -> Next {
        self.advance(wave).unwrap_or_else(|fault| {
            self.state.fault = Some(fault);
            Next::RollBack
        })
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        match &mut self.state.reading {
            Some(read) => read.row(query, row),
            None => self.state.rows.push(row.iter().map(|cell: &Cell<'_>| cell.to_value()).collect()),
        }
    }

    fn changed(&mut self, _: usize, rows: u64, generated: Option<i64>) {
        self.state.changed = (rows, generated);
    }

    fn committing(&mut self) {
        let State { created, found, is_handed_over, .. } = &mut self.state;
        if found.iter().map(Found::object_bytes).sum::<usize>() < EARLY_BYTES_MIN {
            return;
        }
        if let Some(early) = self.early.take() {
            *is_handed_over = true;
            // Where nobody takes it nobody waits for the answer any more.
            let _ = early.send(Done { created: mem::take(created), found: mem::take(found) });
        }
    }

    fn is_conditional(&self) -> bool {
        self.task.condition.is_some() || self.task.asks_permission
    }

    fn refused(&mut self, query: Option<usize>, violation: Violation) {
        let stage = query.and(self.state.awaited).map(|stage| &self.task.stages[stage]);
        let step = stage.and_then(|stage| if let Stage::Step(step) = stage { Some(step) } else { None });
        self.state.fault = Some(Fault::Refused {
            action: step.map(|step| step.action),
            of_many: step.is_some_and(|step| {
                matches!(step.then, Then::Created(count) | Then::CreatedAsGiven { count, .. } if count > 1)
            }),
            violation,
        });
    }

    fn restart(&mut self) {
        self.state = State {
            created: vec![None; self.task.actions.len()],
            looked: vec![Vec::new(); self.task.lookups],
            ..State::default()
        };
    }
}

/// The id of the resource with this key.
pub(super) fn id_of(owner: &ResourceType, key: &[Value]) -> Option<String> {
    let mut text = String::new();
    let parts = key.iter().zip(&owner.key).map(|(value, column)| (as_cell(value), Form::of(column)));
    id::write(&mut text, parts).map(|()| text)
}

/// Keys of so many parts as one parameter.
pub(super) fn list(parts: usize, keys: Vec<Vec<Value>>) -> Value {
    if parts > 1 { Value::Rows(keys) } else { Value::List(keys.into_iter().flatten().collect()) }
}
