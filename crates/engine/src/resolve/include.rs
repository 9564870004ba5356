//! Include paths as a tree of relationships.

use docent_catalog::model::{Arity, Catalog, Field, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::query::{IncludePath, IncludedPage, PAGE_NOT_INCLUDED};

use super::{Resolver, Root};
use crate::error;
use crate::route::did_you_mean;

/// One relationship followed from the primary data, or from another node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct IncludeNode {
    /// The node it starts from; `None` for the primary data.
    pub(crate) parent: Option<usize>,
    /// The type it starts from.
    pub(crate) owner: TypeId,
    /// Position of the relationship in that type.
    pub(crate) relationship: usize,
    /// The type it leads to.
    pub(crate) target: TypeId,
    /// Whether resources are included, or only their linkage is written.
    pub(crate) resources: bool,
}

/// Nodes in an order in which parents come first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct IncludeTree {
    pub(crate) nodes: Vec<IncludeNode>,
}

impl IncludeTree {
    /// The node of a relationship below `parent`, made if it is not there yet.
    pub(crate) fn child(
        &mut self,
        catalog: &Catalog,
        parent: Option<usize>,
        owner: TypeId,
        relationship: usize,
    ) -> usize {
        let known =
            self.nodes.iter().position(|node| node.parent == parent && node.relationship == relationship);
        known.unwrap_or_else(|| {
            let target = catalog.get(owner).relationships[relationship].target;
            self.nodes.push(IncludeNode { parent, owner, relationship, target, resources: true });
            self.nodes.len() - 1
        })
    }

    fn find(&self, catalog: &Catalog, start: Option<usize>, path: &[String]) -> Option<usize> {
        let mut current = start;
        for name in path {
            let node = self.nodes.iter().position(|node| {
                node.parent == current
                    && catalog.get(node.owner).relationships[node.relationship].name == *name
            })?;
            current = Some(node);
        }
        current
    }
}

impl Resolver<'_> {
    /// The tree of all paths, which start at `root` (itself below `parent`, for related and relationship URLs).
    pub(super) fn includes(
        &mut self,
        tree: &mut IncludeTree,
        root: TypeId,
        parent: Option<usize>,
        paths: &[IncludePath],
    ) {
        for path in paths {
            if let Err(error) = self.include(tree, root, parent, &path.segments) {
                self.errors.push(error.with_parameter("include"));
            }
        }
    }

    fn include(
        &mut self,
        tree: &mut IncludeTree,
        root: TypeId,
        parent: Option<usize>,
        segments: &[String],
    ) -> Result<(), ErrorObject> {
        let (mut owner, mut node) = (root, parent);
        for name in segments {
            let resource_type = self.catalog.get(owner);
            let Some(Field::Relationship(index)) = resource_type.field(name) else {
                let known = resource_type.relationships.iter().map(|relationship| relationship.name.as_str());
                let hint = did_you_mean(name, known);
                let detail = format!("{} has no relationship \"{name}\".{hint}", resource_type.name);
                return Err(ErrorObject::new(&error::UNKNOWN_INCLUDE_PATH, detail));
            };
            let child = tree.child(self.catalog, node, owner, index);
            owner = tree.nodes[child].target;
            node = Some(child);
        }
        Ok(())
    }

    /// How many members of each included to-many relationship are shown, by node.
    pub(super) fn included_limits(
        &mut self,
        root: Root,
        single: bool,
        tree: &IncludeTree,
        default: u64,
        asked: &[IncludedPage],
    ) -> Vec<u64> {
        let mut limits = vec![default; tree.nodes.len()];
        // Paths start where those of `include` do.
        let start = (single && matches!(root, Root::Related(..) | Root::Linkage(..))).then_some(0);
        for page in asked {
            let below = match (root, page.path.split_first()) {
                (Root::Linkage(owner, relationship), Some((name, rest)))
                    if *name == self.catalog.get(owner).relationships[relationship].name =>
                {
                    rest
                }
                (Root::Linkage(..), _) => &[],
                _ => page.path.as_slice(),
            };
            let found = if below.is_empty() { None } else { tree.find(self.catalog, start, below) };
            let node = found.filter(|node| {
                let node = &tree.nodes[*node];
                node.resources
                    && self.catalog.get(node.owner).relationships[node.relationship].arity == Arity::ToMany
            });
            if let Some(node) = node {
                limits[node] = page.limit;
            } else {
                let detail = format!("\"{}\" is not a to-many path in `include`.", page.path.join("."));
                let error = ErrorObject::new(&PAGE_NOT_INCLUDED, detail);
                self.errors.push(error.with_parameter(page.parameter.clone()));
            }
        }
        // A resource met on two paths shows each relationship once: the larger number holds for both.
        for (index, node) in tree.nodes.iter().enumerate() {
            let same = tree.nodes.iter().zip(&limits);
            let same = same
                .filter(|(other, _)| (other.owner, other.relationship) == (node.owner, node.relationship));
            if let Some(largest) = same.map(|(_, limit)| *limit).max() {
                limits[index] = largest;
            }
        }
        limits
    }
}
