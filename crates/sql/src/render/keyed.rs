//! Rows found by a list of keys, where the engine has windows or lateral joins to bound the rows of each key.
//!
//! The list is a table `p` whose rows are numbered. PostgreSQL looks up each key by itself and stops at its bound; MySQL
//! and MariaDB number the rows of each key and keep the first.

use super::{Dialect, INNER_ALIAS_OFFSET, Renderer};
use crate::renamed::Renamed;
use crate::statement::{Alias, ColumnName, Join, Keys, LimitEach, OrderTerm, Output, Select, Table, Through};

impl Renderer {
    /// A SELECT with keys.
    pub(super) fn keyed(&mut self, select: &Select, keys: &Keys) {
        match (&keys.limit_each, &keys.through) {
            (None, _) if keys.by_value => self.found_by_value(select, keys),
            (None, _) => self.joined_with_keys(select, keys),
            (Some(each), _) if self.dialect != Dialect::Postgres => self.windowed(select, keys, each),
            (Some(each), Some(through)) if is_bounded_by_join_table(select, keys, through) => {
                self.lateral_join_table(select, keys, through, each);
            }
            (Some(each), _) => self.lateral(select, keys, each),
        }
        self.bounds(select);
    }

    fn lateral(&mut self, select: &Select, keys: &Keys, each: &LimitEach) {
        self.text("SELECT ");
        for (index, output) in select.columns.iter().enumerate() {
            self.text(if index > 0 { ", " } else { "" });
            match output {
                Output::Key => self.text("r.o - 1"),
                _ => self.text(&format!("r.c{index}")),
            }
        }
        self.text(" FROM ");
        self.list(&key_columns(keys), keys.parameter, true);
        self.text(" CROSS JOIN LATERAL (SELECT p.o AS o");
        self.inner_outputs(select);
        for (index, term) in select.order.iter().enumerate() {
            self.text(", ");
            self.column(&term.column);
            self.text(&format!(" AS s{index}"));
        }
        self.text(" FROM ");
        self.rows(select, keys);
        self.text(" WHERE ");
        self.is_of_key(keys);
        self.and_condition(select);
        self.order(&select.order);
        self.text(" LIMIT ");
        self.parameter(each.limit);
        self.text(") AS r ORDER BY r.o");
        for (index, term) in select.order.iter().enumerate() {
            self.text(", r.s");
            self.number(index);
            self.direction(term);
        }
    }

    /// The bound is on rows of the join table, so that the rows behind are looked up all together.
    fn lateral_join_table(&mut self, select: &Select, keys: &Keys, through: &Through, each: &LimitEach) {
        let far = |this: &mut Self| {
            this.separated(&through.far, ", ", |this, column| {
                this.text("j.");
                this.name(&column.name);
            });
        };
        self.text("SELECT ");
        self.outputs(select, "p.o - 1");
        self.text(" FROM ");
        self.list(&key_columns(keys), keys.parameter, true);
        self.text(" CROSS JOIN LATERAL (SELECT ");
        far(self);
        self.text(" FROM ");
        self.rows_of(&through.table);
        self.text(" AS j WHERE ");
        self.is_of_key(keys);
        // NULL, which finds nothing, comes last.
        self.text(" ORDER BY ");
        far(self);
        self.text(" LIMIT ");
        self.parameter(each.limit);
        self.text(") AS j JOIN ");
        self.source(&select.from.0, select.from.1);
        self.text(" ON ");
        self.refers(keys, through);
        for join in &select.joins {
            self.join(join);
        }
        self.text(" ORDER BY p.o, ");
        self.order_terms(&select.order);
    }

    /// The numbers are given to identities alone; the rows are read for those that stay.
    fn windowed(&mut self, select: &Select, keys: &Keys, each: &LimitEach) {
        let inner = Renamed(INNER_ALIAS_OFFSET);
        let (table, alias) = &select.from;
        let identity = |this: &mut Self, alias: Alias, name: &str| {
            this.alias(alias);
            this.text(".");
            this.name(name);
        };
        self.text("SELECT ");
        self.outputs(select, "r.o - 1");
        self.text(" FROM (SELECT p.o");
        for (index, name) in each.identity.iter().enumerate() {
            self.text(", ");
            identity(self, inner.alias(*alias), name);
            self.text(&format!(" AS i{index}"));
        }
        if !each.stands_alone {
            for (index, column) in keys.columns.iter().enumerate() {
                self.text(", ");
                self.column(&inner.column(column));
                self.text(&format!(" AS k{index}"));
            }
        }
        self.text(", ROW_NUMBER() OVER (PARTITION BY p.o");
        let order: Vec<OrderTerm> = select.order.iter().map(|term| inner.order_term(term)).collect();
        self.order(&order);
        self.text(") AS n FROM ");
        let renamed = Keys {
            columns: keys.columns.iter().map(|column| inner.column(column)).collect(),
            ..keys.clone()
        };
        let from = (table.clone(), inner.alias(*alias));
        let joins: Vec<Join> = select.joins.iter().map(|join| inner.join(join)).collect();
        self.keys_and_rows(&from, &joins, &renamed);
        if !select.condition.is_always() {
            self.text(" WHERE ");
            self.condition(&inner.condition(&select.condition));
        }
        self.text(") AS r JOIN ");
        self.source(table, *alias);
        for (index, name) in each.identity.iter().enumerate() {
            self.text(if index > 0 { " AND " } else { " ON " });
            identity(self, *alias, name);
            self.text(&format!(" = r.i{index}"));
        }
        if !each.stands_alone {
            for (index, column) in keys.columns.iter().enumerate() {
                self.text(" AND ");
                self.column(column);
                self.text(&format!(" = r.k{index}"));
            }
        }
        for join in &select.joins {
            self.join(join);
        }
        self.text(" WHERE r.n <= ");
        self.parameter(each.limit);
        self.text(" ORDER BY r.o, r.n");
    }

