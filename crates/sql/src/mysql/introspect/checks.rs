//! The CHECK constraints of every table, and the columns of JSON, which MariaDB tells only by such a constraint.

use super::{Fields, Positions, rows};
use crate::check::token::{Brackets, Kind, Token, tokens};
use crate::check::{Comparisons, Operand, bound, flipped, length, number, split, unwrapped};
use crate::mysql::session::Session;
use crate::render::Dialect;
use crate::schema::{Check, Column, ColumnType, Literal, Rule, Table};

/// Longer expressions are left unread.
const LENGTH_MAX: usize = 64 * 1024;

pub(super) async fn read(
    session: &mut Session,
    dialect: Dialect,
    tables: &mut [Table],
    positions: &Positions,
) -> mysql_async::Result<()> {
    let sql = if dialect == Dialect::MariaDb {
        "SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS \
         WHERE CONSTRAINT_SCHEMA = DATABASE() ORDER BY TABLE_NAME, CONSTRAINT_NAME"
    } else {
        "SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS AS c \
         JOIN information_schema.TABLE_CONSTRAINTS AS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA \
         AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK' \
         WHERE c.CONSTRAINT_SCHEMA = DATABASE() ORDER BY t.TABLE_NAME, c.CONSTRAINT_NAME"
    };
    for row in rows(session, sql).await? {
        let Some(table) = positions.get(&row.text(0)).map(|position| &mut tables[*position]) else {
            continue;
        };
        // MariaDB tells a quote within a text with a backslash, MySQL those around it.
        let quote = if dialect == Dialect::MariaDb { "''" } else { "'" };
        let clause = row.text(2).replace("\\'", quote);
        match json_column(table, &clause) {
            Some(column) => mark_json(table, column),
            None => table.checks.push(check(table, row.text(1), &clause)),
        }
    }
    Ok(())
}

fn check(table: &Table, name: String, clause: &str) -> Check {
    // Behind another backslash a text may not end where it seems to.
    let is_plain = clause.len() <= LENGTH_MAX && !clause.contains('\\');
    let words = tokens(clause, Brackets::Sign);
    let mentions = |name: &str| words.iter().any(|word| is_name(word, name));
    let columns = (0..table.columns.len()).filter(|column| mentions(&table.columns[*column].name)).collect();
    let rules = if is_plain { Columns(&table.columns).demanded(&words) } else { Vec::new() };
    Check { name, columns, rules }
}

/// The column of `json_valid(column)`: MariaDB declares a column of JSON as a text with this check.
fn json_column(table: &Table, clause: &str) -> Option<usize> {
    let words = tokens(clause, Brackets::Sign);
    let [function, open, name, close] = unwrapped(&words) else { return None };
    let is_call = function.is_word("json_valid") && open.is_sign("(") && close.is_sign(")");
    let is_text = |column: &Column| column.column_type == ColumnType::Text && is_name(name, &column.name);
    if is_call { table.columns.iter().position(is_text) } else { None }
}

fn mark_json(table: &mut Table, column: usize) {
    let column = &mut table.columns[column];
    column.column_type = ColumnType::Json;
    column.length_max = None;
}

fn is_name(word: &Token, name: &str) -> bool {
    matches!(&word.kind, Kind::Quoted(text) | Kind::Word(text) if text.eq_ignore_ascii_case(name))
}

/// Reads comparisons of numbers, of lengths in characters, and of texts that are equal only if they are the same. Other
/// texts are left to the server: they may be equal for nothing but spaces at the end of one.
struct Columns<'a>(&'a [Column]);

impl Comparisons for Columns<'_> {
    fn comparison(&self, words: &[Token]) -> Option<Vec<(usize, Rule)>> {
        if let Some(found) = self.listed(words) {
            return Some(found);
        }
        let at = words.iter().position(|word| flipped(word).is_some())?;
        let (left, right) = (&words[..at], &words[at + 1..]);
        let Kind::Sign(sign) = words[at].kind else { return None };
        let (operand, sign, value) = match self.operand(left) {
            Some(operand) => (operand, sign, literal(right)?),
            None => (self.operand(right)?, flipped(&words[at])?, literal(left)?),
        };
        self.rules(operand, sign, value)
    }

    fn column(&self, words: &[Token]) -> Option<usize> {
        let [only] = words else { return None };
        self.0.iter().position(|column| is_name(only, &column.name))
    }
}

