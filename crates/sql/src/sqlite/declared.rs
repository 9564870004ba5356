//! What a declared type says about a column's values.
//!
//! SQLite lets any column hold any value and takes any word as a type. The words in use elsewhere come first; what
//! is left follows SQLite's own affinity rules, and a word that says nothing makes the column hold anything.

use crate::schema::ColumnType;

pub(super) fn column_type(declared: &str) -> ColumnType {
    let declared = declared.trim().to_ascii_uppercase();
    let word = declared.split('(').next().unwrap_or_default().trim();
    match word {
        "" | "ANY" => return ColumnType::Any,
        "DATE" => return ColumnType::Date,
        "TIME" => return ColumnType::Time,
        "JSON" | "JSONB" => return ColumnType::Json,
        "UUID" | "GUID" | "UNIQUEIDENTIFIER" => return ColumnType::Uuid,
        "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => return ColumnType::TimestampTz,
        _ => {}
    }
    let has = |part: &str| word.contains(part);
    if has("BOOL") {
        ColumnType::Boolean
    } else if has("DATETIME") || has("TIMESTAMP") {
        ColumnType::Timestamp
    } else if has("INT") {
        ColumnType::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        ColumnType::Text
    } else if has("BLOB") || has("BINARY") || has("BYTEA") || word == "IMAGE" {
        ColumnType::Binary
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        ColumnType::Float
    } else if has("DEC") || has("NUMERIC") || has("MONEY") || word == "NUMBER" {
        ColumnType::Decimal
    } else {
        ColumnType::Any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_are_read() {
        for (declared, expected) in [
            ("INTEGER", ColumnType::Integer),
            ("int unsigned", ColumnType::Integer),
            ("NVARCHAR(160)", ColumnType::Text),
            ("VARYING CHARACTER(255)", ColumnType::Text),
            ("NUMERIC(10,2)", ColumnType::Decimal),
            ("DECIMAL", ColumnType::Decimal),
            ("DOUBLE PRECISION", ColumnType::Float),
            ("DATETIME", ColumnType::Timestamp),
            ("TIMESTAMP", ColumnType::Timestamp),
            ("date", ColumnType::Date),
            ("BOOLEAN", ColumnType::Boolean),
            ("BLOB", ColumnType::Binary),
            ("BLOB SUB_TYPE TEXT", ColumnType::Text),
            ("JSON", ColumnType::Json),
            ("", ColumnType::Any),
            ("STRING", ColumnType::Any),
        ] {
            assert_eq!(column_type(declared), expected, "{declared}");
        }
    }
}
