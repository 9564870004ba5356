//! What was refused, as error objects that point into the request document.
//!
//! The database says which rule was broken, but not always by which part of the request: a foreign key does not tell
//! which identifier leads to nothing. That is found out afterwards, by looking for the resources that were named.

use std::sync::Arc;
use std::time::Instant;

use docent_catalog::model::{Link, ResourceType, TypeId};
use docent_jsonapi::error::{ErrorKind, ErrorObject};
use docent_jsonapi::pointer::Pointer;
use docent_jsonapi::request::Position;
use docent_sql::render::render;
use docent_sql::statement::{Condition, Parameter};
use docent_sql::{Cell, Cost, Database, Program, Query, Row, Value, Violation, ViolationKind};

use super::fields::place_of_column;
use super::guard::Denial;
use super::linkage::missing;
use super::permission::{refused, refused_members};
use super::run::{Task, id_of, list};
use super::steps::select;
use super::{Action, Edit, Fields, Kind, Subject};
use crate::error;
use crate::represent::no_resource;
use crate::resolve::{MAIN, refs, table_of};

/// Why a write was given up.
#[derive(Debug)]
pub(super) enum Fault {
    /// It was decided before anything was changed.
    Refusal(Box<ErrorObject>),
    /// The resource to be changed is not there.
    NoSubject { action: usize },
    /// Not all members named are there.
    NoMember { action: usize, relationship: usize },
    /// What would be referred to is NULL.
    NothingToReferTo { action: usize, relationship: usize },
    /// The caller may not change what the action would change.
    Denied { action: usize, denial: Denial },
    /// Members cannot be without the relationship.
    CannotLeave { action: usize, relationship: usize },
    /// What was created is not there: a trigger of the database took it away.
    Vanished { action: usize, of_many: bool },
    /// The database refused a statement, or the whole when it was to be kept.
    Refused { action: Option<usize>, of_many: bool, violation: Violation },
}

impl Fault {
    /// Whether it befell a statement with many rows: which of them was it?
    pub(super) fn is_of_many(&self) -> bool {
        matches!(self, Fault::Refused { of_many: true, .. } | Fault::Vanished { of_many: true, .. })
    }
}

/// The errors that a fault is told as.
pub(super) async fn errors(
    fault: Fault,
    task: &Task,
    database: &Database,
    deadline: Instant,
) -> Vec<ErrorObject> {
    let catalog = &task.serving.catalog;
    let mut refused = None;
    let (action, relationship) = match fault {
        Fault::Refusal(error) => return vec![*error],
        Fault::NoSubject { action } => return vec![no_subject(task, database, action, deadline).await],
        Fault::NothingToReferTo { action, relationship } => {
            let action = &task.actions[action];
            let name = &catalog.get(action.type_id).relationships[relationship].name;
            let member = (!matches!(action.kind, Kind::Relate(_))).then_some(name.as_str());
            let detail =
                format!("\"{name}\" cannot link these: one lacks the value that the link is made of.");
            let error = ErrorObject::new(&error::INVALID_VALUE, detail);
            return vec![error.with_pointer(action.position.linkage(member))];
        }
        Fault::Denied { action, denial: Denial::Subject } => {
            let by_id = named_by_id(task, &task.actions[action], None);
            let missing = missing_of(task, database, by_id, deadline).await;
            if !missing.is_empty() {
                return missing;
            }
            return vec![denied(task, database, action, deadline).await];
        }
        Fault::Denied { action, denial: Denial::Members(relationship) } => {
            let named = named(task, &task.actions[action], Some(relationship));
            let missing = missing_of(task, database, named, deadline).await;
            if !missing.is_empty() {
                return missing;
            }
            let action = &task.actions[action];
            let error = refused_members(&task.serving, (action.type_id, relationship));
            let name = &catalog.get(action.type_id).relationships[relationship].name;
            let member = (!matches!(action.kind, Kind::Relate(_))).then_some(name.as_str());
            return vec![error.with_pointer(action.position.linkage(member))];
        }
        Fault::CannotLeave { action, relationship } => return vec![cannot_leave(task, action, relationship)],
        Fault::Vanished { action, .. } => {
            let detail = "The database did not keep the resource: a rule of its own took it away.";
            let pointer = task.actions[action].position.data();
            return vec![ErrorObject::new(&error::REFUSED, detail).with_pointer(pointer)];
        }
        Fault::NoMember { action, relationship } => (Some(action), Some(relationship)),
        Fault::Refused { action, violation, .. } => {
            let may_be_reference = matches!(
                violation.kind,
                ViolationKind::MissingReference | ViolationKind::Reference | ViolationKind::Type
            );
            if !may_be_reference {
                let action = &task.actions[action.unwrap_or_default()];
                return violated(catalog.get(action.type_id), action, &violation);
            }
            refused = Some(violation);
            (action, None)
        }
    };
    let actions = || (0..task.actions.len()).filter(|at| action.is_none_or(|one| one == *at));
    let named = actions().flat_map(|at| named(task, &task.actions[at], relationship)).collect();
    let mut missing: Vec<ErrorObject> =
        actions().flat_map(|at| removed_before(task, at, relationship)).collect();
    missing.extend(missing_of(task, database, named, deadline).await);
    if !missing.is_empty() {
        return missing;
    }
    if let (Some(at), Some(violation)) =
        (action, refused.filter(|violation| violation.kind == ViolationKind::Type))
    {
        let action = &task.actions[at];
        return violated(catalog.get(action.type_id), action, &violation);
    }
    if let [action] = task.actions.as_slice()
        && matches!(action.kind, Kind::Delete)
    {
        let detail = "Other resources still refer to this one.";
        return vec![pointed(ErrorObject::new(&error::STILL_REFERENCED, detail), action)];
    }
    // It was there when it was looked for, or what it refers to changed: not to be told apart from here.
    let detail =
        "A resource that the request refers to is not there, or others still refer to what it changes.";
    let error = ErrorObject::new(&error::STILL_REFERENCED, detail);
    vec![match action {
        Some(action) => error.with_pointer(task.actions[action].position.whole()),
        None => error,
    }]
}

