//! Resource objects.

use super::object::Members;
use super::{Link, Meta, NameError, Relationship, ToJson};
use crate::json;
use crate::name::is_member_name;

/// A resource object. Its parts may be added in any order; they are written in the usual one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    type_name: String,
    id: String,
    attributes: Members,
    relationships: Members,
    link: Vec<u8>,
    meta: Option<Meta>,
}

impl Resource {
    /// A resource object without fields. The type must be a legal name (RES-12).
    pub fn new(type_name: impl Into<String>, id: impl Into<String>) -> Result<Self, NameError> {
        let type_name = type_name.into();
        if !is_member_name(&type_name) {
            return Err(NameError::Illegal(type_name));
        }
        Ok(Self {
            type_name,
            id: id.into(),
            attributes: Members::default(),
            relationships: Members::default(),
            link: Vec::new(),
            meta: None,
        })
    }

    /// Adds an attribute. Its name must be legal, not `type` or `id`, and not the name of another field (RES-13).
    ///
    /// ```
    /// use docent_jsonapi::document::{NameError, Resource};
    ///
    /// let mut article = Resource::new("articles", "1").unwrap();
    /// article.attribute("title", "Hello").unwrap().attribute("rating", 4.5).unwrap();
    /// assert_eq!(article.attribute("id", 1).unwrap_err(), NameError::Reserved("id".to_owned()));
    /// ```
    pub fn attribute(&mut self, name: &str, value: impl ToJson) -> Result<&mut Self, NameError> {
        available(name, &self.relationships)?;
        self.attributes.add(name, |out| value.write(out))?;
        Ok(self)
    }

    /// Adds a relationship; for its name the same holds as for an attribute's.
    pub fn relationship(
        &mut self,
        name: &str,
        relationship: &Relationship<'_>,
    ) -> Result<&mut Self, NameError> {
        available(name, &self.attributes)?;
        self.relationships.add(name, |out| relationship.write(out))?;
        Ok(self)
    }

    /// Sets the link `self`.
    pub fn link<'a>(&mut self, this: impl Into<Link<'a>>) -> &mut Self {
        self.link.clear();
        this.into().write(&mut self.link);
        self
    }

    /// Sets `meta`.
    pub fn meta(&mut self, meta: Meta) -> &mut Self {
        self.meta = Some(meta);
        self
    }

    /// Type and id.
    pub(super) fn identity(&self) -> (String, String) {
        (self.type_name.clone(), self.id.clone())
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"type\":");
        json::string(out, &self.type_name);
        out.extend_from_slice(b",\"id\":");
        json::string(out, &self.id);
        self.attributes.write(out, "attributes");
        self.relationships.write(out, "relationships");
        if !self.link.is_empty() {
            out.extend_from_slice(b",\"links\":{\"self\":");
            out.extend_from_slice(&self.link);
            out.push(b'}');
        }
        if let Some(meta) = &self.meta {
            meta.write(out);
        }
        out.push(b'}');
    }
}

/// Attributes and relationships share one namespace, with `type` and `id` in it.
fn available(name: &str, others: &Members) -> Result<(), NameError> {
    if matches!(name, "type" | "id") {
        return Err(NameError::Reserved(name.to_owned()));
    }
    if others.has(name) {
        return Err(NameError::Taken(name.to_owned()));
    }
    Ok(())
}
