//! The rows that hold an entity's own columns: of the base table, of the translation shown, of the revision shown.

use hashbrown::HashMap;

use docent_sql::statement::{Alias, Condition};
use docent_sql::{Cell, Query, Value};

use super::Ask;
use super::entity::{Columns, Entity, Placed};
use crate::conversation::{Conversation, Table};
use crate::site::{EntityKeys, Field, FieldKind, FieldStorage, Site, Tables};
use crate::statement::{Statement, column, numbers, value_column};

/// A statement for the main rows, before its parameters are known.
pub(super) struct MainRows {
    /// Where each field stands in a row: its name, then its first column.
    fields: HashMap<String, usize>,
    /// The columns with the table and the kind of each, in the order of the row.
    columns: Vec<(Source, String, FieldKind)>,
    places: Places,
    by_revision: bool,
    tables: Tables,
    keys: EntityKeys,
}

/// Where in a row the facts stand that every entity has.
#[derive(Default)]
struct Places {
    id: usize,
    uuid: Option<usize>,
    bundle: Option<usize>,
    default_revision: Option<usize>,
    revision: Option<usize>,
    langcode: Option<usize>,
    is_default: Option<usize>,
}

/// The tables that a main row is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Base,
    /// The translation: of the default revision, or of the one shown.
    Translation,
    /// The revision.
    Revision,
    /// The translation of the default revision, beside that of another: for fields that have no revisions.
    Current,
}

const IS_DEFAULT: &str = "default_langcode";

impl MainRows {
    pub(super) fn plan(site: &Site, ask: &Ask) -> Self {
        let entity_type = &site[ask.entity_type];
        // Configuration has no tables, and is not read from any.
        let tables = entity_type.tables.clone().unwrap_or_default();
        let mut plan = Self {
            fields: HashMap::new(),
            columns: Vec::new(),
            places: Places::default(),
            by_revision: !ask.default_revisions && tables.revision.is_some(),
            tables,
            keys: entity_type.keys.clone(),
        };
        plan.facts();
        for (resource_type, fields) in &ask.fields {
            for field in fields {
                plan.field(&site[*resource_type][*field]);
            }
        }
        plan
    }

    fn facts(&mut self) {
        let EntityKeys { id, uuid, bundle, revision, langcode, .. } = self.keys.clone();
        let has_translations = self.tables.data.is_some();
        let shown = if self.by_revision { Source::Revision } else { Source::Base };
        let translation = if has_translations { Source::Translation } else { shown };
        self.places = Places {
            id: self.column(Source::Base, &id).unwrap_or_default(),
            uuid: self.column(Source::Base, &uuid),
            bundle: self.column(Source::Base, &bundle),
            default_revision: self.column(Source::Base, &revision),
            revision: self.column(shown, &revision),
            langcode: self.column(translation, &langcode),
            is_default: if has_translations { self.column(Source::Translation, IS_DEFAULT) } else { None },
        };
    }

    /// Another column, and its place. None for a part that no column plays.
    fn column(&mut self, source: Source, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        self.columns.push((source, name.to_owned(), FieldKind::Other));
        Some(self.columns.len() - 1)
    }

    fn field(&mut self, field: &Field) {
        if self.fields.contains_key(&field.name) {
            return;
        }
        let Some(source) = self.source(field) else { return };
        let first = self.columns.len();
        self.columns.extend(field.columns().iter().map(|column| (source, column.name.clone(), field.kind)));
        self.fields.insert(field.name.clone(), first);
    }

    /// Which table a field is read from.
    fn source(&self, field: &Field) -> Option<Source> {
        let FieldStorage::Shared { in_base, in_data, in_revision, in_revision_data, .. } = &field.storage
        else {
            return None;
        };
        let has_data = self.tables.data.is_some();
        Some(if self.by_revision {
            match () {
                () if *in_revision_data && self.tables.revision_data.is_some() => Source::Translation,
                () if *in_revision => Source::Revision,
                () if *in_data && has_data => Source::Current,
                () => Source::Base,
            }
        } else {
            match () {
                () if *in_data && has_data => Source::Translation,
                () if *in_revision && !*in_base => Source::Revision,
                () => Source::Base,
            }
        })
    }

