//! Which page of a list: size, place, and the condition that starts it behind a cursor.

use docent_catalog::model::ResourceType;
use docent_jsonapi::cursor::INVALID_CURSOR;
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::query::{MAX_SIZE_EXCEEDED, MAX_SIZE_EXCEEDED_TYPE, PageParameters, PageStyle};
use docent_sql::Value;
use docent_sql::statement::{Comparison, Condition, OrderTerm};

use super::Resolver;
use super::sort::Order;
use crate::cursor::{self, Fingerprint};
use crate::settings::{Count, Settings};

/// How the pages of a list are asked for, and so how links to other pages are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Style {
    /// `page[limit]` and `page[offset]`.
    Offset,
    /// `page[number]` and `page[size]`.
    Number {
        /// Counted from 1.
        number: u64,
    },
    /// `page[size]`, `page[after]`, `page[before]`.
    Cursor {
        /// Whether a page behind a cursor is asked for.
        after: bool,
        /// Whether a page before a cursor is asked for.
        before: bool,
    },
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) style: Style,
    /// Resources on it at most.
    pub(crate) size: u64,
    /// Resources before it, in the styles that say so.
    pub(crate) offset: u64,
    /// Whether all resources are to be counted.
    pub(crate) count: bool,
}

impl Page {
    /// Whether the cursor pagination profile shapes the document.
    pub(crate) fn has_cursors(&self) -> bool {
        matches!(self.style, Style::Cursor { .. })
    }

    /// Whether rows are read from the cursor backwards: only then is the page known by its end.
    pub(crate) fn is_reversed(&self) -> bool {
        matches!(self.style, Style::Cursor { after: false, before: true })
    }
}

/// The page asked for. `profile` tells whether the cursor profile was asked for in `Accept`.
pub(super) fn page(
    parameters: &PageParameters,
    profile: bool,
    settings: &Settings,
    owner: &ResourceType,
) -> Page {
    let count = match settings.count {
        Count::Asked => parameters.count == Some(true),
        Count::Always => parameters.count != Some(false),
        Count::Never => false,
    };
    let size = owner.page_size.map_or(settings.page_size, u64::from);
    let size_max = owner.page_size_max.map_or(settings.query.page_size_max, u64::from);
    let size = size.min(size_max).min(settings.query.page_size_max);
    let of_offset = |limit: Option<u64>, offset| Page {
        style: Style::Offset,
        size: limit.unwrap_or(size),
        offset,
        count,
    };
    match &parameters.style {
        PageStyle::None if profile => {
            Page { style: Style::Cursor { after: false, before: false }, size, offset: 0, count }
        }
        PageStyle::None => of_offset(None, 0),
        PageStyle::Offset { limit, offset } => of_offset(*limit, *offset),
        PageStyle::Number { number, size: asked } => {
            let size = asked.unwrap_or(size);
            // Past every table anyway: the largest offset a database takes.
            let offset = (number - 1).saturating_mul(size).min(i64::MAX as u64);
            Page { style: Style::Number { number: *number }, size, offset, count }
        }
        PageStyle::Cursor { size: asked, after, before } => {
            let (after, before) = (after.is_some(), before.is_some());
            // A range without a size is as large as a page can be (CUR-42).
            let default = if after && before { size_max } else { size };
            Page { style: Style::Cursor { after, before }, size: asked.unwrap_or(default), offset: 0, count }
        }
    }
}

