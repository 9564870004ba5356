//! JSON Pointers (RFC 6901): how an error says which value of a request document it is about.

use std::borrow::Cow;
use std::fmt;

/// A pointer under construction; it starts at the whole document.
///
/// ```
/// use docent_jsonapi::pointer::Pointer;
///
/// let mut pointer = Pointer::root();
/// assert_eq!(pointer.as_str(), "");
/// pointer.member("data").member("a/b").index(2);
/// assert_eq!(pointer.as_str(), "/data/a~1b/2");
/// pointer.parent();
/// assert_eq!(pointer.as_str(), "/data/a~1b");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pointer {
    text: String,
}

impl Pointer {
    /// The whole document: the empty pointer.
    pub fn root() -> Self {
        Self::default()
    }

    /// Steps into a member of an object.
    pub fn member(&mut self, name: &str) -> &mut Self {
        self.text.push('/');
        self.text.push_str(&escape(name));
        self
    }

    /// Steps into an item of an array.
    pub fn index(&mut self, index: usize) -> &mut Self {
        self.text.push('/');
        self.text.push_str(itoa::Buffer::new().format(index));
        self
    }

    /// The pointer to a member of the object this one points at.
    ///
    /// ```
    /// use docent_jsonapi::pointer::Pointer;
    ///
    /// assert_eq!(Pointer::root().with_member("data").with_index(0).as_str(), "/data/0");
    /// ```
    #[must_use]
    pub fn with_member(mut self, name: &str) -> Self {
        self.member(name);
        self
    }

    /// The pointer to an item of the array this one points at.
    #[must_use]
    pub fn with_index(mut self, index: usize) -> Self {
        self.index(index);
        self
    }

    /// Steps back out; the root stays the root.
    pub fn parent(&mut self) -> &mut Self {
        // Slashes inside names are escaped, so the last slash starts the last step.
        self.text.truncate(self.text.rfind('/').unwrap_or(0));
        self
    }

    /// The pointer as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.text
    }
}

/// One name as a step of a pointer: `~` becomes `~0`, `/` becomes `~1`.
pub fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn err_11_escaping() {
        assert_eq!(escape("a~/b"), "a~0~1b");
        assert_eq!(escape("~1"), "~01");
        assert_eq!(escape("plain"), "plain");
        assert_eq!(escape(""), "");
    }

    #[test]
    fn err_11_the_member_with_an_empty_name_is_not_the_document() {
        assert_eq!(Pointer::root().member("").as_str(), "/");
        assert_eq!(Pointer::root().as_str(), "");
        assert_eq!(Pointer::root().parent().as_str(), "");
    }

    #[test]
    fn steps_and_text() {
        let mut pointer = Pointer::root();
        pointer.member("data").member("relationships").member("tracks").member("data").index(1);
        assert_eq!(pointer.to_string(), "/data/relationships/tracks/data/1");
        assert_eq!(String::from(pointer), "/data/relationships/tracks/data/1");
    }
}
