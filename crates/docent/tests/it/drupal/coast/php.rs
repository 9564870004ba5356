//! Writes values as PHP serialises them.

use std::fmt::Write as _;

/// A value of PHP.
#[derive(Debug, Clone)]
pub(super) enum Php {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Array(Vec<(Php, Php)>),
    /// An object of that class with its protected members.
    Object(&'static str, Vec<(&'static str, Php)>),
    /// The object so many levels around this place.
    Around(usize),
}

/// An array with names.
pub(super) fn map<const N: usize>(items: [(&str, Php); N]) -> Php {
    Php::Array(items.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// An array with names made elsewhere.
pub(super) fn map_of(items: impl IntoIterator<Item = (String, Php)>) -> Php {
    Php::Array(items.into_iter().map(|(name, value)| (Php::Text(name), value)).collect())
}

/// An array that is a list.
pub(super) fn list<T: Into<Php>>(items: impl IntoIterator<Item = T>) -> Php {
    Php::Array((0..).map(Php::Int).zip(items.into_iter().map(Into::into)).collect())
}

impl From<&str> for Php {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Php {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Php {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Php {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Option<&str>> for Php {
    fn from(value: Option<&str>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl Php {
    /// The value in PHP's form.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.value(self);
        writer.out.into_bytes()
    }
}

/// Counts values as PHP does, so that it can refer to them.
#[derive(Default)]
struct Writer {
    out: String,
    values: usize,
    /// Numbers of the objects around this place.
    around: Vec<usize>,
}

impl Writer {
    fn value(&mut self, value: &Php) {
        self.values += 1;
        match value {
            Php::Null => self.out += "N;",
            Php::Bool(value) => self.out += if *value { "b:1;" } else { "b:0;" },
            Php::Int(value) => write!(self.out, "i:{value};").unwrap(),
            Php::Text(text) => self.text(text),
            Php::Array(items) => {
                write!(self.out, "a:{}:{{", items.len()).unwrap();
                for (key, value) in items {
                    // Keys are not counted.
                    self.values -= 1;
                    self.value(key);
                    self.value(value);
                }
                self.out += "}";
            }
            Php::Object(class, members) => {
                self.around.push(self.values);
                write!(self.out, "O:{}:\"{class}\":{}:{{", class.len(), members.len()).unwrap();
                for (name, value) in members {
                    self.text(&format!("\0*\0{name}"));
                    self.value(value);
                }
                self.around.pop();
                self.out += "}";
            }
            Php::Around(levels) => {
                let number = self.around[self.around.len() - 1 - levels];
                write!(self.out, "r:{number};").unwrap();
            }
        }
    }

    fn text(&mut self, text: &str) {
        write!(self.out, "s:{}:\"{text}\";", text.len()).unwrap();
    }
}

#[test]
fn values_are_written_as_php_does() {
    let object = |inner| Php::Object("A\\B", vec![("x", inner)]);
    let value = map([
        ("ä", Php::Null),
        ("list", list([1, -2])),
        ("o", object(object(Php::Around(1)))),
        ("p", object(Php::Around(0))),
        ("b", true.into()),
    ]);
    let expected = "a:5:{s:2:\"ä\";N;s:4:\"list\";a:2:{i:0;i:1;i:1;i:-2;}\
        s:1:\"o\";O:3:\"A\\B\":1:{s:4:\"\0*\0x\";O:3:\"A\\B\":1:{s:4:\"\0*\0x\";r:6;}}\
        s:1:\"p\";O:3:\"A\\B\":1:{s:4:\"\0*\0x\";r:9;}s:1:\"b\";b:1;}";
    assert_eq!(String::from_utf8(value.bytes()).unwrap(), expected);
}
