//! How tables are laid out in a copy, where any value but those of the `id` can be taken away.
//!
//! A column that is part of a key, or that a foreign key refers to, is there twice if it is also a field: once as the
//! field, which can be NULL, and once under another name for what has to stay. The second one is no field to clients:
//! as a part of a key of several columns it refers to a table that is hidden, elsewhere it is hidden itself.

use std::collections::BTreeSet;

use crate::differential::model::{Link, Model, Type};

/// What names of columns and tables begin with that only copies have.
pub(super) const OWN: &str = "k_";

/// How one table is laid out.
#[derive(Debug)]
pub(super) struct Layout {
    /// The columns that are there twice.
    twice: BTreeSet<usize>,
    /// Sets of columns, other than the key, that foreign keys refer to.
    pub(super) referenced: BTreeSet<Vec<usize>>,
}

impl Layout {
    /// The layouts of the tables of all types.
    pub(super) fn all(model: &Model) -> Vec<Self> {
        (0..model.types.len()).map(|of| Self::new(model, of)).collect()
    }

    fn new(model: &Model, of: usize) -> Self {
        let owner = &model.types[of];
        let own = foreign_keys(owner).flatten();
        let own: BTreeSet<usize> = own.copied().collect();
        let mut twice: BTreeSet<usize> =
            owner.key.iter().copied().filter(|column| owner.key.len() > 1 || own.contains(column)).collect();
        let mut referenced = BTreeSet::new();
        for other in &model.types {
            for relationship in other.relationships.iter().filter(|it| it.target == of) {
                if let Link::ForeignKey { far, .. } | Link::Join { far, .. } = &relationship.link
                    && *far != owner.key
                {
                    twice.extend(far);
                    referenced.insert(far.clone());
                }
            }
        }
        if let [only] = owner.key[..]
            && !own.contains(&only)
        {
            // It is no field.
            twice.remove(&only);
        }
        Self { twice, referenced }
    }

    /// The columns that are there twice.
    pub(super) fn twice(&self) -> impl Iterator<Item = usize> {
        self.twice.iter().copied()
    }

    /// The name of a column as others refer to it.
    pub(super) fn lasting(&self, owner: &Type, column: usize) -> String {
        let name = &owner.columns[column].name;
        if self.twice.contains(&column) { format!("{OWN}{name}") } else { name.clone() }
    }

    /// Whether a column's lasting copy has to refer to a hidden table to be no field.
    pub(super) fn is_anchored(&self, owner: &Type, column: usize) -> bool {
        self.twice.contains(&column) && owner.key.len() > 1 && owner.key.contains(&column)
    }
}

/// The columns of each foreign key of a type.
pub(super) fn foreign_keys(owner: &Type) -> impl Iterator<Item = &Vec<usize>> {
    owner.relationships.iter().filter_map(|it| match &it.link {
        Link::ForeignKey { near, .. } => Some(near),
        _ => None,
    })
}
