//! Every table looked at once: what is said about it, which columns may be shown, its key, where its foreign keys lead
//! and what becomes of it. Fields are named later.

use std::collections::{BTreeMap, HashMap};

use docent_sql::schema::{Column, ColumnType, Schema, Table, TableKind};
use toml::Spanned;

use super::keys;
use super::problem::{Problems, did_you_mean};
use super::references::{DeadEnd, Reference, follow, stricter};
use super::secrets::looks_secret;
use crate::model::StoredColumn;
use crate::overlay::{Overlay, TypeOverlay};

/// All tables, ordered by schema (the default one first) and name.
pub(super) struct Survey<'a> {
    pub(super) tables: Vec<Surveyed<'a>>,
}

/// What is known of one table before anything is named.
pub(super) struct Surveyed<'a> {
    pub(super) table: &'a Table,
    pub(super) overlay: &'a TypeOverlay,
    /// One for each column.
    pub(super) visibility: Vec<Visibility>,
    /// Positions of the columns that make the `id`; empty if it has no key.
    pub(super) key: Vec<usize>,
    /// Foreign keys that lead to a row, in declared order, each once.
    pub(super) references: Vec<Reference>,
    /// Foreign keys that do not.
    pub(super) dead_ends: Vec<DeadEnd>,
    pub(super) role: Role,
}

/// Whether a column may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    Shown,
    /// Its name looks like a secret.
    Secret,
    /// The configuration hides it.
    Hidden,
}

/// What becomes of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// A resource type.
    Type,
    /// No type, but a many-to-many relationship of the two tables its two references lead to.
    Join,
    /// Hidden by the configuration.
    Hidden,
    /// Nothing, for this reason.
    LeftOut(String),
}

/// The table's name as the key of `[types.…]`.
pub(super) fn config_table(table: &Table) -> String {
    let name = table.name.to_string();
    let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { name } else { format!("{name:?}") }
}

impl<'a> Survey<'a> {
    pub(super) fn take(schema: &'a Schema, overlay: &'a Overlay, problems: &mut Problems) -> Self {
        let mut tables: Vec<&Table> = schema.tables.iter().collect();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        let overlays = overlays(&tables, overlay, problems);
        let mut surveyed: Vec<Surveyed<'a>> = tables
            .iter()
            .zip(overlays)
            .map(|(table, overlay)| Surveyed::alone(table, overlay, problems))
            .collect();
        let keyed: Vec<(&Table, &[usize])> =
            surveyed.iter().map(|one| (one.table, one.key.as_slice())).collect();
        let followed: Vec<_> = keyed.iter().map(|(table, key)| follow_all(table, key, &keyed)).collect();
        for (one, (references, dead_ends)) in surveyed.iter_mut().zip(followed) {
            one.references = references;
            one.dead_ends = dead_ends;
        }
        let mut survey = Self { tables: surveyed };
        survey.find_join_tables();
        survey
    }

    /// A join table between two types is no type. One that leads to another table of that shape is: the chain must
    /// end in types.
    fn find_join_tables(&mut self) {
        let shaped: Vec<bool> = self.tables.iter().map(Surveyed::has_shape_of_join).collect();
        for at in 0..self.tables.len() {
            let one = &self.tables[at];
            let targets = || one.references.iter().map(|reference| reference.target);
            if !shaped[at] || targets().any(|target| shaped[target]) {
                continue;
            }
            let hidden = targets().find(|target| self.tables[*target].role == Role::Hidden);
            let role = if let Some(hidden) = hidden {
                let hidden = &self.tables[hidden].table.name;
                Role::LeftOut(format!("it is a join table of `{hidden}`, which the configuration hides"))
            } else if let Some(column) = one.visibility.iter().position(|one| *one != Visibility::Shown) {
                let column = &one.table.columns[column].name;
                Role::LeftOut(format!("it is a join table and its column `{column}` is hidden"))
            } else if targets().all(|target| self.tables[target].role == Role::Type) {
                Role::Join
            } else {
                continue;
            };
            self.tables[at].role = role;
        }
    }

