//! Rows in PostgreSQL's binary form.

use std::error::Error as StdError;

use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Error, Row};

use crate::floor::fields::Fields;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// Days from 0000-03-01 to 2000-01-01, from which PostgreSQL counts.
const DAYS_TO_EPOCH: i64 = 730_425;
const DAYS_PER_ERA: i64 = 146_097;

/// The bytes of a value as they came. That text is UTF-8 is known.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A timestamp without zone.
struct Micros(i64);

impl FromSql<'_> for Micros {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(i64::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::TIMESTAMP
    }
}

impl Fields for Row {
    type Error = Error;

    fn integer(&self, column: usize) -> Result<i64, Error> {
        self.try_get(column)
    }

    fn optional_integer(&self, column: usize) -> Result<Option<i64>, Error> {
        self.try_get(column)
    }

    fn boolean(&self, column: usize) -> Result<bool, Error> {
        self.try_get(column)
    }

    fn text(&self, column: usize) -> Result<&[u8], Error> {
        self.try_get::<_, Raw>(column).map(|raw| raw.0)
    }

    fn write_timestamp(&self, column: usize, out: &mut Vec<u8>) -> Result<(), Error> {
        let Micros(micros) = self.try_get(column)?;
        write_timestamp(micros, out);
        Ok(())
    }
}

/// The rows have whole seconds, and years of four digits.
fn write_timestamp(micros: i64, out: &mut Vec<u8>) {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let (days, second) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
    let (year, month, day) = date(days);
    let mut text = *b"\"0000-00-00T00:00:00\"";
    for (at, value) in [
        (1, year / 100),
        (3, year % 100),
        (6, month),
        (9, day),
        (12, second / 3600),
        (15, second / 60 % 60),
        (18, second % 60),
    ] {
        let value = u8::try_from(value).unwrap_or_default();
        (text[at], text[at + 1]) = (b'0' + value / 10 % 10, b'0' + value % 10);
    }
    out.extend_from_slice(&text);
}

/// Year, month and day, from days since 2000-01-01. Years begin in March here, so that the odd day is the last one.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_EPOCH;
    let (era, day) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / (DAYS_PER_ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::{MICROS_PER_SECOND, write_timestamp};

    #[test]
    fn timestamps() {
        for (seconds, expected) in [
            (0, "\"2000-01-01T00:00:00\""),
            (-1, "\"1999-12-31T23:59:59\""),
            (60 * 86_400 + 3_661, "\"2000-03-01T01:01:01\""),
            (791_596_800, "\"2025-01-31T00:00:00\""),
        ] {
            let mut out = Vec::new();
            write_timestamp(seconds * MICROS_PER_SECOND, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