/// The subject is not seen; or it is, and may not be changed like this.
async fn denied(task: &Task, database: &Database, action: usize, deadline: Instant) -> ErrorObject {
    let action = &task.actions[action];
    if let Subject::Known { id, key } = &action.subject {
        let pointer = action.position.whole();
        let subject = Named { type_id: action.type_id, id: id.clone(), key: key.clone(), pointer };
        if !missing_of(task, database, vec![subject], deadline).await.is_empty() {
            return pointed(no_resource(&task.serving.catalog.get(action.type_id).name, id), action);
        }
    }
    pointed(refused(&task.serving, action.type_id), action)
}

/// The subject is not there; or it is, and a trigger has left it as it is.
async fn no_subject(task: &Task, database: &Database, action: usize, deadline: Instant) -> ErrorObject {
    let action = &task.actions[action];
    let name = &task.serving.catalog.get(action.type_id).name;
    let Subject::Known { id, key } = &action.subject else {
        let detail = format!("The resource of type {name} is not there any more.");
        return pointed(ErrorObject::new(&error::RESOURCE_NOT_FOUND, detail), action);
    };
    let pointer = action.position.whole();
    let subject = Named { type_id: action.type_id, id: id.clone(), key: key.clone(), pointer };
    let is_there = missing_of(task, database, vec![subject], deadline).await.is_empty();
    let was_removed = task.actions.iter().any(|other| {
        matches!(other.kind, Kind::Delete) && !std::ptr::eq(other, action) && other.subject == action.subject
    });
    if is_there && !was_removed {
        let detail = "A rule of the database left the resource as it was.";
        return pointed(ErrorObject::new(&error::REFUSED, detail), action);
    }
    pointed(no_resource(name, id), action)
}

/// Errors about a URL have no pointer; those about an operation point at it.
fn pointed(error: ErrorObject, action: &Action) -> ErrorObject {
    match action.position {
        Position::Document => error,
        position @ Position::Operation(_) => error.with_pointer(position.whole()),
    }
}

fn cannot_leave(task: &Task, action: usize, relationship: usize) -> ErrorObject {
    let action = &task.actions[action];
    let owner = task.serving.catalog.get(action.type_id);
    let relationship = &owner.relationships[relationship];
    let target = &task.serving.catalog.get(relationship.target).name;
    let detail = format!(
        "\"{}\" would lose resources of type {target} that cannot be without it. Give them another one first, or delete \
         them.",
        relationship.name
    );
    let member = (!matches!(action.kind, Kind::Relate(_))).then_some(relationship.name.as_str());
    ErrorObject::new(&error::RELATIONSHIP_REQUIRED, detail).with_pointer(action.position.linkage(member))
}

