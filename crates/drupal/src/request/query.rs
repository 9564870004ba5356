//! A collection as a statement: which of its entities are on a page, in which order.
//!
//! The meaning is that of Drupal's entity queries. All conditions of an AND group that lead through the same table hold
//! for one row of it; each group within has rows of its own; each condition of an OR group stands for itself. `IS NULL`
//! holds where there is no row at all.

use std::sync::Arc;

use docent_sql::Value;
use docent_sql::statement::{
    Alias, ColumnRef, Condition, Group as Grouping, Join, Limit, OrderTerm, Output, Related, Restriction,
    Select,
};

use super::compare::Comparing;
use super::filter::{self, Group, Member};
use super::guard;
use super::page::Page;
use super::parameters::Parameters;
use super::path::{self, FieldPath};
use super::place::{Hop, Part, Place, ValueKind};
use super::sort::{self, SortField};
use super::test::{Operator, Test};
use crate::access;
use crate::account::Account;
use crate::error::Refusal;
use crate::site::{Field, FieldStorage, ResourceTypeIndex, Site, Tables};
use crate::statement::{column, table};

/// A page of a collection of content.
#[derive(Debug)]
pub struct CollectionQuery {
    /// The page; the statement gives one row more, if there is a page after it.
    pub page: Page,
    /// Gives each entity's id and, where there are revisions, the number of its default one.
    pub select: Select,
    /// The statement's values.
    pub parameters: Vec<Value>,
}

impl CollectionQuery {
    /// Reads `filter`, `sort` and `page` of a request for a type of content.
    pub fn read(
        site: &Site,
        account: &Account,
        resource_type: ResourceTypeIndex,
        parameters: &Parameters,
    ) -> Result<Self, Refusal> {
        let field_access = |resource_type: ResourceTypeIndex, field: &str| {
            access::field_access(site, account, None, resource_type, field)
        };
        let resolve = |given: &str, operator: Option<&str>| {
            path::resolve(site, resource_type, given, operator, &field_access)
        };
        let filter = filter::read(parameters, |given, operator| resolve(given, Some(operator)))?;
        let sort = sort::read(parameters)?;
        let page = Page::read(parameters)?;
        let sort: Vec<(SortField, FieldPath)> = sort
            .into_iter()
            .map(|field| resolve(&field.path, None).map(|path| (field, path)))
            .collect::<Result<_, _>>()?;
        let entity_type = &site[site[resource_type].entity_type];
        let Some(tables) = &entity_type.tables else {
            return Err(Refusal::bad_request("Configuration is not in tables."));
        };
        let mut building = Building::new(tables, &entity_type.keys.id);
        if !entity_type.keys.bundle.is_empty() {
            let bundle = Test::equals(&site[resource_type].bundle);
            let condition =
                building.values.test(Alias(0), &entity_type.keys.bundle, ValueKind::Ascii, &bundle);
            building.only(condition);
        }
        if let Some(filter) = &filter {
            let condition = building.group(&filter.try_map(&|path| Place::of(site, path))?);
            building.only(condition);
            let mut paths = Vec::new();
            filter.paths(&mut paths);
            for group in guard::groups(site, account, resource_type, &paths) {
                let condition = building.group(&group);
                building.only(condition);
            }
        }
        for (field, path) in &sort {
            let own = [&entity_type.keys.id, &entity_type.keys.revision];
            let name = &site[path.steps[0].resource_type][path.steps[0].field].name;
            let is_own = path.steps.len() == 1 && path.config.is_none() && own.contains(&name);
            if is_own {
                building.sort_by_own(field, name);
            } else {
                building.sort_by(field, &Place::of(site, path)?);
            }
        }
        let revision = tables.revision.as_ref().map(|_| entity_type.keys.revision.as_str());
        let status = site[resource_type].internal_field("status").map(|field| &site[resource_type][field]);
        let is_own = |field: &&Field| matches!(field.storage, FieldStorage::Shared { in_base: true, .. });
        let status = status.filter(is_own).map(|field| column(Alias(0), &field.name));
        Ok(building.finish(page, revision, status, tables.data.is_some()))
    }
}

/// A table of an AND group, with all that is demanded of one of its rows.
struct Node<'g> {
    part: &'g Part,
    tests: Vec<(&'g Place, &'g Test)>,
    /// What the row refers to, by the column that does.
    next: Vec<(&'g str, Vec<Node<'g>>)>,
}

