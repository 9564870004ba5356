//! The statement of each layer.

use std::sync::Arc;

use docent_catalog::model::{Arity, Catalog, Link, Relationship, ResourceType, StoredColumn, TypeId};
use docent_sql::render::{Dialect, Statement, render};
use docent_sql::schema::ColumnType;
use docent_sql::statement::{
    Alias, Condition, Join, Keys, Limit, LimitEach, OrderTerm, Output, Parameter, Select, Table, Through,
};

use super::columns::Columns;
use super::meta::linkage_meta;
use super::object::{self, Source};
use super::{ATTEMPT_ROWS_MAX, Attempt, Feed, Fetch, Holes, KeyCell, Layer, Place, Probe};
use crate::resolve::{MAIN, Root, Shape, column_ref, has_identity, hold_key, refs, table_of};

/// The target of a join table, in the statement of that layer.
const JOINED_TARGET: Alias = Alias(1);

/// Compiles the layers of a shape.
pub(super) struct Builder<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) shape: &'a Shape,
    pub(super) dialect: Dialect,
    pub(super) link_objects: bool,
    pub(super) holes: &'a Holes,
}

impl Builder<'_> {
    fn render(&self, select: &Select) -> Arc<Statement> {
        Arc::new(render(self.dialect, select))
    }

    fn source(&self, cursors: bool) -> Source<'_> {
        Source {
            catalog: self.catalog,
            fieldsets: &self.shape.fieldsets,
            holes: self.holes,
            base_url: &self.shape.base_url,
            link_objects: self.link_objects,
            cursors,
            found_by: None,
        }
    }

    /// In layers found by keys, the parameter that is the keys.
    fn keys_parameter(&self) -> Parameter {
        Parameter(self.catalog.caller_values)
    }

    /// In layers found by keys, the parameter that is the most rows of each.
    fn limit_each(&self) -> Parameter {
        Parameter(self.catalog.caller_values + 1)
    }

    /// The number of values of the caller and the request, which come before all other parameters of the root's
    /// statements.
    fn next_parameter(&self) -> u16 {
        let mut next = self.catalog.caller_values;
        for condition in [&self.shape.start, &self.shape.condition, &self.shape.keyset] {
            next = next.max(parameters_in(condition));
        }
        next
    }

    fn keys(&self, alias: Alias, columns: &[StoredColumn], limit_each: Option<LimitEach>) -> Keys {
        Keys {
            columns: refs(alias, columns),
            parameter: self.keys_parameter(),
            through: None,
            limit_each,
            by_value: false,
        }
    }

    /// Whether rows tell the value of a key of these columns, and not which of the keys it is.
    fn tells_by_value(&self, key: &[StoredColumn]) -> bool {
        self.dialect.tells_keys_by_value() && is_integer(key)
    }

    /// A resource that only leads to the primary data: the start of a to-one related or relationship URL.
    fn is_root_hidden(&self) -> bool {
        self.shape.single && matches!(self.shape.root, Root::Related(..) | Root::Linkage(..))
    }

    fn root_type(&self) -> TypeId {
        match self.shape.root {
            Root::Related(owner, _) | Root::Linkage(owner, _) if self.shape.single => owner,
            root => root.primary(self.catalog),
        }
    }

    /// The layer of the primary data, or of the start that leads to it.
    pub(super) fn root(&self) -> Layer {
        let id = self.root_type();
        let resource_type = self.catalog.get(id);
        let mut columns = Columns::new(1);
        let mut joins: Vec<Join> =
            self.shape.order.joins.iter().map(|join| join.join.to_join(self.catalog)).collect();
        let key = object::key_cells(&resource_type.key, MAIN, &mut columns);
        let (object, place) = match self.shape.root {
            _ if self.is_root_hidden() => (None, Place::Nowhere),
            Root::Linkage(..) if self.shape.linkage_resources => (
                Some(object::compile(&self.source(false), id, MAIN, &mut columns, &mut joins)),
                Place::Included,
            ),
            Root::Linkage(..) => (None, Place::Nowhere),
            _ => (
                Some(object::compile(&self.source(self.shape.cursors), id, MAIN, &mut columns, &mut joins)),
                Place::Data,
            ),
        };
        if self.is_root_hidden() {
            self.linkage_cells(&mut columns, &mut joins);
        }
        let sort = if self.shape.cursors {
            self.shape.order.terms.iter().map(|term| columns.cell(term.column.clone())).collect()
        } else {
            Vec::new()
        };
        let feeds = self.feeds(None, id, MAIN, &mut columns, &mut joins);
        let limit = Parameter(self.next_parameter());
        let select = Select {
            columns: columns.into_outputs(),
            from: (table_of(resource_type).clone(), MAIN),
            joins,
            keys: None,
            condition: self.shape.condition.clone().and(self.shape.keyset.clone()),
            group: None,
            order: self.root_order(),
            limit: (!self.shape.single)
                .then(|| self.shape.fixed_limit.map_or(Limit::Given(limit), Limit::Fixed)),
            offset: self.shape.skips.then_some(Parameter(limit.0 + 1)),
        };
        let statement = self.render(&select);
        Layer {
            type_id: id,
            statement,
            attempt: None,
            fetch: Fetch::Root,
            key_parts: 0,
            key,
            object,
            place,
            feeds,
            sort,
            linkage_meta: Vec::new(),
        }
    }

    fn root_order(&self) -> Vec<OrderTerm> {
        let reversed = self.shape.reversed;
        let turned = |term: &OrderTerm| OrderTerm {
            column: term.column.clone(),
            descending: term.descending != reversed,
            nullable: term.nullable,
        };
        self.shape.order.terms.iter().map(turned).collect()
    }

    /// The cells of the linkage that a to-one relationship URL is about.
    fn linkage_cells(&self, columns: &mut Columns, joins: &mut Vec<Join>) -> Vec<KeyCell> {
        let (Root::Related(owner, index) | Root::Linkage(owner, index)) = self.shape.root else {
            return Vec::new();
        };
        let relationship = &self.catalog.get(owner).relationships[index];
        object::target_key(self.catalog, relationship, MAIN, columns, joins).unwrap_or_default()
    }

    /// The same cells, as [`Builder::root`] laid them out.
    pub(super) fn root_linkage(&self) -> Vec<KeyCell> {
        let mut columns = Columns::new(1);
        object::key_cells(&self.catalog.get(self.root_type()).key, MAIN, &mut columns);
        self.linkage_cells(&mut columns, &mut Vec::new())
    }

    /// Finds out whether the start of a related list exists.
    pub(super) fn probe(&self) -> Option<Probe> {
        let (Root::Related(owner, _) | Root::Linkage(owner, _)) = self.shape.root else { return None };
        if self.shape.single {
            return None;
        }
        let owner = self.catalog.get(owner);
        let mut columns = Columns::new(1);
        let key = object::key_cells(&owner.key, MAIN, &mut columns);
        let select = Select {
            columns: columns.into_outputs(),
            from: (table_of(owner).clone(), MAIN),
            joins: Vec::new(),
            keys: None,
            condition: self.shape.start.clone(),
            group: None,
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        Some(Probe { statement: self.render(&select), key })
    }

    /// Counts the primary data up to a limit.
    pub(super) fn count(&self) -> Statement {
        let primary = self.catalog.get(self.root_type());
        let select = Select {
            columns: vec![Output::Count],
            from: (table_of(primary).clone(), MAIN),
            joins: Vec::new(),
            keys: None,
            condition: self.shape.condition.clone(),
            group: None,
            order: Vec::new(),
            limit: Some(Limit::Given(Parameter(self.next_parameter()))),
            offset: None,
        };
        render(self.dialect, &select)
    }

    /// The layer of a node of the include tree.
    pub(super) fn node(&self, index: usize) -> Layer {
        let node = &self.shape.includes.nodes[index];
        let owner = self.catalog.get(node.owner);
        let relationship = &owner.relationships[node.relationship];
        let target = self.catalog.get(node.target);
        let hole = self.holes.position(node.owner, node.relationship);
        let leads_to_data =
            index == 0 && self.is_root_hidden() && matches!(self.shape.root, Root::Related(..));
        let place = match node.resources {
            true if leads_to_data => Place::Data,
            true => Place::Included,
            false => Place::Nowhere,
        };
        match &relationship.link {
            Link::ForeignKey { .. } => self.by_key(index, target, place),
            Link::Inverse { far, .. } => {
                let from = (table_of(target).clone(), MAIN);
                let identity: Vec<&StoredColumn> =
                    target.key.iter().filter(|part| !contains(far, part)).collect();
                let order = identity.iter().map(|column| ascending(MAIN, column)).collect();
                let stands_alone = identity.len() == target.key.len();
                let identity = identity.iter().map(|column| column.read_name().to_owned()).collect();
                let each = LimitEach { limit: self.limit_each(), identity, stands_alone };
                let parts =
                    Children { from, joins: Vec::new(), target: MAIN, near: far, through: None, order, each };
                self.children(index, relationship, parts, hole, place)
            }
            // A join table that has nothing to tell is looked through.
            Link::JoinTable { table, join_near, join_far, far, meta, holds, .. }
                if meta.is_empty() && hold_key(join_far, far, &target.key) =>
            {
                let names =
                    |columns: &[StoredColumn]| columns.iter().map(StoredColumn::column_name).collect();
                let through = Through {
                    table: table.clone(),
                    near: names(join_near),
                    far: names(join_far),
                    holds: *holds && !target.hides_rows,
                };
                let identity = far.iter().map(|column| column.read_name().to_owned()).collect();
                let each = LimitEach { limit: self.limit_each(), identity, stands_alone: true };
                let from = (table_of(target).clone(), MAIN);
                let order = far.iter().map(|column| ascending(MAIN, column)).collect();
                let through = Some((through, far.as_slice()));
                let parts =
                    Children { from, joins: Vec::new(), target: MAIN, near: join_near, through, order, each };
                self.children(index, relationship, parts, hole, place)
            }
            Link::JoinTable { table, join_near, join_far, far, .. } => {
                let on = join_far
                    .iter()
                    .zip(far)
                    .map(|(near, far)| (column_ref(MAIN, near), far.read_name().to_owned()))
                    .collect();
                let join = Join { outer: false, table: table_of(target).clone(), alias: JOINED_TARGET, on };
                let identity = join_far.iter().map(|column| column.read_name().to_owned()).collect();
                let each = LimitEach { limit: self.limit_each(), identity, stands_alone: false };
                let order = target.key.iter().map(|column| ascending(JOINED_TARGET, column)).collect();
                let from = (table.clone(), MAIN);
                let target = JOINED_TARGET;
                let parts =
                    Children { from, joins: vec![join], target, near: join_near, through: None, order, each };
                self.children(index, relationship, parts, hole, place)
            }
        }
    }

    /// Resources that foreign keys of earlier layers refer to.
    fn by_key(&self, index: usize, target: &ResourceType, place: Place) -> Layer {
        let id = self.shape.includes.nodes[index].target;
        let mut columns = Columns::new(1);
        let mut joins = Vec::new();
        let key = object::key_cells(&target.key, MAIN, &mut columns);
        let object = (place != Place::Nowhere)
            .then(|| object::compile(&self.source(false), id, MAIN, &mut columns, &mut joins));
        let feeds = self.feeds(Some(index), id, MAIN, &mut columns, &mut joins);
        let select = Select {
            columns: columns.into_outputs(),
            from: (table_of(target).clone(), MAIN),
            joins,
            keys: Some(Keys {
                by_value: self.tells_by_value(&target.key),
                ..self.keys(MAIN, &target.key, None)
            }),
            condition: Condition::always(),
            group: None,
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        let statement = self.render(&select);
        let (fetch, key_parts) = (Fetch::ByKey, key.len());
        Layer {
            type_id: id,
            statement,
            attempt: None,
            fetch,
            key_parts,
            key,
            object,
            place,
            feeds,
            sort: Vec::new(),
            linkage_meta: Vec::new(),
        }
    }

    /// Resources that refer to those of an earlier layer, directly or by way of a join table.
    fn children(
        &self,
        index: usize,
        relationship: &Relationship,
        parts: Children<'_>,
        hole: Option<usize>,
        place: Place,
    ) -> Layer {
        let id = self.shape.includes.nodes[index].target;
        let target = self.catalog.get(id);
        let mut columns = Columns::new(2);
        let mut joins = parts.joins;
        let key = object::key_cells(&target.key, parts.target, &mut columns);
        let node = &self.shape.includes.nodes[index];
        let source =
            Source { found_by: self.catalog.inverse_of(node.owner, node.relationship), ..self.source(false) };
        let object = (place != Place::Nowhere)
            .then(|| object::compile(&source, id, parts.target, &mut columns, &mut joins));
        let feeds = self.feeds(Some(index), id, parts.target, &mut columns, &mut joins);
        let linkage_meta = linkage_meta(relationship, &mut columns);
        // The last one, so that an attempt can leave it out.
        let parent = columns.output(Output::Key);
        let bounded = relationship.arity == Arity::ToMany && !parts.each.identity.is_empty();
        let key_parts = parts.near.len();
        let mut key_list = self.keys(MAIN, parts.near, bounded.then_some(parts.each));
        if let Some((through, far)) = parts.through {
            key_list = Keys { columns: refs(MAIN, far), through: Some(through), ..key_list };
        }
        let select = Select {
            columns: columns.into_outputs(),
            from: parts.from,
            joins,
            keys: Some(key_list),
            condition: has_identity(target, parts.target),
            group: None,
            order: parts.order,
            limit: None,
            offset: None,
        };
        let statement = self.render(&select);
        let attempt = if bounded { self.attempt(select, &target.key, parts.near) } else { None };
        let fetch = Fetch::Children { parent, hole, bounded };
        Layer {
            type_id: id,
            statement,
            attempt,
            fetch,
            key_parts,
            key,
            object,
            place,
            feeds,
            sort: Vec::new(),
            linkage_meta,
        }
    }

    /// All children, with the key `key`, of all parents, whose keys `near` holds. SQLite would sort for an order that
    /// nearly always is there without: it is looked at when the rows come, for keys that tell by themselves.
    fn attempt(&self, select: Select, key: &[StoredColumn], near: &[StoredColumn]) -> Option<Attempt> {
        let may_stray = self.dialect == Dialect::Sqlite;
        if may_stray && !is_integer(key) {
            return None;
        }
        let Select { mut columns, keys, order, .. } = select;
        let keys = Keys { limit_each: None, by_value: self.tells_by_value(near), ..keys? };
        let mut parent = columns.len() - 1;
        if keys.by_value && keys.through.is_none() {
            // The column that tells the key may be there already.
            let told = Output::Column(keys.columns[0].clone());
            columns.pop();
            parent = columns.iter().position(|known| *known == told).unwrap_or(parent);
            if parent == columns.len() {
                columns.push(told);
            }
        }
        let by_value = keys.by_value;
        let select = Select {
            columns,
            keys: Some(keys),
            order: if may_stray { Vec::new() } else { order },
            limit: Some(Limit::Fixed(ATTEMPT_ROWS_MAX)),
            ..select
        };
        Some(Attempt { statement: self.render(&select), parent, may_stray, by_value })
    }

    /// The node that reads the resources of this one: nodes that look up resources of one type by key, and lead no
    /// further, are read together where the last of them is.
    fn stand_in(&self, index: usize) -> usize {
        let nodes = &self.shape.includes.nodes;
        let depth = |index: usize| std::iter::successors(Some(index), |index| nodes[*index].parent).count();
        let alike = (0..nodes.len())
            .filter(|other| nodes[*other].target == nodes[index].target && self.is_look_up(*other));
        if self.is_look_up(index) { alike.max_by_key(|other| depth(*other)).unwrap_or(index) } else { index }
    }

    fn is_look_up(&self, index: usize) -> bool {
        let nodes = &self.shape.includes.nodes;
        let node = &nodes[index];
        let relationship = &self.catalog.get(node.owner).relationships[node.relationship];
        node.resources
            && !self.is_root_hidden()
            && matches!(relationship.link, Link::ForeignKey { .. })
            && nodes.iter().all(|other| other.parent != Some(index))
    }

    /// What the rows of a layer give to the layers below it.
    fn feeds(
        &self,
        parent: Option<usize>,
        id: TypeId,
        alias: Alias,
        columns: &mut Columns,
        joins: &mut Vec<Join>,
    ) -> Vec<Feed> {
        let below = self.shape.includes.nodes.iter().enumerate().filter(|(_, node)| node.parent == parent);
        let feeds = below.map(|(index, node)| {
            let relationship = &self.catalog.get(id).relationships[node.relationship];
            let cells = match &relationship.link {
                Link::ForeignKey { .. } => {
                    object::target_key(self.catalog, relationship, alias, columns, joins).unwrap_or_default()
                }
                Link::Inverse { near, .. } | Link::JoinTable { near, .. } => {
                    object::key_cells(near, alias, columns)
                }
            };
            Feed { layer: self.stand_in(index) + 1, cells }
        });
        feeds.collect()
    }
}

/// What differs between children that hold the key themselves and those behind a join table.
struct Children<'a> {
    from: (Table, Alias),
    joins: Vec<Join>,
    /// Where the target's columns are.
    target: Alias,
    /// The columns of the first table that hold the parent's key.
    near: &'a [StoredColumn],
    /// The join table in between, and the columns of the target that it refers to.
    through: Option<(Through, &'a [StoredColumn])>,
    order: Vec<OrderTerm>,
    each: LimitEach,
}

fn is_integer(key: &[StoredColumn]) -> bool {
    matches!(key, [part] if part.column_type == ColumnType::Integer)
}

fn contains(columns: &[StoredColumn], column: &StoredColumn) -> bool {
    columns.iter().any(|known| known.read_name() == column.read_name())
}

fn ascending(alias: Alias, column: &StoredColumn) -> OrderTerm {
    OrderTerm { column: column_ref(alias, column), descending: false, nullable: column.nullable }
}

/// One more than the highest position of a parameter in the condition.
fn parameters_in(condition: &Condition) -> u16 {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().map(parameters_in).max().unwrap_or_default()
        }
        Condition::Not(part) => parameters_in(part),
        Condition::Compare { value, .. } | Condition::Text { value, .. } | Condition::Alike { value, .. } => {
            value.0 + 1
        }
        Condition::InList { list, .. } | Condition::InKeys { keys: list, .. } => list.0 + 1,
        Condition::IsNull(_) | Condition::IsNotNull(_) => 0,
        Condition::Related(related) => parameters_in(&related.condition),
    }
}
