//! Statement trees as SQL text.
//!
//! Names come from the schema and are quoted; everything else is a parameter. No value reaches the text.
//!
//! What all engines say alike is here and in `condition` and `change`; rows found by a list of keys are said in `keyed`,
//! and by SQLite in ways of its own in `sqlite`.

mod change;
mod condition;
mod keyed;
mod list;
mod sqlite;

pub use self::change::render_change;
use crate::schema::TableName;
use crate::statement::{
    Alias, ColumnName, ColumnRef, Group, Join, Limit, OrderTerm, Output, Parameter, Restriction, Select,
    Table, Values,
};

/// A rendered statement: text that depends only on the tree it came from.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// SQL with placeholders: `?1` on SQLite, `$1` on PostgreSQL, `?` elsewhere.
    pub sql: String,
    /// Which parameters the placeholders stand for. On SQLite a placeholder's own number tells; on PostgreSQL it is the
    /// position here, as its numbers may not have gaps; elsewhere this is the order of the text.
    pub parameters: Vec<Parameter>,
}

/// The engines' ways of saying the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, with the functions and the array table its adapter registers.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MariaDB, in a session where double quotes stand around names.
    MariaDb,
    /// MySQL, in a session where double quotes stand around names.
    MySql,
}

impl Dialect {
    /// Whether an INSERT can hand out columns of the new rows.
    pub fn returns_inserted(self) -> bool {
        self != Dialect::MySql
    }

    /// Whether many new rows cost less as one statement than each by itself. SQLite has no way to the server to save, and
    /// keeps copies of the pages that a statement changes which makes several rows or hands out what it made.
    pub fn gains_by_batches(self) -> bool {
        self != Dialect::Sqlite
    }

    /// Whether an UPDATE or DELETE can hand out columns of its rows.
    pub fn returns_changed(self) -> bool {
        matches!(self, Dialect::Sqlite | Dialect::Postgres)
    }

    /// Whether rows found by integers tell these, where they have them, for less than which of the keys they belong to.
    /// PostgreSQL finds them for less, too.
    pub fn tells_keys_by_value(self) -> bool {
        matches!(self, Dialect::Sqlite | Dialect::Postgres)
    }

    /// Whether adapters tell the number that the engine has given to a single new row without being asked for it.
    pub fn tells_generated(self) -> bool {
        self != Dialect::Postgres
    }
}

/// Renders a tree for an engine.
pub fn render(dialect: Dialect, select: &Select) -> Statement {
    let mut renderer = Renderer::new(dialect);
    if dialect == Dialect::MariaDb && condition::tables_asked(select) >= MANY_TABLES {
        // It would join all tables and walk from row to row, again and again. Each list by itself is read once.
        renderer.text("SET STATEMENT optimizer_switch = 'semijoin=off,in_to_exists=off' FOR ");
    }
    match &select.keys {
        Some(keys) if dialect == Dialect::Sqlite => renderer.sqlite_keyed(select, keys),
        Some(keys) => renderer.keyed(select, keys),
        None => renderer.select(select),
    }
    renderer.finish()
}

/// From how many related tables on a condition is not left to the optimizer of MariaDB.
const MANY_TABLES: usize = 3;

/// Where the tables of a repeated FROM clause are renamed, so that it can stand inside the first one.
const INNER_ALIAS_OFFSET: u16 = 1000;

struct Renderer {
    dialect: Dialect,
    sql: String,
    parameters: Vec<Parameter>,
    /// Where each parameter stands among these, if it does.
    positions: Vec<Option<usize>>,
    /// Whether rows are found by keys, so that what else is demanded of them is not to be started from.
    by_keys: bool,
}

impl Renderer {
    fn new(dialect: Dialect) -> Self {
        Renderer {
            dialect,
            sql: String::with_capacity(256),
            parameters: Vec::new(),
            positions: Vec::new(),
            by_keys: false,
        }
    }

    fn finish(self) -> Statement {
        Statement { sql: self.sql, parameters: self.parameters }
    }

    fn is_mysql(&self) -> bool {
        matches!(self.dialect, Dialect::MariaDb | Dialect::MySql)
    }