impl<'g> Node<'g> {
    /// Adds a condition. Behind a reference it has a row of its own, unless the row is a field's.
    fn insert(nodes: &mut Vec<Node<'g>>, is_behind: bool, hops: &'g [Hop], place: &'g Place, test: &'g Test) {
        let part = hops.first().map_or(&place.table, |hop| &hop.table);
        let known = nodes.iter().position(|node| node.part == part && (!is_behind || part.is_of_field()));
        let index = known.unwrap_or_else(|| {
            nodes.push(Node { part, tests: Vec::new(), next: Vec::new() });
            nodes.len() - 1
        });
        let node = &mut nodes[index];
        let Some((hop, hops)) = hops.split_first() else {
            return node.tests.push((place, test));
        };
        let index = node.next.iter().position(|(column, _)| *column == hop.column).unwrap_or_else(|| {
            node.next.push((&hop.column, Vec::new()));
            node.next.len() - 1
        });
        Node::insert(&mut node.next[index].1, true, hops, place, test);
    }

    /// Whether it is demanded that something is not there, and nothing else.
    fn may_be_missing(&self) -> bool {
        self.tests.iter().all(|(_, test)| test.operator == Operator::IsNull)
            && self.next.iter().all(|(_, nodes)| nodes.iter().all(Node::may_be_missing))
    }
}

/// A statement in the making. The base table is the first.
struct Building {
    base: String,
    id: ColumnRef,
    aliases: u16,
    values: Comparing,
    conditions: Vec<Condition>,
    joins: Vec<(Join, Joined)>,
    order: Vec<OrderTerm>,
    largest: Vec<ColumnRef>,
}

/// What a table was joined for, so that nothing is joined twice; also not for another language.
#[derive(PartialEq)]
struct Joined {
    near: ColumnRef,
    part: Part,
}

impl Building {
    fn new(tables: &Tables, id: &str) -> Self {
        Self {
            base: tables.base.clone(),
            id: column(Alias(0), id),
            aliases: 0,
            values: Comparing::default(),
            conditions: Vec::new(),
            joins: Vec::new(),
            order: Vec::new(),
            largest: Vec::new(),
        }
    }

    fn only(&mut self, condition: Condition) {
        self.conditions.push(condition);
    }

    fn alias(&mut self) -> Alias {
        self.aliases += 1;
        Alias(self.aliases)
    }

    fn group(&mut self, group: &Group<Place>) -> Condition {
        let mut nodes = Vec::new();
        let mut conditions = Vec::new();
        for member in &group.members {
            match member {
                // Wherever it stands, nothing is found then.
                Member::Condition { path, .. } if path.is_never => self.only(Condition::Any(Vec::new())),
                Member::Condition { path, test } => {
                    Node::insert(&mut nodes, false, &path.hops, path, test);
                    if group.any {
                        conditions.append(&mut self.nodes(&nodes));
                        nodes.clear();
                    }
                }
                Member::Group(group) => conditions.push(self.group(group)),
            }
        }
        conditions.append(&mut self.nodes(&nodes));
        if group.any { Condition::Any(conditions) } else { Condition::All(conditions) }
    }

    fn nodes(&mut self, nodes: &[Node<'_>]) -> Vec<Condition> {
        let near = self.id.clone();
        let of_root = |this: &mut Self, node: &Node<'_>| {
            if node.part.name == this.base { this.row(node, Alias(0)) } else { this.node(node, &near) }
        };
        nodes.iter().map(|node| of_root(self, node)).collect()
    }

    /// That there is such a row, or need not be.
    fn node(&mut self, node: &Node<'_>, near: &ColumnRef) -> Condition {
        let found = self.related(node.part, near, |this, alias| this.row(node, alias));
        if !node.may_be_missing() {
            return found;
        }
        let any = self.related(node.part, near, |_, _| Condition::always());
        Condition::Any(vec![Condition::Not(Box::new(any)), found])
    }

    fn related(
        &mut self,
        part: &Part,
        near: &ColumnRef,
        condition: impl FnOnce(&mut Self, Alias) -> Condition,
    ) -> Condition {
        let alias = self.alias();
        let condition = match part.delta {
            None => condition(self, alias),
            Some(delta) => {
                let delta = Test::equals(&delta.to_string());
                let delta = self.values.test(alias, "delta", ValueKind::Number, &delta);
                delta.and(condition(self, alias))
            }
        };
        Condition::Related(Box::new(Related {
            near: vec![near.clone()],
            table: table(&part.name),
            alias,
            far: vec![part.id.clone()],
            condition,
        }))
    }

