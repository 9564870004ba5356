//! PHP's serialisation format, read.

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
    /// `O:…`: an object, its members by name without the marks of their visibility.
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

impl Php {
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

    /// The text it is, if it is one and is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Php::Text(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}
