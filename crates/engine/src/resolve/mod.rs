//! Names become positions in the catalog, and values become parameters.
//!
//! What comes out is split in two: the *shape* of the request, which decides the statements and is the key under
//! which a plan is kept, and its *values*, which are bound to them. All problems of a request are collected.

mod conditions;
mod fields;
mod filter;
mod include;
mod key;
mod page;
mod sort;
pub(crate) mod value;

use std::sync::Arc;

use docent_catalog::model::{Arity, Catalog, Link, ResourceType, Rows, StoredColumn, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::query::{IncludePath, MAX_ERRORS, PageStyle, Query};
use docent_sql::Value;
use docent_sql::render::Dialect;
use docent_sql::statement::{Alias, ColumnRef, Condition, Parameter, Related, Table};

pub(crate) use self::conditions::Conditions;
pub(crate) use self::fields::Fieldsets;
pub(crate) use self::include::IncludeTree;
use self::key::moved;
pub(crate) use self::key::{hold_key, renamed};
pub(crate) use self::page::{Page, Style};
pub(crate) use self::sort::Order;
use crate::cursor::Fingerprint;
use crate::route::Target;
use crate::settings::{LinkForm, Linkage, Settings};
use crate::{error, id};

/// The table of the primary rows in their statement.
pub(crate) const MAIN: Alias = Alias(0);

/// Aliases from here on belong to filters and sorts; those below to the plan.
const FIRST_ALIAS: u16 = 100;

/// Pages of at most that many resources have plans of their own where that saves time: it would be little of what a
/// larger page takes, and plans for every size would leave no room for others.
const FIXED_SIZE_MAX: u64 = 100;

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Root {
    /// A collection of a type.
    Collection(TypeId),
    /// One resource of a type.
    Individual(TypeId),
    /// Resources related to one: its type, and the relationship's position there.
    Related(TypeId, usize),
    /// The linkage of one resource: its type, and the relationship's position there.
    Linkage(TypeId, usize),
}

/// Everything about a request that decides its statements and how their rows are written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// Counts catalogs: positions are valid in one only.
    pub(crate) catalog: u64,
    pub(crate) base_url: Arc<str>,
    pub(crate) root: Root,
    /// Whether the root is one resource or none.
    pub(crate) single: bool,
    pub(crate) includes: IncludeTree,
    /// Whether the document has `included`: the request has an `include`, be it empty (INC-04).
    pub(crate) compound: bool,
    /// Whether a relationship URL of a list also includes the resources its linkage names.
    pub(crate) linkage_resources: bool,
    pub(crate) fieldsets: Fieldsets,
    /// Which resource a single or a related request starts from, on the rows of its type.
    pub(crate) start: Condition,
    /// Which rows are primary.
    pub(crate) condition: Condition,
    /// Where the page starts or ends.
    pub(crate) keyset: Condition,
    pub(crate) order: Order,
    pub(crate) cursors: bool,
    pub(crate) reversed: bool,
    pub(crate) skips: bool,
    pub(crate) counts: bool,
    /// Whether each resource is wanted by itself.
    pub(crate) keeps_resources: bool,
    /// The rows to be read for a page, if the statement's text is to say so.
    pub(crate) fixed_limit: Option<u64>,
}

/// A request in the catalog's terms.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) shape: Shape,
    /// Parameters of the conditions, by position.
    pub(crate) values: Vec<Value>,
    /// Members shown of each relationship in `shape.includes`.
    pub(crate) limits: Vec<u64>,
    pub(crate) page: Page,
    pub(crate) fingerprint: Fingerprint,
}

/// What resolving needs to know besides the request.
pub(crate) struct Context<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) revision: u64,
    pub(crate) settings: &'a Settings,
    pub(crate) dialect: Dialect,
    pub(crate) base_url: &'a str,
    /// Whether the cursor profile was asked for.
    pub(crate) profile: bool,
    pub(crate) raw_query: &'a str,
}

struct Resolver<'a> {
    catalog: &'a Catalog,
    /// Relationships that a path may cross.
    depth_max: usize,
    values: Vec<Value>,
    next_alias: u16,
    errors: Vec<ErrorObject>,
}

