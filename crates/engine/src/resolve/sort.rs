//! Sort fields resolved to columns, with the joins that reach them and the key behind them.

use docent_catalog::model::{Arity, Field, Link, StoredColumn, TypeId, ValueSource};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::query::SortField;
use docent_sql::schema::ColumnType;
use docent_sql::statement::{Alias, ColumnRef, Join, OrderTerm};

use super::{MAIN, Resolver};
use crate::error;
use crate::route::did_you_mean;

/// Tables joined for sorting at most; SQLite joins 64 in all.
const JOINS_MAX: usize = 32;

/// A total order of the rows of a type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Order {
    /// Tables that sort columns are in, one for each distinct path.
    pub(crate) joins: Vec<SortJoin>,
    /// The terms; the last ones are the key.
    pub(crate) terms: Vec<OrderTerm>,
}

/// A table joined for sorting, and the path that leads to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SortJoin {
    path: Vec<usize>,
    pub(crate) join: JoinKey,
}

/// A join that can be part of a cache key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct JoinKey {
    pub(crate) target: TypeId,
    pub(crate) alias: Alias,
    near: Vec<ColumnRef>,
    far: Vec<String>,
}

impl JoinKey {
    /// The join as a statement has it.
    pub(crate) fn to_join(&self, catalog: &docent_catalog::model::Catalog) -> Join {
        let on = self.near.iter().cloned().zip(self.far.iter().cloned());
        Join {
            outer: true,
            table: super::table_of(catalog.get(self.target)).clone(),
            alias: self.alias,
            on: on.collect(),
        }
    }
}

impl Resolver<'_> {
    /// The order asked for, made total by the key.
    pub(super) fn order(&mut self, owner: TypeId, fields: &[SortField]) -> Order {
        let mut order = Order::default();
        for field in fields {
            if let Err(error) = self.sort_field(owner, field, &mut order) {
                self.errors.push(error.with_parameter("sort"));
            }
        }
        push_key(&mut order, &self.catalog.get(owner).key, MAIN, false);
        order
    }

    fn sort_field(&mut self, owner: TypeId, field: &SortField, order: &mut Order) -> Result<(), ErrorObject> {
        let Some((name, steps)) = field.path.split_last() else { return Ok(()) };
        self.check_depth(steps.len())?;
        let (mut current, mut alias, mut taken) = (owner, MAIN, Vec::new());
        for step in steps {
            (current, alias) = self.sort_step(current, alias, step, &mut taken, order)?;
        }
        let resource_type = self.catalog.get(current);
        match resource_type.field(name) {
            Some(Field::Attribute(index)) => {
                let ValueSource::Column(column) = &resource_type.attributes[index].value;
                if matches!(column.column_type, ColumnType::Json | ColumnType::Binary | ColumnType::Array(_))
                {
                    let detail = format!("Values of \"{name}\" have no order to sort by.");
                    return Err(ErrorObject::new(&error::UNSUPPORTED_SORT, detail));
                }
                push_term(order, column, alias, field.descending);
                Ok(())
            }
            Some(Field::Relationship(_)) => {
                let detail =
                    format!("\"{name}\" is a relationship; sort by a field of it, such as \"{name}.id\".");
                Err(ErrorObject::new(&error::UNSUPPORTED_SORT, detail))
            }
            None if name == "id" => {
                push_key(order, &resource_type.key, alias, field.descending);
                Ok(())
            }
            None => {
                let known =
                    resource_type.attributes.iter().map(|attribute| attribute.name.as_str()).chain(["id"]);
                let hint = did_you_mean(name, known);
                let detail = format!("{} has no attribute \"{name}\".{hint}", resource_type.name);
                Err(ErrorObject::new(&error::UNKNOWN_SORT_FIELD, detail))
            }
        }
    }

    fn sort_step(
        &mut self,
        current: TypeId,
        alias: Alias,
        step: &str,
        taken: &mut Vec<usize>,
        order: &mut Order,
    ) -> Result<(TypeId, Alias), ErrorObject> {
        let resource_type = self.catalog.get(current);
        let Some(Field::Relationship(index)) = resource_type.field(step) else {
            let known = resource_type.relationships.iter().map(|relationship| relationship.name.as_str());
            let hint = did_you_mean(step, known);
            let detail = format!("{} has no relationship \"{step}\".{hint}", resource_type.name);
            return Err(ErrorObject::new(&error::UNKNOWN_SORT_FIELD, detail));
        };
        let relationship = &resource_type.relationships[index];
        let (Link::ForeignKey { near, far, .. } | Link::Inverse { near, far }, Arity::ToOne) =
            (&relationship.link, relationship.arity)
        else {
            let detail =
                format!("\"{step}\" leads to many resources; a sort path goes through to-one relationships.");
            return Err(ErrorObject::new(&error::UNSUPPORTED_SORT, detail));
        };
        taken.push(index);
        if let Some(known) = order.joins.iter().find(|join| join.path == *taken) {
            return Ok((relationship.target, known.join.alias));
        }
        if order.joins.len() == JOINS_MAX {
            let detail = format!("`sort` leads through more than {JOINS_MAX} relationships.");
            return Err(ErrorObject::new(&error::TOO_MANY_SORT_PATHS, detail));
        }
        let joined = self.new_alias();
        let join = JoinKey {
            target: relationship.target,
            alias: joined,
            near: super::refs(alias, near),
            far: super::names(far),
        };
        order.joins.push(SortJoin { path: taken.clone(), join });
        Ok((relationship.target, joined))
    }
}

fn push_key(order: &mut Order, key: &[StoredColumn], alias: Alias, descending: bool) {
    for column in key {
        push_term(order, column, alias, descending);
    }
}

/// A column that is sorted by already decides nothing more.
fn push_term(order: &mut Order, column: &StoredColumn, alias: Alias, descending: bool) {
    let column_ref = super::column_ref(alias, column);
    if order.terms.iter().all(|term| term.column != column_ref) {
        // A row without a partner has NULL in every column of it.
        let nullable = alias != MAIN || column.nullable;
        order.terms.push(OrderTerm { column: column_ref, descending, nullable });
    }
}
