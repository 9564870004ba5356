//! Facts about a database, as introspection found them: no names are changed and nothing is judged here.
//! What becomes of a table (a resource type, a join table, nothing) is the catalog's decision.

use serde::Serialize;

/// Everything introspection learnt of one database.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Schema {
    /// Tables and views, ordered by schema and name.
    pub tables: Vec<Table>,
}

/// The name of a table or view. `schema` is `None` in the engine's default schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct TableName {
    /// The schema, unless it is the default one.
    pub schema: Option<String>,
    /// The name as the catalog of the engine spells it.
    pub name: String,
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// What kind of relation a [`Table`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// An ordinary table.
    Table,
    /// A view.
    View,
    /// A virtual table (SQLite: FTS5, R*Tree, …).
    Virtual,
    /// A table that a virtual table keeps for itself (SQLite: `docs_fts_data`, …).
    Shadow,
}

/// A table or view.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Table, view or virtual table.
    pub kind: TableKind,
    /// Comment in the database, where the engine has such.
    pub comment: Option<String>,
    /// Columns in declared order, hidden ones of virtual tables left out.
    pub columns: Vec<Column>,
    /// Indexes into `columns`, in key order; empty without a primary key.
    pub primary_key: Vec<usize>,
    /// Unique keys (constraints and unique indexes over plain columns, partial ones left out), each in key
    /// order, ordered by constraint name and columns.
    pub unique_keys: Vec<Vec<usize>>,
    /// Leading columns of the table's indexes (primary key included): what a filter or sort can use.
    pub indexes: Vec<Vec<usize>>,
    /// Foreign keys in declared order.
    pub foreign_keys: Vec<ForeignKey>,
    /// The engine's own estimate of the number of rows, if it has one.
    pub row_estimate: Option<u64>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// Name as declared.
    pub name: String,
    /// Type as declared, in the engine's words; empty when none was declared.
    pub declared_type: String,
    /// What its values are.
    pub column_type: ColumnType,
    /// Whether NULL may be stored. A SQLite primary key that is neither the rowid nor NOT NULL may hold NULL.
    pub nullable: bool,
    /// Whether the database fills it in when an insert leaves it out (default, rowid, identity).
    pub has_default: bool,
    /// Whether the database generates new key values itself (SQLite rowid, identity, serial).
    pub auto_increment: bool,
    /// Whether it is computed from other columns and cannot be written.
    pub generated: bool,
    /// How values of a key column are compared, if not by their bytes: `NOCASE`.
    pub collation: Option<String>,
    /// Comment in the database, where the engine has such.
    pub comment: Option<String>,
}

/// The kinds of value a column holds, the same for every engine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// true or false.
    Boolean,
    /// Whole number of at most 64 bits.
    Integer,
    /// Binary floating point.
    Float,
    /// Exact number, served as a string.
    Decimal,
    /// Text.
    Text,
    /// Calendar date.
    Date,
    /// Time of day.
    Time,
    /// Date and time without zone.
    Timestamp,
    /// Date and time with zone.
    TimestampTz,
    /// UUID.
    Uuid,
    /// JSON, embedded in documents.
    Json,
    /// Bytes, served as base64.
    Binary,
    /// Span of time, served as an ISO 8601 duration.
    Interval,
    /// One of the named values.
    Enum(Vec<String>),
    /// Array of another type.
    Array(Box<ColumnType>),
    /// Anything: SQLite columns whose declared type says nothing about their values.
    Any,
    /// Another type of the engine, served in its text form.
    Other,
}

/// A foreign key as declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForeignKey {
    /// Constraint name, where the engine keeps one.
    pub name: Option<String>,
    /// Indexes into the table's columns.
    pub columns: Vec<usize>,
    /// The table referred to; it may not exist (SQLite does not check).
    pub references: TableName,
    /// Names of the columns referred to, in the order of `columns`. They may not exist either.
    pub referenced_columns: Vec<String>,
}

impl Schema {
    /// The table of that name.
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| &table.name == name)
    }
}
