//! What a write leads to: the answer the contract demands, and the database as it is afterwards.
//!
//! First comes what the schema tells (`schema`): all of it is reported together. Then the write is performed on a copy
//! of the database (`perform`, `relate`, `operations`), and what goes wrong there ends it.

mod operations;
mod perform;
mod relate;
mod schema;

use std::collections::BTreeSet;

use super::super::model::Model;
use super::problem::{Expected, Problem, Refusal, Source};
use super::store::Store;
use super::write::{ResourceObject, Verb, Write};
use perform::Performance;

pub(super) use operations::OPERATIONS_MAX;
pub(super) use schema::{ClientIds, key_of};

/// Types and names of local ids that are known in a place.
type Lids = BTreeSet<(String, String)>;

/// Judges writes to a database with this content.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    /// The types; the rows in here do not count.
    pub(super) schema: &'a Model,
    pub(super) store: &'a Store,
    pub(super) condition: Condition,
}

/// What `If-Match` says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing that stands against it.
    Holds,
    /// It has another tag.
    Fails,
    /// It is missing though the server wants one.
    Missing,
}

/// Why no answer is computed.
enum Stop {
    Refused(Refusal),
    Status(Vec<u16>),
}

impl From<Vec<Problem>> for Stop {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(Refusal::some(problems))
    }
}

type Outcome<T> = Result<T, Stop>;

impl Judge<'_> {
    /// The answer, and the database afterwards if that is another one.
    pub(super) fn judge(self, write: &Write) -> (Expected, Option<Store>) {
        let mut performance = Performance::new(self.schema, self.store.clone());
        match self.perform(&mut performance, write) {
            Ok(expected) => (expected, Some(performance.store)),
            Err(Stop::Refused(mut refusal)) => {
                refusal.problems.append(&mut performance.early);
                (Expected::Refused(refusal), None)
            }
            Err(Stop::Status(statuses)) => (Expected::Status(statuses), None),
        }
    }

    fn perform(self, performance: &mut Performance<'_>, write: &Write) -> Outcome<Expected> {
        match write {
            Write::Create { collection, resource } => {
                let of = self.type_of(collection)?;
                performance.check(self.type_conflict(of, resource))?;
                let lids = own_lid(resource);
                performance.check(self.resource(of, resource, "/data", true, &lids))?;
                let id = performance.create(of, resource, "/data")?;
                Ok(Expected::Created { of, id })
            }
            Write::Update { of, id, resource } => {
                let of = self.type_of(of)?;
                performance.early.extend(self.impossible_target(of, id));
                performance.check(self.type_conflict(of, resource))?;
                let mut problems = self.resource(of, resource, "/data", false, &Lids::new());
                if resource.id() != Some(id) {
                    problems.push(Problem::at(409, "resource-id-conflict", "/data/id"));
                }
                performance.check(problems)?;
                self.may_change(performance, of, id)?;
                performance.update(of, id, resource, "/data")?;
                Ok(Expected::Updated { of, id: id.clone() })
            }
            Write::Delete { of, id } => {
                let of = self.type_of(of)?;
                self.may_change(performance, of, id)?;
                performance.delete(of, id, Source::Nothing)?;
                Ok(Expected::Done)
            }
            Write::Relate { of, id, relationship, verb, linkage } => {
                let of = self.type_of(of)?;
                let index =
                    self.schema.types[of].relationship(relationship).ok_or(Stop::Status(vec![404]))?;
                if *verb != Verb::Replace && !self.schema.types[of].relationships[index].many {
                    return Err(Stop::Status(vec![405]));
                }
                performance.early.extend(self.impossible_target(of, id));
                performance.check(self.relationship(
                    of,
                    index,
                    linkage,
                    ("", "/data"),
                    false,
                    &Lids::new(),
                ))?;
                self.may_change(performance, of, id)?;
                performance.relate(of, id, index, *verb, linkage, "/data")?;
                Ok(Expected::Done)
            }
            Write::Operations(operations) => self.operations(performance, operations),
        }
    }

    /// That an id is that of no resource can be told before the database is asked, or be left to it.
    fn impossible_target(self, of: usize, id: &str) -> Option<Problem> {
        let is_possible = key_of(&self.schema.types[of], id).is_some();
        (!is_possible).then(|| Problem::anywhere(404, "resource-not-found").optional())
    }

    fn type_of(self, name: &str) -> Outcome<usize> {
        self.schema.types.iter().position(|it| it.name == name).ok_or(Stop::Status(vec![404]))
    }

    /// Of another type than the URL's nothing more is said.
    fn type_conflict(self, of: usize, resource: &ResourceObject) -> Vec<Problem> {
        let fits = resource.type_name == self.schema.types[of].name;
        if fits { Vec::new() } else { vec![Problem::at(409, "resource-type-conflict", "/data/type")] }
    }

    /// What is to be changed must be there, and must be what the client thinks it is.
    fn may_change(self, performance: &Performance<'_>, of: usize, id: &str) -> Outcome<()> {
        performance.position(of, id, Source::Open)?;
        match self.condition {
            Condition::Holds => Ok(()),
            Condition::Fails => {
                Err(Problem::of(412, "precondition-failed", Source::Header("If-Match")).into())
            }
            Condition::Missing => {
                Err(Problem::of(428, "precondition-required", Source::Header("If-Match")).into())
            }
        }
    }
}

/// The local id that a resource may be called by within itself.
fn own_lid(resource: &ResourceObject) -> Lids {
    resource.lid().map(|lid| (resource.type_name.clone(), lid.to_owned())).into_iter().collect()
}
