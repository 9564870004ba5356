//! The types of a database, and what they say about the values of a column.
//!
//! It resolves domains to their base types and arrays to their elements. How values travel is left to the reader of
//! rows, checks of domains to introspection.

use std::collections::HashMap;

use tokio_postgres::{Client, Error};

use crate::schema::ColumnType;

const QUERY: &str = "
    SELECT t.oid, n.nspname::text, t.typname::text, t.typtype::text, t.typbasetype, t.typtypmod, e.oid,
        t.typnotnull, t.typdefault IS NOT NULL,
        CASE WHEN t.typtype = 'e' THEN ARRAY(
            SELECT l.enumlabel::text FROM pg_enum AS l WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder
        ) ELSE '{}' END
    FROM pg_type AS t
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_type AS e ON e.typarray = t.oid
    WHERE t.typtype <> 'p'";

/// All types of a database by their number.
#[derive(Debug, Default)]
pub(super) struct Types {
    types: HashMap<u32, Type>,
}

#[derive(Debug)]
struct Type {
    schema: String,
    name: String,
    kind: Kind,
    /// Whether it is a domain that refuses NULL.
    not_null: bool,
    /// Whether it is a domain with a default.
    has_default: bool,
}

#[derive(Debug)]
enum Kind {
    Enum(Vec<String>),
    Array(u32),
    /// Over another type, with this modifier.
    Domain(u32, i32),
    /// Built in, of an extension, a range, a row.
    Other,
}

/// What a type says about a column.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) column_type: ColumnType,
    pub(super) comparison_type: String,
    pub(super) length_max: Option<u64>,
    pub(super) range: Option<(i64, i64)>,
    pub(super) digits: Option<(u32, u32)>,
    /// What its values are compared by, if the type itself compares them otherwise than by their bytes.
    pub(super) collation: Option<String>,
    /// Whether a domain refuses NULL.
    pub(super) not_null: bool,
    /// Whether a domain has a default.
    pub(super) has_default: bool,
    /// The domains, from the column's own to the one over the base type.
    pub(super) domains: Vec<u32>,
}

impl Types {
    pub(super) async fn read(client: &Client) -> Result<Self, Error> {
        let rows = client.query_typed(QUERY, &[]).await?;
        let mut types = HashMap::with_capacity(rows.len());
        for row in rows {
            let kind: &str = row.try_get(3)?;
            let element: Option<u32> = row.try_get(6)?;
            let kind = match (kind, element) {
                ("e", _) => Kind::Enum(row.try_get(9)?),
                ("d", _) => Kind::Domain(row.try_get(4)?, row.try_get(5)?),
                (_, Some(element)) => Kind::Array(element),
                _ => Kind::Other,
            };
            let (schema, name) = (row.try_get(1)?, row.try_get(2)?);
            let (not_null, has_default) = (row.try_get(7)?, row.try_get(8)?);
            types.insert(row.try_get(0)?, Type { schema, name, kind, not_null, has_default });
        }
        Ok(Self { types })
    }

    /// What a type with a modifier (−1: none) says.
    pub(super) fn said(&self, mut number: u32, mut modifier: i32) -> Said {
        let mut said = Said { column_type: ColumnType::Other, ..Said::default() };
        while let Some(Type { kind: Kind::Domain(base, of_base), not_null, has_default, .. }) =
            self.types.get(&number)
        {
            said.domains.push(number);
            said.not_null |= not_null;
            said.has_default |= has_default;
            (number, modifier) = (*base, *of_base);
        }
        let Some(base) = self.types.get(&number) else { return said };
        said.comparison_type = base.quoted();
        match &base.kind {
            Kind::Enum(labels) => said.column_type = ColumnType::Enum(labels.clone()),
            Kind::Array(element) => {
                said.column_type = ColumnType::Array(Box::new(self.said(*element, -1).column_type));
                let element =
                    self.types.get(element).map(|element| element.built_in().unwrap_or(element.quoted()));
                said.comparison_type = format!("{}[]", element.unwrap_or_default());
            }
            Kind::Other | Kind::Domain(..) => base.say(modifier, &mut said),
        }
        said
    }
}

impl Type {
    /// Its name as a built-in type, which needs no schema.
    fn built_in(&self) -> Option<String> {
        let bare = self.schema == "pg_catalog" && self.name != "char";
        bare.then(|| self.name.clone())
    }

    fn quoted(&self) -> String {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    /// What a type that is neither an enum nor an array nor a domain says.
    fn say(&self, modifier: i32, said: &mut Said) {
        // The modifier of a type with a length counts the header of stored values, too.
        let length = u64::try_from(modifier.saturating_sub(4)).ok();
        let Some(name) = self.built_in() else {
            if self.name == "citext" {
                said.column_type = ColumnType::Text;
                said.collation = Some(self.name.clone());
            } else if self.schema == "pg_catalog" {
                (said.column_type, said.length_max) = (ColumnType::Text, Some(1));
            }
            return;
        };
        let (column_type, comparison_type) = match name.as_str() {
            "bool" => (ColumnType::Boolean, "bool"),
            // Comparing a number of 32 bits with one of 64 uses its index, and any number of theirs fits.
            "int2" | "int4" | "int8" | "oid" => (ColumnType::Integer, "int8"),
            "float4" => (ColumnType::Float, "float4"),
            "float8" => (ColumnType::Float, "float8"),
            "numeric" => (ColumnType::Decimal, "numeric"),
            "text" | "varchar" | "name" => (ColumnType::Text, "text"),
            "bpchar" => (ColumnType::Text, "bpchar"),
            "date" => (ColumnType::Date, "date"),
            "time" => (ColumnType::Time, "time"),
            "timetz" => (ColumnType::Time, "timetz"),
            "timestamp" => (ColumnType::Timestamp, "timestamp"),
            "timestamptz" => (ColumnType::TimestampTz, "timestamptz"),
            "interval" => (ColumnType::Interval, "interval"),
            "uuid" => (ColumnType::Uuid, "uuid"),
            "json" => (ColumnType::Json, "json"),
            "jsonb" => (ColumnType::Json, "jsonb"),
            "bytea" => (ColumnType::Binary, "bytea"),
            _ => return,
        };
        said.column_type = column_type;
        comparison_type.clone_into(&mut said.comparison_type);
        said.range = match name.as_str() {
            "int2" => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
            "int4" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
            "oid" => Some((0, i64::from(u32::MAX))),
            _ => None,
        };
        match name.as_str() {
            "varchar" | "bpchar" => said.length_max = length,
            "numeric" => said.digits = digits(modifier),
            _ => {}
        }
        // Values of one length are padded to it and then equal by their bytes, others are equal without the spaces.
        // Blanks at the end of it do not count.
        said.collation = (name == "bpchar").then_some(name);
    }
}

/// The digits before and after the point that a modifier of `numeric` leaves room for. The scale may be negative, or
/// greater than the precision.
fn digits(modifier: i32) -> Option<(u32, u32)> {
    let packed = modifier.checked_sub(4).filter(|packed| *packed >= 0)?;
    let (precision, scale) = (packed >> 16, ((packed & 0x7ff) ^ 0x400) - 0x400);
    let count = |digits: i32| u32::try_from(digits).unwrap_or(0);
    Some((count(precision - scale), count(scale)))
}
