//! What the definition of a database demands beyond what PRAGMAs tell: said here once more, by hand.

use super::super::cells::Cell;

/// The rules of a database.
#[derive(Debug)]
pub(super) struct Rules {
    /// Columns (`table.column`) that are declared COLLATE NOCASE.
    pub(super) no_case: &'static [&'static str],
    pub(super) checks: &'static [Check],
    pub(super) computed: &'static [Computed],
    /// Columns that a trigger counts up with each update of their row.
    pub(super) counters: &'static [(&'static str, &'static str)],
    /// A trigger refuses rows of that table with that text in that column.
    pub(super) refused: &'static [(&'static str, &'static str, &'static str)],
    /// JSON values that go well with the checks of a column (`table.column`).
    pub(super) fitting: &'static [(&'static str, &'static [&'static str])],
}

/// A CHECK. What it says of NULL is that it passes.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) table: &'static str,
    pub(super) columns: &'static [&'static str],
    /// Whether it is simple enough to be known before the database is asked.
    pub(super) told: bool,
    /// Gets the cells of the columns, none of which is NULL.
    pub(super) holds: fn(&[&Cell]) -> bool,
}

/// A generated column, computed from others; NULL if one of those is NULL.
#[derive(Debug)]
pub(super) struct Computed {
    pub(super) table: &'static str,
    pub(super) column: &'static str,
    pub(super) of: &'static [&'static str],
    pub(super) value: fn(&[&Cell]) -> Cell,
}

/// The music shop has no rules of that kind.
pub(super) const CHINOOK: Rules =
    Rules { no_case: &[], checks: &[], computed: &[], counters: &[], refused: &[], fitting: &[] };

/// The trading company has prices and amounts that are not negative.
pub(super) const NORTHWIND: Rules = Rules {
    no_case: &[],
    checks: &[
        told("Order Details", &["Discount"], |cells| between(cells, 0.0, 1.0)),
        told("Order Details", &["Quantity"], |cells| number(cells[0]) > 0.0),
        told("Order Details", &["UnitPrice"], |cells| number(cells[0]) >= 0.0),
        told("Products", &["UnitPrice"], |cells| number(cells[0]) >= 0.0),
        told("Products", &["ReorderLevel"], |cells| number(cells[0]) >= 0.0),
        told("Products", &["UnitsInStock"], |cells| number(cells[0]) >= 0.0),
        told("Products", &["UnitsOnOrder"], |cells| number(cells[0]) >= 0.0),
    ],
    computed: &[],
    counters: &[],
    refused: &[],
    fitting: &[
        ("Order Details.Discount", &["0", "0.25", "1", "0.05"]),
        ("Order Details.Quantity", &["1", "7", "40"]),
        ("Order Details.UnitPrice", &["\"0\"", "\"9.5\"", "\"120\""]),
        ("Products.UnitPrice", &["\"0\"", "\"9.5\"", "null"]),
        ("Products.ReorderLevel", &["0", "25", "null"]),
        ("Products.UnitsInStock", &["0", "17"]),
        ("Products.UnitsOnOrder", &["0", "70"]),
    ],
};

/// A check of a single column in one of the forms that are understood.
pub(super) const fn told(
    table: &'static str,
    columns: &'static [&'static str],
    holds: fn(&[&Cell]) -> bool,
) -> Check {
    Check { table, columns, told: true, holds }
}

/// A cell as a number; texts count as greater than all numbers, as SQLite has it.
pub(super) fn number(cell: &Cell) -> f64 {
    match cell {
        #[allow(clippy::cast_precision_loss, reason = "the numbers in question are small")]
        Cell::Integer(number) => *number as f64,
        Cell::Real(number) => *number,
        _ => f64::INFINITY,
    }
}

/// Whether the first cell is in the inclusive range.
pub(super) fn between(cells: &[&Cell], low: f64, high: f64) -> bool {
    (low..=high).contains(&number(cells[0]))
}

/// The length of the first cell in characters.
pub(super) fn length(cells: &[&Cell]) -> usize {
    cells[0].id_text().chars().count()
}
