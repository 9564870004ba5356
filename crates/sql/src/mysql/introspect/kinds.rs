//! What the values of a column are, by its declared type.

use crate::schema::ColumnType;

/// What the server tells of a column's type.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Declared<'a> {
    /// With everything: `int(10) unsigned`.
    pub(super) full: &'a str,
    /// Its name alone: `int`.
    pub(super) name: &'a str,
    /// Of texts in characters, of bytes in bytes.
    pub(super) length: Option<u64>,
    pub(super) character_set: &'a str,
    pub(super) collation: &'a str,
    pub(super) precision: Option<u64>,
    pub(super) scale: Option<u64>,
}

impl Declared<'_> {
    fn is_unsigned(&self) -> bool {
        self.full.split(' ').any(|word| word.eq_ignore_ascii_case("unsigned"))
    }

    fn is(&self, declared_type: &str) -> bool {
        let length = declared_type.len();
        let start = self.full.get(..length);
        start.is_some_and(|start| start.eq_ignore_ascii_case(declared_type))
    }
}

pub(super) fn kind(declared: &Declared<'_>) -> ColumnType {
    match declared.name {
        "tinyint" if declared.is("tinyint(1)") && !declared.is_unsigned() => ColumnType::Boolean,
        "bit" if declared.is("bit(1)") => ColumnType::Boolean,
        "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "year" => ColumnType::Integer,
        "float" | "double" | "real" => ColumnType::Float,
        "decimal" | "numeric" => ColumnType::Decimal,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "set" => ColumnType::Text,
        "enum" => ColumnType::Enum(labels(declared.full)),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "bit" => {
            ColumnType::Binary
        }
        "date" => ColumnType::Date,
        "time" => ColumnType::Time,
        "datetime" => ColumnType::Timestamp,
        "timestamp" => ColumnType::TimestampTz,
        "json" => ColumnType::Json,
        "uuid" => ColumnType::Uuid,
        // Networks, geometry, vectors.
        _ => ColumnType::Other,
    }
}

/// The greatest length of a text in characters, or of bytes. A text of type TEXT is held to a number of bytes, which it
/// has at least as many of as characters.
pub(super) fn length_max(declared: &Declared<'_>) -> Option<u64> {
    match declared.name {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "binary" | "varbinary" | "tinyblob"
        | "blob" | "mediumblob" => declared.length,
        "bit" if !declared.is("bit(1)") => declared.precision.map(|bits| bits.div_ceil(8)),
        _ => None,
    }
}

pub(super) fn range(declared: &Declared<'_>) -> Option<(i64, i64)> {
    let bits = match declared.name {
        "tinyint" if !declared.is("tinyint(1)") || declared.is_unsigned() => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" | "integer" => 32,
        "year" => return Some((1901, 2155)),
        _ => return None,
    };
    Some(if declared.is_unsigned() {
        (0, (1 << bits) - 1)
    } else {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    })
}

/// The most digits before and after the point.
pub(super) fn digits(declared: &Declared<'_>) -> Option<(u32, u32)> {
    if !matches!(declared.name, "decimal" | "numeric") {
        return None;
    }
    let (precision, scale) = (declared.precision?, declared.scale?);
    Some((u32::try_from(precision.saturating_sub(scale)).ok()?, u32::try_from(scale).ok()?))
}