    /// What is demanded of a row.
    fn row(&mut self, node: &Node<'_>, alias: Alias) -> Condition {
        let mut conditions = Vec::new();
        for (place, test) in &node.tests {
            conditions.push(self.values.test(alias, &place.column, place.kind, test));
        }
        for (by, nodes) in &node.next {
            let near = column(alias, by);
            for node in nodes {
                conditions.push(self.node(node, &near));
            }
        }
        if conditions.len() == 1 { conditions.remove(0) } else { Condition::All(conditions) }
    }

    fn sort_by_own(&mut self, field: &SortField, name: &str) {
        let column = column(Alias(0), name);
        self.order.push(OrderTerm { column, descending: field.descending, nullable: true });
    }

    fn sort_by(&mut self, field: &SortField, place: &Place) {
        if place.is_never {
            self.only(Condition::Any(Vec::new()));
        }
        let mut near = self.id.clone();
        for hop in &place.hops {
            let alias = self.join(near, &hop.table, field.langcode.as_deref());
            near = column(alias, &hop.column);
        }
        let alias = if place.hops.is_empty() && place.table.name == self.base {
            Alias(0)
        } else {
            self.join(near, &place.table, field.langcode.as_deref())
        };
        let column = column(alias, &place.column);
        if field.by_largest {
            self.largest.push(column.clone());
        }
        self.order.push(OrderTerm { column, descending: field.descending, nullable: true });
    }

    /// Joins a table, of whose rows only some may be meant.
    fn join(&mut self, near: ColumnRef, part: &Part, langcode: Option<&str>) -> Alias {
        let joined = Joined { near, part: part.clone() };
        if let Some((join, _)) = self.joins.iter().find(|(_, known)| *known == joined) {
            return join.alias;
        }
        let mut conditions = Vec::new();
        let inner = self.alias();
        if let (Some(column), Some(langcode)) = (&part.langcode, langcode) {
            conditions.push(self.values.test(inner, column, ValueKind::Ascii, &Test::equals(langcode)));
        }
        if let Some(delta) = part.delta {
            let delta = Test::equals(&delta.to_string());
            conditions.push(self.values.test(inner, "delta", ValueKind::Number, &delta));
        }
        let mut table = table(&part.name);
        if !conditions.is_empty() {
            let condition = Condition::All(conditions);
            table.restriction = Some(Arc::new(Restriction { alias: inner, condition, masks: Vec::new() }));
        }
        let alias = self.alias();
        let on = vec![(joined.near.clone(), part.id.clone())];
        self.joins.push((Join { outer: true, table, alias, on }, joined));
        alias
    }

    fn finish(
        mut self,
        page: Page,
        revision: Option<&str>,
        status: Option<ColumnRef>,
        has_translations: bool,
    ) -> CollectionQuery {
        let revision = revision.map(|revision| column(Alias(0), revision));
        let by: Vec<ColumnRef> = std::iter::once(self.id.clone()).chain(revision).collect();
        let columns = by.iter().cloned().map(Output::Column).collect();
        // Drupal groups where there may be several rows for an entity, by revisions first, and leaves ties to the
        // database, which has just sorted by that. Elsewhere it asks for no order, and gets that of the narrowest index.
        // Pages follow each other here on any engine.
        let is_grouped = has_translations || !self.joins.is_empty();
        let first = status.filter(|_| !is_grouped && self.order.is_empty());
        for column in first.iter().chain(by.iter().rev()) {
            // Nothing is left to decide after the entity, and an index may serve the order.
            if self.order.iter().any(|term| term.column == self.id) {
                break;
            }
            if !self.order.iter().any(|term| term.column == *column) {
                self.order.push(OrderTerm { column: column.clone(), descending: false, nullable: false });
            }
        }
        let joins: Vec<Join> = self.joins.into_iter().map(|(join, _)| join).collect();
        // The base table has one row for each entity.
        let group = (!joins.is_empty()).then_some(Grouping { by, largest: self.largest });
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX).saturating_add(1);
        let limit = Some(Limit::Given(self.values.parameter(Value::Integer(limit))));
        let offset = (page.offset > 0)
            .then(|| self.values.parameter(Value::Integer(i64::try_from(page.offset).unwrap_or(i64::MAX))));
        let from = (table(&self.base), Alias(0));
        let condition = Condition::All(self.conditions);
        let order = self.order;
        let select = Select { columns, from, joins, keys: None, condition, group, order, limit, offset };
        CollectionQuery { page, select, parameters: self.values.parameters }
    }
}
