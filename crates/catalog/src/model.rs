//! The catalog itself: resource types, their fields, and where each is stored.
//!
//! Immutable once built; a request takes one `Arc<Catalog>` and keeps it to its end. Indexes ([`TypeId`], positions in
//! `attributes` and `relationships`) are valid only within the catalog they came from.

use std::sync::Arc;

use docent_sql::schema::{ColumnType, ReferentialAction, Rule};
use docent_sql::statement::{ColumnName, Table, Values};
use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use crate::path;

/// Position of a type in [`Catalog::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// Everything that is served, and what is left out.
#[derive(Debug, Default)]
pub struct Catalog {
    /// The resource types, ordered by name.
    pub types: Vec<ResourceType>,
    /// Tables, columns and foreign keys that are not served, each with its reason.
    pub left_out: Vec<LeftOut>,
    /// How many values of the caller come before all others in every statement: restrictions are about them.
    pub caller_values: u16,
    pub(crate) by_name: HashMap<String, TypeId>,
    pub(crate) by_path: HashMap<String, TypeId>,
}

/// One kind of resource.
#[derive(Debug, Clone)]
pub struct ResourceType {
    /// The `type` member of its resource objects: `articles`, `sales--orders`.
    pub name: String,
    /// Its collection's path below the base, with leading slash, percent-encoded: `/articles`, `/sales/orders`.
    pub path: String,
    /// Comment of the table.
    pub description: Option<String>,
    /// Where its rows are.
    pub rows: Rows,
    /// The columns whose values make the `id`, in key order.
    pub key: Vec<StoredColumn>,
    /// What the schema demands of the parts of the key, one for each.
    pub key_limits: Vec<Limits>,
    /// Attributes in the order of their columns.
    pub attributes: Vec<Attribute>,
    /// Relationships: foreign keys in declared order, then inverses and many-to-many by name.
    pub relationships: Vec<Relationship>,
    /// The engine's estimate of the number of rows, if it has one.
    pub row_estimate: Option<u64>,
    /// Whether its rows cannot be written at all: those of a view or virtual table.
    pub read_only: bool,
    /// What the caller may not do with its resources.
    pub denied: Denied,
    /// Whether there may be rows that the caller does not see: then a key alone does not tell that there is one.
    pub hides_rows: bool,
    /// Whether triggers run when its rows change.
    pub has_triggers: bool,
    /// Whether a client may choose the `id` of a resource it creates.
    pub client_ids: ClientIds,
    /// Why no resource can be created, for who runs the server: it may name what is hidden. `None` if one can, and for
    /// a type that is read-only altogether.
    pub cannot_create: Option<String>,
    /// The checks of the table, to tell which columns a refused one is about.
    pub checks: Vec<CheckRule>,
    /// Resources on a page when the client does not say, if configured for this type.
    pub page_size: Option<u32>,
    /// Most resources on a page, if configured for this type.
    pub page_size_max: Option<u32>,
    /// Members by name: attributes and relationships share one namespace (JSON:API 1.1, "Fields").
    pub(crate) fields: HashMap<String, Field>,
}

/// What is denied altogether.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Denied {
    /// Creating resources.
    pub create: bool,
    /// Changing them.
    pub update: bool,
    /// Deleting them.
    pub delete: bool,
}

/// Whether a client may choose the `id` of a resource it creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientIds {
    /// The database makes it.
    Forbid,
    /// The client may choose it.
    Allow,
    /// The client must choose it: nobody else does.
    Require,
}

/// An attribute or a relationship, by position in its [`ResourceType`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Position in [`ResourceType::attributes`].
    Attribute(usize),
    /// Position in [`ResourceType::relationships`].
    Relationship(usize),
}

/// What a column of a type's row is to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// Part of the `id`, or all of it.
    Id,
    /// Position in [`ResourceType::attributes`].
    Attribute(usize),
    /// Position in [`ResourceType::relationships`].
    Relationship(usize),
}

/// A check of a table, as the database names it when it refuses a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRule {
    /// Its name, or its text where the engine reports that.
    pub name: String,
    /// The columns it mentions.
    pub columns: Vec<String>,
}

/// What the schema demands of the values of one column, beyond their type. NULL passes all of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// The greatest length, of texts in characters, of bytes in bytes.
    pub length_max: Option<u64>,
    /// The most digits before and after the point, of exact numbers.
    pub digits: Option<(u32, u32)>,
    /// What checks demand of this column alone: all of it, but maybe not all that they demand.
    pub rules: Vec<Rule>,
}

/// Where the rows of a type are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rows {
    /// Rows of a table or view.
    Table(Table),
}

