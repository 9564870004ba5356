//! Rows found by a list of keys, as SQLite does it fastest: the keys stand as a table that is read first, and the rows
//! of each are picked by a correlated `IN (SELECT … LIMIT n)`.

use super::keyed::key_columns;
use super::{INNER_ALIAS_OFFSET, Renderer};
use crate::renamed::Renamed;
use crate::statement::{
    Alias, ColumnName, ColumnRef, Join, Keys, LimitEach, OrderTerm, Output, Select, Table, Through,
};

impl Renderer {
    /// A SELECT with keys.
    pub(super) fn sqlite_keyed(&mut self, select: &Select, keys: &Keys) {
        self.by_keys = true;
        self.text("SELECT ");
        let is_composite = key_columns(keys).len() > 1;
        self.separated(&select.columns, ", ", |this, output| match output {
            Output::Key if keys.by_value => this.key_column(keys, 0),
            // The array table numbers its rows from 1, the JSON table from 0.
            Output::Key => this.text(if is_composite { "p.key" } else { "p.rowid - 1" }),
            output => this.output(output),
        });
        self.text(" FROM ");
        // Keys stand as a table of their own, read first: cheaper than a list to look things up in.
        self.list(&key_columns(keys), keys.parameter, true);
        self.text(" CROSS JOIN ");
        if let (Some(through), None) = (&keys.through, &keys.limit_each) {
            self.rows_of(&through.table);
            self.text(" AS j CROSS JOIN ");
        }
        self.tables_in_order(&select.from, &select.joins);
        self.text(" WHERE ");
        self.rows_of_key(select, keys);
        if !select.condition.is_always() {
            self.text(" AND ");
            self.condition(&select.condition);
        }
        if !select.order.is_empty() && !comes_in_order(select, keys) {
            // As on other engines: key after key.
            self.text(if is_composite { " ORDER BY p.key, " } else { " ORDER BY p.rowid, " });
            self.order_terms(&select.order);
        }
        self.bounds(select);
    }

    /// The tables are read in the order written: SQLite takes `CROSS JOIN` as that.
    fn tables_in_order(&mut self, (table, alias): &(Table, Alias), joins: &[Join]) {
        self.source(table, *alias);
        for join in joins {
            self.text(if join.outer { " LEFT JOIN " } else { " CROSS JOIN " });
            self.joined(join);
        }
    }

    /// The rows of the key `p`: all of them, or those among its first.
    fn rows_of_key(&mut self, select: &Select, keys: &Keys) {
        match (&keys.through, &keys.limit_each) {
            (Some(through), Some(each)) => return self.rows_through(select, keys, through, each),
            (Some(through), None) => {
                self.is_of_key(keys);
                self.text(" AND ");
                return self.refers(keys, through);
            }
            (None, _) => {}
        }
        let (_, outer) = &select.from;
        let mut word = "";
        // Where rows are picked by identity alone their key is known already; repeating it would let SQLite start
        // from the key's index and test every row of the key against the picked ones.
        let needs_key = keys.limit_each.as_ref().is_none_or(|each| !each.stands_alone);
        if needs_key {
            for (index, column) in keys.columns.iter().enumerate() {
                self.text(word);
                word = " AND ";
                self.column(column);
                self.text(" = ");
                self.list_part(&key_columns(keys), index);
            }
        }
        if let Some(each) = &keys.limit_each {
            self.text(word);
            self.among_first(select, keys, each, *outer);
        }
    }

    /// The rows that a join table links with the key `p`. Its own rows that lead nowhere do not count.
    fn rows_through(&mut self, select: &Select, keys: &Keys, through: &Through, each: &LimitEach) {
        let inner = Renamed(INNER_ALIAS_OFFSET);
        let row = keys.columns.len() > 1;
        let join_columns = |this: &mut Self, columns: &[ColumnName], separator: &str| {
            this.separated(columns, separator, |this, column| {
                this.text("j.");
                this.name(&column.name);
            });
        };
        self.text(if row { "(" } else { "" });
        self.separated(&keys.columns, ", ", Self::column);
        self.text(if row { ") IN (SELECT " } else { " IN (SELECT " });
        join_columns(self, &through.far, ", ");
        self.text(" FROM ");
        self.rows_of(&through.table);
        self.text(" AS j CROSS JOIN ");
        self.source(&select.from.0, inner.alias(select.from.1));
        self.text(" ON ");
        for (index, (column, far)) in keys.columns.iter().zip(&through.far).enumerate() {
            self.text(if index > 0 { " AND " } else { "" });
            self.column(&inner.column(column));
            self.text(" = j.");
            self.name(&far.name);
        }
        self.text(" WHERE ");
        self.is_of_key(keys);
        self.text(" ORDER BY ");
        join_columns(self, &through.far, ", ");
        self.text(" LIMIT ");
        self.parameter(each.limit);
        self.text(")");
    }

    fn among_first(&mut self, select: &Select, keys: &Keys, each: &LimitEach, outer: Alias) {
        let inner = Renamed(INNER_ALIAS_OFFSET);
        let row = each.identity.len() > 1;
        let identity = |this: &mut Self, alias: Alias| {
            this.separated(&each.identity, ", ", |this, name| {
                this.alias(alias);
                this.text(".");
                this.name(name);
            });
        };
        self.text(if row { "(" } else { "" });
        identity(self, outer);
        self.text(if row { ") IN (SELECT " } else { " IN (SELECT " });
        identity(self, inner.alias(outer));
        self.text(" FROM ");
        let joins: Vec<Join> = select.joins.iter().map(|join| inner.join(join)).collect();
        self.tables_in_order(&(select.from.0.clone(), inner.alias(select.from.1)), &joins);
        self.text(" WHERE ");
        let columns: Vec<ColumnRef> = keys.columns.iter().map(|column| inner.column(column)).collect();
        for (index, column) in columns.iter().enumerate() {
            self.text(if index > 0 { " AND " } else { "" });
            self.column(column);
            self.text(" = ");
            self.list_part(&key_columns(keys), index);
        }
        if !select.condition.is_always() {
            self.text(" AND ");
            self.condition(&inner.condition(&select.condition));
        }
        let order: Vec<OrderTerm> = select.order.iter().map(|term| inner.order_term(term)).collect();
        self.order(&order);
        self.text(" LIMIT ");
        self.parameter(each.limit);
        self.text(")");
    }
}

/// SQLite walks the values of an `IN (SELECT …)` from low to high, so rows picked by one identifying column come in its
/// order without a sort; the bundled version is pinned and a test holds it to that.
fn comes_in_order(select: &Select, keys: &Keys) -> bool {
    match (&keys.limit_each, select.order.as_slice()) {
        (Some(each), [term]) => {
            let identity = each.identity.as_slice();
            !term.descending
                && term.column.table == select.from.1
                && identity == [term.column.column.name.clone()]
        }
        _ => false,
    }
}
