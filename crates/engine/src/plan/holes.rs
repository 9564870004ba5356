//! Places in resource objects that are filled once other layers have been read.

use docent_catalog::model::{Arity, Catalog, TypeId};
use docent_jsonapi::json;

use super::object;
use crate::resolve::{Fieldsets, IncludeTree};

/// The holes in resource objects of each type.
#[derive(Debug, Default)]
pub(crate) struct Holes(Vec<(TypeId, Vec<Hole>)>);

/// A relationship whose linkage comes from another layer.
#[derive(Debug)]
pub(crate) struct Hole {
    relationship: usize,
    /// Whether linkage is a list.
    pub(crate) to_many: bool,
    /// `{"type":"comments","id":`
    pub(crate) identifier: Vec<u8>,
    /// `…/articles/`, as it stands in a JSON string: what precedes the parent's id in the relationship's URL.
    pub(crate) url_start: String,
    /// `/relationships/comments`
    pub(crate) url_end: String,
    /// Members of the relationship's owner and own names, to make cursors for its pages.
    pub(crate) owner_name: String,
    pub(crate) name: String,
}

impl Holes {
    /// The holes for a tree of relationships to follow.
    pub(crate) fn of(catalog: &Catalog, tree: &IncludeTree, fieldsets: &Fieldsets, base_url: &str) -> Self {
        let mut holes = Holes::default();
        for node in &tree.nodes {
            let owner = catalog.get(node.owner);
            let relationship = &owner.relationships[node.relationship];
            let is_shown = fieldsets.relationships(catalog, node.owner).contains(&node.relationship);
            if !is_shown
                || !object::needs_hole(relationship)
                || holes.position(node.owner, node.relationship).is_some()
            {
                continue;
            }
            let mut identifier = b"{\"type\":".to_vec();
            json::string(&mut identifier, &catalog.get(relationship.target).name);
            identifier.extend_from_slice(b",\"id\":");
            holes.of_type(node.owner).push(Hole {
                relationship: node.relationship,
                to_many: relationship.arity == Arity::ToMany,
                identifier,
                url_start: format!("{}{}/", object::escaped(base_url), owner.path),
                url_end: format!("/relationships/{}", object::segment(&relationship.name)),
                owner_name: owner.name.clone(),
                name: relationship.name.clone(),
            });
        }
        // Objects have their holes in the order of the type's relationships.
        for (_, holes) in &mut holes.0 {
            holes.sort_unstable_by_key(|hole| hole.relationship);
        }
        holes
    }

    fn of_type(&mut self, id: TypeId) -> &mut Vec<Hole> {
        let index = self.0.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            self.0.push((id, Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[index].1
    }

    /// The holes in objects of a type, in the order of their positions.
    pub(crate) fn get(&self, id: TypeId) -> &[Hole] {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, holes)| holes.as_slice()).unwrap_or_default()
    }

    /// The position of a relationship's hole among those of its type.
    pub(crate) fn position(&self, id: TypeId, relationship: usize) -> Option<usize> {
        self.get(id).iter().position(|hole| hole.relationship == relationship)
    }
}
