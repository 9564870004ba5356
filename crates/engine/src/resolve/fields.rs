//! Sparse fieldsets: which fields of a type are shown.

use docent_catalog::model::{Catalog, Field, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::query::SparseFieldset;

use super::Resolver;
use crate::error;
use crate::route::did_you_mean;

/// The fieldsets of a request. A type that is not mentioned shows all its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Fieldsets(Vec<(TypeId, Fieldset)>);

/// The fields shown of one type, as positions in the type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Fieldset {
    attributes: Vec<usize>,
    relationships: Vec<usize>,
}

impl Fieldsets {
    /// Positions of the attributes shown of a type, in the type's order.
    pub(crate) fn attributes(&self, catalog: &Catalog, id: TypeId) -> Vec<usize> {
        match self.of(id) {
            Some(fieldset) => fieldset.attributes.clone(),
            None => (0..catalog.get(id).attributes.len()).collect(),
        }
    }

    /// Positions of the relationships shown of a type, in the type's order.
    pub(crate) fn relationships(&self, catalog: &Catalog, id: TypeId) -> Vec<usize> {
        match self.of(id) {
            Some(fieldset) => fieldset.relationships.clone(),
            None => (0..catalog.get(id).relationships.len()).collect(),
        }
    }

    fn of(&self, id: TypeId) -> Option<&Fieldset> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, fieldset)| fieldset)
    }
}

impl Resolver<'_> {
    /// The fieldsets asked for. Unknown names are ignored unless the server is strict (FIELDS-10).
    pub(super) fn fieldsets(&mut self, asked: &[SparseFieldset], strict: bool) -> Fieldsets {
        let mut fieldsets = Vec::new();
        for sparse in asked {
            let Some(id) = self.catalog.by_name(&sparse.type_name) else {
                if strict {
                    let known = self.catalog.types.iter().map(|known| known.name.as_str());
                    let hint = did_you_mean(&sparse.type_name, known);
                    self.unknown(
                        sparse,
                        format!("There is no resource type \"{}\".{hint}", sparse.type_name),
                    );
                }
                continue;
            };
            fieldsets.push((id, self.fieldset(id, sparse, strict)));
        }
        fieldsets.sort_by_key(|(id, _)| *id);
        Fieldsets(fieldsets)
    }

    fn fieldset(&mut self, id: TypeId, sparse: &SparseFieldset, strict: bool) -> Fieldset {
        let resource_type = self.catalog.get(id);
        let mut fieldset = Fieldset::default();
        for name in &sparse.names {
            match resource_type.field(name) {
                Some(Field::Attribute(index)) => fieldset.attributes.push(index),
                Some(Field::Relationship(index)) => fieldset.relationships.push(index),
                // `id` and `type` are always there, and are no fields (FIELDS-11).
                None if strict && name != "id" && name != "type" => {
                    let hint = did_you_mean(name, resource_type.field_names());
                    self.unknown(sparse, format!("{} has no field \"{name}\".{hint}", resource_type.name));
                }
                None => {}
            }
        }
        for positions in [&mut fieldset.attributes, &mut fieldset.relationships] {
            positions.sort_unstable();
            positions.dedup();
        }
        fieldset
    }

    fn unknown(&mut self, sparse: &SparseFieldset, detail: String) {
        self.errors
            .push(ErrorObject::new(&error::UNKNOWN_FIELD, detail).with_parameter(sparse.parameter.clone()));
    }
}