    fn text(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    fn number(&mut self, number: usize) {
        self.sql.push_str(itoa::Buffer::new().format(number));
    }

    fn name(&mut self, name: &str) {
        self.sql.push('"');
        if name.as_bytes().contains(&b'"') {
            self.sql.push_str(&name.replace('"', "\"\""));
        } else {
            self.sql.push_str(name);
        }
        self.sql.push('"');
    }

    fn alias(&mut self, alias: Alias) {
        self.sql.push('t');
        self.number(usize::from(alias.0));
    }

    fn parameter(&mut self, parameter: Parameter) {
        let index = usize::from(parameter.0);
        if self.positions.len() <= index {
            self.positions.resize(index + 1, None);
        }
        let known = self.positions[index].filter(|_| !self.is_mysql());
        let position = known.unwrap_or_else(|| {
            self.parameters.push(parameter);
            self.parameters.len() - 1
        });
        self.positions[index] = Some(position);
        match self.dialect {
            Dialect::Sqlite => {
                self.sql.push('?');
                self.number(usize::from(parameter.0) + 1);
            }
            Dialect::Postgres => {
                self.sql.push('$');
                self.number(position + 1);
            }
            Dialect::MariaDb | Dialect::MySql => self.sql.push('?'),
        }
    }

    /// A parameter that is compared with a column. PostgreSQL takes it for a value of the column's own type otherwise,
    /// and refuses numbers that this type does not reach; MySQL never takes a number for equal to a `float`.
    fn value(&mut self, column: &ColumnName, parameter: Parameter) {
        let needs_cast = match self.dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres => !column.comparison_type.is_empty(),
            Dialect::MariaDb | Dialect::MySql => column.comparison_type.as_ref() == "float",
        };
        if !needs_cast {
            return self.parameter(parameter);
        }
        self.text("CAST(");
        self.parameter(parameter);
        self.text(" AS ");
        self.text(&column.comparison_type);
        self.text(")");
    }

    fn column(&mut self, column: &ColumnRef) {
        self.alias(column.table);
        self.sql.push('.');
        self.name(&column.column.name);
    }

    fn table(&mut self, table: &TableName) {
        if let Some(schema) = &table.schema {
            self.name(schema);
            self.sql.push('.');
        }
        self.name(&table.name);
    }

    /// A table to read from, under its name in the statement.
    fn source(&mut self, table: &Table, alias: Alias) {
        self.rows_of(table);
        self.text(" AS ");
        self.alias(alias);
    }

    fn rows_of(&mut self, table: &Table) {
        match &table.restriction {
            None => self.table(&table.name),
            Some(restriction) => self.restricted(&table.name, restriction),
        }
    }

    /// What is seen of a table, as a table. Engines take it apart again, so that indexes serve it like a condition.
    fn restricted(&mut self, table: &TableName, restriction: &Restriction) {
        self.text("(SELECT ");
        self.alias(restriction.alias);
        self.text(".*");
        for mask in &restriction.masks {
            self.text(", CASE WHEN ");
            self.condition(&mask.condition);
            self.text(" THEN ");
            self.alias(restriction.alias);
            self.text(".");
            self.name(&mask.column);
            self.text(" END");
            if let Some(collation) = mask.collation.as_ref().filter(|_| self.dialect == Dialect::Sqlite) {
                self.text(" COLLATE ");
                self.name(collation);
            }
            self.text(" AS ");
            self.name(&mask.name);
        }
        self.text(" FROM ");
        self.table(table);
        self.text(" AS ");
        self.alias(restriction.alias);
        if !restriction.condition.is_always() {
            self.text(" WHERE ");
            self.condition(&restriction.condition);
        }
        self.text(")");
    }

