//! How the rows of a node become resource objects: a list of pieces, most of them text that never changes.

use std::ops::Range;

use docent_catalog::model::{
    Arity, Catalog, Link, Relationship, ResourceType, StoredColumn, TypeId, ValueSource,
};
use docent_jsonapi::{json, link};
use docent_sql::schema::ColumnType;
use docent_sql::statement::{Alias, ColumnRef, Join};

use super::columns::Columns;
use super::holes::Holes;
use crate::id::Form;
use crate::resolve::{Fieldsets, column_ref, table_of};

/// A compiled resource object.
#[derive(Debug, Default)]
pub(crate) struct Object {
    /// All constant text, one piece after another.
    pub(crate) text: Vec<u8>,
    /// Where in the text the resource's id goes, from front to back.
    pub(crate) cuts: Vec<Cut>,
    pub(crate) pieces: Vec<Piece>,
}

/// A place in constant text for the resource's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Bytes of text between the cut before, or the beginning of the piece, and this one.
    pub(crate) behind: usize,
    /// Whether the id stands there as a path segment, and not as it is.
    pub(crate) segment: bool,
}

/// A cell that is part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyCell {
    pub(crate) cell: usize,
    pub(crate) form: Form,
}

/// A part of a resource object: constant text, with the resource's id at some cuts, and what follows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(crate) text: Range<usize>,
    pub(crate) cuts: Range<usize>,
    pub(crate) then: Then,
}

/// What follows the text of a piece.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Then {
    /// The end of the object.
    End,
    /// An attribute's value.
    Value(usize, Format),
    /// Linkage of a to-one relationship: cells of the target's key, and the identifier up to its id, the quote included.
    ToOne(Vec<KeyCell>, Vec<u8>),
    /// What is known of a relationship only later: the end of its links, and its linkage.
    Hole(usize),
    /// The cursor that falls on the resource, quoted.
    Cursor,
}

/// How cells of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// By the cell's own kind.
    Plain,
    /// 0 and 1 as false and true.
    Boolean,
    /// Numbers as strings, so that no reader rounds them.
    Decimal,
    /// With `T` between date and time.
    Timestamp,
    /// Embedded, if the text is JSON: arrays come as that, too.
    Json,
}

impl Format {
    pub(super) fn of(column_type: &ColumnType) -> Self {
        match column_type {
            ColumnType::Boolean => Format::Boolean,
            ColumnType::Decimal => Format::Decimal,
            ColumnType::Timestamp | ColumnType::TimestampTz => Format::Timestamp,
            ColumnType::Json | ColumnType::Array(_) => Format::Json,
            _ => Format::Plain,
        }
    }
}

/// What a resource object is compiled from.
pub(crate) struct Source<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) fieldsets: &'a Fieldsets,
    pub(crate) holes: &'a Holes,
    pub(crate) base_url: &'a str,
    pub(crate) link_objects: bool,
    /// Whether each object says its cursor.
    pub(crate) cursors: bool,
    /// The foreign key by which the rows were found: where it leads is seen.
    pub(crate) found_by: Option<usize>,
}

/// Compiles the resource objects of a type whose rows stand under `alias`.
pub(crate) fn compile(
    source: &Source<'_>,
    id: TypeId,
    alias: Alias,
    columns: &mut Columns,
    joins: &mut Vec<Join>,
) -> Object {
    let mut compiler = Compiler { source, object: Object::default(), start: 0, first_cut: 0, cut_at: 0 };
    let resource_type = source.catalog.get(id);
    compiler.text("{\"type\":");
    compiler.string(&resource_type.name);
    compiler.text(",\"id\":\"");
    compiler.cut(false);
    compiler.text("\"");
    compiler.attributes(id, alias, columns);
    compiler.relationships(id, alias, columns, joins);
    compiler.text(",\"links\":{");
    compiler.link("self", resource_type, "");
    compiler.text("}");
    if source.cursors {
        compiler.text(",\"meta\":{\"page\":{\"cursor\":");
        compiler.piece(Then::Cursor);
        compiler.text("}}");
    }
    compiler.text("}");
    compiler.finish()
}

/// The cells that hold the target's key of a relationship that is a foreign key: columns of the row itself, or of the
/// target joined to it.
pub(crate) fn target_key(
    catalog: &Catalog,
    relationship: &Relationship,
    alias: Alias,
    columns: &mut Columns,
    joins: &mut Vec<Join>,
) -> Option<Vec<KeyCell>> {
    let Link::ForeignKey { near, far, far_is_key, .. } = &relationship.link else { return None };
    let target = catalog.get(relationship.target);
    if *far_is_key {
        return held_key(catalog, relationship, alias, columns);
    }
    let on: Vec<(ColumnRef, String)> = near
        .iter()
        .zip(far)
        .map(|(near, far)| (column_ref(alias, near), far.read_name().to_owned()))
        .collect();
    let known =
        joins.iter().find(|join| join.on == on && join.table == *table_of(target)).map(|join| join.alias);
    let joined = known.unwrap_or_else(|| {
        let joined = columns.new_alias();
        joins.push(Join { outer: true, table: table_of(target).clone(), alias: joined, on });
        joined
    });
    Some(key_cells(&target.key, joined, columns))
}