/// The errors for a broken rule of the database.
fn violated(owner: &ResourceType, action: &Action, violation: &Violation) -> Vec<ErrorObject> {
    let none = Fields::default();
    let fields = match &action.kind {
        Kind::Create(fields) | Kind::Update(fields) => fields,
        Kind::Delete | Kind::Relate(_) => &none,
    };
    let is_own = violation.table.as_ref().is_none_or(|table| *table == table_of(owner).name.name);
    let columns: Vec<&str> = match violation.kind {
        _ if !is_own => Vec::new(),
        ViolationKind::Check => {
            violation.constraint.as_deref().map(|name| owner.columns_of_check(name)).unwrap_or_default()
        }
        _ => violation.columns.iter().map(String::as_str).collect(),
    };
    let is_key =
        !columns.is_empty() && columns.iter().all(|column| owner.key.iter().any(|part| part.name == *column));
    let (kind, problem): (&'static ErrorKind, String) = match violation.kind {
        ViolationKind::Unique if is_key && matches!(action.kind, Kind::Create(_)) => {
            let detail = format!("A resource of type {} with this id exists already.", owner.name);
            let pointer = if fields.has_client_id {
                action.position.data().with_member("id")
            } else {
                action.position.data()
            };
            return vec![ErrorObject::new(&error::ID_TAKEN, detail).with_pointer(pointer)];
        }
        ViolationKind::Unique => {
            let what = if columns.len() > 1 { "these values together" } else { "this value" };
            (&error::NOT_UNIQUE, format!("Another resource has {what} already."))
        }
        ViolationKind::StillReferenced => {
            (&error::STILL_REFERENCED, "Other resources still refer to this one.".to_owned())
        }
        ViolationKind::NotNull => (&error::REQUIRED, "A value is required.".to_owned()),
        ViolationKind::Check => {
            (&error::INVALID_VALUE, "The value breaks a rule that the database has for it.".to_owned())
        }
        ViolationKind::Type => {
            (&error::INVALID_VALUE, "The value is not of the type stored here.".to_owned())
        }
        ViolationKind::Range => {
            (&error::INVALID_VALUE, "The value is too long or too large to be stored here.".to_owned())
        }
        ViolationKind::Trigger => (&error::REFUSED, violation.text.clone()),
        ViolationKind::Denied => {
            (&error::FORBIDDEN, "A rule of the database for the caller's role refuses it.".to_owned())
        }
        ViolationKind::ReadOnly => (&error::READ_ONLY_FIELD, "It cannot be written.".to_owned()),
        ViolationKind::MissingReference | ViolationKind::Reference | ViolationKind::Other => {
            (&error::REFUSED, "The database refuses the change.".to_owned())
        }
    };
    let mut places: Vec<(String, Pointer)> = Vec::new();
    for place in columns.iter().filter_map(|column| place_of_column(owner, fields, column, action.position)) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if places.is_empty() {
        let error = ErrorObject::new(kind, problem);
        return vec![match &action.kind {
            Kind::Delete => pointed(error, action),
            _ => error.with_pointer(action.position.data()),
        }];
    }
    let error =
        |(name, pointer)| ErrorObject::new(kind, format!("\"{name}\": {problem}")).with_pointer(pointer);
    places.into_iter().map(error).collect()
}

/// A resource that linkage names.
struct Named {
    type_id: TypeId,
    id: String,
    key: Vec<Value>,
    pointer: Pointer,
}

/// The resources that an action's linkage names: of one relationship, or of all.
fn named(task: &Task, action: &Action, only: Option<usize>) -> Vec<Named> {
    let owner = task.serving.catalog.get(action.type_id);
    let mut named = named_by_id(task, action, only);
    each_named(task, action, &mut |relationship, subject, pointer| {
        if let Subject::Known { id, key } = subject
            && only.is_none_or(|only| only == relationship)
        {
            let type_id = owner.relationships[relationship].target;
            named.push(Named { type_id, id: id.clone(), key: key.clone(), pointer });
        }
    });
    named
}

/// Calls `take` with every identifier of an action: its relationship, whom it names, and where it is.
fn each_named(task: &Task, action: &Action, take: &mut dyn FnMut(usize, &Subject, Pointer)) {
    let owner = task.serving.catalog.get(action.type_id);
    let edits: &[Edit] = match &action.kind {
        Kind::Create(fields) | Kind::Update(fields) => {
            for (relationship, subject) in &fields.links {
                let name = &owner.relationships[*relationship].name;
                if let Some(subject) = subject {
                    take(*relationship, subject, action.position.linkage(Some(name)));
                }
            }
            &fields.edits
        }
        Kind::Relate(edit) => std::slice::from_ref(edit),
        Kind::Delete => &[],
    };
    let is_whole = matches!(action.kind, Kind::Relate(_));
    for edit in edits {
        let relationship = &owner.relationships[edit.relationship];
        let name = (!is_whole).then_some(relationship.name.as_str());
        let is_own = matches!(relationship.link, Link::ForeignKey { .. });
        for member in &edit.members {
            let index = member.index.filter(|_| !is_own);
            take(edit.relationship, &member.subject, action.position.identifier(name, index));
        }
    }
}