/// Resolves a read.
pub(crate) fn resolve(
    context: &Context<'_>,
    target: &Target,
    query: &Query,
) -> Result<Resolved, Vec<ErrorObject>> {
    let catalog = context.catalog;
    let depth_max = context.settings.query.include_depth;
    let mut resolver =
        Resolver { catalog, depth_max, values: Vec::new(), next_alias: FIRST_ALIAS, errors: Vec::new() };
    let single = target.is_single(catalog);
    let (root, start_type, start_id) = match target {
        Target::Collection(owner) => (Root::Collection(*owner), *owner, None),
        Target::Individual(owner, id) => (Root::Individual(*owner), *owner, Some(id)),
        Target::Related(owner, id, relationship) => (Root::Related(*owner, *relationship), *owner, Some(id)),
        Target::Relationship(owner, id, relationship) => {
            (Root::Linkage(*owner, *relationship), *owner, Some(id))
        }
    };
    let primary = root.primary(catalog);
    let start = match start_id {
        Some(id) => resolver.start(start_type, id).map_err(|error| vec![error])?,
        None => Condition::always(),
    };
    if single {
        resolver.refuse_list_parameters(query);
    }
    let mut condition = resolver.among_related(root, &start, single);
    if let Some(filter) = query.filter.as_ref().filter(|_| !single) {
        let filter = resolver.filter(primary, MAIN, filter);
        condition = condition.and(filter);
    }
    let order = if single {
        Order::default()
    } else {
        resolver.order(primary, query.sort.as_deref().unwrap_or_default())
    };
    let page = page::page(&query.page, context.profile && !single, context.settings, catalog.get(primary));
    if !single {
        resolver.check_size(&page, catalog.get(primary));
    }
    let cursors = !single && page.has_cursors();
    let fingerprint = if cursors || context.profile {
        fingerprint(catalog, target, context.raw_query)
    } else {
        Fingerprint::default()
    };
    let keyset =
        if cursors { resolver.keyset(&query.page, &order, fingerprint) } else { Condition::always() };
    let includes = resolver.include_tree(root, single, query, context.settings);
    let limits = resolver.included_limits(
        root,
        single,
        &includes,
        context.settings.related_size,
        &query.page.included,
    );
    let fieldsets = resolver.fieldsets(&query.fields, context.settings.strict_fields);
    if !resolver.errors.is_empty() {
        resolver.errors.truncate(MAX_ERRORS);
        return Err(resolver.errors);
    }
    let shape = Shape {
        catalog: context.revision,
        base_url: Arc::from(context.base_url),
        root,
        single,
        includes,
        compound: query.include.is_some(),
        linkage_resources: query.include.as_ref().is_some_and(|paths| !paths.is_empty()),
        fieldsets,
        start,
        condition,
        keyset,
        order,
        cursors,
        reversed: page.is_reversed(),
        skips: page.offset > 0,
        counts: page.count && !single,
        keeps_resources: false,
        // PostgreSQL would plan each execution anew without the number.
        fixed_limit: (!single && context.dialect == Dialect::Postgres && page.size <= FIXED_SIZE_MAX)
            .then_some(page.size + 1),
    };
    Ok(Resolved { shape, values: resolver.values, limits, page, fingerprint })
}

fn fingerprint(catalog: &Catalog, target: &Target, query: &str) -> Fingerprint {
    match target {
        Target::Collection(owner) => Fingerprint::new(&catalog.get(*owner).name, "", "", query),
        Target::Individual(owner, id) => Fingerprint::new(&catalog.get(*owner).name, id, "", query),
        Target::Related(owner, id, relationship) | Target::Relationship(owner, id, relationship) => {
            let owner = catalog.get(*owner);
            Fingerprint::new(&owner.name, id, &owner.relationships[*relationship].name, query)
        }
    }
}

impl Root {
    /// The type of the primary data.
    pub(crate) fn primary(self, catalog: &Catalog) -> TypeId {
        match self {
            Root::Collection(owner) | Root::Individual(owner) => owner,
            Root::Related(owner, relationship) | Root::Linkage(owner, relationship) => {
                catalog.get(owner).relationships[relationship].target
            }
        }
    }
}

