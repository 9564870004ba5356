//! The values of attributes: what is kept in columns, as Drupal serves it.

use docent_sql::Cell;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::json;
use super::text::Texts;
use crate::gather::ShownFiles;
use crate::load::{Batch, Entity, Item};
use crate::php::Php;
use crate::site::{Field, FieldIndex, FieldKind, ResourceTypeIndex, Site};

/// Dates with a time: RFC 3339, the offset spelled out.
const WITH_TIME: &str = "%Y-%m-%dT%H:%M:%S%:z";
/// Digits of a FLOAT that MariaDB writes.
const FLOAT_DIGITS: usize = 6;

/// What values are written with.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) site: &'a Site,
    pub(super) texts: &'a Texts,
    /// The files that texts show.
    pub(super) files: &'a ShownFiles,
    /// Scheme and authority of the site.
    pub(super) origin: &'a str,
}

impl Values<'_> {
    /// Writes the value of an attribute.
    pub(super) fn attribute(self, out: &mut Vec<u8>, batch: &Batch, entity: &Entity, field: FieldIndex) {
        let definition = &self.site[entity.resource_type][field];
        match definition.kind {
            FieldKind::Path => path(out, entity),
            FieldKind::ModerationState => match &entity.moderation_state {
                Some(state) => json::text(out, state),
                None => json::null(out),
            },
            FieldKind::DisplayName => self.display_name(out, batch, entity),
            _ => {
                let mut items = batch.items(entity, field);
                let write = |out: &mut Vec<u8>, item| self.item(out, entity, field, definition, item);
                if !definition.single {
                    json::list(out, items, write);
                } else if let Some(item) = items.next() {
                    write(out, item);
                } else {
                    json::null(out);
                }
            }
        }
    }

    fn item(self, out: &mut Vec<u8>, entity: &Entity, index: FieldIndex, field: &Field, item: Item<'_>) {
        match field.kind {
            FieldKind::Boolean => match item.main() {
                Cell::Null => json::null(out),
                cell => json::boolean(out, truth(cell)),
            },
            FieldKind::Integer => number(out, item.main()),
            FieldKind::Decimal => decimal(out, item.main()),
            FieldKind::Float => float(out, item.main()),
            FieldKind::Timestamp => timestamp(out, item.main()),
            FieldKind::DateTime => self.date_time(out, item.main()),
            FieldKind::DateRange { time } => {
                json::object(out, ["value", "end_value"].into_iter(), |out, name| {
                    json::name(out, name);
                    let cell = item.property(name);
                    if time { self.date_time(out, cell) } else { scalar(out, cell) }
                });
            }
            FieldKind::FormattedText { summary } => self.formatted(out, item, summary),
            FieldKind::Link => link(out, item),
            FieldKind::Comment => comment(out, entity, index, item),
            FieldKind::FileUri => self.file(out, item),
            FieldKind::Map => structure(out, item.main()),
            _ => other(out, item),
        }
    }

    /// A text with its format, and what the format makes of it.
    fn formatted(self, out: &mut Vec<u8>, item: Item<'_>, summary: bool) {
        let value = item.property("value");
        let format = item.property("format");
        out.extend_from_slice(b"{\"value\":");
        scalar(out, value);
        out.extend_from_slice(b",\"format\":");
        scalar(out, format);
        out.extend_from_slice(b",\"processed\":");
        let format = text(format).filter(|format| !format.is_empty());
        let processed = text(value).map_or_else(
            || Some(String::new().into()),
            |value| self.texts.processed(self.site, value, format, self.origin, self.files),
        );
        match processed {
            Some(processed) => json::text(out, &processed),
            None => json::null(out),
        }
        if summary {
            out.extend_from_slice(b",\"summary\":");
            scalar(out, item.property("summary"));
        }
        out.push(b'}');
    }

    fn date_time(self, out: &mut Vec<u8>, cell: Cell<'_>) {
        let moment = text(cell).and_then(|text| text.parse::<DateTime>().ok());
        let zoned = moment.and_then(|moment| moment.to_zoned(TimeZone::UTC).ok());
        match zoned {
            Some(zoned) => {
                let local = zoned.with_time_zone(self.site.time_zone.clone());
                json::text(out, &local.strftime(WITH_TIME).to_string());
            }
            None => json::null(out),
        }
    }

    /// The address of a file: as Drupal knows it, and for browsers.
    fn file(self, out: &mut Vec<u8>, item: Item<'_>) {
        let uri = text(item.main()).unwrap_or_default();
        out.extend_from_slice(b"{\"value\":");
        json::text(out, uri);
        out.extend_from_slice(b",\"url\":");
        json::text(out, &self.site.file_url(uri));
        out.push(b'}');
    }

    fn display_name(self, out: &mut Vec<u8>, batch: &Batch, entity: &Entity) {
        json::text(out, &label(self.site, batch, entity));
    }
}