    /// The columns of a table as statements name them.
    pub(super) fn stored(&self, table: usize, columns: &[usize]) -> Vec<StoredColumn> {
        columns.iter().map(|column| stored(self.tables[table].table, *column)).collect()
    }

    /// Whether a reference of `table` is to be a relationship: it leads to a type and its columns may be shown.
    pub(super) fn is_served(&self, table: usize, reference: &Reference) -> bool {
        let shown = |column: &usize| self.tables[table].visibility[*column] == Visibility::Shown;
        self.tables[reference.target].role == Role::Type && reference.columns.iter().all(shown)
    }
}

impl<'a> Surveyed<'a> {
    /// A table by itself: its foreign keys are not followed yet.
    fn alone(table: &'a Table, overlay: &'a TypeOverlay, problems: &mut Problems) -> Self {
        let visibility = visibility(table, overlay, problems);
        let key = keys::choose(table, overlay, |column| visibility[column] == Visibility::Secret, problems);
        let (key, role) = match (key, overlay.hide) {
            (Ok(key), false) => (key, Role::Type),
            (Ok(key), true) => (key, Role::Hidden),
            (Err(_), true) => (Vec::new(), Role::Hidden),
            (Err(reason), false) => (Vec::new(), Role::LeftOut(reason)),
        };
        for column in key.iter().map(|column| &table.columns[*column].name) {
            if let Some((entry, field)) = overlay.fields.get_key_value(column.as_str())
                && field.hide
            {
                let message = format!(
                    "`{column}` is part of the key and shows in every `id`: name another `key`, or hide the type"
                );
                problems.add(entry, message);
            }
        }
        Self { table, overlay, visibility, key, references: Vec::new(), dead_ends: Vec::new(), role }
    }

    /// Whether its columns are exactly two foreign keys, together its key, and nobody configured a key for it.
    fn has_shape_of_join(&self) -> bool {
        let [one, other] = self.references.as_slice() else { return false };
        let covered = |column: usize| one.columns.contains(&column) || other.columns.contains(&column);
        let within =
            |one: &Reference, other: &Reference| one.columns.iter().all(|c| other.columns.contains(c));
        self.role == Role::Type
            && self.table.kind == TableKind::Table
            && self.overlay.key.is_none()
            && self.dead_ends.is_empty()
            && (0..self.table.columns.len()).all(covered)
            && self.key.len() == self.table.columns.len()
            && !within(one, other)
            && !within(other, one)
    }

    /// Whether its rows cannot be written.
    pub(super) fn is_read_only(&self) -> bool {
        matches!(self.table.kind, TableKind::View | TableKind::Virtual)
    }

    /// Whether its kind, the database or the configuration refuses writes to a column.
    pub(super) fn is_column_read_only(&self, column: usize) -> bool {
        let configured = self.overlay.field(self.column(column)).is_some_and(|field| field.read_only);
        configured || self.table.columns[column].generated || self.is_read_only()
    }

    /// The same for any of these columns.
    pub(super) fn is_any_read_only(&self, columns: &[usize]) -> bool {
        columns.iter().any(|column| self.is_column_read_only(*column))
    }

    /// Name of a column.
    pub(super) fn column(&self, column: usize) -> &'a str {
        &self.table.columns[column].name
    }
}

/// A column as statements name it.
pub(super) fn stored(table: &Table, column: usize) -> StoredColumn {
    let column = &table.columns[column];
    StoredColumn {
        name: column.name.clone(),
        seen_as: None,
        column_type: column.column_type.clone(),
        nullable: column.nullable,
        has_default: column.has_default || column.auto_increment || column.generated,
        auto_increment: column.auto_increment,
        exact: column.collation.is_none()
            && matches!(column.column_type, ColumnType::Integer | ColumnType::Text),
        collation: column.collation.as_deref().map(Into::into),
        strict: table.strict,
        comparison_type: column.comparison_type.as_str().into(),
    }
}