/// The type of a list's values in `JSON_TABLE`, which never refuses a value but cuts it to fit: every type is wider than
/// the column's, so that what does not fit the column equals none of its values. Character set and collation are the
/// column's own, or its index could not be used.
pub(super) fn comparison_type(declared: &Declared<'_>) -> String {
    let text = |length: u64, character_set: &str, collation: &str| {
        format!("varchar({length}) character set {character_set} collate {collation}")
    };
    let length = declared.length.unwrap_or_default();
    match declared.name {
        "bigint" if declared.is_unsigned() => "decimal(20,0)".to_owned(),
        "bit" => "decimal(20,0)".to_owned(),
        "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "year" => "bigint".to_owned(),
        "float" => "float".to_owned(),
        "double" | "real" => "double".to_owned(),
        "decimal" | "numeric" => decimal(declared),
        "char" | "varchar" | "enum" | "set" => {
            text(length.saturating_add(1).min(TEXT_LENGTH_MAX), declared.character_set, declared.collation)
        }
        "tinytext" | "text" | "mediumtext" | "longtext" if declared.character_set.is_empty() => {
            "longtext".to_owned()
        }
        "tinytext" | "text" | "mediumtext" | "longtext" => {
            format!("longtext character set {} collate {}", declared.character_set, declared.collation)
        }
        // In hexadecimal, two characters a byte.
        "binary" | "varbinary" | "tinyblob" | "blob" if length < TEXT_LENGTH_MAX / 2 => {
            text(2 * length + 2, "ascii", "ascii_bin")
        }
        "blob" | "mediumblob" | "longblob" | "varbinary" => {
            "longtext character set ascii collate ascii_bin".to_owned()
        }
        "datetime" | "timestamp" => "datetime(6)".to_owned(),
        "date" => "date".to_owned(),
        "time" => "time(6)".to_owned(),
        "uuid" | "inet4" | "inet6" => text(64, "ascii", "ascii_general_ci"),
        _ => String::new(),
    }
}

/// The most characters of four bytes that a VARCHAR holds.
const TEXT_LENGTH_MAX: u64 = 16_383;

/// As many digits before the point as the column has, and as many behind it as the server allows.
fn decimal(declared: &Declared<'_>) -> String {
    let before = declared.precision.unwrap_or(65).saturating_sub(declared.scale.unwrap_or_default()) + 1;
    let behind = 65_u64.saturating_sub(before).min(30).max(declared.scale.unwrap_or_default());
    format!("decimal(65,{behind})")
}

/// The labels of `enum('a','it''s')`. The server doubles quotes and writes some characters with a backslash.
fn labels(declared_type: &str) -> Vec<String> {
    let mut labels = Vec::new();
    let mut characters = declared_type.chars().skip_while(|character| *character != '\'').peekable();
    while characters.next() == Some('\'') {
        let mut label = String::new();
        while let Some(character) = characters.next() {
            match character {
                '\'' if characters.next_if_eq(&'\'').is_some() => label.push('\''),
                '\'' => break,
                '\\' => label.extend(characters.next().map(unescaped)),
                other => label.push(other),
            }
        }
        labels.push(label);
        if characters.next() != Some(',') {
            break;
        }
    }
    labels
}

fn unescaped(character: char) -> char {
    match character {
        '0' => '\0',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(declared_type: &str) -> Declared<'_> {
        let end = declared_type.find(['(', ' ']).unwrap_or(declared_type.len());
        Declared { full: declared_type, name: &declared_type[..end], ..Declared::default() }
    }

    #[test]
    fn labels_are_read_as_they_were_declared() {
        assert_eq!(labels("enum('a','it''s',',','b\\\\c','')"), ["a", "it's", ",", "b\\c", ""]);
    }

    #[test]
    fn numbers_have_ranges() {
        let ranges = [
            ("tinyint(4)", Some((-128, 127))),
            ("tinyint(1) unsigned", Some((0, 255))),
            ("tinyint(1)", None),
            ("smallint unsigned", Some((0, 65_535))),
            ("mediumint(9)", Some((-8_388_608, 8_388_607))),
            ("int(10) unsigned", Some((0, 4_294_967_295))),
            ("bigint(20)", None),
        ];
        for (written, expected) in ranges {
            assert_eq!(range(&declared(written)), expected, "{written}");
        }
    }

    #[test]
    fn lists_have_types_wider_than_their_columns() {
        let number = Declared { precision: Some(12), scale: Some(3), ..declared("decimal(12,3)") };
        assert_eq!(comparison_type(&number), "decimal(65,30)");
        let number = Declared { precision: Some(65), scale: Some(0), ..declared("decimal(65,0)") };
        assert_eq!(comparison_type(&number), "decimal(65,0)");
        let bytes = Declared { length: Some(16), ..declared("binary(16)") };
        assert_eq!(comparison_type(&bytes), "varchar(34) character set ascii collate ascii_bin");
        assert_eq!(comparison_type(&declared("bigint(20) unsigned")), "decimal(20,0)");
        assert_eq!(comparison_type(&declared("point")), "");
    }
}