/// What people call an entity.
pub(super) fn label(site: &Site, batch: &Batch, entity: &Entity) -> String {
    let entity_type = &site[site[entity.resource_type].entity_type];
    if entity_type.id == "user" && entity.id == 0 {
        return site.anonymous_name().to_owned();
    }
    // Accounts have no key for it: their name is computed.
    let key = if entity_type.keys.label.is_empty() { "name" } else { &entity_type.keys.label };
    text(batch.first(entity, key)).unwrap_or_default().to_owned()
}

/// What the label of a type's resources is called.
pub(super) fn label_name(site: &Site, resource_type: ResourceTypeIndex) -> &str {
    let key = &site[site[resource_type].entity_type].keys.label;
    if key.is_empty() { "display_name" } else { key }
}

fn path(out: &mut Vec<u8>, entity: &Entity) {
    let Some(alias) = &entity.alias else {
        out.extend_from_slice(b"{\"alias\":null,\"pid\":null,\"langcode\":");
        json::text(out, &entity.langcode);
        out.push(b'}');
        return;
    };
    out.extend_from_slice(b"{\"alias\":");
    json::text(out, &alias.path);
    out.extend_from_slice(b",\"pid\":");
    json::integer(out, alias.id);
    out.extend_from_slice(b",\"langcode\":");
    json::text(out, &alias.langcode);
    out.push(b'}');
}

fn link(out: &mut Vec<u8>, item: Item<'_>) {
    out.extend_from_slice(b"{\"uri\":");
    scalar(out, item.property("uri"));
    out.extend_from_slice(b",\"title\":");
    scalar(out, item.property("title"));
    out.extend_from_slice(b",\"options\":");
    structure(out, item.property("options"));
    out.push(b'}');
}

fn comment(out: &mut Vec<u8>, entity: &Entity, field: FieldIndex, item: Item<'_>) {
    let known = entity.comments.iter().find(|(of, _)| *of == field).map(|(_, known)| known);
    let optional = |out: &mut Vec<u8>, name: &str, value: Option<i64>| {
        out.push(b',');
        json::name(out, name);
        match value {
            Some(value) => json::integer(out, value),
            None => json::null(out),
        }
    };
    out.extend_from_slice(b"{\"status\":");
    number(out, item.property("status"));
    optional(out, "cid", known.and_then(|known| known.last_comment));
    optional(out, "last_comment_timestamp", known.and_then(|known| known.last_timestamp));
    out.extend_from_slice(b",\"last_comment_name\":");
    match known.and_then(|known| known.last_name.as_deref()) {
        Some(name) => json::text(out, name),
        None => json::null(out),
    }
    optional(out, "last_comment_uid", known.and_then(|known| known.last_account));
    optional(out, "comment_count", known.and_then(|known| known.count));
    out.push(b'}');
}

/// A PHP-serialised structure. What cannot be read is written as if there were nothing.
pub(super) fn structure(out: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Text(bytes) | Cell::Blob(bytes) => match Php::read(bytes) {
            Ok(value) => json::php(out, &value),
            Err(_) => out.extend_from_slice(b"[]"),
        },
        _ => out.extend_from_slice(b"[]"),
    }
}