impl Columns<'_> {
    /// `c BETWEEN n AND m` and `c IN (n, …)`.
    fn listed(&self, words: &[Token]) -> Option<Vec<(usize, Rule)>> {
        let at = words.iter().position(|word| word.is_word("BETWEEN") || word.is_word("IN"))?;
        let (operand, rest) = (self.operand(&words[..at])?, &words[at + 1..]);
        if words[at].is_word("BETWEEN") {
            let and = rest.iter().position(|word| word.is_word("AND"))?;
            let mut rules = self.rules(operand, ">=", literal(&rest[..and])?)?;
            rules.extend(self.rules(operand, "<=", literal(&rest[and + 1..])?)?);
            return Some(rules);
        }
        let Operand::Value(column) = operand else { return None };
        let values = split(unwrapped(rest), |word| word.is_sign(","));
        self.one_of(column, values.into_iter().map(literal).collect::<Option<_>>()?)
    }

    fn operand(&self, words: &[Token]) -> Option<Operand> {
        match unwrapped(words) {
            [function, open, name, close]
                if ["char_length", "character_length"].iter().any(|known| function.is_word(known))
                    && open.is_sign("(")
                    && close.is_sign(")") =>
            {
                let column = self.column(std::slice::from_ref(name))?;
                // Spaces at the end of a CHAR are not counted.
                let counts = self.0[column].column_type == ColumnType::Text
                    && !self.0[column].declared_type.starts_with("char");
                counts.then_some(Operand::Length(column))
            }
            words => self.column(words).map(Operand::Value),
        }
    }

    fn has_numbers(&self, column: usize) -> bool {
        matches!(self.0[column].column_type, ColumnType::Integer | ColumnType::Decimal | ColumnType::Float)
    }

    fn one_of(&self, column: usize, values: Vec<Literal>) -> Option<Vec<(usize, Rule)>> {
        let are_texts = values.iter().all(|value| matches!(value, Literal::Text(_)));
        let are_numbers = values.iter().all(|value| !matches!(value, Literal::Text(_)));
        let mean_the_same =
            self.has_numbers(column) && are_numbers || are_texts && is_compared_by_bytes(&self.0[column]);
        mean_the_same.then(|| vec![(column, Rule::OneOf(values))])
    }

    fn rules(&self, operand: Operand, sign: &str, value: Literal) -> Option<Vec<(usize, Rule)>> {
        match operand {
            Operand::Length(column) => {
                Some(length(sign, &value)?.into_iter().map(|rule| (column, rule)).collect())
            }
            Operand::Value(column) if sign == "=" => self.one_of(column, vec![value]),
            Operand::Value(column) if !self.has_numbers(column) => None,
            Operand::Value(column) => Some(vec![(column, bound(sign, value)?)]),
        }
    }
}

/// Whether two texts in the column are equal only if their bytes are. CHAR drops spaces at the end, and so do most
/// collations when they compare.
fn is_compared_by_bytes(column: &Column) -> bool {
    let has_length_of_its_own =
        column.declared_type.starts_with("varchar") || column.declared_type.ends_with("text");
    let collation = column.comparison_type.rsplit(' ').next().unwrap_or_default();
    has_length_of_its_own
        && column.column_type == ColumnType::Text
        && super::columns::compares_bytes(collation)
}