impl Resolver<'_> {
    /// A path, without its last name, crosses no more relationships than allowed.
    fn check_depth(&self, steps: usize) -> Result<(), ErrorObject> {
        if steps <= self.depth_max {
            return Ok(());
        }
        let detail =
            format!("The path crosses {steps} relationships; the server follows {} at most.", self.depth_max);
        Err(ErrorObject::new(&error::PATH_TOO_DEEP, detail))
    }

    fn push(&mut self, value: Value) -> Parameter {
        push_value(&mut self.values, self.catalog, value)
    }

    fn new_alias(&mut self) -> Alias {
        self.next_alias += 1;
        Alias(self.next_alias)
    }

    /// The resource a URL names.
    fn start(&mut self, owner: TypeId, text: &str) -> Result<Condition, ErrorObject> {
        let owner = self.catalog.get(owner);
        let columns = refs(MAIN, &owner.key);
        let condition = id::key(&owner.key, text).map(|parts| self.key_condition(&columns, parts));
        condition.ok_or_else(|| {
            let detail = format!("There is no resource of type {} with the id \"{text}\".", owner.name);
            ErrorObject::new(&error::RESOURCE_NOT_FOUND, detail)
        })
    }

    fn refuse_list_parameters(&mut self, query: &Query) {
        let mut refuse = |parameter: String| {
            let detail = format!("\"{parameter}\" works on lists; this URL has one resource or none.");
            self.errors
                .push(ErrorObject::new(&error::UNSUPPORTED_PARAMETER, detail).with_parameter(parameter));
        };
        if query.sort.is_some() {
            refuse("sort".to_owned());
        }
        if let Some(filter) = &query.filter {
            for condition in filter.conditions() {
                refuse(condition.parameter.clone());
            }
        }
        match &query.page.style {
            PageStyle::None => {}
            PageStyle::Offset { limit, .. } => {
                refuse(if limit.is_some() { "page[limit]" } else { "page[offset]" }.to_owned());
            }
            PageStyle::Number { .. } => refuse("page[number]".to_owned()),
            PageStyle::Cursor { size, after, .. } => {
                let name = match (size, after) {
                    (Some(_), _) => "page[size]",
                    (None, Some(_)) => "page[after]",
                    (None, None) => "page[before]",
                };
                refuse(name.to_owned());
            }
        }
        if query.page.count.is_some() {
            refuse("page[count]".to_owned());
        }
    }

    /// Primary rows are those of the type that have an identity; of related lists, those linked with the start.
    fn among_related(&mut self, root: Root, start: &Condition, single: bool) -> Condition {
        let catalog = self.catalog;
        let primary = catalog.get(root.primary(catalog));
        let mut condition = has_identity(primary, MAIN);
        let (Root::Related(owner, relationship) | Root::Linkage(owner, relationship)) = root else {
            return if single { start.clone().and(condition) } else { condition };
        };
        if single {
            return start.clone();
        }
        let owner = catalog.get(owner);
        // The start's own condition, moved to a table of its own.
        let parent = self.new_alias();
        let is_start = moved(start.clone(), parent);
        let parent_has = |near: &[StoredColumn], condition: Condition| Related {
            near: Vec::new(),
            table: table_of(owner).clone(),
            alias: parent,
            far: names(near),
            condition,
        };
        match &owner.relationships[relationship].link {
            Link::ForeignKey { near, far, .. } | Link::Inverse { near, far } => {
                condition = condition.and(if names(near) == names(&owner.key) {
                    renamed(start.clone(), MAIN, &owner.key, far)
                } else {
                    Condition::Related(Box::new(Related {
                        near: refs(MAIN, far),
                        ..parent_has(near, is_start)
                    }))
                });
            }
            Link::JoinTable { table, near, join_near, join_far, far, .. } => {
                let join = self.new_alias();
                let of_start = if names(near) == names(&owner.key) {
                    renamed(start.clone(), join, &owner.key, join_near)
                } else {
                    Condition::Related(Box::new(Related {
                        near: refs(join, join_near),
                        ..parent_has(near, is_start)
                    }))
                };
                condition = condition.and(Condition::Related(Box::new(Related {
                    near: refs(MAIN, far),
                    table: table.clone(),
                    alias: join,
                    far: names(join_far),
                    condition: of_start,
                })));
            }
        }
        condition
    }

    /// The relationships to follow: those of `include`, and those that lead from the start to the primary data.
    fn include_tree(&mut self, root: Root, single: bool, query: &Query, settings: &Settings) -> IncludeTree {
        let catalog = self.catalog;
        let mut tree = IncludeTree::default();
        let paths = query.include.as_deref().unwrap_or_default();
        match root {
            Root::Collection(owner) | Root::Individual(owner) => self.includes(&mut tree, owner, None, paths),
            Root::Related(owner, relationship) if single => {
                let node = tree.child(catalog, None, owner, relationship);
                self.includes(&mut tree, root.primary(catalog), Some(node), paths);
            }
            Root::Related(..) => self.includes(&mut tree, root.primary(catalog), None, paths),
            Root::Linkage(owner, relationship) => {
                let paths = self.paths_below(owner, relationship, paths);
                let is_foreign_key =
                    matches!(catalog.get(owner).relationships[relationship].link, Link::ForeignKey { .. });
                let node = if single
                    && (!is_foreign_key || query.include.as_ref().is_some_and(|all| !all.is_empty()))
                {
                    let node = tree.child(catalog, None, owner, relationship);
                    tree.nodes[node].resources = query.include.as_ref().is_some_and(|all| !all.is_empty());
                    Some(node)
                } else {
                    None
                };
                if !single || node.is_some() {
                    self.includes(&mut tree, root.primary(catalog), node, &paths);
                }
            }
        }
        if settings.linkage == Linkage::Always {
            add_linkage(catalog, root, single, &mut tree);
        }
        tree
    }

    /// On a relationship URL paths start at the parent, so each begins with the relationship's own name (INC-11).
    fn paths_below(&mut self, owner: TypeId, relationship: usize, paths: &[IncludePath]) -> Vec<IncludePath> {
        let name = &self.catalog.get(owner).relationships[relationship].name;
        let mut below = Vec::new();
        for path in paths {
            match path.segments.split_first() {
                Some((first, rest)) if first == name => {
                    if !rest.is_empty() {
                        below.push(IncludePath { segments: rest.to_vec() });
                    }
                }
                _ => {
                    let detail =
                        format!("Include paths of a relationship URL start with its name, \"{name}\".");
                    self.errors.push(
                        ErrorObject::new(&error::UNKNOWN_INCLUDE_PATH, detail).with_parameter("include"),
                    );
                }
            }
        }
        below
    }
}

