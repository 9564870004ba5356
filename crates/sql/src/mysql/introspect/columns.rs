//! The columns of every table.

use mysql_async::Row;

use super::kinds::{Declared, comparison_type, digits, kind, length_max, range};
use super::{Fields, Positions, rows};
use crate::mysql::session::Session;
use crate::schema::{Column, Table};

pub(super) async fn read(
    session: &mut Session,
    tables: &mut [Table],
    positions: &Positions,
) -> mysql_async::Result<()> {
    let sql = "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, \
               CHARACTER_MAXIMUM_LENGTH, CHARACTER_SET_NAME, COLLATION_NAME, NUMERIC_PRECISION, NUMERIC_SCALE, \
               COLUMN_COMMENT, COALESCE(GENERATION_EXPRESSION, '') <> '' \
               FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
               ORDER BY TABLE_NAME, ORDINAL_POSITION";
    for row in rows(session, sql).await? {
        if let Some(position) = positions.get(&row.text(0)) {
            tables[*position].columns.push(column(&row));
        }
    }
    Ok(())
}

fn column(row: &Row) -> Column {
    let declared_type = row.text(2);
    let data_type = row.text(3).to_ascii_lowercase();
    let extra = row.text(6).to_ascii_uppercase();
    let (character_set, collation) = (row.text(8), row.optional(9));
    let declared = Declared {
        full: &declared_type,
        name: &data_type,
        length: row.number(7),
        character_set: &character_set,
        collation: collation.as_deref().unwrap_or_default(),
        precision: row.number(10),
        scale: row.number(11),
    };
    let auto_increment = extra.contains("AUTO_INCREMENT");
    // `DEFAULT_GENERATED` is another word for a default that is an expression.
    let generated = row.text(13) == "1" || extra.split([',', ' ']).any(|word| word == "GENERATED");
    Column {
        name: row.text(1),
        column_type: kind(&declared),
        nullable: row.text(4) == "YES",
        // MariaDB tells that there is no default but NULL in a word.
        has_default: auto_increment || row.optional(5).is_some_and(|default| default != "NULL"),
        auto_increment,
        generated,
        length_max: length_max(&declared),
        range: range(&declared),
        digits: digits(&declared),
        comparison_type: comparison_type(&declared),
        collation: collation.filter(|name| !compares_bytes(name)),
        comment: Some(row.text(12)).filter(|comment| !comment.is_empty()),
        declared_type,
    }
}

/// Whether a collation takes only the same bytes for equal. Most of those that end in `_bin` take no notice of blanks at
/// the end.
pub(super) fn compares_bytes(collation: &str) -> bool {
    collation == "binary" || collation.ends_with("_nopad_bin") || collation.ends_with("_0900_bin")
}
