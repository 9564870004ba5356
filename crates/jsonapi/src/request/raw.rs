//! Values that are handed on as the text they were sent in, and what that text must not hold.
//!
//! JSON's grammar allows three things that whoever takes such a value apart could not cope with: nesting without end,
//! escapes that are half of a surrogate pair, and two members with one name (DOC-01).

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use memchr::{memchr, memchr_iter};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Levels of arrays and objects in one value at most. Every database served can store that many: the least among them,
/// MySQL, stores 100.
pub const MAX_DEPTH: usize = 100;

/// What makes a JSON value unusable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    TooDeep,
    HalfOfPair,
    /// A name that stands twice in one object.
    Duplicate(String),
}

/// Looks for a flaw in the text of one well-formed JSON value.
pub(super) fn check(json: &str) -> Result<(), Flaw> {
    let mut rest = json.as_bytes();
    let is_u = |backslash: usize| rest.get(backslash + 1) == Some(&b'u');
    let may_be_flawed = match rest {
        [b'[' | b'{', ..] => true,
        [b'"', ..] => memchr_iter(b'\\', rest).any(is_u),
        _ => false,
    };
    if !may_be_flawed {
        return Ok(());
    }
    let mut depth = 0_usize;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'[' | b'{' if depth == MAX_DEPTH => return Err(Flaw::TooDeep),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => rest = behind_string(tail)?,
            _ => {}
        }
    }
    if json.contains('{') {
        return match serde_json::from_str::<Unique>(json) {
            Err(error) if error.is_data() => {
                let text = error.to_string();
                let end = text.rfind(" at line").unwrap_or(text.len());
                Err(Flaw::Duplicate(text[..end].to_owned()))
            }
            // It is well-formed; what else is found is a number beyond those of this parser.
            _ => Ok(()),
        };
    }
    Ok(())
}

/// Any value whose objects have no name twice. It fails with the name.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut names: HashSet<Cow<'de, str>> = HashSet::new();
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if names.contains(&name) {
                return Err(serde::de::Error::custom(name));
            }
            names.insert(name);
            members.next_value::<Self>()?;
        }
        Ok(self)
    }
}

/// The string that the text of a well-formed JSON value is; none for other values.
///
/// ```
/// use docent_jsonapi::request::string;
///
/// assert_eq!(string(r#""caf\u00e9""#).as_deref(), Some("café"));
/// assert_eq!(string("5"), None);
/// ```
pub fn string(json: &str) -> Option<Cow<'_, str>> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    let Some(first) = memchr(b'\\', text.as_bytes()) else { return Some(Cow::Borrowed(text)) };
    let mut unescaped = String::with_capacity(text.len());
    let (mut rest, mut at) = (text, Some(first));
    while let Some(escape) = at {
        let (before, escape) = rest.split_at_checked(escape)?;
        unescaped.push_str(before);
        unescaped.push(match escape.as_bytes().get(1)? {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
            // Few texts have characters as numbers.
            _ => return serde_json::from_str(json).ok().map(Cow::Owned),
        });
        rest = escape.get(2..)?;
        at = memchr(b'\\', rest.as_bytes());
    }
    unescaped.push_str(rest);
    Some(Cow::Owned(unescaped))
}

/// What follows the string whose opening quote was read.
fn behind_string(mut rest: &[u8]) -> Result<&[u8], Flaw> {
    let mut after_high = false;
    loop {
        rest = match rest {
            [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', _, _, tail @ ..]
                if !after_high =>
            {
                after_high = true;
                tail
            }
            [b'\\', b'u', b'd' | b'D', b'c'..=b'f' | b'C'..=b'F', _, _, tail @ ..] if after_high => {
                after_high = false;
                tail
            }
            [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..] => {
                return Err(Flaw::HalfOfPair);
            }
            _ if after_high => return Err(Flaw::HalfOfPair),
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', _, tail @ ..] | [_, tail @ ..] => tail,
            [] => return Ok(rest),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_what_they_are_to_any_reader() {
        for json in [
            r#""""#,
            r#""plain, café""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""é\n\"""#,
            r#""\\""#,
            r#""a\n\u00e9\ud83d\ude00\u0000b""#,
        ] {
            assert_eq!(string(json).unwrap(), serde_json::from_str::<String>(json).unwrap(), "for {json}");
        }
        for none in ["5", "null", "[\"a\"]", "{}", r#""\ud83d""#] {
            assert_eq!(string(none), None, "for {none}");
        }
    }

    #[test]
    fn half_of_a_pair_is_found_wherever_it_hides() {
        let check = |json: &str, expected| assert_eq!(check(json), expected, "for {json}");
        for good in [
            r#""\ud83d\ude00""#,
            r#""\uD83D\uDE00\n""#,
            r#""\\ud83d""#,
            r#""\u0000\ud7ff\ue000""#,
            r#"{"a":["\ud83d\ude00\ud83d\ude00"],"b":"\"\\"}"#,
            "-1.5e400",
        ] {
            check(good, Ok(()));
        }
        for bad in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\ud83d\n\ude00""#,
            r#""\ud83dx""#,
            r#""\\\uD83D""#,
            r#"["",{"a":1,"\uDE00":2}]"#,
        ] {
            check(bad, Err(Flaw::HalfOfPair));
        }
    }

    #[test]
    fn doc_01_names_that_stand_twice_are_found() {
        let check = |json: &str, expected: Option<&str>| {
            let expected = expected.map_or(Ok(()), |name| Err(Flaw::Duplicate(name.to_owned())));
            assert_eq!(check(json), expected, "for {json}");
        };
        check(r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}"#, None);
        check(r#"{"a":1,"a":2}"#, Some("a"));
        check(r#"[{"x":{"a at line 1":1,"\u0061 at line 1":[]}}]"#, Some("a at line 1"));
        check(r#"[1,{"n":-1e400,"m":123456789012345678901234567890}]"#, None);
        check(r#""{\"a\":1,\"a\":2}""#, None);
    }

    #[test]
    fn depth_counts_levels_not_values() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(MAX_DEPTH)), Ok(()));
        assert_eq!(check(&nested(MAX_DEPTH + 1)), Err(Flaw::TooDeep));
        let side_by_side = format!("[{}[]]", "[],".repeat(1_000));
        assert_eq!(check(&side_by_side), Ok(()));
        let in_a_string = format!("[{:?}]", "[".repeat(1_000));
        assert_eq!(check(&in_a_string), Ok(()));
    }
}
