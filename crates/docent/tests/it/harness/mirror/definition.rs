//! What a SQLite database is made of: PRAGMAs tell most of it, the text of the definition the rest.

use rusqlite::Connection;

use super::tokens::{Token, group, items, tokens};

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    pub(super) key: Vec<usize>,
    /// The column whose values SQLite makes when none is given.
    pub(super) generated_key: Option<usize>,
    pub(super) uniques: Vec<Vec<usize>>,
    pub(super) indexes: Vec<Index>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) checks: Vec<Vec<Token>>,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) declared: String,
    pub(super) kind: Kind,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    /// The expression of a generated column.
    pub(super) generated: Option<Vec<Token>>,
}

/// What values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Real,
    Decimal,
    Text,
    Date,
    Time,
    Timestamp,
    ZonedTimestamp,
    Uuid,
    Json,
    Binary,
}

/// An index that is more than a key.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) is_unique: bool,
    pub(super) columns: Vec<usize>,
}

/// A foreign key.
#[derive(Debug)]
pub(super) struct ForeignKey {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<usize>,
    /// The position of the table referred to.
    pub(super) table: usize,
    pub(super) referenced: Vec<usize>,
    pub(super) on_update: String,
    pub(super) on_delete: String,
    pub(super) is_deferred: bool,
}

impl Kind {
    /// Reads a declared type.
    fn of(declared: &str) -> Self {
        let declared = declared.to_uppercase();
        let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
        match () {
            () if has(&["BOOL"]) => Self::Boolean,
            () if has(&["JSON"]) => Self::Json,
            () if has(&["UUID"]) => Self::Uuid,
            () if has(&["TIMESTAMPTZ"]) => Self::ZonedTimestamp,
            () if has(&["DATETIME", "TIMESTAMP"]) => Self::Timestamp,
            () if has(&["DATE"]) => Self::Date,
            () if has(&["TIME"]) => Self::Time,
            () if has(&["NUMERIC", "DECIMAL"]) => Self::Decimal,
            () if has(&["INT"]) => Self::Integer,
            () if has(&["CHAR", "CLOB", "TEXT"]) => Self::Text,
            () if has(&["BLOB"]) => Self::Binary,
            () if has(&["REAL", "FLOA", "DOUB"]) => Self::Real,
            () => Self::Text,
        }
    }
}

impl Table {
    /// The column of that name.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether the column is part of a key, an index or a foreign key, on either side of one.
    pub(super) fn is_key_part(&self, column: usize, tables: &[Self]) -> bool {
        let own = std::iter::once(&self.key)
            .chain(&self.uniques)
            .chain(self.indexes.iter().map(|index| &index.columns))
            .chain(self.foreign_keys.iter().map(|foreign_key| &foreign_key.columns));
        let refers_here = |foreign_key: &ForeignKey| {
            tables[foreign_key.table].name == self.name && foreign_key.referenced.contains(&column)
        };
        own.into_iter().any(|columns| columns.contains(&column))
            || tables.iter().flat_map(|table| &table.foreign_keys).any(refers_here)
    }
}

/// Describes all tables in the order in which they were made; views and virtual tables are no part of it.
pub(super) fn describe(connection: &Connection) -> Vec<Table> {
    let listed: Vec<[String; 2]> = strings(
        connection,
        "SELECT s.name, s.sql FROM sqlite_schema s JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'
         WHERE l.type = 'table' AND s.type = 'table' AND s.name NOT LIKE 'sqlite_%' ORDER BY s.rowid",
        &[],
    );
    let mut tables: Vec<Table> =
        listed.iter().map(|[name, sql]| describe_one(connection, name, sql)).collect();
    for position in 0..tables.len() {
        let foreign_keys = foreign_keys(connection, position, &tables, &listed[position][1]);
        tables[position].foreign_keys = foreign_keys;
    }
    tables
}

fn describe_one(connection: &Connection, name: &str, sql: &str) -> Table {
    let facts: Vec<[String; 6]> = strings(
        connection,
        "SELECT name, type, \"notnull\", pk, hidden, dflt_value FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid",
        &[name],
    );
    let all = tokens(sql);
    let definitions = definitions(&all);
    let column = |[column, declared, not_null, _, hidden, default]: &[String; 6]| Column {
        name: column.clone(),
        declared: declared.clone(),
        kind: Kind::of(declared),
        not_null: not_null == "1",
        default: (!default.is_empty()).then(|| default.clone()),
        generated: (hidden != "0").then(|| generated(&definitions, column)),
    };
    let columns: Vec<Column> = facts.iter().map(column).collect();
    let mut key: Vec<(u32, usize)> =
        facts.iter().enumerate().map(|(index, fact)| (fact[3].parse().unwrap(), index)).collect();
    key.retain(|(place, _)| *place > 0);
    key.sort_unstable();
    let key: Vec<usize> = key.into_iter().map(|(_, index)| index).collect();
    let generated_key =
        key.first().copied().filter(|only| key.len() == 1 && facts[*only][1].eq_ignore_ascii_case("integer"));
    let mut table = Table {
        name: name.to_owned(),
        columns,
        key,
        generated_key,
        uniques: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        checks: definitions.iter().flat_map(|item| checks(item)).collect(),
    };
    add_indexes(connection, &mut table);
    table
}

/// The definitions of columns and constraints.
fn definitions(create_table: &[Token]) -> Vec<&[Token]> {
    let open = create_table.iter().position(|token| token.is_sign("(")).unwrap();
    items(group(create_table, open).0)
}

/// Conditions of the CHECKs in a definition.
fn checks(definition: &[Token]) -> Vec<Vec<Token>> {
    clauses(definition, "CHECK")
}