/// A type of field that is not known: its only column, or an object of all.
fn other(out: &mut Vec<u8>, item: Item<'_>) {
    let write = |out: &mut Vec<u8>, serialized: bool, cell| {
        if serialized { structure(out, cell) } else { scalar(out, cell) }
    };
    if item.columns().count() == 1 {
        for (column, cell) in item.columns() {
            write(out, column.serialized, cell);
        }
        return;
    }
    json::object(out, item.columns(), |out, (column, cell)| {
        json::name(out, &column.property);
        write(out, column.serialized, cell);
    });
}

fn timestamp(out: &mut Vec<u8>, cell: Cell<'_>) {
    let moment = whole(cell).and_then(|seconds| Timestamp::from_second(seconds).ok());
    match moment {
        Some(moment) => utc(out, TimeZone::UTC.to_datetime(moment)),
        None => json::null(out),
    }
}

/// A moment of universal time.
fn utc(out: &mut Vec<u8>, moment: DateTime) {
    let parts = [moment.month(), moment.day(), moment.hour(), moment.minute(), moment.second()];
    let ends = [b'-', b'T', b':', b':', b'+'];
    out.push(b'"');
    if moment.year() < 0 {
        out.push(b'-');
    }
    let year = moment.year().unsigned_abs();
    for part in [year / 100, year % 100] {
        two_digits(out, part);
    }
    out.push(b'-');
    for (part, end) in parts.into_iter().zip(ends) {
        two_digits(out, u16::from(part.unsigned_abs()));
        out.push(end);
    }
    out.extend_from_slice(b"00:00\"");
}

fn two_digits(out: &mut Vec<u8>, number: u16) {
    for digit in [number / 10 % 10, number % 10] {
        out.push(b'0' + u8::try_from(digit).unwrap_or_default());
    }
}

/// A value as it is kept.
pub(super) fn scalar(out: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Null => json::null(out),
        Cell::Integer(number) => json::integer(out, number),
        Cell::Real(number) => json::float(out, number),
        Cell::Text(bytes) | Cell::Blob(bytes) => json::bytes(out, bytes),
    }
}

/// A number, also where it is kept as a text.
pub(super) fn number(out: &mut Vec<u8>, cell: Cell<'_>) {
    match whole(cell) {
        Some(number) => json::integer(out, number),
        None => scalar(out, cell),
    }
}

/// A decimal: a text with as many digits as the database writes.
fn decimal(out: &mut Vec<u8>, cell: Cell<'_>) {
    let mut digits = Vec::new();
    match cell {
        Cell::Integer(number) => json::integer(&mut digits, number),
        Cell::Real(number) => json::float(&mut digits, number),
        _ => return scalar(out, cell),
    }
    json::bytes(out, &digits);
}

/// A float. Those of four bytes are written with as many digits as they have.
fn float(out: &mut Vec<u8>, cell: Cell<'_>) {
    let number = match cell {
        Cell::Real(number) => Some(number),
        Cell::Text(_) => text(cell).and_then(|text| text.parse().ok()),
        _ => None,
    };
    match number {
        #[allow(clippy::cast_possible_truncation, reason = "to see whether it has four bytes")]
        Some(number) if f64::from(number as f32).to_bits() == number.to_bits() => {
            let rounded = format!("{number:.*e}", FLOAT_DIGITS - 1);
            json::float(out, rounded.parse().unwrap_or(number));
        }
        Some(number) => json::float(out, number),
        None => scalar(out, cell),
    }
}

/// The text in a cell, if it is UTF-8.
pub(crate) fn text(cell: Cell<'_>) -> Option<&str> {
    match cell {
        Cell::Text(bytes) | Cell::Blob(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

/// The whole number in a cell.
pub(super) fn whole(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Integer(number) => Some(number),
        Cell::Text(_) => text(cell)?.parse().ok(),
        _ => None,
    }
}

/// Whether PHP takes a value for true.
pub(super) fn truth(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Null => false,
        Cell::Integer(number) => number != 0,
        Cell::Real(number) => number != 0.0,
        Cell::Text(bytes) | Cell::Blob(bytes) => !bytes.is_empty() && bytes != b"0",
    }
}