    pub(super) fn query(&self, conversation: &Conversation, ask: &Ask, languages: &[&str]) -> Query {
        let (id, revision) = (&self.keys.id, &self.keys.revision);
        let mut statement = Statement::from(&self.tables.base);
        let base = Alias(0);
        let revisions = self.has(Source::Revision).then_some(self.tables.revision.as_deref()).flatten();
        let shown_by = if self.by_revision { id } else { revision };
        let shown =
            revisions.map(|table| statement.join(false, table, &[(column(base, shown_by), shown_by)]));
        let translation = match (&self.tables.data, &self.tables.revision_data, shown) {
            (Some(_), Some(table), Some(shown)) if self.by_revision => {
                Some(statement.join(false, table, &[(column(shown, revision), revision)]))
            }
            (Some(table), ..) => Some(statement.join(false, table, &[(column(base, id), id)])),
            (None, ..) => None,
        };
        let current = match (&self.tables.data, translation) {
            (Some(table), Some(shown)) if self.has(Source::Current) => {
                let langcode = &self.keys.langcode;
                let on = [(column(base, id), id.as_str()), (column(shown, langcode), langcode.as_str())];
                Some(statement.join(true, table, &on))
            }
            _ => None,
        };
        for (source, name, kind) in &self.columns {
            let table = match source {
                Source::Base => Some(base),
                Source::Translation => translation,
                Source::Revision => shown,
                Source::Current => current,
            };
            statement.output(value_column(table.unwrap_or(base), name, *kind));
        }
        let ids = numbers(ask.entities.iter().map(|(id, _)| *id));
        let condition = statement.among(column(base, id), ids);
        statement.only(condition);
        if let (true, Some(shown)) = (self.by_revision, shown) {
            let revisions = numbers(ask.entities.iter().filter_map(|(_, revision)| *revision));
            let condition = statement.among(column(shown, revision), revisions);
            statement.only(condition);
        }
        if let Some(table) = translation {
            let mut any = vec![statement.equals(column(table, IS_DEFAULT), Value::Integer(1))];
            for langcode in languages {
                let langcode = Value::Text((*langcode).to_owned());
                any.push(statement.equals(column(table, &self.keys.langcode), langcode));
            }
            statement.only(Condition::Any(any));
        }
        let (select, parameters) = statement.finish();
        conversation.query(&select, parameters)
    }

    fn has(&self, source: Source) -> bool {
        let is_named = self.columns.iter().any(|(named, ..)| *named == source);
        is_named || (source == Source::Revision && self.by_revision)
    }

    /// The entities in the rows, each in the first language that it has, in the order asked for.
    pub(super) fn entities(&self, site: &Site, ask: &Ask, rows: &Table, languages: &[&str]) -> Vec<Entity> {
        let mut found: HashMap<(i64, Option<i64>), Vec<usize>> = HashMap::with_capacity(rows.len());
        for row in 0..rows.len() {
            let Some(id) = rows.integer(row, self.places.id) else { continue };
            let revision = self.places.revision.and_then(|place| rows.integer(row, place));
            let revision = if self.by_revision { revision } else { None };
            found.entry((id, revision)).or_default().push(row);
        }
        let mut entities = Vec::with_capacity(ask.entities.len());
        for (id, revision) in &ask.entities {
            let revision = if self.by_revision { *revision } else { None };
            let Some(translations) = found.remove(&(*id, revision)) else { continue };
            entities.extend(self.entity(site, ask, rows, &translations, languages));
        }
        entities
    }

    fn entity(
        &self,
        site: &Site,
        ask: &Ask,
        rows: &Table,
        translations: &[usize],
        languages: &[&str],
    ) -> Option<Entity> {
        let text = |row: usize, place: Option<usize>| {
            place.and_then(|place| rows.text(row, place)).unwrap_or_default().to_owned()
        };
        let is_default = |row: &usize| match self.places.is_default {
            Some(place) => rows.integer(*row, place) == Some(1),
            None => true,
        };
        let mut languages = languages.iter();
        let in_language = languages.find_map(|langcode| {
            translations.iter().find(|row| text(**row, self.places.langcode) == *langcode).copied()
        });
        let default = translations.iter().find(|row| is_default(row)).copied();
        let row = in_language.or(default)?;
        let entity_type = &site[ask.entity_type];
        let bundle = match self.places.bundle {
            Some(_) => text(row, self.places.bundle),
            None => entity_type.id.clone(),
        };
        let number = |place: Option<usize>| place.and_then(|place| rows.integer(row, place));
        Some(Entity {
            id: rows.integer(row, self.places.id)?,
            revision: number(self.places.revision),
            resource_type: site.resource_type(ask.entity_type, &bundle)?,
            uuid: text(row, self.places.uuid),
            langcode: text(row, self.places.langcode),
            default_langcode: text(default.unwrap_or(row), self.places.langcode),
            default_revision: number(self.places.default_revision),
            latest_revision: number(self.places.default_revision),
            alias: None,
            moderation_state: None,
            comments: Vec::new(),
            row,
            fields: Vec::new(),
        })
    }

    /// Where the items of a field are, if they are in the main row.
    pub(super) fn placed(&self, field: &Field, rows: &Table, row: usize) -> Option<Placed> {
        let first = *self.fields.get(&field.name)?;
        let width = field.columns().len();
        let is_empty = (first..first + width).all(|place| rows.cell(row, place) == Cell::Null);
        let rows = if is_empty { row..row } else { row..row + 1 };
        Some(Placed { table: 0, rows, columns: Columns::From(first) })
    }
}
