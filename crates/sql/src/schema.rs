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
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// An ordinary table.
    #[default]
    Table,
    /// A view.
    View,
    /// A virtual table (SQLite: FTS5, R*Tree, …).
    Virtual,
    /// A table that a virtual table keeps for itself (SQLite: `docs_fts_data`, …).
    Shadow,
    /// A table whose rows another one shows as its own (PostgreSQL: `INHERITS`).
    Inherited,
}

/// A table or view.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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
    /// CHECK constraints in declared order, as far as they can be read.
    pub checks: Vec<Check>,
    /// Whether the engine holds values to their columns' types. An ordinary SQLite table takes any value anywhere.
    pub strict: bool,
    /// Whether triggers run when its rows change.
    pub has_triggers: bool,
    /// The engine's own estimate of the number of rows, if it has one.
    pub row_estimate: Option<u64>,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
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
    /// The greatest length its type declares, of texts in characters, of bytes in bytes. SQLite does not hold values to
    /// it.
    pub length_max: Option<u64>,
    /// The least and the greatest value, of whole numbers narrower than 64 bits.
    pub range: Option<(i64, i64)>,
    /// The most digits before and after the point, of exact numbers.
    pub digits: Option<(u32, u32)>,
    /// The type, in the engine's words, that values from outside are taken for where they are compared with this column
    /// and nothing else tells; empty where the engine needs no such help.
    pub comparison_type: String,
    /// How values of a key column are compared, if not by their bytes: `NOCASE`.
    pub collation: Option<String>,
    /// Comment in the database, where the engine has such.
    pub comment: Option<String>,
}

/// The kinds of value a column holds, the same for every engine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
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
    #[default]
    Any,
    /// Another type of the engine, served in its text form.
    Other,
}

/// A CHECK constraint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What the engine calls it when it refuses a row: its name, or on SQLite its text.
    pub name: String,
    /// Indexes of the table's columns that it mentions, in the table's order.
    pub columns: Vec<usize>,
    /// What it demands of single columns, each by its index. A value that is NULL passes all of them. Empty if the check
    /// is of another form; it may then demand anything, but never less than what is said here.
    pub rules: Vec<(usize, Rule)>,
}

/// What a check demands of the value of a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// One of these values.
    OneOf(Vec<Literal>),
    /// A number that is not less, or has to be greater.
    Least {
        /// The bound.
        bound: Literal,
        /// Whether the bound itself passes.
        inclusive: bool,
    },
    /// A number that is not greater, or has to be less.
    Greatest {
        /// The bound.
        bound: Literal,
        /// Whether the bound itself passes.
        inclusive: bool,
    },
    /// A text of at least that many characters.
    LengthLeast(u64),
    /// A text of at most that many characters.
    LengthGreatest(u64),
}

/// A value written in the schema.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Literal {
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
}

/// What happens to rows that refer to one that goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferentialAction {
    /// The row cannot go, at the latest when the transaction ends.
    #[default]
    NoAction,
    /// The row cannot go.
    Restrict,
    /// They go too.
    Cascade,
    /// Their foreign key becomes NULL.
    SetNull,
    /// Their foreign key becomes its default.
    SetDefault,
}

/// A foreign key as declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ForeignKey {
    /// Constraint name, where the engine keeps one.
    pub name: Option<String>,
    /// Indexes into the table's columns.
    pub columns: Vec<usize>,
    /// The table referred to; it may not exist (SQLite does not check).
    pub references: TableName,
    /// Names of the columns referred to, in the order of `columns`. They may not exist either.
    pub referenced_columns: Vec<String>,
    /// What happens when the row referred to is deleted.
    pub on_delete: ReferentialAction,
    /// Whether it is checked only when the transaction is committed.
    pub deferred: bool,
    /// Whether each row that refers to another is known to find it, whoever reads.
    pub holds: bool,
}

impl Table {
    /// Indexes of the columns that a refused check mentions, by the name the engine gave it; empty if there is none of
    /// that name.
    pub fn columns_of_check(&self, name: &str) -> &[usize] {
        self.checks.iter().find(|check| check.name == name).map_or(&[], |check| &check.columns)
    }
}

impl Schema {
    /// The table of that name.
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| &table.name == name)
    }
}
