//! Statements that write, as text.

use super::{Dialect, Renderer, Statement};
use crate::change::{Assigned, Change, Delete, Insert, Links, OnConflict, Source, Update};
use crate::schema::TableName;
use crate::statement::{ColumnRef, Condition, Parameter};

/// Renders a statement that writes for an engine.
pub fn render_change(dialect: Dialect, change: &Change) -> Statement {
    let Dialect::Sqlite = dialect;
    let mut renderer = Renderer { sql: String::with_capacity(256) };
    match change {
        Change::Insert(insert) => renderer.insert(insert),
        Change::Update(update) => renderer.update(update),
        Change::Delete(delete) => renderer.delete(delete),
    }
    Statement { sql: renderer.sql }
}

impl Renderer {
    fn insert(&mut self, insert: &Insert) {
        self.text("INSERT INTO ");
        self.table(&insert.table);
        match &insert.source {
            Source::Defaults => self.text(" DEFAULT VALUES"),
            Source::Values { columns, first, count } => self.values(columns, *first, *count),
            Source::Links(links) => self.links(&insert.table, links),
        }
        // Without rows of its own to refuse, SQLite takes no such clause.
        if insert.on_conflict == OnConflict::Skip && insert.source != Source::Defaults {
            self.text(" ON CONFLICT DO NOTHING");
        }
        self.returning(&insert.table, &insert.returning);
    }

    fn values(&mut self, columns: &[String], first: Parameter, count: u16) {
        self.text(" (");
        self.separated(columns, ", ", |this, column| this.name(column));
        self.text(") VALUES ");
        let mut parameter = usize::from(first.0) + 1;
        for row in 0..count {
            self.text(if row > 0 { ", (" } else { "(" });
            self.separated(columns, ", ", |this, _| {
                this.text("?");
                this.number(parameter);
                parameter += 1;
            });
            self.text(")");
        }
    }

    fn links(&mut self, table: &TableName, links: &Links) {
        self.text(" (");
        let columns: Vec<&String> = links.near.iter().map(|(column, _)| column).chain(&links.far).collect();
        self.separated(&columns, ", ", |this, column| this.name(column));
        self.text(") SELECT DISTINCT ");
        for (_, value) in &links.near {
            self.parameter(*value);
            self.text(", ");
        }
        for index in 0..links.far.len() {
            self.text(if index > 0 { ", " } else { "" });
            self.listed_part(links.far.len(), index);
        }
        self.text(" FROM ");
        self.listed(links.far.len(), links.list);
        self.text(" WHERE NOT EXISTS (SELECT 1 FROM ");
        self.table(table);
        self.text(" AS j WHERE ");
        for (index, (column, value)) in links.near.iter().enumerate() {
            self.text(if index > 0 { " AND j." } else { "j." });
            self.name(column);
            self.text(" = ");
            self.parameter(*value);
        }
        for (index, column) in links.far.iter().enumerate() {
            self.text(if links.near.is_empty() && index == 0 { "j." } else { " AND j." });
            self.name(column);
            self.text(" = ");
            self.listed_part(links.far.len(), index);
        }
        self.text(")");
    }

    fn update(&mut self, update: &Update) {
        let (table, alias) = &update.table;
        self.text("UPDATE ");
        self.table(table);
        self.text(" AS ");
        self.alias(*alias);
        self.text(" SET ");
        self.separated(&update.assignments, ", ", |this, (column, value)| {
            this.name(column);
            this.text(" = ");
            match value {
                Assigned::Parameter(parameter) => this.parameter(*parameter),
                Assigned::Null => this.text("NULL"),
            }
        });
        self.rows_where(&update.condition);
        self.returning(table, &update.returning);
    }

    fn delete(&mut self, delete: &Delete) {
        let (table, alias) = &delete.table;
        self.text("DELETE FROM ");
        self.table(table);
        self.text(" AS ");
        self.alias(*alias);
        self.rows_where(&delete.condition);
        self.returning(table, &delete.returning);
    }

    fn rows_where(&mut self, condition: &Condition) {
        if !condition.is_always() {
            self.text(" WHERE ");
            self.condition(condition);
        }
    }

    /// The table's own name stands before each column, for SQLite takes a lone name in double quotes that is no column
    /// for a text. It does not know the alias here.
    fn returning(&mut self, table: &TableName, columns: &[String]) {
        if columns.is_empty() {
            return;
        }
        self.text(" RETURNING ");
        self.separated(columns, ", ", |this, column| {
            this.name(&table.name);
            this.text(".");
            this.name(column);
        });
    }

    /// `columns` together among the keys of a list. A list of no keys has none of them, so that its complement holds;
    /// a key that is partly NULL is never in a list and never outside of one.
    pub(super) fn in_keys(&mut self, columns: &[ColumnRef], keys: Parameter, negated: bool) {
        let row = columns.len() > 1;
        self.text(if negated { "(" } else { "" });
        self.text(if row { "(" } else { "" });
        self.separated(columns, ", ", Self::column);
        self.text(if row { ")" } else { "" });
        self.text(if negated { " NOT IN (SELECT " } else { " IN (SELECT " });
        for index in 0..columns.len() {
            self.text(if index > 0 { ", " } else { "" });
            self.listed_part(columns.len(), index);
        }
        self.text(" FROM ");
        self.listed(columns.len(), keys);
        self.text(")");
        if negated {
            for column in columns {
                self.text(" AND ");
                self.column(column);
                self.text(" IS NOT NULL");
            }
            self.text(")");
        }
    }

    /// A list of keys as a table `p`.
    fn listed(&mut self, parts: usize, list: Parameter) {
        self.text(if parts > 1 { "json_each(" } else { "rarray(" });
        self.parameter(list);
        self.text(") AS p");
    }

    /// One part of a key of the table `p`, without an affinity, so that it takes the one of the column it meets.
    fn listed_part(&mut self, parts: usize, index: usize) {
        if parts == 1 {
            return self.text("+p.value");
        }
        // Bytes travel as objects.
        let place = format!("p.value, '$[{index}]");
        self.text(&format!(
            "iif(json_type({place}') = 'object', unhex(json_extract({place}.b')), json_extract({place}'))"
        ));
    }
}
