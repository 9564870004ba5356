//! Conditions on rows.

use super::{Dialect, Renderer};
use crate::statement::{
    ColumnName, ColumnRef, Comparison, Condition, Parameter, Related, Select, Table, TextMatch,
};

impl Renderer {
    pub(super) fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(parts) => self.group(parts, " AND ", "1 = 1"),
            Condition::Any(parts) => self.group(parts, " OR ", "1 = 0"),
            Condition::Not(part) => {
                self.text("(");
                self.condition(part);
                self.text(") IS NOT TRUE");
            }
            Condition::Compare { column, comparison, value, timestamp } => {
                if *timestamp && self.dialect == Dialect::Sqlite {
                    self.compare_timestamp(column, *comparison, *value);
                } else {
                    self.compare(column, operator(*comparison), *value);
                }
            }
            Condition::InList { column, list, negated } => self.in_list(column, *list, *negated),
            Condition::InKeys { columns, keys, negated } => self.in_keys(columns, *keys, *negated),
            Condition::Text { column, kind, value } => self.text_match(column, *kind, *value),
            Condition::Alike { column, part, value } => self.alike(column, *part, *value),
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
        self.value(&column.column, value);
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

    fn in_list(&mut self, column: &ColumnRef, list: Parameter, negated: bool) {
        self.column(column);
        if self.dialect == Dialect::Postgres {
            self.text(if negated { " <> ALL (" } else { " = ANY (" });
            self.array(&column.column, list);
            return self.text(")");
        }
        self.text(if negated { " NOT IN (SELECT " } else { " IN (SELECT " });
        self.list_part(&[&column.column], 0);
        self.text(" FROM ");
        self.list(&[&column.column], list, false);
        self.text(")");
    }

    /// `columns` together among the keys of a list. A list of no keys has none of them, so that its complement holds;
    /// a key that is partly NULL is never in a list and never outside of one.
    pub(super) fn in_keys(&mut self, columns: &[ColumnRef], keys: Parameter, negated: bool) {
        self.text(if negated { "(" } else { "" });
        if let [column] = columns {
            self.in_list(column, keys, negated);
        } else {
            let names: Vec<&ColumnName> = columns.iter().map(|column| &column.column).collect();
            self.text("(");
            self.separated(columns, ", ", Self::column);
            self.text(if negated { ") NOT IN (SELECT " } else { ") IN (SELECT " });
            for index in 0..columns.len() {
                self.text(if index > 0 { ", " } else { "" });
                self.list_part(&names, index);
            }
            self.text(" FROM ");
            self.list(&names, keys, false);
            self.text(")");
        }
        if negated {
            for column in columns {
                self.text(" AND ");
                self.column(column);
                self.text(" IS NOT NULL");
            }
            self.text(")");
        }
    }

    /// SQLite has functions of Docent's own for this; the others compare in lower case, wildcards escaped.
    fn text_match(&mut self, column: &ColumnRef, kind: TextMatch, value: Parameter) {
        match self.dialect {
            Dialect::Sqlite => {
                self.text(match kind {
                    TextMatch::Contains => "docent_contains(",
                    TextMatch::Starts => "docent_starts(",
                    TextMatch::Ends => "docent_ends(",
                });
                self.column(column);
                self.text(", ");
                self.parameter(value);
                self.text(")");
            }
            Dialect::Postgres => {
                // An index over trigrams serves this where the column is text.
                if column.column.comparison_type.as_ref() == "text" {
                    self.column(column);
                } else {
                    self.as_text(column);
                }
                self.text(" ILIKE ");
                self.text(if kind == TextMatch::Starts { "" } else { "'%' || " });
                self.text("replace(replace(replace(CAST(");
                self.parameter(value);
                self.text(" AS text), '\\', '\\\\'), '%', '\\%'), '_', '\\_')");
                self.text(if kind == TextMatch::Ends { "" } else { " || '%'" });
            }
            Dialect::MariaDb | Dialect::MySql => self.text_match_mysql(column, kind, value),
        }
    }

