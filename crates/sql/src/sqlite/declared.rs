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

/// What SQLite makes of the values of a column, as far as it matters for comparing them with constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affinity {
    /// Numbers become texts.
    Text,
    /// Texts that look like numbers become numbers.
    Numeric,
    /// Values stay as they are.
    None,
}

pub(super) fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_ascii_uppercase();
    let has = |part: &str| declared.contains(part);
    if has("INT") {
        Affinity::Numeric
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || declared.is_empty() {
        Affinity::None
    } else {
        Affinity::Numeric
    }
}

/// The length that a type of texts or bytes declares: `VARCHAR(20)`, not `DECIMAL(10,2)`.
pub(super) fn length_max(declared: &str) -> Option<u64> {
    let (word, rest) = declared.split_once('(')?;
    let word = word.to_ascii_uppercase();
    let has_length = ["CHAR", "BINARY", "TEXT"].iter().any(|part| word.contains(part));
    rest.split_once(')').filter(|_| has_length)?.0.trim().parse().ok()
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

    #[test]
    fn declared_lengths_are_read() {
        for (declared, expected) in [
            ("VARCHAR(160)", Some(160)),
            ("character varying ( 20 )", Some(20)),
            ("varbinary(16)", Some(16)),
            ("NATIVE CHARACTER(70) x", Some(70)),
            ("DECIMAL(10)", None),
            ("VARCHAR(1,2)", None),
            ("VARCHAR(max)", None),
            ("VARCHAR", None),
            ("VARCHAR(5", None),
        ] {
            assert_eq!(length_max(declared), expected, "{declared}");
        }
    }
}
