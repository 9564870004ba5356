//! Writing: from a request document to one transaction, and to the answer.
//!
//! The way of a write, one module a stage:
//!
//! | module | turns | into |
//! |---|---|---|
//! | `request` | a target and a body | drafts: what is to be done, in the catalog's terms; problems of a document together |
//! | `fields`, `linkage`, `value` | a resource object, linkage, one value | columns and subjects |
//! | `permission` | the fields given | what the caller's permissions demand of the rows |
//! | `steps`, `create`, `edit`, `guard` | actions | statements in order, and what must come of each |
//! | `run` | steps | a transaction: sans-IO, able to start over |
//! | `fault` | what was refused | error objects with pointers into the request document |
//! | `answer`, `outcome` | what was read at the end | the answer |
//! | `idempotency` | a request sent again under its key | the answer it was given |
//!
//! A single write and a list of operations are the same thing: a list of [`Action`]s in one transaction.

mod answer;
mod create;
mod edit;
mod fault;
mod fields;
mod guard;
mod idempotency;
mod linkage;
mod outcome;
mod perform;
mod permission;
mod request;
mod run;
mod steps;
mod value;

use std::sync::Arc;

use docent_catalog::model::{ResourceType, StoredColumn, TypeId, ValueSource};
use docent_jsonapi::request::Position;
use docent_sql::Value;
use docent_sql::statement::Condition;

pub(crate) use self::idempotency::{is_in_progress, perform_once, prepare as prepare_keys};
pub(crate) use self::perform::{Endpoint, methods, unchangeable};
pub(crate) use self::value::column_value;

/// One thing to do.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) type_id: TypeId,
    /// Which resource is created, changed or deleted, or has its relationship changed.
    pub(crate) subject: Subject,
    pub(crate) kind: Kind,
    /// Where the request document asks for it.
    pub(crate) position: Position,
    /// What the caller's permissions demand of the subject: before a change, and after it.
    pub(crate) permission: Condition,
}

/// What is done to a resource.
#[derive(Debug)]
pub(crate) enum Kind {
    /// It is created.
    Create(Fields),
    /// Some of its fields get other values.
    Update(Fields),
    /// It is deleted.
    Delete,
    /// The members of one of its relationships change.
    Relate(Edit),
}

/// A resource, known by its key or made by an earlier action of the same request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Subject {
    /// One with this id.
    Known {
        /// The id as given.
        id: String,
        /// Its key.
        key: Vec<Value>,
    },
    /// The one that the action at this position creates.
    Created(usize),
}

/// New values of fields.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// The columns that get values.
    pub(crate) columns: Vec<Column>,
    /// The value of each, for every statement that needs them and each attempt at the transaction.
    pub(crate) values: Arc<[Value]>,
    /// Relationships that are foreign keys, and whom they lead to.
    pub(crate) links: Vec<(usize, Option<Subject>)>,
    /// Relationships that other rows hold.
    pub(crate) edits: Vec<Edit>,
    /// Whether the client chose the id.
    pub(crate) has_client_id: bool,
}

/// A column that gets a value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// That of the attribute at this position.
    Attribute(usize),
    /// This part of a key that the client chose.
    Key(usize),
    /// One of this name, which gets another value than the document's.
    Set(String),
}

impl Fields {
    /// The position of the value that a column gets.
    pub(crate) fn position(&self, owner: &ResourceType, column: &StoredColumn) -> Option<usize> {
        self.columns.iter().position(|known| known.name(owner) == column.name)
    }
}

impl Column {
    /// Its name in the table.
    pub(crate) fn name<'a>(&'a self, owner: &'a ResourceType) -> &'a str {
        match self {
            Column::Attribute(index) => {
                let ValueSource::Column(column) = &owner.attributes[*index].value;
                &column.name
            }
            Column::Key(part) => &owner.key[*part].name,
            Column::Set(name) => name,
        }
    }
}

/// A change of a relationship that other rows hold, or of a to-one relationship at its own URL.
#[derive(Debug)]
pub(crate) struct Edit {
    /// Position of the relationship in its type.
    pub(crate) relationship: usize,
    pub(crate) change: MemberChange,
    /// The resources that the linkage names, each once.
    pub(crate) members: Vec<Member>,
}

/// A member that linkage names.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) subject: Subject,
    /// Its place in the linkage; none for the one of a to-one relationship.
    pub(crate) index: Option<usize>,
}

/// What happens to the members of a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberChange {
    /// The named ones become its only members.
    Replace,
    /// They are added.
    Add,
    /// They are removed.
    Remove,
}