/// Adds every relationship whose linkage is not in the rows of its own type.
fn add_linkage(catalog: &Catalog, root: Root, single: bool, tree: &mut IncludeTree) {
    let starts_hidden = single && matches!(root, Root::Related(..) | Root::Linkage(..));
    let mut owners: Vec<(Option<usize>, TypeId)> = Vec::new();
    if !starts_hidden && !matches!(root, Root::Linkage(..)) {
        owners.push((None, root.primary(catalog)));
    }
    owners.extend(
        tree.nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.resources)
            .map(|(index, node)| (Some(index), node.target)),
    );
    for (parent, owner) in owners {
        for (index, relationship) in catalog.get(owner).relationships.iter().enumerate() {
            let known = tree.nodes.iter().any(|node| node.parent == parent && node.relationship == index);
            if !known
                && (relationship.arity == Arity::ToMany || matches!(relationship.link, Link::Inverse { .. }))
            {
                let node = tree.child(catalog, parent, owner, index);
                tree.nodes[node].resources = false;
            }
        }
    }
}

/// Adds a value of the request. Those of the caller come before it.
fn push_value(values: &mut Vec<Value>, catalog: &Catalog, value: Value) -> Parameter {
    values.push(value);
    // The limits on conditions keep the number of values far below this.
    let position = values.len() - 1 + usize::from(catalog.caller_values);
    Parameter(u16::try_from(position).unwrap_or(u16::MAX))
}

/// The link form is part of the shape by way of the settings: they change only together with the catalog.
pub(crate) fn writes_link_objects(settings: &Settings) -> bool {
    settings.links == LinkForm::Object
}

/// The columns as they stand in a statement.
pub(crate) fn refs(alias: Alias, columns: &[StoredColumn]) -> Vec<ColumnRef> {
    columns.iter().map(|column| column_ref(alias, column)).collect()
}

/// The column as it stands in a statement.
pub(crate) fn column_ref(alias: Alias, column: &StoredColumn) -> ColumnRef {
    ColumnRef { table: alias, column: column.column_name() }
}

fn names(columns: &[StoredColumn]) -> Vec<String> {
    columns.iter().map(|column| column.read_name().to_owned()).collect()
}

/// The table of a type's rows.
pub(crate) fn table_of(resource_type: &ResourceType) -> &Table {
    let Rows::Table(table) = &resource_type.rows;
    table
}

/// Rows with a NULL in their key have no identity, and are no resources.
pub(crate) fn has_identity(resource_type: &ResourceType, alias: Alias) -> Condition {
    let nullable = resource_type.key.iter().filter(|column| column.nullable);
    Condition::All(nullable.map(|column| Condition::IsNotNull(column_ref(alias, column))).collect())
}
