//! Percent-encoding in connection URLs, and bytes as hexadecimal digits.

use std::fmt;

use serde::{Serialize, Serializer};

/// The value of a URL's parameter without percent-encoding.
pub(crate) fn percent_decoded(value: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = rest.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.ok_or("a `%` in the URL does not stand before two hexadecimal digits")?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| "a parameter of the URL is not UTF-8".to_owned())
}

/// Bytes, two digits each.
pub(crate) struct Hexadecimal<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hexadecimal<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_stand_for_bytes() {
        assert_eq!(percent_decoded("%2Fa%20b%c3%A4c").as_deref(), Ok("/a bäc"));
        for wrong in ["%", "%2", "%zz", "%+1", "%ff"] {
            assert!(percent_decoded(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Hexadecimal(&[0, 0xAB]).to_string(), "00ab");
    }
}
