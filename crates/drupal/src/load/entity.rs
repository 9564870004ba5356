//! An entity in memory: where its values stand among the rows that were read.

use std::ops::Range;
use std::sync::Arc;

use docent_sql::Cell;

use crate::conversation::Table;
use crate::site::{Column, FieldIndex, ResourceTypeIndex, Site};

/// Entities of one type, with the rows that hold their values.
#[derive(Debug)]
pub struct Batch {
    pub(super) site: Arc<Site>,
    /// The main rows, then those of each field that has a table.
    pub(super) tables: Vec<Table>,
    /// The entities.
    pub entities: Vec<Entity>,
}

/// An entity in one revision and one language.
#[derive(Debug)]
pub struct Entity {
    /// Its number.
    pub id: i64,
    /// The revision, where there are any.
    pub revision: Option<i64>,
    /// Its resource type.
    pub resource_type: ResourceTypeIndex,
    /// Its UUID.
    pub uuid: String,
    /// The language it is shown in; empty if it has none.
    pub langcode: String,
    /// The language it was written in first.
    pub default_langcode: String,
    /// The revision that is shown unless another is asked for.
    pub default_revision: Option<i64>,
    /// The newest revision.
    pub latest_revision: Option<i64>,
    /// Its alias in the language shown.
    pub alias: Option<Alias>,
    /// The state that a workflow has it in.
    pub moderation_state: Option<String>,
    /// What is known of the comments on it: one for each field of comments.
    pub comments: Vec<(FieldIndex, CommentStatistics)>,
    /// Its main row.
    pub(super) row: usize,
    /// Where its fields are, by their index.
    pub(super) fields: Vec<Placed>,
}

/// The address of an entity that people see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// `/recipes/soup`
    pub path: String,
    /// The number of the alias.
    pub id: i64,
    /// Its language.
    pub langcode: String,
}

/// What is known of the comments on an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommentStatistics {
    /// The newest comment.
    pub last_comment: Option<i64>,
    /// When it was written.
    pub last_timestamp: Option<i64>,
    /// The name of who wrote it without an account.
    pub last_name: Option<String>,
    /// The account that wrote it.
    pub last_account: Option<i64>,
    /// How many there are.
    pub count: Option<i64>,
}

/// Where the items of a field are.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed {
    pub(super) table: usize,
    pub(super) rows: Range<usize>,
    pub(super) columns: Columns,
}

/// Which columns of a table hold the columns of a field.
#[derive(Debug, Clone, Default)]
pub(super) enum Columns {
    #[default]
    None,
    /// One after the other.
    From(usize),
}

/// The items of a field.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    table: &'a Table,
    rows: Range<usize>,
    first: usize,
    columns: &'a [Column],
}

/// An item of a field.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    table: &'a Table,
    row: usize,
    first: usize,
    columns: &'a [Column],
}

impl Entity {
    /// Whether the revision is the default one.
    pub fn is_default_revision(&self) -> bool {
        self.revision == self.default_revision
    }

    /// Whether there is no newer revision.
    pub fn is_latest_revision(&self) -> bool {
        self.revision == self.latest_revision
    }
}

impl Batch {
    /// The items of a field of an entity; none if it was not asked for.
    pub fn items(&self, entity: &Entity, field: FieldIndex) -> Items<'_> {
        let columns = self.site[entity.resource_type][field].columns();
        let placed = &entity.fields[usize::from(field.0)];
        let (first, rows) = match placed.columns {
            Columns::None => (0, 0..0),
            Columns::From(first) => (first, placed.rows.clone()),
        };
        // The columns belong to the site, which this batch holds on to.
        Items { table: &self.tables[placed.table], rows, first, columns }
    }

    /// The first value of a field by Drupal's name.
    pub fn first(&self, entity: &Entity, field: &str) -> Cell<'_> {
        let Some(index) = self.site[entity.resource_type].internal_field(field) else { return Cell::Null };
        self.items(entity, index).next().map_or(Cell::Null, Item::main)
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let row = self.rows.next()?;
        Some(Item { table: self.table, row, first: self.first, columns: self.columns })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for Items<'_> {}

impl<'a> Item<'a> {
    /// The value of its first column.
    pub fn main(self) -> Cell<'a> {
        if self.columns.is_empty() { Cell::Null } else { self.table.cell(self.row, self.first) }
    }

    /// The value of a property.
    pub fn property(self, name: &str) -> Cell<'a> {
        let place = self.columns.iter().position(|column| column.property == name);
        place.map_or(Cell::Null, |place| self.table.cell(self.row, self.first + place))
    }

    /// All its columns with their values.
    pub fn columns(self) -> impl Iterator<Item = (&'a Column, Cell<'a>)> {
        self.columns
            .iter()
            .enumerate()
            .map(move |(place, column)| (column, self.table.cell(self.row, self.first + place)))
    }
}
