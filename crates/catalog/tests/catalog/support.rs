//! Schemas written as text, and catalogs read back as text.
//!
//! One table a line: `name: item, item, …`. A column is `name`, with `*` after a part of the primary key, `?` where it
//! may be NULL, `!` where it is unique by itself, `=` where it has a default, ` -> table` or ` -> table(column)` for a foreign key (to column `id`
//! unless said). Its type is text; a column named `id` holds integers. Other items: `unique a b`, `fk a b -> t(x y)`,
//! either with ` as constraint` at its end, and `view`, `virtual`, `shadow`, `inherited`.

use std::fmt::Write as _;

use docent_catalog::model::{Arity, Catalog};
use docent_catalog::{Outcome, Overlay, build};
use docent_sql::schema::{Column, ColumnType, ForeignKey, Schema, Table, TableKind, TableName};

/// Reads tables from text.
pub(crate) fn schema(text: &str) -> Schema {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Schema { tables: lines.map(table).collect() }
}

/// Reads a configuration.
pub(crate) fn overlay(text: &str) -> Overlay {
    toml::from_str(text).unwrap()
}

/// Compares the types of a schema with the expected ones, without configuration.
#[track_caller]
pub(crate) fn check(tables: &str, expected: &str) {
    let outcome = build(&schema(tables), &Overlay::default());
    assert_eq!(outcome.problems, []);
    check_list(&list(&outcome.catalog), expected);
}

/// The same with a configuration that fits.
#[track_caller]
pub(crate) fn check_configured(tables: &str, configuration: &str, expected: &str) {
    let outcome = build(&schema(tables), &overlay(configuration));
    assert_eq!(outcome.problems, []);
    check_list(&list(&outcome.catalog), expected);
}

/// Compares the problems of a configuration with the expected ones, each as `part of the file: message`.
#[track_caller]
pub(crate) fn check_problems(tables: &str, configuration: &str, expected: &str) -> Outcome {
    let outcome = build(&schema(tables), &overlay(configuration));
    let mut found = String::new();
    for problem in &outcome.problems {
        let span = problem.span.clone().unwrap();
        writeln!(found, "{}: {}", &configuration[span], problem.message).unwrap();
    }
    check_list(&found, expected);
    outcome
}

/// Compares what is left out with what is expected, each as `what: reason`.
#[track_caller]
pub(crate) fn check_left_out(tables: &str, configuration: &str, expected: &str) {
    let outcome = build(&schema(tables), &overlay(configuration));
    assert_eq!(outcome.problems, []);
    let mut found = String::new();
    for one in &outcome.catalog.left_out {
        writeln!(found, "{}: {}", one.what, one.reason).unwrap();
    }
    check_list(&found, expected);
}

#[track_caller]
fn check_list(found: &str, expected: &str) {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(lines(found), lines(expected), "\nfound:\n{found}");
}

/// One type a line: `name path [key] attributes | to-one>target to-many>>target`.
pub(crate) fn list(catalog: &Catalog) -> String {
    let mut list = String::new();
    for (_, one) in catalog.iter() {
        let key: Vec<&str> = one.key.iter().map(|column| column.name.as_str()).collect();
        let path =
            if one.path == format!("/{}", one.name) { String::new() } else { format!(" {}", one.path) };
        write!(list, "{}{path} [{}]", one.name, key.join(" ")).unwrap();
        for attribute in &one.attributes {
            write!(list, " {}", attribute.name).unwrap();
        }
        if !one.relationships.is_empty() {
            list.push_str(" |");
        }
        for relationship in &one.relationships {
            let arrow = if relationship.arity == Arity::ToOne { ">" } else { ">>" };
            write!(list, " {}{arrow}{}", relationship.name, catalog.get(relationship.target).name).unwrap();
        }
        list.push('\n');
    }
    list
}

fn table_name(text: &str) -> TableName {
    match text.split_once('.') {
        Some((schema, name)) => TableName { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => TableName { schema: None, name: text.to_owned() },
    }
}

fn table(line: &str) -> Table {
    let (name, items) = line.split_once(':').unwrap();
    let mut table = Table { name: table_name(name), ..Table::default() };
    for item in items.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let (item, constraint) = match item.split_once(" as ") {
            Some((item, constraint)) => (item, Some(constraint.to_owned())),
            None => (item, None),
        };
        match item.split_once(' ') {
            None if item == "view" => table.kind = TableKind::View,
            None if item == "virtual" => table.kind = TableKind::Virtual,
            None if item == "shadow" => table.kind = TableKind::Shadow,
            None if item == "inherited" => table.kind = TableKind::Inherited,
            Some(("unique", columns)) => table.unique_keys.push(positions(&table, columns)),
            Some(("fk", foreign_key)) => {
                let (columns, target) = foreign_key.split_once(" -> ").unwrap();
                table.foreign_keys.push(foreign_key_to(positions(&table, columns), target, constraint));
            }
            _ => column(&mut table, item, constraint),
        }
    }
    table
}

fn positions(table: &Table, columns: &str) -> Vec<usize> {
    columns
        .split(' ')
        .map(|name| table.columns.iter().position(|column| column.name == name).unwrap())
        .collect()
}

fn foreign_key_to(columns: Vec<usize>, target: &str, name: Option<String>) -> ForeignKey {
    let (table, referenced) =
        target.strip_suffix(')').and_then(|target| target.split_once('(')).unwrap_or((target, "id"));
    let referenced_columns =
        referenced.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    ForeignKey { name, columns, references: table_name(table), referenced_columns, ..ForeignKey::default() }
}

fn column(table: &mut Table, item: &str, constraint: Option<String>) {
    let (item, target) = match item.split_once(" -> ") {
        Some((item, target)) => (item, Some(target)),
        None => (item, None),
    };
    let name = item.trim_end_matches(['*', '?', '!', '=']);
    let marks = &item[name.len()..];
    let position = table.columns.len();
    table.columns.push(Column {
        name: name.to_owned(),
        column_type: if name == "id" { ColumnType::Integer } else { ColumnType::Text },
        nullable: marks.contains('?'),
        has_default: marks.contains('='),
        auto_increment: name == "id",
        ..Column::default()
    });
    if marks.contains('*') {
        table.primary_key.push(position);
    }
    if marks.contains('!') {
        table.unique_keys.push(vec![position]);
    }
    if let Some(target) = target {
        table.foreign_keys.push(foreign_key_to(vec![position], target, constraint));
    }
}