/// The resources that the foreign keys in an id chosen by the client lead to.
fn named_by_id(task: &Task, action: &Action, only: Option<usize>) -> Vec<Named> {
    let catalog = &task.serving.catalog;
    let Kind::Create(fields) = &action.kind else { return Vec::new() };
    let owner = catalog.get(action.type_id);
    let led = owner.relationships.iter().filter_map(|relationship| {
        let Link::ForeignKey { near, holds_key: true, .. } = &relationship.link else { return None };
        let value = |column| Some(fields.values[fields.position(owner, column)?].clone());
        let key: Vec<Value> = near.iter().map(value).collect::<Option<_>>()?;
        let id = id_of(catalog.get(relationship.target), &key)?;
        let pointer = action.position.data().with_member("id");
        Some(Named { type_id: relationship.target, id, key, pointer })
    });
    if fields.has_client_id && only.is_none() { led.collect() } else { Vec::new() }
}

/// Identifiers of resources that the request removed before it named them (ATM-84).
fn removed_before(task: &Task, at: usize, only: Option<usize>) -> Vec<ErrorObject> {
    let action = &task.actions[at];
    let owner = task.serving.catalog.get(action.type_id);
    let mut errors = Vec::new();
    each_named(task, action, &mut |relationship, subject, pointer| {
        let target = owner.relationships[relationship].target;
        let is_removed = task.actions[..at].iter().any(|other| {
            matches!(other.kind, Kind::Delete) && other.type_id == target && other.subject == *subject
        });
        if is_removed && only.is_none_or(|only| only == relationship) {
            let name = &task.serving.catalog.get(target).name;
            let detail = format!("The request has removed this resource of type {name} before.");
            let error = ErrorObject::new(&error::RELATED_RESOURCE_NOT_FOUND, detail);
            errors.push(error.with_pointer(pointer));
        }
    });
    errors
}

/// Those that are not there.
async fn missing_of(
    task: &Task,
    database: &Database,
    named: Vec<Named>,
    deadline: Instant,
) -> Vec<ErrorObject> {
    let catalog = &task.serving.catalog;
    let mut types: Vec<TypeId> = named.iter().map(|one| one.type_id).collect();
    types.sort_unstable();
    types.dedup();
    let query = |type_id: &TypeId| {
        let target = catalog.get(*type_id);
        let wanted = named.iter().filter(|one| one.type_id == *type_id).map(|one| one.key.clone()).collect();
        let mut parameters = task.serving.caller.to_vec();
        parameters.push(list(target.key.len(), wanted));
        let keys = Parameter(catalog.caller_values);
        let condition = Condition::InKeys { columns: refs(MAIN, &target.key), keys, negated: false };
        let statement = render(database.dialect(), &select(target, &target.key, condition));
        Query { statement: Arc::new(statement), parameters: parameters.into() }
    };
    let queries = types.iter().map(query);
    let preface = task.serving.preface.clone();
    let before = usize::from(preface.is_some());
    let search =
        Search { queries: preface.into_iter().chain(queries).collect(), is_over: false, rows: Vec::new() };
    let (search, outcome) = database.read(search, Cost::Cheap, deadline, None).await;
    let (Some(search), Ok(())) = (search, outcome.result) else { return Vec::new() };
    let is_there = |one: &Named| {
        search.rows.iter().filter(|(query, _)| *query >= before).any(|(query, key)| {
            types[*query - before] == one.type_id
                && id_of(catalog.get(one.type_id), key).as_ref() == Some(&one.id)
        })
    };
    let gone = named.iter().filter(|one| !is_there(one));
    gone.map(|one| missing(&catalog.get(one.type_id).name, &one.id, one.pointer.clone())).collect()
}

/// Looks for keys.
struct Search {
    queries: Vec<Query>,
    is_over: bool,
    rows: Vec<(usize, Vec<Value>)>,
}

impl Program for Search {
    fn next(&mut self, wave: &mut Vec<Query>) {
        if !std::mem::replace(&mut self.is_over, true) {
            wave.extend(self.queries.iter().cloned());
        }
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        self.rows.push((query, row.iter().map(|cell: &Cell<'_>| cell.to_value()).collect()));
    }

    fn restart(&mut self) {
        self.is_over = false;
        self.rows.clear();
    }

    fn needs_snapshot(&self) -> bool {
        self.queries.len() > 1
    }
}