/// A column as a statement names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoredColumn {
    /// Name in the database.
    pub name: String,
    /// The name under which its values are read, if not all rows show them: see [`docent_sql::statement::Mask`].
    pub seen_as: Option<String>,
    /// What its values are.
    pub column_type: ColumnType,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// Whether the database fills it in when a create leaves it out: a default, a number of its own, a computed value.
    pub has_default: bool,
    /// Whether the database gives new rows a number of its own here.
    pub auto_increment: bool,
    /// Whether values that the database takes for equal are the same value: not so where case does not count.
    pub exact: bool,
    /// By which rules its texts are compared, if not by their bytes.
    pub collation: Option<Arc<str>>,
    /// Whether the engine holds its values to its type, and takes no others where they are compared with it.
    pub strict: bool,
    /// What values are taken for where they are compared with it, in the engine's words.
    pub comparison_type: Arc<str>,
}

impl StoredColumn {
    /// A column of a type, of which nothing else is special.
    pub fn new(name: &str, column_type: ColumnType) -> Self {
        StoredColumn {
            name: name.to_owned(),
            seen_as: None,
            column_type,
            nullable: false,
            has_default: false,
            auto_increment: false,
            exact: true,
            collation: None,
            strict: false,
            comparison_type: Arc::default(),
        }
    }

    /// The name under which its values are read.
    pub fn read_name(&self) -> &str {
        self.seen_as.as_deref().unwrap_or(&self.name)
    }

    /// The column itself, whoever sees what it holds.
    pub fn written_name(&self) -> ColumnName {
        StoredColumn { seen_as: None, ..self.clone() }.column_name()
    }

    /// The column as statements that read name it.
    pub fn column_name(&self) -> ColumnName {
        ColumnName {
            name: self.read_name().to_owned(),
            comparison_type: Arc::clone(&self.comparison_type),
            values: match self.column_type {
                ColumnType::Other => Values::TextForm,
                ColumnType::Binary => Values::Bytes,
                _ => Values::Plain,
            },
        }
    }
}

/// An attribute of a type.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Member name.
    pub name: String,
    /// Comment of the column.
    pub description: Option<String>,
    /// Where its value is.
    pub value: ValueSource,
    /// Whether writes to it are refused (generated, or so configured).
    pub read_only: bool,
    /// Whether the database fills it in when a create leaves it out.
    pub has_default: bool,
    /// What the schema demands of its values.
    pub limits: Limits,
}

/// Where the value of an attribute is.
#[derive(Debug, Clone)]
pub enum ValueSource {
    /// One column of the type's own row.
    Column(StoredColumn),
}

/// Whether a relationship leads to one resource or to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arity {
    /// At most one related resource.
    ToOne,
    /// Any number of related resources.
    ToMany,
}

/// A relationship of a type.
#[derive(Debug, Clone)]
pub struct Relationship {
    /// Member name.
    pub name: String,
    /// Comment of the foreign key's column, for relationships that are foreign keys of one column.
    pub description: Option<String>,
    /// The type it leads to.
    pub target: TypeId,
    /// To-one or to-many.
    pub arity: Arity,
    /// How rows are linked.
    pub link: Link,
    /// Whether writes to it are refused.
    pub read_only: bool,
    /// Why no member can be added, for who runs the server: a column of the join table that only its own type could
    /// fill. Members can be removed all the same.
    pub cannot_add: Option<String>,
    /// What becomes of the rows that link a resource when it is deleted: those of the target for an inverse, those of
    /// the join table for a many-to-many relationship. `None` for a foreign key of its own, which goes with it.
    pub on_delete: Option<ReferentialAction>,
    /// Whether triggers run when the rows that link change: then a change can come to more than was asked for.
    pub has_triggers: bool,
}

/// How the rows of a type are linked with the rows of a relationship's target.
///
/// In each variant paired lists have equal length: `near[i] = far[i]`.
#[derive(Debug, Clone)]
pub enum Link {
    /// The type's own row holds the key: `near` columns here equal `far` columns of the target.
    ForeignKey {
        /// Columns of this type's row.
        near: Vec<StoredColumn>,
        /// Columns of the target they refer to.
        far: Vec<StoredColumn>,
        /// Whether `far` is exactly the target's key in key order, and `near` holds the same kind of value, compared in
        /// the same way: then linkage needs no join. Not so where a caller does not see all rows of the target.
        far_is_key: bool,
        /// The same, be the target's row seen or not.
        holds_key: bool,
    },
    /// The target's row holds the key: the inverse of a foreign key.
    Inverse {
        /// Columns of this type's row that are referred to.
        near: Vec<StoredColumn>,
        /// Columns of the target's row that refer to them.
        far: Vec<StoredColumn>,
    },
    /// Rows of a join table hold both keys.
    JoinTable {
        /// The join table.
        table: Table,
        /// Columns of this type's row.
        near: Vec<StoredColumn>,
        /// Columns of the join table that refer to `near`.
        join_near: Vec<StoredColumn>,
        /// Columns of the join table that refer to `far`.
        join_far: Vec<StoredColumn>,
        /// Columns of the target's row.
        far: Vec<StoredColumn>,
        /// Further columns of the join table, with the names they have in the `meta` of linkage; none of them is
        /// called `page`. Empty for a plain join table.
        meta: Vec<(String, StoredColumn)>,
        /// Whether each row of the join table that refers to a target is known to find it.
        holds: bool,
        /// Whether the database has a unique key over these columns, all of them whole numbers, and no others.
        is_key: bool,
    },
}