/// The cells of the row itself that hold the target's key, if they do.
fn held_key(
    catalog: &Catalog,
    relationship: &Relationship,
    alias: Alias,
    columns: &mut Columns,
) -> Option<Vec<KeyCell>> {
    let Link::ForeignKey { near, holds_key: true, .. } = &relationship.link else { return None };
    let forms = catalog.get(relationship.target).key.iter().map(Form::of);
    let cells = near.iter().map(|column| columns.cell(column_ref(alias, column)));
    Some(cells.zip(forms).map(|(cell, form)| KeyCell { cell, form }).collect())
}

/// The cells that hold a type's own key.
pub(crate) fn key_cells(key: &[StoredColumn], alias: Alias, columns: &mut Columns) -> Vec<KeyCell> {
    let part = |column| KeyCell { cell: columns.cell(column_ref(alias, column)), form: Form::of(column) };
    key.iter().map(part).collect()
}

struct Compiler<'a> {
    source: &'a Source<'a>,
    object: Object,
    /// Where the text not yet made a piece starts.
    start: usize,
    /// Its first cut.
    first_cut: usize,
    /// Where its last cut is, or it starts.
    cut_at: usize,
}

impl Compiler<'_> {
    fn text(&mut self, text: &str) {
        self.object.text.extend_from_slice(text.as_bytes());
    }

    fn string(&mut self, text: &str) {
        json::string(&mut self.object.text, text);
    }

    /// Makes a piece of the text since the last one, and of what follows it.
    fn piece(&mut self, then: Then) {
        let (end, last_cut) = (self.object.text.len(), self.object.cuts.len());
        self.object.pieces.push(Piece { text: self.start..end, cuts: self.first_cut..last_cut, then });
        (self.start, self.first_cut, self.cut_at) = (end, last_cut, end);
    }

    fn cut(&mut self, segment: bool) {
        let end = self.object.text.len();
        self.object.cuts.push(Cut { behind: end - self.cut_at, segment });
        self.cut_at = end;
    }

    fn finish(mut self) -> Object {
        self.piece(Then::End);
        self.object
    }

    fn attributes(&mut self, id: TypeId, alias: Alias, columns: &mut Columns) {
        let shown = self.source.fieldsets.attributes(self.source.catalog, id);
        if shown.is_empty() {
            return;
        }
        self.text(",\"attributes\":{");
        for (position, index) in shown.into_iter().enumerate() {
            let attribute = &self.source.catalog.get(id).attributes[index];
            let ValueSource::Column(column) = &attribute.value;
            self.text(if position > 0 { "," } else { "" });
            self.string(&attribute.name);
            self.text(":");
            let cell = columns.cell(column_ref(alias, column));
            self.piece(Then::Value(cell, Format::of(&column.column_type)));
        }
        self.text("}");
    }

    fn relationships(&mut self, id: TypeId, alias: Alias, columns: &mut Columns, joins: &mut Vec<Join>) {
        let catalog = self.source.catalog;
        let shown = self.source.fieldsets.relationships(catalog, id);
        if shown.is_empty() {
            return;
        }
        let owner = catalog.get(id);
        self.text(",\"relationships\":{");
        for (position, index) in shown.into_iter().enumerate() {
            let relationship = &owner.relationships[index];
            self.text(if position > 0 { "," } else { "" });
            self.string(&relationship.name);
            self.text(":{\"links\":{");
            self.link("self", owner, &format!("/relationships/{}", segment(&relationship.name)));
            self.text(",");
            self.link("related", owner, &format!("/{}", segment(&relationship.name)));
            if let Some(hole) = self.source.holes.position(id, index) {
                // Writes the brace that ends the links, after what may have to be added to them.
                self.piece(Then::Hole(hole));
            } else {
                self.text("}");
            }
            let found_by = self.source.found_by == Some(index);
            let known = if found_by { held_key(catalog, relationship, alias, columns) } else { None };
            if let Some(cells) = known.or_else(|| target_key(catalog, relationship, alias, columns, joins)) {
                self.text(",\"data\":");
                self.linkage(cells, catalog.get(relationship.target));
            }
            self.text("}");
        }
        self.text("}");
    }

    fn linkage(&mut self, cells: Vec<KeyCell>, target: &ResourceType) {
        let mut identifier = b"{\"type\":".to_vec();
        json::string(&mut identifier, &target.name);
        identifier.extend_from_slice(b",\"id\":\"");
        self.piece(Then::ToOne(cells, identifier));
    }

    fn link(&mut self, name: &str, owner: &ResourceType, below: &str) {
        let (open, close) = if self.source.link_objects { ("{\"href\":\"", "\"}") } else { ("\"", "\"") };
        let base = escaped(self.source.base_url);
        self.text(&format!("\"{name}\":{open}{base}{}/", owner.path));
        self.cut(true);
        self.text(below);
        self.text(close);
    }
}

/// A name as a path segment.
pub(crate) fn segment(name: &str) -> String {
    let mut out = Vec::new();
    link::path_segment(&mut out, name);
    String::from_utf8_lossy(&out).into_owned()
}

/// Text as it stands between the quotes of a JSON string.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = Vec::new();
    json::string(&mut out, text);
    String::from_utf8_lossy(&out[1..out.len() - 1]).into_owned()
}

/// Whether a relationship shows linkage that its own row does not hold.
pub(crate) fn needs_hole(relationship: &Relationship) -> bool {
    relationship.arity == Arity::ToMany || !matches!(relationship.link, Link::ForeignKey { .. })
}
