//! Objects with names of the API's own: legal, and each once.

use super::ToJson;
use crate::json;
use crate::name::is_member_name;

/// A name that cannot stand where it was to be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a member name (NAME-02 to NAME-04).
    #[error("`{0}` is not a legal member name")]
    Illegal(String),
    /// `type` and `id` are no names for fields (RES-13).
    #[error("a field cannot be called `{0}`")]
    Reserved(String),
    /// The object has the name already (DOC-01), or the resource has a field of that name (RES-13).
    #[error("`{0}` is taken")]
    Taken(String),
}

/// Members of an object, written as they come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Members {
    bytes: Vec<u8>,
    names: Vec<String>,
}

impl Members {
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|taken| taken == name)
    }

    pub(super) fn add(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), NameError> {
        if !is_member_name(name) {
            return Err(NameError::Illegal(name.to_owned()));
        }
        if self.has(name) {
            return Err(NameError::Taken(name.to_owned()));
        }
        if !self.names.is_empty() {
            self.bytes.push(b',');
        }
        json::string(&mut self.bytes, name);
        self.bytes.push(b':');
        write(&mut self.bytes);
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Appends `,"name":{…}`, or nothing if there are no members.
    pub(super) fn write(&self, out: &mut Vec<u8>, name: &str) {
        if !self.names.is_empty() {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\":{");
            out.extend_from_slice(&self.bytes);
            out.push(b'}');
        }
    }
}

/// A `meta` object.
///
/// ```
/// use docent_jsonapi::document::{Meta, NameError};
///
/// let mut meta = Meta::default();
/// meta.member("count", 3).unwrap();
/// assert_eq!(meta.member("count", 4).unwrap_err(), NameError::Taken("count".to_owned()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    members: Members,
}

impl Meta {
    /// Adds a member.
    pub fn member(&mut self, name: &str, value: impl ToJson) -> Result<&mut Self, NameError> {
        self.members.add(name, |out| value.write(out))?;
        Ok(self)
    }

    /// Appends `,"meta":{…}`; without members an empty object.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if self.members == Members::default() {
            out.extend_from_slice(b",\"meta\":{}");
        } else {
            self.members.write(out, "meta");
        }
    }
}
