//! Values of attributes and of `meta`.

use crate::json;

/// Writes itself as one complete JSON value.
///
/// Implement it for own types with the functions of [`json`]:
///
/// ```
/// use docent_jsonapi::document::ToJson;
/// use docent_jsonapi::json;
///
/// struct Date(u16, u8, u8);
///
/// impl ToJson for Date {
///     fn write(&self, out: &mut Vec<u8>) {
///         json::string(out, &format!("{:04}-{:02}-{:02}", self.0, self.1, self.2));
///     }
/// }
/// ```
pub trait ToJson {
    /// Appends the value.
    fn write(&self, out: &mut Vec<u8>);
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn write(&self, out: &mut Vec<u8>) {
        (*self).write(out);
    }
}

impl ToJson for str {
    fn write(&self, out: &mut Vec<u8>) {
        json::string(out, self);
    }
}

impl ToJson for String {
    fn write(&self, out: &mut Vec<u8>) {
        json::string(out, self);
    }
}

impl ToJson for bool {
    fn write(&self, out: &mut Vec<u8>) {
        json::boolean(out, *self);
    }
}

impl ToJson for f64 {
    fn write(&self, out: &mut Vec<u8>) {
        json::float(out, *self);
    }
}

impl ToJson for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        json::integer(out, *self);
    }
}

impl ToJson for i32 {
    fn write(&self, out: &mut Vec<u8>) {
        json::integer(out, i64::from(*self));
    }
}

impl ToJson for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        json::unsigned(out, *self);
    }
}

impl ToJson for u32 {
    fn write(&self, out: &mut Vec<u8>) {
        json::unsigned(out, u64::from(*self));
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<T: ToJson> ToJson for [T] {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, value) in self.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            value.write(out);
        }
        out.push(b']');
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_slice().write(out);
    }
}