    /// In what the engine itself says: its `=` and its `LIKE` follow the collation where there are any to choose from.
    fn alike(&mut self, column: &ColumnRef, part: Option<TextMatch>, value: Parameter) {
        let folds = self.dialect == Dialect::Postgres;
        let is_text = matches!(column.column.comparison_type.as_ref(), "" | "text");
        let text =
            |this: &mut Self| if folds && !is_text { this.as_text(column) } else { this.column(column) };
        let Some(part) = part else {
            self.text(if folds { "lower(" } else { "" });
            text(self);
            self.text(if folds { ") = lower(CAST(" } else { " = " });
            self.parameter(value);
            return self.text(if folds { " AS text))" } else { "" });
        };
        let (open, next, close) = if self.is_mysql() { ("CONCAT(", ", ", ")") } else { ("", " || ", "") };
        text(self);
        self.text(if folds { " ILIKE " } else { " LIKE " });
        self.text(open);
        if part != TextMatch::Starts {
            self.text("'%'");
            self.text(next);
        }
        self.text("replace(replace(replace(");
        self.text(if folds { "CAST(" } else { "" });
        self.parameter(value);
        self.text(if folds { " AS text)" } else { "" });
        // Not a backslash: what that means within quotes is a matter of the session.
        self.text(", '|', '||'), '%', '|%'), '_', '|_')");
        if part != TextMatch::Ends {
            self.text(next);
            self.text("'%'");
        }
        self.text(close);
        self.text(" ESCAPE '|'");
    }

    fn text_match_mysql(&mut self, column: &ColumnRef, kind: TextMatch, value: Parameter) {
        // These map all of Unicode, and take no blank for nothing. What one collation has folded is compared in another,
        // which takes a conversion in between.
        let (folding, exact) = match self.dialect {
            Dialect::MySql => ("utf8mb4_0900_ai_ci", "utf8mb4_0900_bin"),
            _ => ("utf8mb4_uca1400_ai_ci", "utf8mb4_nopad_bin"),
        };
        let lower = |this: &mut Self| {
            this.text("CONVERT(LOWER(CONVERT(");
            this.column(column);
            this.text(&format!(" USING utf8mb4) COLLATE {folding}) USING utf8mb4)"));
        };
        if kind == TextMatch::Ends {
            self.text("RIGHT(");
            lower(self);
            self.text(", CHAR_LENGTH(");
            self.parameter(value);
            self.text(&format!(")) COLLATE {exact} = "));
            return self.parameter(value);
        }
        self.text("LOCATE(");
        self.parameter(value);
        self.text(", ");
        lower(self);
        self.text(if kind == TextMatch::Starts {
            " COLLATE utf8mb4_bin) = 1"
        } else {
            " COLLATE utf8mb4_bin) > 0"
        });
    }

    fn related(&mut self, related: &Related) {
        let row = related.near.len() > 1;
        if row && self.is_mysql() {
            return self.related_by_columns(related);
        }
        self.text(if row { "(" } else { "" });
        self.separated(&related.near, ", ", |this, column| {
            // SQLite would start from the list, and make it again for each key.
            this.text(if this.by_keys && this.dialect == Dialect::Sqlite { "+" } else { "" });
            this.column(column);
        });
        self.text(if row { ") IN (SELECT " } else { " IN (SELECT " });
        self.separated(&related.far, ", ", |this, column| {
            this.alias(related.alias);
            this.text(".");
            this.name(column);
        });
        self.text(" FROM ");
        self.source(&related.table, related.alias);
        if !related.condition.is_always() {
            self.text(" WHERE ");
            self.condition(&related.condition);
        }
        self.text(")");
    }

    /// The same column by column: what is seen in some rows only cannot stand in a row of values there.
    fn related_by_columns(&mut self, related: &Related) {
        self.text("EXISTS (SELECT 1 FROM ");
        self.source(&related.table, related.alias);
        self.text(" WHERE ");
        for (index, (near, far)) in related.near.iter().zip(&related.far).enumerate() {
            self.text(if index > 0 { " AND " } else { "" });
            self.alias(related.alias);
            self.text(".");
            self.name(far);
            self.text(" = ");
            self.column(near);
        }
        if !related.condition.is_always() {
            self.text(" AND ");
            self.condition(&related.condition);
        }
        self.text(")");
    }
}

/// How many related tables the conditions of a statement ask.
pub(super) fn tables_asked(select: &Select) -> usize {
    let joined: usize = select.joins.iter().map(|join| of_restriction(&join.table)).sum();
    related_tables(&select.condition) + of_restriction(&select.from.0) + joined
}

fn of_restriction(table: &Table) -> usize {
    let Some(restriction) = &table.restriction else { return 0 };
    let masks: usize = restriction.masks.iter().map(|mask| related_tables(&mask.condition)).sum();
    related_tables(&restriction.condition) + masks
}

/// How many related tables a condition asks.
fn related_tables(condition: &Condition) -> usize {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().map(related_tables).sum(),
        Condition::Not(part) => related_tables(part),
        Condition::Related(related) => {
            1 + related_tables(&related.condition) + of_restriction(&related.table)
        }
        _ => 0,
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