/// What stands in parentheses behind this keyword, wherever it stands in the definition itself.
fn clauses(definition: &[Token], keyword: &str) -> Vec<Vec<Token>> {
    let mut found = Vec::new();
    let mut position = 0;
    while position < definition.len() {
        if definition[position].is_sign("(") {
            let (inside, end) = group(definition, position);
            if position > 0 && definition[position - 1].is(keyword) {
                found.push(inside.to_vec());
            }
            position = end;
        } else {
            position += 1;
        }
    }
    found
}

fn generated(definitions: &[&[Token]], column: &str) -> Vec<Token> {
    let definition = definitions
        .iter()
        .find(|item| item[0].name().is_some_and(|name| name.eq_ignore_ascii_case(column)))
        .unwrap();
    clauses(definition, "AS").remove(0)
}

fn add_indexes(connection: &Connection, table: &mut Table) {
    let listed: Vec<[String; 4]> = strings(
        connection,
        "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) ORDER BY seq DESC",
        &[&table.name],
    );
    for [name, unique, origin, partial] in listed {
        let columns: Vec<[String; 1]> =
            strings(connection, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", &[&name]);
        // An index on an expression has no column there.
        let columns: Option<Vec<usize>> = columns.iter().map(|[column]| table.column(column)).collect();
        match (columns, origin.as_str()) {
            (Some(columns), "u") => table.uniques.push(columns),
            (Some(columns), "c") if partial == "0" => {
                table.indexes.push(Index { name, is_unique: unique == "1", columns });
            }
            _ => {}
        }
    }
}

/// The foreign keys of a table in the order of their definition. What leads nowhere is left out.
fn foreign_keys(connection: &Connection, table: usize, tables: &[Table], sql: &str) -> Vec<ForeignKey> {
    let all = tokens(sql);
    let definitions = definitions(&all);
    let child = &tables[table];
    let listed: Vec<[String; 6]> = strings(
        connection,
        "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?1)
         ORDER BY id DESC, seq",
        &[&child.name],
    );
    let mut foreign_keys: Vec<(String, ForeignKey)> = Vec::new();
    for [id, parent, from, to, on_update, on_delete] in listed {
        let Some(parent) = tables.iter().position(|it| it.name.eq_ignore_ascii_case(&parent)) else {
            continue;
        };
        if foreign_keys.last().is_none_or(|(last, _)| *last != id) {
            let new = ForeignKey {
                name: None,
                columns: Vec::new(),
                table: parent,
                referenced: Vec::new(),
                on_update,
                on_delete,
                is_deferred: false,
            };
            foreign_keys.push((id, new));
        }
        let (_, foreign_key) = foreign_keys.last_mut().unwrap();
        let place = foreign_key.columns.len();
        foreign_key.columns.extend(child.column(&from));
        let referenced =
            if to.is_empty() { tables[parent].key.get(place).copied() } else { tables[parent].column(&to) };
        foreign_key.referenced.extend(referenced);
    }
    let mut foreign_keys: Vec<ForeignKey> = foreign_keys.into_iter().map(|(_, it)| it).collect();
    foreign_keys.retain(|it| leads_to_key(it, &tables[it.table]));
    for foreign_key in &mut foreign_keys {
        read_clause(foreign_key, child, &definitions);
    }
    foreign_keys
}

/// Whether the columns referred to are unique, as SQLite demands only once it needs that.
fn leads_to_key(foreign_key: &ForeignKey, parent: &Table) -> bool {
    let sorted = |columns: &[usize]| {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        columns
    };
    let referenced = sorted(&foreign_key.referenced);
    let unique_indexes = parent.indexes.iter().filter(|index| index.is_unique).map(|index| &index.columns);
    referenced.len() == foreign_key.columns.len()
        && std::iter::once(&parent.key)
            .chain(&parent.uniques)
            .chain(unique_indexes)
            .any(|key| sorted(key) == referenced)
}

/// Adds what only the text tells: the constraint's name, and whether it waits for the end of the transaction.
fn read_clause(foreign_key: &mut ForeignKey, child: &Table, definitions: &[&[Token]]) {
    let first = &child.columns[foreign_key.columns[0]].name;
    for definition in definitions {
        let of_table = definition.iter().position(|token| token.is("FOREIGN"));
        let is_own = match of_table {
            Some(place) => {
                let (columns, _) = group(definition, place + 2);
                let columns = items(columns).into_iter().map(|item| child.column(item[0].name().unwrap()));
                columns.eq(foreign_key.columns.iter().map(|column| Some(*column)))
            }
            None => {
                foreign_key.columns.len() == 1
                    && definition[0].name().is_some_and(|name| name.eq_ignore_ascii_case(first))
                    && definition.iter().any(|token| token.is("REFERENCES"))
            }
        };
        if is_own {
            if of_table.is_some() && definition[0].is("CONSTRAINT") {
                foreign_key.name = definition[1].name().map(str::to_owned);
            }
            foreign_key.is_deferred = definition.iter().any(|token| token.is("DEFERRED"));
            return;
        }
    }
}

/// Runs a query whose columns all become text, NULL the empty text.
fn strings<const N: usize>(connection: &Connection, query: &str, parameters: &[&str]) -> Vec<[String; N]> {
    let mut statement = connection.prepare(query).unwrap();
    let text = |row: &rusqlite::Row<'_>, index: usize| match row.get(index).unwrap() {
        rusqlite::types::Value::Null => String::new(),
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => panic!("no text: {other:?}"),
    };
    let rows = statement
        .query_map(rusqlite::params_from_iter(parameters), |row| Ok(std::array::from_fn(|i| text(row, i))));
    rows.unwrap().map(Result::unwrap).collect()
}