/// A text, or a number with its sign.
fn literal(words: &[Token]) -> Option<Literal> {
    let (sign, word) = match unwrapped(words) {
        [Token { kind: Kind::Text(text), .. }] => return Some(Literal::Text(text.clone())),
        // As MySQL tells it.
        [character_set, Token { kind: Kind::Text(text), .. }] if character_set.is_word("_utf8mb4") => {
            return Some(Literal::Text(text.clone()));
        }
        [word] => ("", word),
        [sign, word] if sign.is_sign("-") => ("-", word),
        _ => return None,
    };
    let Kind::Number(digits) = &word.kind else { return None };
    number(&format!("{sign}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules in a form that tests can be read by: `n >= 1; n in 1,2; #t <= 20`.
    fn written(rules: &[(usize, Rule)], columns: &[Column]) -> String {
        let value = |literal: &Literal| match literal {
            Literal::Integer(number) => number.to_string(),
            Literal::Real(number) => number.to_string(),
            Literal::Text(text) => format!("'{text}'"),
        };
        let written = |(column, rule): &(usize, Rule)| {
            let name = &columns[*column].name;
            let sign = |sign: &str, inclusive: bool| format!("{sign}{}", if inclusive { "=" } else { "" });
            match rule {
                Rule::OneOf(values) => {
                    format!("{name} in {}", values.iter().map(value).collect::<Vec<_>>().join(","))
                }
                Rule::Least { bound, inclusive } => {
                    format!("{name} {} {}", sign(">", *inclusive), value(bound))
                }
                Rule::Greatest { bound, inclusive } => {
                    format!("{name} {} {}", sign("<", *inclusive), value(bound))
                }
                Rule::LengthLeast(length) => format!("#{name} >= {length}"),
                Rule::LengthGreatest(length) => format!("#{name} <= {length}"),
            }
        };
        rules.iter().map(written).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn simple_forms_are_understood() {
        let collated = |collation: &str| format!("varchar(9) character set utf8mb4 collate {collation}");
        let columns = [
            ("n", ColumnType::Integer, "int(11)", "bigint".to_owned()),
            ("d", ColumnType::Decimal, "decimal(9,2)", "decimal(65,30)".to_owned()),
            ("t", ColumnType::Text, "varchar(8)", collated("utf8mb4_bin")),
            ("s", ColumnType::Text, "varchar(8)", collated("utf8mb4_nopad_bin")),
            ("c", ColumnType::Text, "char(8)", collated("utf8mb4_nopad_bin")),
        ];
        let columns = columns.map(|(name, column_type, declared_type, comparison_type)| Column {
            name: name.to_owned(),
            declared_type: declared_type.to_owned(),
            column_type,
            comparison_type,
            ..Column::default()
        });
        let table = Table { columns: columns.into(), ..Table::default() };
        for (clause, expected) in [
            ("`n` between 1 and 5 or `n` is null", "n >= 1; n <= 5"),
            ("(`n` > -3)", "n > -3"),
            ("0 <= `d` and `d` < 1.5", "d >= 0; d < 1.5"),
            ("`n` in (1,2,3)", "n in 1,2,3"),
            ("char_length(`t`) >= 2 and octet_length(`t`) < 10 and `t` in ('a','b')", "#t >= 2"),
            ("`t` > 5", ""),
            ("`n` < `d`", ""),
            ("`n` > 1 or `d` > 1", ""),
            ("case when `n` > 1 then `d` > 1 end", ""),
            ("`n` + 1 > 5", ""),
            ("`n` not in (1,2)", ""),
            ("`n` not between 1 and 2", ""),
            ("`n` <> 5", ""),
            ("!(`n` > 5)", ""),
            ("(1,2) in (`n`)", ""),
            ("`s` in ('draft','it''s')", "s in 'draft','it's'"),
            ("`s` = 'a' or `s` is null or 'b' = `s`", "s in 'a','b'"),
            ("`n` = 1 or `n` in (2,3) and `d` > 5", "n in 1,2,3"),
            ("`n` = 1 or `d` = 2", ""),
            ("`n` = 1 or `n` > 5", ""),
            ("`n` = 1 or `n` = 2 or `d` is null", ""),
            ("`n` is null or `d` is null or `n` = 1", ""),
            ("`s` = 5", ""),
            ("`n` in (1,'a')", ""),
            ("`s` in ('a\\'',' and `n` > 5')", ""),
            ("`s` > 'a'", ""),
            ("(`s` in (_utf8mb4'a',_utf8mb4'b'))", "s in 'a','b'"),
            ("`s` = _latin1'a'", ""),
            ("`s` in ('a' collate utf8mb4_general_ci)", ""),
            ("`t` = 'a' or `c` = 'a'", ""),
            ("`c` in ('a','b')", ""),
        ] {
            let found = check(&table, "c".to_owned(), clause);
            assert_eq!(written(&found.rules, &table.columns), expected, "{clause}");
        }
        assert_eq!(json_column(&table, "json_valid(`t`)"), Some(2));
        assert_eq!(json_column(&table, "json_valid(`t`) or `n` > 1"), None);
    }
}
