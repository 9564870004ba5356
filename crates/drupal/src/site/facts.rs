//! What follows from a site's configuration.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{EntityType, EntityTypeIndex, ResourceTypeIndex, Site};
use crate::php::Php;

/// What stands in a path as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

impl Site {
    /// What people call those without an account: `user.settings:anonymous`.
    pub fn anonymous_name(&self) -> &str {
        self.setting("user.settings", "anonymous").unwrap_or("Anonymous")
    }

    /// The format of texts that name none: `filter.settings:fallback_format`.
    pub fn fallback_format(&self) -> &str {
        self.setting("filter.settings", "fallback_format").unwrap_or("plain_text")
    }

    /// The theme that pages are shown in: `system.theme:default`.
    pub fn theme(&self) -> &str {
        self.setting("system.theme", "default").unwrap_or("stark")
    }

    fn setting(&self, name: &str, key: &str) -> Option<&str> {
        self.config.get(name)?.get(key)?.as_str()
    }

    /// The prefix of a language in paths, with a slash before it; empty if it has none.
    pub fn path_prefix(&self, langcode: &str) -> String {
        let language = self.languages.all.iter().find(|language| language.code == langcode);
        match language.map(|language| language.prefix.as_str()) {
            Some(prefix) if self.languages.by_prefix && !prefix.is_empty() => format!("/{prefix}"),
            _ => String::new(),
        }
    }

    /// Where browsers find a file: a path from the root for those that the site keeps itself.
    pub fn file_url(&self, uri: &str) -> String {
        let (start, path) = match uri.split_once("://") {
            Some(("public", path)) => (self.public_files.as_str(), path),
            Some(("private", path)) => ("/system/files/", path),
            Some(("temporary", path)) => ("/system/temporary?file=", path),
            _ => return uri.to_owned(),
        };
        format!("{start}{}", utf8_percent_encode(path, PATH))
    }

    /// A configuration entity by its id: its resource type and UUID.
    pub fn config_entity(&self, entity_type: EntityTypeIndex, id: &str) -> Option<(ResourceTypeIndex, &str)> {
        let prefix = self[entity_type].config_prefix.as_deref()?;
        let uuid = self.config.get(&format!("{prefix}{id}"))?.get("uuid")?.as_str()?;
        Some((self.resource_type(entity_type, &self[entity_type].id)?, uuid))
    }

    /// All configuration entities of a type, by their names.
    pub fn config_entities(&self, entity_type: EntityTypeIndex) -> impl Iterator<Item = (&str, &Php)> {
        let prefix = self[entity_type].config_prefix.as_deref().unwrap_or_default();
        let from = self.config.range(prefix.to_owned()..);
        let all = from.take_while(move |(name, _)| !prefix.is_empty() && name.starts_with(prefix));
        all.map(|(name, value)| (name.as_str(), value))
    }

    /// Configuration in a language: what is translated takes the place of what is not.
    pub fn config_in<'a>(&'a self, langcode: &str, name: &str, original: &'a Php) -> Cow<'a, Php> {
        match self.config_overrides.get(langcode).and_then(|all| all.get(name)) {
            Some(translated) => Cow::Owned(merged(original, translated)),
            None => Cow::Borrowed(original),
        }
    }
}

/// An array with the values of another in place of its own, member by member.
fn merged(original: &Php, over: &Php) -> Php {
    let (Php::Array(original), Php::Array(over)) = (original, over) else { return over.clone() };
    let mut result = original.clone();
    for (key, value) in over {
        match result.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = merged(known, value),
            None => result.push((key.clone(), value.clone())),
        }
    }
    Php::Array(result)
}

impl EntityType {
    /// Whether its entities have revisions that a URL can name.
    pub fn is_versionable(&self) -> bool {
        self.tables.as_ref().is_some_and(|tables| tables.revision.is_some())
    }
}