/// Something in the database that is not served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// What: `table logs`, `view totals`, `column people.password_hash`, `foreign key sales.orders(customer)`,
    /// `relationship articles.tags`.
    pub what: String,
    /// Why, and what to configure to have it served.
    pub reason: String,
}

impl Catalog {
    /// A catalog of these types, which must be ordered by name: relationships lead to positions in this order.
    /// Fills every index by name and path.
    pub fn new(mut types: Vec<ResourceType>, left_out: Vec<LeftOut>) -> Self {
        let (mut by_name, mut by_path) = (HashMap::default(), HashMap::default());
        for (id, resource_type) in (0u32..).map(TypeId).zip(&mut types) {
            by_name.insert(resource_type.name.clone(), id);
            by_path.insert(path::decode(&resource_type.path), id);
            let attributes = resource_type.attributes.iter().enumerate();
            let attributes = attributes.map(|(at, attribute)| (attribute.name.clone(), Field::Attribute(at)));
            let relationships = resource_type.relationships.iter().enumerate();
            let relationships = relationships.map(|(at, one)| (one.name.clone(), Field::Relationship(at)));
            resource_type.fields = attributes.chain(relationships).collect();
        }
        Self { types, left_out, caller_values: 0, by_name, by_path }
    }

    /// The type at that position.
    pub fn get(&self, id: TypeId) -> &ResourceType {
        &self.types[id.0 as usize]
    }

    /// The type of that name (case sensitive).
    pub fn by_name(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// The type whose collection has that path below the base, decoded: `/articles`, `/sales/orders`.
    pub fn by_path(&self, path: &str) -> Option<TypeId> {
        self.by_path.get(path).copied()
    }

    /// The foreign key of the target, by position there, whose inverse a relationship is; `None` for others.
    pub fn inverse_of(&self, owner: TypeId, relationship: usize) -> Option<usize> {
        let relationship = &self.get(owner).relationships[relationship];
        let Link::Inverse { near, far } = &relationship.link else { return None };
        let same = |one: &[StoredColumn], other: &[StoredColumn]| {
            one.iter().map(|column| &column.name).eq(other.iter().map(|column| &column.name))
        };
        self.get(relationship.target).relationships.iter().position(|other| {
            let Link::ForeignKey { near: holds, far: referred, .. } = &other.link else { return false };
            other.target == owner && same(holds, far) && same(referred, near)
        })
    }

    /// All types with their positions, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &ResourceType)> {
        (0u32..).map(TypeId).zip(&self.types)
    }
}

impl ResourceType {
    /// Whether resources can be created.
    pub fn can_create(&self) -> bool {
        !self.read_only && self.cannot_create.is_none() && !self.denied.create
    }

    /// Whether resources can be changed.
    pub fn can_update(&self) -> bool {
        !self.read_only && !self.denied.update
    }

    /// Whether resources can be deleted.
    pub fn can_delete(&self) -> bool {
        !self.read_only && !self.denied.delete
    }

    /// The attribute or relationship of that name (case sensitive).
    pub fn field(&self, name: &str) -> Option<Field> {
        self.fields.get(name).copied()
    }

    /// What a column of the type's row is to clients: of several things the one a client most likely gave it as, which
    /// is an attribute, else a relationship, else the id.
    pub fn member_of_column(&self, column: &str) -> Option<Member> {
        self.members_of_column(column).next()
    }

    /// All that a column of the type's row is to clients: nothing if it is hidden, several if it is part of the key or
    /// of several foreign keys.
    pub fn members_of_column(&self, column: &str) -> impl Iterator<Item = Member> {
        let is_it = move |one: &StoredColumn| one.name == column;
        let attributes = self.attributes.iter().enumerate().filter_map(move |(at, attribute)| {
            let ValueSource::Column(stored) = &attribute.value;
            is_it(stored).then_some(Member::Attribute(at))
        });
        let relationships = self.relationships.iter().enumerate().filter_map(move |(at, relationship)| {
            let Link::ForeignKey { near, .. } = &relationship.link else { return None };
            near.iter().any(is_it).then_some(Member::Relationship(at))
        });
        let id = self.key.iter().any(is_it).then_some(Member::Id);
        attributes.chain(relationships).chain(id)
    }

    /// The columns of a refused check, by what the database called it; none if there is no such check.
    pub fn columns_of_check(&self, reported: &str) -> Vec<&str> {
        let checks = self.checks.iter().filter(|check| check.name == reported);
        let mut columns: Vec<&str> = Vec::new();
        for column in checks.flat_map(|check| &check.columns) {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        columns
    }

    /// Names of all fields, attributes first.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        let attributes = self.attributes.iter().map(|attribute| attribute.name.as_str());
        attributes.chain(self.relationships.iter().map(|relationship| relationship.name.as_str()))
    }
}