    /// All rows of the keys, in the order of the keys: documents do not depend on how rows are looked up.
    fn joined_with_keys(&mut self, select: &Select, keys: &Keys) {
        self.text("SELECT ");
        self.outputs(select, "p.o - 1");
        self.text(" FROM ");
        self.keys_and_rows(&select.from, &select.joins, keys);
        if !select.condition.is_always() {
            self.text(" WHERE ");
            self.condition(&select.condition);
        }
        self.text(" ORDER BY p.o");
        if !select.order.is_empty() {
            self.text(", ");
            self.order_terms(&select.order);
        }
    }

    /// All rows of keys that stand in ascending order, in that order, for two thirds of what joining them costs.
    fn found_by_value(&mut self, select: &Select, keys: &Keys) {
        self.text("SELECT ");
        self.separated(&select.columns, ", ", |this, output| match output {
            Output::Key => this.key_column(keys, 0),
            output => this.output(output),
        });
        self.text(" FROM ");
        self.rows(select, keys);
        self.text(" WHERE ");
        self.key_column(keys, 0);
        self.text(" = ANY (");
        self.array(key_columns(keys)[0], keys.parameter);
        self.text(")");
        self.and_condition(select);
        self.text(" ORDER BY ");
        self.key_column(keys, 0);
        if !select.order.is_empty() {
            self.text(", ");
            self.order_terms(&select.order);
        }
    }

    fn outputs(&mut self, select: &Select, ordinal: &str) {
        self.separated(&select.columns, ", ", |this, output| match output {
            Output::Key => this.text(ordinal),
            output => this.output(output),
        });
    }

    /// The keys, joined to their rows.
    fn keys_and_rows(&mut self, from: &(Table, Alias), joins: &[Join], keys: &Keys) {
        self.list(&key_columns(keys), keys.parameter, true);
        if let Some(through) = &keys.through {
            self.text(" JOIN ");
            self.rows_of(&through.table);
            self.text(" AS j ON ");
            self.is_of_key(keys);
        }
        self.text(" JOIN ");
        self.source(&from.0, from.1);
        self.text(" ON ");
        match &keys.through {
            Some(through) => self.refers(keys, through),
            None => self.is_of_key(keys),
        }
        for join in joins {
            self.join(join);
        }
    }

    fn inner_outputs(&mut self, select: &Select) {
        for (index, output) in select.columns.iter().enumerate() {
            if *output != Output::Key {
                self.text(", ");
                self.output(output);
                self.text(&format!(" AS c{index}"));
            }
        }
    }

    /// The tables of the rows, the join table that holds the keys among them.
    fn rows(&mut self, select: &Select, keys: &Keys) {
        if let Some(through) = &keys.through {
            self.rows_of(&through.table);
            self.text(" AS j JOIN ");
            self.source(&select.from.0, select.from.1);
            self.text(" ON ");
            self.refers(keys, through);
            for join in &select.joins {
                self.join(join);
            }
        } else {
            self.from(&select.from, &select.joins);
        }
    }

    /// A row of the join table refers to the row.
    pub(super) fn refers(&mut self, keys: &Keys, through: &Through) {
        for (index, (column, far)) in keys.columns.iter().zip(&through.far).enumerate() {
            self.text(if index > 0 { " AND " } else { "" });
            self.column(column);
            self.text(" = j.");
            self.name(&far.name);
        }
    }

    /// The row, or the one of the join table, has the key `p`.
    pub(super) fn is_of_key(&mut self, keys: &Keys) {
        let columns = key_columns(keys);
        for index in 0..columns.len() {
            self.text(if index > 0 { " AND " } else { "" });
            self.key_column(keys, index);
            self.text(" = ");
            self.list_part(&columns, index);
        }
    }

    /// A column that holds a part of the key.
    pub(super) fn key_column(&mut self, keys: &Keys, index: usize) {
        match &keys.through {
            None => self.column(&keys.columns[index]),
            Some(through) => {
                self.text("j.");
                self.name(&through.near[index].name);
            }
        }
    }

    fn and_condition(&mut self, select: &Select) {
        if !select.condition.is_always() {
            self.text(" AND ");
            self.condition(&select.condition);
        }
    }
}

/// Whether the first rows of the join table lead to the first rows behind it, and to all of them.
fn is_bounded_by_join_table(select: &Select, keys: &Keys, through: &Through) -> bool {
    // Of several columns one may be NULL, and the others not last.
    let ([term], [column]) = (select.order.as_slice(), keys.columns.as_slice()) else { return false };
    through.holds && term.column == *column && !term.descending && select.condition.is_always()
}

/// The columns that hold the keys.
pub(super) fn key_columns(keys: &Keys) -> Vec<&ColumnName> {
    match &keys.through {
        Some(through) => through.near.iter().collect(),
        None => keys.columns.iter().map(|column| &column.column).collect(),
    }
}
