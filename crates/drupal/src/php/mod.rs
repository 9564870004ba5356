//! PHP's serialisation format, read.
//!
//! Values come from the database, which others write to: nothing in them is trusted, no class is ever brought to life,
//! and reading takes no more time and memory than the length of a value warrants.

use std::borrow::Cow;

mod reader;

pub use self::reader::{Limits, Problem};

/// A value that PHP has serialised.
#[derive(Debug, Clone, PartialEq)]
pub enum Php {
    /// `N;`
    Null,
    /// `b:1;`
    Bool(bool),
    /// `i:1;`
    Integer(i64),
    /// `d:1.5;`
    Float(f64),
    /// `s:1:"a";`: bytes, nearly always UTF-8.
    Text(Vec<u8>),
    /// `a:1:{…}`: keys and values in order.
    Array(Vec<(Key, Php)>),
    /// `O:…`: an object, its members by name without the marks of their visibility. A case of an enumeration has a
    /// member `name`; an object that serialises itself has a member `serialized`.
    Object {
        /// Its class.
        class: String,
        /// Its members in order.
        members: Vec<(String, Php)>,
    },
}

/// A key of a PHP array.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(Vec<u8>),
}

impl Key {
    /// The key as a text, as PHP makes one of it.
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Key::Integer(number) => Cow::Owned(number.to_string()),
            Key::Text(text) => String::from_utf8_lossy(text),
        }
    }
}

impl Php {
    /// Reads a value that is serialised in these bytes and nothing else.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        Self::read_within(bytes, Limits::default())
    }

    /// Reads a value that keeps to limits other than the usual ones.
    pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Self, Problem> {
        reader::read(bytes, limits)
    }

    /// The member of an array or object of that name.
    pub fn get(&self, name: &str) -> Option<&Php> {
        match self {
            Php::Array(items) => {
                let is_meant = |key: &Key| matches!(key, Key::Text(text) if text == name.as_bytes());
                items.iter().find(|(key, _)| is_meant(key)).map(|(_, value)| value)
            }
            Php::Object { members, .. } => {
                members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The value that a path of names leads to, with dots between them: `cache.page.max_age`.
    pub fn at(&self, path: &str) -> Option<&Php> {
        path.split('.').try_fold(self, |value, name| value.get(name))
    }

    /// The members of an array or object, by name; none of anything else.
    pub fn entries(&self) -> impl Iterator<Item = (Cow<'_, str>, &Php)> {
        let items = if let Php::Array(items) = self { items.as_slice() } else { &[] };
        let members = if let Php::Object { members, .. } = self { members.as_slice() } else { &[] };
        let items = items.iter().map(|(key, value)| (key.to_text(), value));
        items.chain(members.iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), value)))
    }

    /// The values of the members of an array or object.
    pub fn values(&self) -> impl Iterator<Item = &Php> {
        self.entries().map(|(_, value)| value)
    }

    /// The texts among the values of an array or object.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.values().filter_map(Php::as_str)
    }

    /// The text it is, if it is one and is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Php::Text(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The text at a path, as [`Php::at`] finds it.
    pub fn str_at(&self, path: &str) -> Option<&str> {
        self.at(path).and_then(Php::as_str)
    }

    /// The whole number it is, also one that is written as a text.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Php::Integer(number) => Some(*number),
            Php::Bool(value) => Some(i64::from(*value)),
            Php::Text(_) => self.as_str()?.trim().parse().ok(),
            _ => None,
        }
    }

    /// Whether PHP takes it for true.
    pub fn as_bool(&self) -> bool {
        match self {
            Php::Null => false,
            Php::Bool(value) => *value,
            Php::Integer(number) => *number != 0,
            Php::Float(number) => *number != 0.0,
            Php::Text(text) => !matches!(text.as_slice(), b"" | b"0"),
            Php::Array(items) => !items.is_empty(),
            Php::Object { .. } => true,
        }
    }

    /// Takes the value at a path out of arrays, as [`Php::at`] finds it.
    pub fn remove(&mut self, path: &str) {
        let Php::Array(items) = self else { return };
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let is_meant = |key: &Key| matches!(key, Key::Text(text) if text == name.as_bytes());
        match rest {
            None => items.retain(|(key, _)| !is_meant(key)),
            Some(rest) => {
                items.iter_mut().filter(|(key, _)| is_meant(key)).for_each(|(_, value)| value.remove(rest));
            }
        }
    }

    /// Whether PHP takes the value at a path for true; what is not there is not.
    pub fn is_set(&self, path: &str) -> bool {
        self.at(path).is_some_and(Php::as_bool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Php {
        Php::Text(value.as_bytes().to_vec())
    }

    #[test]
    fn members_are_found_by_their_path() {
        let value = Php::read(br#"a:2:{s:4:"page";a:1:{s:3:"max";s:2:"15";}i:7;b:1;}"#).expect("read");
        assert_eq!(value.at("page.max").and_then(Php::as_i64), Some(15));
        assert_eq!(value.str_at("page.max"), Some("15"));
        assert_eq!(value.at("page.min"), None);
        assert_eq!(value.at("page.max.more"), None);
        let names: Vec<_> = value.entries().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["page", "7"]);
        assert_eq!(value.values().count(), 2);
        assert_eq!(text("x").entries().count(), 0);
    }

    #[test]
    fn members_are_taken_out_by_their_path() {
        let mut value =
            Php::read(br#"a:2:{s:1:"a";a:2:{s:1:"b";i:1;s:1:"c";i:2;}s:1:"b";i:3;}"#).expect("read");
        for path in ["a.b", "a.b.c", "x.b", "b.b", "7"] {
            value.remove(path);
        }
        assert_eq!(value, Php::read(br#"a:2:{s:1:"a";a:1:{s:1:"c";i:2;}s:1:"b";i:3;}"#).expect("read"));
        value.remove("a");
        assert_eq!(value, Php::read(br#"a:1:{s:1:"b";i:3;}"#).expect("read"));
    }

    #[test]
    fn truth_is_what_php_takes_for_it() {
        let falsy = [
            Php::Null,
            Php::Bool(false),
            Php::Integer(0),
            Php::Float(-0.0),
            text(""),
            text("0"),
            Php::Array(Vec::new()),
        ];
        assert!(falsy.iter().all(|value| !value.as_bool()));
        let object = Php::Object { class: "A".to_owned(), members: Vec::new() };
        let truthy = [text("0.0"), text(" "), Php::Integer(-1), Php::Float(f64::NAN), object];
        assert!(truthy.iter().all(Php::as_bool));
    }

    #[test]
    fn numbers_may_be_texts() {
        assert_eq!(text("-12").as_i64(), Some(-12));
        assert_eq!(Php::Bool(true).as_i64(), Some(1));
        for other in [text("x"), text(""), Php::Null, Php::Float(1.0)] {
            assert_eq!(other.as_i64(), None, "{other:?}");
        }
    }
}
