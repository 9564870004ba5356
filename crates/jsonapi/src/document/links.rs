//! Links and the objects that hold them. The names of links are a closed set, so they are struct fields.

use std::borrow::Cow;

use crate::json;

/// One link (LINK-02).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link<'a> {
    /// A URI reference.
    Url(Cow<'a, str>),
    /// A link object that also says the media type of its target (DOC-12).
    Typed {
        /// A URI reference.
        href: Cow<'a, str>,
        /// The media type.
        media_type: Cow<'a, str>,
    },
    /// `null`: the link does not exist.
    Null,
}

impl<'a> From<&'a str> for Link<'a> {
    fn from(url: &'a str) -> Self {
        Self::Url(Cow::Borrowed(url))
    }
}

impl From<String> for Link<'_> {
    fn from(url: String) -> Self {
        Self::Url(Cow::Owned(url))
    }
}

impl Link<'_> {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Url(url) => json::string(out, url),
            Self::Typed { href, media_type } => {
                out.extend_from_slice(b"{\"href\":");
                json::string(out, href);
                out.extend_from_slice(b",\"type\":");
                json::string(out, media_type);
                out.push(b'}');
            }
            Self::Null => out.extend_from_slice(b"null"),
        }
    }
}

/// The top-level links (DOC-09).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentLinks<'a> {
    /// `self`.
    pub this: Option<Link<'a>>,
    /// `related`.
    pub related: Option<Link<'a>>,
    /// `describedby`.
    pub described_by: Option<Link<'a>>,
    /// `first`.
    pub first: Option<Link<'a>>,
    /// `last`.
    pub last: Option<Link<'a>>,
    /// `prev`.
    pub prev: Option<Link<'a>>,
    /// `next`.
    pub next: Option<Link<'a>>,
}

impl DocumentLinks<'_> {
    /// Appends `,"links":{…}`, or nothing if there are none.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let links = [
            ("self", &self.this),
            ("related", &self.related),
            ("describedby", &self.described_by),
            ("first", &self.first),
            ("last", &self.last),
            ("prev", &self.prev),
            ("next", &self.next),
        ];
        let given = || links.iter().filter_map(|(name, link)| link.as_ref().map(|link| (*name, link)));
        if given().next().is_some() {
            out.push(b',');
            write_links(out, given());
        }
    }
}

/// The links of a relationship. Both of its own are needed: pagination links alone are not enough (REL-03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationshipLinks<'a> {
    /// `self`: the relationship URL.
    pub this: Link<'a>,
    /// `related`.
    pub related: Link<'a>,
    /// `prev`, of the linkage.
    pub prev: Option<Link<'a>>,
    /// `next`, of the linkage.
    pub next: Option<Link<'a>>,
}

impl<'a> RelationshipLinks<'a> {
    /// Links without pages.
    pub fn new(this: impl Into<Link<'a>>, related: impl Into<Link<'a>>) -> Self {
        Self { this: this.into(), related: related.into(), prev: None, next: None }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let own = [("self", &self.this), ("related", &self.related)].into_iter();
        let pages = [("prev", &self.prev), ("next", &self.next)];
        let pages = pages.into_iter().filter_map(|(name, link)| link.as_ref().map(|link| (name, link)));
        write_links(out, own.chain(pages));
    }
}

/// Appends `"links":{…}`.
pub(super) fn write_links<'a>(out: &mut Vec<u8>, links: impl Iterator<Item = (&'a str, &'a Link<'a>)>) {
    out.extend_from_slice(b"\"links\":{");
    for (index, (name, link)) in links.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        json::string(out, name);
        out.push(b':');
        link.write(out);
    }
    out.push(b'}');
}
