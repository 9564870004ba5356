//! What `include` brings along: which resources, and whose linkage is shown for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::model::Model;
use super::request::{Request, Target};

/// Members of an included to-many relationship shown per parent, unless the client asks for another number.
const RELATED_SIZE: usize = 50;

/// A resource: its type and row.
pub(super) type Place = (usize, usize);

/// The outcome of `include`.
#[derive(Debug, Default)]
pub(super) struct Inclusion {
    /// Resources in `included`.
    pub(super) included: BTreeSet<Place>,
    /// For each resource the relationships whose linkage is shown, with the number of members at most.
    pub(super) shown: HashMap<Place, BTreeMap<usize, usize>>,
    /// For each relationship of a type the number of members shown at most.
    bounds: HashMap<(usize, usize), usize>,
}

/// The include paths as a tree.
#[derive(Debug, Default)]
struct Tree {
    limit: Option<usize>,
    branches: BTreeMap<usize, Tree>,
}

impl Tree {
    fn at(&mut self, path: &[usize]) -> &mut Self {
        path.iter().fold(self, |tree, step| tree.branches.entry(*step).or_default())
    }
}

impl Inclusion {
    /// Includes what the request asks for, starting from these rows of primary data.
    pub(super) fn of(model: &Model, request: &Request, primary: &[usize]) -> Self {
        let mut tree = Tree::default();
        for path in request.query.include.iter().flatten() {
            tree.at(path);
        }
        for (path, limit) in &request.query.limits {
            tree.at(path).limit = Some(*limit);
        }
        let of = request.primary(model);
        let mut inclusion = Self::default();
        let start = primary.iter().map(|row| (of, *row)).collect();
        if let Target::Relationship { relationship, .. } = request.target {
            // Paths start at the parent, and primary data has identifiers only: the resources themselves are included.
            if let Some(branch) = tree.branches.get(&relationship) {
                // How many identifiers are shown is the page's affair.
                inclusion.bound(model, of, branch);
                inclusion.expand(model, &start, branch);
                inclusion.included.extend(start);
            }
        } else {
            inclusion.bound(model, of, &tree);
            inclusion.expand(model, &start, &tree);
            inclusion.included.retain(|place| !start.contains(place));
        }
        inclusion
    }

    /// A resource that two paths reach shows a relationship once: the larger of two bounds holds for both.
    fn bound(&mut self, model: &Model, of: usize, tree: &Tree) {
        for (step, branch) in &tree.branches {
            let bound = self.bounds.entry((of, *step)).or_default();
            *bound = branch.limit.unwrap_or(RELATED_SIZE).max(*bound);
            self.bound(model, model.types[of].relationships[*step].target, branch);
        }
    }

    fn expand(&mut self, model: &Model, from: &BTreeSet<Place>, tree: &Tree) {
        for (step, branch) in &tree.branches {
            let mut reached = BTreeSet::new();
            for (of, row) in from {
                let limit = self.bounds[&(*of, *step)];
                let relationship = &model.types[*of].relationships[*step];
                self.shown.entry((*of, *row)).or_default().insert(*step, limit);
                let linked = relationship.links[*row].iter().take(limit);
                reached.extend(linked.map(|linked| (relationship.target, *linked)));
            }
            self.included.extend(&reached);
            self.expand(model, &reached, branch);
        }
    }
}
