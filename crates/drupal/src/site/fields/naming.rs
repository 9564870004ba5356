//! What fields are called in documents.

use super::super::model::{EntityType, FieldKind};

/// The public name of a field or configuration key. Empty: it is never served.
pub(super) fn public_name(entity_type: &EntityType, name: &str, kind: FieldKind, type_name: &str) -> String {
    // Drupal lets nobody see how a page is laid out.
    if kind == FieldKind::Password || type_name == "layout_section" {
        return String::new();
    }
    entity_type.public_name(name).unwrap_or_default()
}

impl EntityType {
    /// What a field of its entities, or a key of its configuration, is called in documents. [`None`] for the UUID, which
    /// is the resource's id, and for what configuration keeps for itself.
    pub fn public_name(&self, name: &str) -> Option<String> {
        let keys = &self.keys;
        if name == keys.id || (!name.is_empty() && name == keys.revision) {
            return Some(format!("drupal_internal__{name}"));
        }
        if name == keys.uuid || (name == "_core" && self.tables.is_none()) {
            return None;
        }
        // JSON:API needs these names itself.
        if matches!(name, "id" | "type") {
            return Some(format!("{}_{name}", self.id));
        }
        Some(name.to_owned())
    }
}
