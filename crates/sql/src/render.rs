//! Statement trees as SQL text.
//!
//! Names come from the schema and are quoted; everything else is a parameter. No value reaches the text.

mod change;

pub use self::change::render_change;
use crate::renamed::Renamed;
use crate::schema::TableName;
use crate::statement::{
    Alias, ColumnRef, Comparison, Condition, Join, Keys, LimitEach, OrderTerm, Output, Parameter, Related,
    Select, TextMatch, Through,
};

/// A rendered statement: text that depends only on the tree it came from.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement {
    /// SQL with numbered placeholders.
    pub sql: String,
}

/// The engines' ways of saying the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, with the functions and the array table its adapter registers.
    Sqlite,
}

/// Renders a tree for an engine.
pub fn render(dialect: Dialect, select: &Select) -> Statement {
    let Dialect::Sqlite = dialect;
    let mut renderer = Renderer { sql: String::with_capacity(256) };
    renderer.select(select);
    Statement { sql: renderer.sql }
}

/// Where the tables of a repeated FROM clause are renamed, so that it can stand inside the first one.
const INNER_ALIAS_OFFSET: u16 = 1000;

struct Renderer {
    sql: String,
}

impl Renderer {
    fn text(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    fn number(&mut self, number: usize) {
        use std::fmt::Write;
        // Writing to a string cannot fail.
        let _ = write!(self.sql, "{number}");
    }

    fn name(&mut self, name: &str) {
        self.sql.push('"');
        for (index, part) in name.split('"').enumerate() {
            if index > 0 {
                self.sql.push_str("\"\"");
            }
            self.sql.push_str(part);
        }
        self.sql.push('"');
    }

    fn alias(&mut self, alias: Alias) {
        self.sql.push('t');
        self.number(usize::from(alias.0));
    }

    fn parameter(&mut self, parameter: Parameter) {
        self.sql.push('?');
        self.number(usize::from(parameter.0) + 1);
    }

    fn column(&mut self, column: &ColumnRef) {
        self.alias(column.table);
        self.sql.push('.');
        self.name(&column.column);
    }

    fn table(&mut self, table: &TableName) {
        if let Some(schema) = &table.schema {
            self.name(schema);
            self.sql.push('.');
        }
        self.name(&table.name);
    }

    fn separated<T>(&mut self, items: &[T], separator: &str, mut write: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text(separator);
            }
            write(self, item);
        }
    }

    fn select(&mut self, select: &Select) {
        let counting = select.columns.contains(&Output::Count);
        if counting {
            self.text("SELECT count(*) FROM (SELECT 1");
        } else {
            self.text("SELECT ");
            self.separated(&select.columns, ", ", |this, output| this.output(select, output));
        }
        self.text(" FROM ");
        // Keys stand as a table of their own, read first: cheaper than a list to look things up in.
        if let Some(keys) = &select.keys {
            self.key_table(keys);
            self.text(" AS p CROSS JOIN ");
        }
        self.from(&select.from, &select.joins, select.keys.is_some());
        let mut word = " WHERE ";
        if let Some(keys) = &select.keys {
            self.text(word);
            word = " AND ";
            self.rows_of_key(select, keys);
        }
        if !select.condition.is_always() {
            self.text(word);
            self.condition(&select.condition);
        }
        if !select.keys.as_ref().is_some_and(|keys| comes_in_order(select, keys)) {
            self.order(&select.order);
        }
        if let Some(limit) = select.limit {
            self.text(" LIMIT ");
            self.parameter(limit);
        }
        if let Some(offset) = select.offset {
            self.text(" OFFSET ");
            self.parameter(offset);
        }
        if counting {
            self.text(")");
        }
    }

    fn output(&mut self, select: &Select, output: &Output) {
        match output {
            Output::Column(column) => self.column(column),
            Output::Count => self.text("count(*)"),
            // The array table numbers its rows from 1, the JSON table from 0.
            Output::KeyOrdinal => self.text(match &select.keys {
                Some(keys) if is_composite(keys) => "p.key",
                _ => "p.rowid - 1",
            }),
        }
    }

    /// Where keys come first the tables are read in the order written: SQLite takes `CROSS JOIN` as that.
    fn from(&mut self, (table, alias): &(TableName, Alias), joins: &[Join], in_order: bool) {
        self.table(table);
        self.text(" AS ");
        self.alias(*alias);
        for join in joins {
            self.text(match (join.outer, in_order) {
                (true, _) => " LEFT JOIN ",
                (false, true) => " CROSS JOIN ",
                (false, false) => " JOIN ",
            });
            self.table(&join.table);
            self.text(" AS ");
            self.alias(join.alias);
            self.text(" ON ");
            self.separated(&join.on, " AND ", |this, (outer, inner)| {
                this.alias(join.alias);
                this.text(".");
                this.name(inner);
                this.text(" = ");
                this.column(outer);
            });
        }
    }

    fn order(&mut self, order: &[OrderTerm]) {
        if order.is_empty() {
            return;
        }
        self.text(" ORDER BY ");
        self.separated(order, ", ", |this, term| {
            this.column(&term.column);
            if term.descending {
                this.text(" DESC");
            }
        });
    }

    fn key_table(&mut self, keys: &Keys) {
        self.text(if is_composite(keys) { "json_each(" } else { "rarray(" });
        self.parameter(keys.parameter);
        self.text(")");
    }

    fn key_part(&mut self, keys: &Keys, index: usize) {
        if !is_composite(keys) {
            // The plus takes away the affinity of the array's column, so that the value takes the other side's.
            return self.text("+p.value");
        }
        // Bytes travel as objects.
        let place = format!("p.value, '$[{index}]");
        self.text(&format!(
            "iif(json_type({place}') = 'object', unhex(json_extract({place}.b')), json_extract({place}'))"
        ));
    }

    /// The rows of the key `p`: all of them, or those among its first.
    fn rows_of_key(&mut self, select: &Select, keys: &Keys) {
        if let Some(through) = &keys.through {
            return self.rows_through(select, keys, through);
        }
        let (_, outer) = select.from;
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
                self.key_part(keys, index);
            }
        }
        if let Some(each) = &keys.limit_each {
            self.text(word);
            let identity: Vec<ColumnRef> = each
                .identity
                .iter()
                .map(|column| ColumnRef { table: outer, column: column.clone() })
                .collect();
            self.among_first(select, keys, each, &identity);
        }
    }

    /// The rows that a join table links with the key `p`. Its own rows that lead nowhere do not count.
    fn rows_through(&mut self, select: &Select, keys: &Keys, through: &Through) {
        let inner = Renamed(INNER_ALIAS_OFFSET);
        let row = keys.columns.len() > 1;
        let join_columns = |this: &mut Self, names: &[String], separator: &str| {
            this.separated(names, separator, |this, name| {
                this.text("j.");
                this.name(name);
            });
        };
        self.text(if row { "(" } else { "" });
        self.separated(&keys.columns, ", ", Self::column);
        self.text(if row { ") IN (SELECT " } else { " IN (SELECT " });
        join_columns(self, &through.far, ", ");
        self.text(" FROM ");
        self.table(&through.table);
        self.text(" AS j CROSS JOIN ");
        self.table(&select.from.0);
        self.text(" AS ");
        self.alias(inner.alias(select.from.1));
        self.text(" ON ");
        for (index, (column, name)) in keys.columns.iter().zip(&through.far).enumerate() {
            self.text(if index > 0 { " AND " } else { "" });
            self.column(&inner.column(column));
            self.text(" = j.");
            self.name(name);
        }
        self.text(" WHERE ");
        for (index, name) in through.near.iter().enumerate() {
            self.text(if index > 0 { " AND j." } else { "j." });
            self.name(name);
            self.text(" = ");
            self.key_part(keys, index);
        }
        if let Some(each) = &keys.limit_each {
            self.text(" ORDER BY ");
            join_columns(self, &through.far, ", ");
            self.text(" LIMIT ");
            self.parameter(each.limit);
        }
        self.text(")");
    }

    fn among_first(&mut self, select: &Select, keys: &Keys, each: &LimitEach, identity: &[ColumnRef]) {
        let inner = Renamed(INNER_ALIAS_OFFSET);
        let row = identity.len() > 1;
        self.text(if row { "(" } else { "" });
        self.separated(identity, ", ", Self::column);
        self.text(if row { ") IN (SELECT " } else { " IN (SELECT " });
        self.separated(identity, ", ", |this, column| this.column(&inner.column(column)));
        self.text(" FROM ");
        let joins: Vec<Join> = select.joins.iter().map(|join| inner.join(join)).collect();
        self.from(&(select.from.0.clone(), inner.alias(select.from.1)), &joins, true);
        self.text(" WHERE ");
        for (index, column) in keys.columns.iter().enumerate() {
            self.text(if index > 0 { " AND " } else { "" });
            self.column(&inner.column(column));
            self.text(" = ");
            self.key_part(keys, index);
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

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.group(parts, " AND ", "1"),
            Condition::Any(parts) => self.group(parts, " OR ", "0"),
            Condition::Not(part) => {
                self.text("(");
                self.condition(part);
                self.text(") IS NOT TRUE");
            }
            Condition::Compare { column, comparison, value, timestamp } => {
                if *timestamp {
                    self.compare_timestamp(column, *comparison, *value);
                } else {
                    self.compare(column, operator(*comparison), *value);
                }
            }
            Condition::InList { column, list, negated } => {
                self.column(column);
                self.text(if *negated {
                    " NOT IN (SELECT +value FROM rarray("
                } else {
                    " IN (SELECT +value FROM rarray("
                });
                self.parameter(*list);
                self.text("))");
            }
            Condition::InKeys { columns, keys, negated } => self.in_keys(columns, *keys, *negated),
            Condition::Text { column, kind, value } => {
                self.text(match kind {
                    TextMatch::Contains => "docent_contains(",
                    TextMatch::Starts => "docent_starts(",
                    TextMatch::Ends => "docent_ends(",
                });
                self.column(column);
                self.text(", ");
                self.parameter(*value);
                self.text(")");
            }
            Condition::IsNull(column) => {
                self.column(column);
                self.text(" IS NULL");
            }
            Condition::IsNotNull(column) => {
                self.column(column);
                self.text(" IS NOT NULL");
            }
            Condition::Related(related) => self.related(related),
        }
    }

    fn group(&mut self, parts: &[Condition], word: &str, empty: &str) {
        match parts {
            [] => self.text(empty),
            [part] => self.condition(part),
            parts => {
                self.text("(");
                self.separated(parts, word, Self::condition);
                self.text(")");
            }
        }
    }

    fn compare(&mut self, column: &ColumnRef, operator: &str, value: Parameter) {
        self.column(column);
        self.text(operator);
        self.parameter(value);
    }

    /// SQLite stores dates and times as text, with a space or a `T` between them. At one date every text with a space
    /// sorts before every text with a `T`, so each form is compared with the value in its own form; the first bound
    /// holds for both and lets an index serve the range.
    fn compare_timestamp(&mut self, column: &ColumnRef, comparison: Comparison, value: Parameter) {
        let sign = operator(comparison);
        match comparison {
            Comparison::Equal | Comparison::NotEqual => {
                self.column(column);
                self.text(if comparison == Comparison::Equal { " IN (" } else { " NOT IN (" });
                self.parameter(value);
                self.text(", ");
                self.with_space(value);
                self.text(")");
            }
            Comparison::Greater | Comparison::GreaterOrEqual => {
                self.text("(");
                self.column(column);
                self.text(sign);
                self.with_space(value);
                self.text(" AND (");
                self.compare(column, sign, value);
                self.text(" OR substr(");
                self.column(column);
                self.text(", 11, 1) = ' '))");
            }
            Comparison::Less | Comparison::LessOrEqual => {
                self.text("(");
                self.compare(column, sign, value);
                self.text(" AND (");
                self.column(column);
                self.text(sign);
                self.with_space(value);
                self.text(" OR substr(");
                self.column(column);
                self.text(", 11, 1) = 'T'))");
            }
        }
    }

    fn with_space(&mut self, value: Parameter) {
        self.text("replace(");
        self.parameter(value);
        self.text(", 'T', ' ')");
    }

    fn related(&mut self, related: &Related) {
        let row = related.near.len() > 1;
        self.text(if row { "(" } else { "" });
        self.separated(&related.near, ", ", Self::column);
        self.text(if row { ") IN (SELECT " } else { " IN (SELECT " });
        self.separated(&related.far, ", ", |this, column| {
            this.alias(related.alias);
            this.text(".");
            this.name(column);
        });
        self.text(" FROM ");
        self.table(&related.table);
        self.text(" AS ");
        self.alias(related.alias);
        if !related.condition.is_always() {
            self.text(" WHERE ");
            self.condition(&related.condition);
        }
        self.text(")");
    }
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => " = ",
        Comparison::NotEqual => " <> ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
    }
}

/// Whether each key has several parts.
fn is_composite(keys: &Keys) -> bool {
    keys.through.as_ref().map_or(keys.columns.len(), |through| through.near.len()) > 1
}

/// SQLite walks the values of an `IN (SELECT …)` from low to high, so rows picked by one identifying column come in its
/// order without a sort; the bundled version is pinned and a test holds it to that.
fn comes_in_order(select: &Select, keys: &Keys) -> bool {
    match (&keys.limit_each, select.order.as_slice()) {
        (Some(each), [term]) => {
            let identity = each.identity.as_slice();
            !term.descending && term.column.table == select.from.1 && identity == [term.column.column.clone()]
        }
        _ => false,
    }
}
