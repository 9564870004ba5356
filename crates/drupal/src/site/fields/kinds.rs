//! Field types: how the items of each are served.

use super::super::model::FieldKind;
use crate::php::Php;

/// How items of a type are served. `columns` are the declarations of the columns that one takes.
pub(super) fn kind(type_name: &str, settings: Option<&Php>, columns: &[Option<&str>]) -> FieldKind {
    let setting = |name: &str| settings.and_then(|settings| settings.get(name)).and_then(Php::as_str);
    match type_name {
        "string" | "string_long" | "email" | "telephone" | "list_string" | "uuid" | "language" | "uri" => {
            FieldKind::Text
        }
        "boolean" => FieldKind::Boolean,
        "integer" | "list_integer" => FieldKind::Integer,
        "decimal" => FieldKind::Decimal,
        "float" | "list_float" => FieldKind::Float,
        "timestamp" | "created" | "changed" => FieldKind::Timestamp,
        "datetime" if setting("datetime_type") == Some("date") => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        // Whole days have a time as well: that at which they begin in the site's time zone.
        "daterange" => FieldKind::DateRange { time: setting("datetime_type") != Some("date") },
        "text" | "text_long" => FieldKind::FormattedText { summary: false },
        "text_with_summary" => FieldKind::FormattedText { summary: true },
        "link" => FieldKind::Link,
        "entity_reference" => FieldKind::Reference,
        "image" => FieldKind::Image,
        "file" => FieldKind::File,
        "comment" => FieldKind::Comment,
        "file_uri" => FieldKind::FileUri,
        "path" => FieldKind::Path,
        "password" => FieldKind::Password,
        "map" => FieldKind::Map,
        // Types of other modules: most that refer to something are made of Drupal's own.
        _ if setting("target_type").is_some() => FieldKind::Reference,
        _ => match columns {
            [Some(declared)] if is_text(declared) => FieldKind::Text,
            _ => FieldKind::Other,
        },
    }
}

fn is_text(declared: &str) -> bool {
    matches!(declared, "varchar" | "varchar_ascii" | "char" | "text")
}

/// The only property of a type whose column is named like the field.
pub(super) fn main_property(type_name: &str) -> &'static str {
    match type_name {
        "entity_reference" | "file" | "image" => "target_id",
        "link" => "uri",
        "comment" => "status",
        _ => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::php::Key;

    fn settings(name: &str, value: &str) -> Php {
        let text = |text: &str| text.as_bytes().to_vec();
        Php::Array(vec![(Key::Text(text(name)), Php::Text(text(value)))])
    }

    #[test]
    fn dates_depend_on_their_settings() {
        let (date, time) = (settings("datetime_type", "date"), settings("datetime_type", "datetime"));
        let all_day = settings("datetime_type", "allday");
        assert_eq!(kind("datetime", Some(&date), &[]), FieldKind::Date);
        assert_eq!(kind("datetime", Some(&time), &[]), FieldKind::DateTime);
        assert_eq!(kind("datetime", None, &[]), FieldKind::DateTime);
        assert_eq!(kind("daterange", Some(&date), &[]), FieldKind::DateRange { time: false });
        assert_eq!(kind("daterange", Some(&all_day), &[]), FieldKind::DateRange { time: true });
    }

    #[test]
    fn unknown_types_are_served_by_their_columns() {
        assert_eq!(kind("colour", None, &[Some("varchar")]), FieldKind::Text);
        assert_eq!(kind("rating", None, &[Some("int")]), FieldKind::Other);
        assert_eq!(kind("address", None, &[Some("varchar"), Some("varchar")]), FieldKind::Other);
        let target = settings("target_type", "paragraph");
        assert_eq!(kind("entity_reference_revisions", Some(&target), &[]), FieldKind::Reference);
    }
}