/// What the configuration says about each table, entries that fit none reported.
fn overlays<'a>(tables: &[&'a Table], overlay: &'a Overlay, problems: &mut Problems) -> Vec<&'a TypeOverlay> {
    let names: BTreeMap<String, usize> =
        tables.iter().enumerate().map(|(position, table)| (table.name.to_string(), position)).collect();
    let mut found: HashMap<usize, &TypeOverlay> = HashMap::new();
    for (name, said) in &overlay.types {
        if let Some(position) = names.get(name.get_ref()) {
            found.insert(*position, said);
        } else {
            let hint = did_you_mean(name.get_ref(), names.keys().map(String::as_str));
            problems.add(name, format!("the database has no table or view `{}`{hint}", name.get_ref()));
        }
    }
    (0..tables.len()).map(|position| found.get(&position).copied().unwrap_or(TypeOverlay::NOTHING)).collect()
}

/// Which columns may be shown, entries about columns that are none reported.
fn visibility(table: &Table, overlay: &TypeOverlay, problems: &mut Problems) -> Vec<Visibility> {
    for (name, field) in &overlay.fields {
        report_field(table, name, field.hide && field.show, problems);
    }
    let keys = overlay.key.iter().flat_map(Spanned::get_ref);
    let keys: Vec<&str> = keys.map(|name| name.get_ref().as_str()).collect();
    let visibility = |column: &Column| match overlay.field(&column.name) {
        Some(field) if field.hide => Visibility::Hidden,
        Some(field) if field.show => Visibility::Shown,
        // Who names a column as the key wants it shown in every `id`.
        _ if looks_secret(&column.name) && !keys.contains(&column.name.as_str()) => Visibility::Secret,
        _ => Visibility::Shown,
    };
    table.columns.iter().map(visibility).collect()
}

fn report_field(table: &Table, name: &Spanned<String>, contradicts_itself: bool, problems: &mut Problems) {
    if !table.columns.iter().any(|column| &column.name == name.get_ref()) {
        let hint = did_you_mean(name.get_ref(), table.columns.iter().map(|column| column.name.as_str()));
        problems.add(name, format!("`{}` has no column `{}`{hint}", table.name, name.get_ref()));
    }
    if contradicts_itself {
        problems.add(name, format!("`{}` has both `hide` and `show`", name.get_ref()));
    }
}

/// Follows all foreign keys of a table, in the order of their columns; one declared twice counts once.
fn follow_all(table: &Table, key: &[usize], tables: &[(&Table, &[usize])]) -> (Vec<Reference>, Vec<DeadEnd>) {
    let (mut references, mut dead_ends): (Vec<Reference>, Vec<DeadEnd>) = (Vec::new(), Vec::new());
    for foreign_key in &table.foreign_keys {
        match follow((table, key), foreign_key, tables) {
            Ok(reference) => {
                let same = |one: &&mut Reference| {
                    (&one.columns, one.target, &one.target_columns)
                        == (&reference.columns, reference.target, &reference.target_columns)
                };
                match references.iter_mut().find(same) {
                    Some(one) => {
                        one.constraint =
                            [one.constraint.take(), reference.constraint].into_iter().flatten().min();
                        one.on_delete = stricter(one.on_delete, reference.on_delete);
                        one.holds |= reference.holds;
                    }
                    None => references.push(reference),
                }
            }
            Err(dead_end) => dead_ends.push(dead_end),
        }
    }
    // Not every engine tells in which order they were declared.
    references.sort_by(|one, other| {
        let columns = one.columns.cmp(&other.columns).then(one.target.cmp(&other.target));
        columns.then_with(|| one.target_columns.cmp(&other.target_columns))
    });
    (references, dead_ends)
}
