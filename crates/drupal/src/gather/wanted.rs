//! Which fields are read of the entities of a type: those that are shown, those that lead on, and those that access is
//! decided by.

use super::Gathering;
use crate::access;
use crate::site::{Field, FieldIndex, ResourceTypeIndex};

impl Gathering<'_> {
    /// All fields to read.
    pub(super) fn fields_to_read(&self, resource_type: ResourceTypeIndex) -> Vec<FieldIndex> {
        let definition = &self.site()[resource_type];
        let entity_type = &self.site()[definition.entity_type];
        // Accounts have no key for what they are called: it is computed of their name.
        let label = if entity_type.keys.label.is_empty() { "name" } else { &entity_type.keys.label };
        let needed = access::needed_fields(self.site(), definition.entity_type);
        let is_needed = |field: &Field| {
            let name = field.name.as_str();
            name == label || needed.contains(&name)
        };
        self.positions(resource_type, |field| {
            is_needed(field) || self.is_shown(resource_type, field) || self.leads_on(field)
        })
    }

    /// The fields that are asked for.
    pub(super) fn fields_shown(&self, resource_type: ResourceTypeIndex) -> Vec<FieldIndex> {
        self.positions(resource_type, |field| self.is_shown(resource_type, field))
    }

    fn positions(
        &self,
        resource_type: ResourceTypeIndex,
        is_meant: impl Fn(&Field) -> bool,
    ) -> Vec<FieldIndex> {
        let fields = (0u16..).zip(&self.site()[resource_type].fields);
        fields.filter(|(_, field)| is_meant(field)).map(|(index, _)| FieldIndex(index)).collect()
    }

    fn is_shown(&self, resource_type: ResourceTypeIndex, field: &Field) -> bool {
        let name = &field.public_name;
        !name.is_empty() && self.plan.wants(&self.site()[resource_type].name, name)
    }

    fn leads_on(&self, field: &Field) -> bool {
        self.include_names.contains(&field.public_name)
            || self.plan.primary.leads_through(self.site(), &field.name)
    }
}