    fn separated<T>(&mut self, items: &[T], separator: &str, mut write: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text(separator);
            }
            write(self, item);
        }
    }

    /// A SELECT without keys.
    fn select(&mut self, select: &Select) {
        let counting = select.columns.contains(&Output::Count);
        if counting {
            self.text("SELECT count(*) FROM (SELECT 1");
        } else {
            self.text("SELECT ");
            self.separated(&select.columns, ", ", Self::output);
        }
        self.text(" FROM ");
        self.from(&select.from, &select.joins);
        if !select.condition.is_always() {
            self.text(" WHERE ");
            self.condition(&select.condition);
        }
        match &select.group {
            Some(group) => self.grouped(group, &select.order),
            None => self.order(&select.order),
        }
        self.bounds(select);
        if counting {
            self.text(") AS c");
        }
    }

    fn grouped(&mut self, group: &Group, order: &[OrderTerm]) {
        self.text(" GROUP BY ");
        self.separated(&group.by, ", ", Self::column);
        if order.is_empty() {
            return;
        }
        self.text(" ORDER BY ");
        self.separated(order, ", ", |this, term| {
            let is_same = group.by.contains(&term.column);
            let is_largest = group.largest.contains(&term.column);
            this.text(match (is_same, is_largest) {
                (true, _) => "",
                (false, true) => "max(",
                (false, false) => "min(",
            });
            this.column(&term.column);
            this.text(if is_same { "" } else { ")" });
            this.direction(term);
        });
    }

    fn bounds(&mut self, select: &Select) {
        if let Some(limit) = select.limit {
            self.text(" LIMIT ");
            match limit {
                Limit::Given(parameter) => self.parameter(parameter),
                Limit::Fixed(rows) => self.text(&rows.to_string()),
            }
        }
        if let Some(offset) = select.offset {
            self.text(" OFFSET ");
            self.parameter(offset);
        }
    }

    /// An output that does not depend on keys.
    fn output(&mut self, output: &Output) {
        match output {
            Output::Column(column) if self.comes_as_text(&column.column) => self.as_text(column),
            Output::Column(column) => self.column(column),
            Output::Largest(column) => {
                self.text("max(");
                self.column(column);
                self.text(")");
            }
            Output::Count => self.text("count(*)"),
            Output::Key => self.text("0"),
        }
    }

    /// Whether only the engine's own text form of a column is known. PostgreSQL's quoted types are those that someone
    /// has added: reading them as they are would first ask the server what they are.
    fn comes_as_text(&self, column: &ColumnName) -> bool {
        let is_added = self.dialect == Dialect::Postgres && column.comparison_type.starts_with('"');
        is_added || column.values == Values::TextForm
    }

    /// A column in the engine's own text form.
    fn as_text(&mut self, column: &ColumnRef) {
        // Only what MySQL cannot compare with a text is a shape.
        let is_shape = self.is_mysql() && column.column.comparison_type.is_empty();
        self.text(if is_shape { "ST_AsText(" } else { "CAST(" });
        self.column(column);
        self.text(match self.dialect {
            _ if is_shape => ")",
            Dialect::MariaDb | Dialect::MySql => " AS CHAR)",
            _ if column.column.comparison_type.ends_with("[]") => " AS text[])",
            _ => " AS text)",
        });
    }

    fn from(&mut self, (table, alias): &(Table, Alias), joins: &[Join]) {
        self.source(table, *alias);
        for join in joins {
            self.join(join);
        }
    }

    fn join(&mut self, join: &Join) {
        self.text(if join.outer { " LEFT JOIN " } else { " JOIN " });
        self.joined(join);
    }

    fn joined(&mut self, join: &Join) {
        let before = std::mem::replace(&mut self.by_keys, true);
        self.source(&join.table, join.alias);
        self.by_keys = before;
        self.text(" ON ");
        self.separated(&join.on, " AND ", |this, (outer, inner)| {
            this.alias(join.alias);
            this.text(".");
            this.name(inner);
            this.text(" = ");
            this.column(outer);
        });
    }

    fn order(&mut self, order: &[OrderTerm]) {
        if !order.is_empty() {
            self.text(" ORDER BY ");
            self.order_terms(order);
        }
    }

    fn order_terms(&mut self, order: &[OrderTerm]) {
        self.separated(order, ", ", |this, term| {
            this.column(&term.column);
            this.direction(term);
        });
    }

    fn direction(&mut self, term: &OrderTerm) {
        if term.descending {
            self.text(" DESC");
        }
        // Only PostgreSQL takes NULL for the highest. An index serves the order where nothing needs to be said.
        if self.dialect == Dialect::Postgres && term.nullable {
            self.text(if term.descending { " NULLS LAST" } else { " NULLS FIRST" });
        }
    }
}