impl Resolver<'_> {
    /// A type can have a smaller maximum than the server (the server's own is checked with the query's form).
    pub(super) fn check_size(&mut self, page: &Page, owner: &ResourceType) {
        let Some(max) = owner.page_size_max.map(u64::from).filter(|max| page.size > *max) else { return };
        let name = if page.style == Style::Offset { "page[limit]" } else { "page[size]" };
        let detail = format!("A page of {} holds at most {max} resources.", owner.name);
        let mut error = ErrorObject::new(&MAX_SIZE_EXCEEDED, detail).with_parameter(name);
        error.type_link = Some(MAX_SIZE_EXCEEDED_TYPE);
        error.max_size = Some(max);
        self.errors.push(error);
    }

    /// The condition that starts (or ends) the page at its cursors.
    pub(super) fn keyset(
        &mut self,
        parameters: &PageParameters,
        order: &Order,
        fingerprint: Fingerprint,
    ) -> Condition {
        let PageStyle::Cursor { after, before, .. } = &parameters.style else { return Condition::always() };
        let mut condition = Condition::always();
        for (cursor, name, forward) in [(after, "page[after]", true), (before, "page[before]", false)] {
            let Some(cursor) = cursor else { continue };
            if let Some(cells) = cursor::decode(cursor, fingerprint, order.terms.len()) {
                condition = condition.and(self.beyond(order, cells, forward));
            } else {
                let detail = "The cursor is damaged, or belongs to another collection, filter or sort order.";
                self.errors.push(ErrorObject::new(&INVALID_CURSOR, detail).with_parameter(name));
            }
        }
        condition
    }

    /// Rows behind the cells in the given order (or before them): greater in the first term, or equal there and
    /// greater in the second, and so on. The bound on the first term is repeated outside, where an index can use it.
    fn beyond(&mut self, order: &Order, cells: Vec<Value>, forward: bool) -> Condition {
        let mut cells: Vec<Cell> = cells.into_iter().map(|value| self.cell(value)).collect();
        let mut condition = Condition::Any(Vec::new());
        for (position, term) in order.terms.iter().enumerate().rev() {
            let Some(cell) = cells.pop() else { break };
            let upward = term.descending != forward;
            let further = strictly(term, cell, upward);
            let is_last = position + 1 == order.terms.len();
            condition = if is_last {
                further
            } else {
                let same = Condition::All(vec![equal(term, cell), condition]);
                let either = Condition::Any(vec![further, same]);
                if position == 0 { bound(term, cell, upward).and(either) } else { either }
            };
        }
        condition
    }

    fn cell(&mut self, value: Value) -> Cell {
        if value == Value::Null { Cell::Null } else { Cell::Value(self.push(value)) }
    }
}

/// A value of a cursor as it stands in a condition.
#[derive(Clone, Copy)]
enum Cell {
    Null,
    Value(docent_sql::statement::Parameter),
}

fn compare(term: &OrderTerm, comparison: Comparison, value: docent_sql::statement::Parameter) -> Condition {
    Condition::Compare { column: term.column.clone(), comparison, value, timestamp: false }
}

/// Past the cell; NULL is lower than every value.
fn strictly(term: &OrderTerm, cell: Cell, upward: bool) -> Condition {
    match (cell, upward) {
        (Cell::Null, true) => Condition::IsNotNull(term.column.clone()),
        (Cell::Null, false) => Condition::Any(Vec::new()),
        (Cell::Value(value), true) => compare(term, Comparison::Greater, value),
        (Cell::Value(value), false) => or_null(term, compare(term, Comparison::Less, value)),
    }
}

/// At the cell or past it.
fn bound(term: &OrderTerm, cell: Cell, upward: bool) -> Condition {
    match (cell, upward) {
        (Cell::Null, true) => Condition::always(),
        (Cell::Null, false) => Condition::IsNull(term.column.clone()),
        (Cell::Value(value), true) => compare(term, Comparison::GreaterOrEqual, value),
        (Cell::Value(value), false) => or_null(term, compare(term, Comparison::LessOrEqual, value)),
    }
}

fn equal(term: &OrderTerm, cell: Cell) -> Condition {
    match cell {
        Cell::Null => Condition::IsNull(term.column.clone()),
        Cell::Value(value) => compare(term, Comparison::Equal, value),
    }
}

fn or_null(term: &OrderTerm, condition: Condition) -> Condition {
    if term.nullable {
        Condition::Any(vec![condition, Condition::IsNull(term.column.clone())])
    } else {
        condition
    }
}
