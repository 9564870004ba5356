//! The URLs that documents lead to.

use percent_encoding::utf8_percent_encode;

use crate::site::{ResourceTypeIndex, Site};

/// How URLs begin, and what of.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    /// Scheme and authority: `https://example.org`.
    pub origin: &'a str,
    /// The prefix of the content language, with a slash before it; empty if it has none.
    pub prefix: &'a str,
}

/// What names a revision in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// A revision by its number.
    Id(i64),
    /// The newest revision.
    WorkingCopy,
    /// The default revision.
    Latest,
}

impl Links<'_> {
    /// The entry point.
    pub fn entry(self) -> String {
        format!("{}{}/jsonapi", self.origin, self.prefix)
    }

    /// A collection.
    pub fn collection(self, site: &Site, resource_type: ResourceTypeIndex) -> String {
        let resource_type = &site[resource_type];
        let entity_type = &site[resource_type.entity_type].id;
        format!("{}{}/jsonapi/{entity_type}/{}", self.origin, self.prefix, resource_type.bundle)
    }

    /// A resource, in a version if it has any.
    pub fn resource(
        self,
        site: &Site,
        resource_type: ResourceTypeIndex,
        uuid: &str,
        version: Option<Version>,
    ) -> String {
        let mut url = self.collection(site, resource_type);
        url.push('/');
        url.extend(utf8_percent_encode(uuid, percent_encoding::CONTROLS));
        url.push_str(&version_query(version));
        url
    }

    /// A relationship of a resource: what it leads to, or the links themselves.
    pub fn relationship(
        self,
        resource_url: &str,
        public_name: &str,
        is_self: bool,
        version: Option<Version>,
    ) -> String {
        let middle = if is_self { "/relationships/" } else { "/" };
        let mut url = format!("{resource_url}{middle}{public_name}");
        url.push_str(&version_query(version));
        url
    }
}

/// The query string that names a version, with its question mark.
pub(super) fn version_query(version: Option<Version>) -> String {
    match version {
        None => String::new(),
        Some(Version::Id(id)) => format!("?resourceVersion=id%3A{id}"),
        Some(Version::WorkingCopy) => "?resourceVersion=rel%3Aworking-copy".to_owned(),
        Some(Version::Latest) => "?resourceVersion=rel%3Alatest-version".to_owned(),
    }
}
