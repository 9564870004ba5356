//! Values with units: `"10s"`, `"64 MiB"`. A number alone counts seconds or bytes.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A span of time, longer than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeSpan(pub(super) Duration);

/// A number of bytes, more than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteSize(pub(super) usize);

impl FromStr for TimeSpan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no span of time; write one such as \"10s\", \"500ms\" or \"2m\"");
        let (number, unit) = split(text);
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let seconds_per_unit = match unit {
            "" | "s" => 1.0,
            "ms" => 0.001,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(wrong()),
        };
        let span = Duration::try_from_secs_f64(number * seconds_per_unit).map_err(|_| wrong())?;
        // Nothing waits for longer than a year.
        let is_sensible = span >= Duration::from_millis(1) && span < Duration::from_hours(24 * 365);
        if is_sensible { Ok(Self(span)) } else { Err(wrong()) }
    }
}

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("`{text}` is no number of bytes; write one such as 4096, \"64 KiB\" or \"1 MiB\"");
        let (number, unit) = split(text);
        let number: usize = number.parse().map_err(|_| wrong())?;
        let factor = match unit {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "kB" | "KB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            _ => return Err(wrong()),
        };
        match number.checked_mul(factor) {
            Some(bytes) if bytes > 0 => Ok(Self(bytes)),
            _ => Err(wrong()),
        }
    }
}

/// The number and the unit after it.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

/// Reads a text with a unit, or a number alone.
struct Measured<T>(std::marker::PhantomData<T>);

impl<T: FromStr<Err = String>> Visitor<'_> for Measured<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a text of a number and a unit")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        number.to_string().parse().map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for TimeSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Measured(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Measured(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        let millis = |text: &str| text.parse::<TimeSpan>().map(|span| span.0.as_millis()).ok();
        for (text, expected) in
            [("10s", 10_000), ("10", 10_000), ("1.5 s", 1_500), ("500ms", 500), ("2m", 120_000)]
        {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        for text in ["", "s", "-1s", "0", "0s", "1 day", "1e9", "99999999999", "1s2"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_of_bytes() {
        let bytes = |text: &str| text.parse::<ByteSize>().map(|size| size.0).ok();
        for (text, expected) in [("4096", 4096), ("64 KiB", 65_536), ("1MiB", 1 << 20), ("5 MB", 5_000_000)] {
            assert_eq!(bytes(text), Some(expected), "{text}");
        }
        for text in ["", "0", "-1", "1.5 MiB", "1 XB", "99999999999 GiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
