//! Statements that write.

use super::{Dialect, Renderer, Statement};
use crate::change::{Assigned, Change, Delete, Insert, Links, Source, Update};
use crate::schema::TableName;
use crate::statement::{ColumnName, ColumnRef, Condition, Parameter};

/// Renders a statement that writes for an engine.
pub fn render_change(dialect: Dialect, change: &Change) -> Statement {
    let mut renderer = Renderer::new(dialect);
    match change {
        Change::Insert(insert) => renderer.insert(insert),
        Change::Update(update) => renderer.update(update),
        Change::Delete(delete) => renderer.delete(delete),
    }
    renderer.finish()
}

impl Renderer {
    fn insert(&mut self, insert: &Insert) {
        self.text("INSERT INTO ");
        self.table(&insert.table);
        match &insert.source {
            Source::Defaults => self.text(if self.is_mysql() { " () VALUES ()" } else { " DEFAULT VALUES" }),
            Source::Values { columns, first, count } => self.values(columns, *first, *count),
            Source::Links(links) => self.links(&insert.table, links),
        }
        if !insert.unless_known.is_empty() {
            self.text(" ON CONFLICT (");
            self.separated(&insert.unless_known, ", ", |this, column| this.name(column));
            self.text(") DO NOTHING");
        }
        self.returning(&insert.table, &insert.returning);
    }

    fn values(&mut self, columns: &[String], first: Parameter, count: u16) {
        self.text(" (");
        self.separated(columns, ", ", |this, column| this.name(column));
        self.text(") VALUES ");
        let mut parameter = first.0;
        for row in 0..count {
            self.text(if row > 0 { ", (" } else { "(" });
            self.separated(columns, ", ", |this, _| {
                this.parameter(Parameter(parameter));
                parameter += 1;
            });
            self.text(")");
        }
    }

    fn links(&mut self, table: &TableName, links: &Links) {
        self.text(" (");
        let columns: Vec<&ColumnName> =
            links.near.iter().map(|(column, _)| column).chain(&links.far).collect();
        self.separated(&columns, ", ", |this, column| this.name(&column.name));
        self.text(") SELECT DISTINCT ");
        for (column, value) in &links.near {
            self.value(column, *value);
            self.text(", ");
        }
        let far: Vec<&ColumnName> = links.far.iter().collect();
        for index in 0..far.len() {
            self.text(if index > 0 { ", " } else { "" });
            self.list_part(&far, index);
        }
        self.text(" FROM ");
        self.list(&far, links.list, false);
        if links.is_first && self.is_mysql() {
            return;
        }
        self.text(" WHERE NOT EXISTS (SELECT 1 FROM ");
        self.table(table);
        self.text(" AS j WHERE ");
        for (index, (column, value)) in links.near.iter().enumerate() {
            self.text(if index > 0 { " AND j." } else { "j." });
            self.name(&column.name);
            self.text(" = ");
            self.value(column, *value);
        }
        for (index, column) in far.iter().enumerate() {
            self.text(if links.near.is_empty() && index == 0 { "j." } else { " AND j." });
            self.name(&column.name);
            self.text(" = ");
            self.list_part(&far, index);
        }
        self.text(")");
    }

    fn update(&mut self, update: &Update) {
        let (table, alias) = &update.table;
        self.text("UPDATE ");
        let (keys, condition) =
            if self.is_mysql() { split(&update.condition) } else { (None, update.condition.clone()) };
        if let Some((columns, list)) = &keys {
            let names: Vec<&ColumnName> = columns.iter().map(|column| &column.column).collect();
            self.list(&names, *list, false);
            self.text(" JOIN ");
        }
        self.table(table);
        self.text(" AS ");
        self.alias(*alias);
        if let Some((columns, _)) = &keys {
            let names: Vec<&ColumnName> = columns.iter().map(|column| &column.column).collect();
            for (index, column) in columns.iter().enumerate() {
                self.text(if index > 0 { " AND " } else { " ON " });
                self.column(column);
                self.text(" = ");
                self.list_part(&names, index);
            }
        }
        self.text(" SET ");
        self.separated(&update.assignments, ", ", |this, (column, value)| {
            this.name(column);
            this.text(" = ");
            match value {
                Assigned::Parameter(parameter) => this.parameter(*parameter),
                Assigned::Null => this.text("NULL"),
            }
        });
        self.rows_where(&condition);
        self.returning(table, &update.returning);
    }

    fn delete(&mut self, delete: &Delete) {
        let (table, alias) = &delete.table;
        self.text("DELETE ");
        if self.is_mysql() {
            // Only so does the table have another name there.
            self.alias(*alias);
            self.text(" ");
        }
        self.text("FROM ");
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

    /// On SQLite the table's own name stands before each column, for it takes a lone name in double quotes that is no
    /// column for a text. It does not know the alias here.
    fn returning(&mut self, table: &TableName, columns: &[String]) {
        if columns.is_empty() {
            return;
        }
        self.text(" RETURNING ");
        self.separated(columns, ", ", |this, column| {
            if this.dialect == Dialect::Sqlite {
                this.name(&table.name);
                this.text(".");
            }
            this.name(column);
        });
    }
}

/// A condition without its first list of keys, and that list: MySQL uses no index for the lists of an UPDATE unless they
/// are joined.
fn split(condition: &Condition) -> (Option<(Vec<ColumnRef>, Parameter)>, Condition) {
    let mut parts = match condition {
        Condition::All(parts) => parts.clone(),
        other => vec![other.clone()],
    };
    let is_list = |part: &Condition| matches!(part, Condition::InKeys { negated: false, .. });
    match parts.iter().position(is_list).map(|position| parts.remove(position)) {
        Some(Condition::InKeys { columns, keys, .. }) => (Some((columns, keys)), Condition::All(parts)),
        _ => (None, condition.clone()),
    }
}
