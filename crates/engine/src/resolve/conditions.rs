//! Conditions that are not a request's: those of permissions.

use docent_catalog::model::{Catalog, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::filter::Filter;
use docent_sql::Value;
use docent_sql::statement::Condition;

use super::{FIRST_ALIAS, MAIN, Resolver};

/// Conditions on the rows of types, resolved one after another, whose values are then given together.
pub(crate) struct Conditions<'a>(Resolver<'a>);

/// Relationships that a path of a condition crosses at most.
const CONDITION_DEPTH_MAX: usize = 16;

impl<'a> Conditions<'a> {
    /// None yet.
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        Conditions(Resolver {
            catalog,
            depth_max: CONDITION_DEPTH_MAX,
            values: Vec::new(),
            next_alias: FIRST_ALIAS,
            errors: Vec::new(),
        })
    }

    /// The condition that a filter is on the rows of a type under [`MAIN`].
    pub(crate) fn resolve(&mut self, owner: TypeId, filter: &Filter) -> Result<Condition, Vec<ErrorObject>> {
        let before = self.0.values.len();
        self.0.next_alias = FIRST_ALIAS;
        let condition = self.0.filter(owner, MAIN, filter);
        let errors = std::mem::take(&mut self.0.errors);
        if errors.is_empty() {
            return Ok(condition);
        }
        self.0.values.truncate(before);
        Err(errors)
    }

    /// Adds a value; its position.
    pub(crate) fn add(&mut self, value: Value) -> u16 {
        self.0.push(value).0
    }

    /// All values, by their positions.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.0.values
    }
}
