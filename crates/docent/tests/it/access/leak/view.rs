//! What a policy lets the caller see, decided row by row over tables in memory.

use super::links::twins;
use super::policy::Policy;
use crate::differential::model::{Link, Model};

/// Where a field is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shown {
    Everywhere,
    /// For each row whether it is.
    In(Vec<bool>),
    Nowhere,
}

impl Shown {
    /// Whether it is in that row.
    pub(super) fn is_in(&self, row: usize) -> bool {
        match self {
            Self::Everywhere => true,
            Self::In(rows) => rows[row],
            Self::Nowhere => false,
        }
    }
}

/// What is seen of one type.
#[derive(Debug)]
pub(super) struct Seen {
    /// Whether there is such a type.
    pub(super) is_readable: bool,
    /// For each row whether it is visible.
    pub(super) rows: Vec<bool>,
    /// In the order of the type's attributes.
    pub(super) attributes: Vec<Shown>,
    /// In the order of the type's relationships.
    pub(super) relationships: Vec<Shown>,
}

/// What is seen of a database, type by type.
#[derive(Debug)]
pub(super) struct View(pub(super) Vec<Seen>);

impl View {
    /// Everything.
    pub(super) fn whole(model: &Model) -> Self {
        let seen = model.types.iter().map(|owner| Seen {
            is_readable: true,
            rows: vec![true; owner.rows.len()],
            attributes: vec![Shown::Everywhere; owner.attributes.len()],
            relationships: vec![Shown::Everywhere; owner.relationships.len()],
        });
        Self(seen.collect())
    }

    /// What the policy shows.
    pub(super) fn of(policy: &Policy, model: &Model) -> Self {
        let mut view = Self((0..model.types.len()).map(|of| seen(policy, model, of)).collect());
        // Who does not know of a foreign key does not know of it from the other end either.
        for [one, other] in twins(model) {
            let is_foreign_key =
                matches!(model.types[one.0].relationships[one.1].link, Link::ForeignKey { .. });
            if is_foreign_key && view.0[one.0].relationships[one.1] == Shown::Nowhere {
                view.0[other.0].relationships[other.1] = Shown::Nowhere;
            }
        }
        // What leads to a type that is not there is not there either.
        for (of, owner) in model.types.iter().enumerate() {
            for (index, relationship) in owner.relationships.iter().enumerate() {
                if !view.0[relationship.target].is_readable {
                    view.0[of].relationships[index] = Shown::Nowhere;
                }
            }
        }
        view
    }
}

fn seen(policy: &Policy, model: &Model, of: usize) -> Seen {
    let owner = &model.types[of];
    let permissions: Vec<_> = policy.permissions.iter().filter(|it| it.is_about(of)).collect();
    let satisfied: Vec<Vec<bool>> = permissions
        .iter()
        .map(|it| match &it.condition {
            Some(condition) => condition.holding(model, of),
            None => vec![true; owner.rows.len()],
        })
        .collect();
    let shown = |name: &String| {
        let hides: Vec<bool> = permissions.iter().map(|it| it.hide.contains(name)).collect();
        if !hides.contains(&true) {
            Shown::Everywhere
        } else if !hides.contains(&false) {
            Shown::Nowhere
        } else {
            let in_row =
                |row| satisfied.iter().zip(&hides).any(|(satisfied, hides)| satisfied[row] && !hides);
            Shown::In((0..owner.rows.len()).map(in_row).collect())
        }
    };
    Seen {
        is_readable: !permissions.is_empty(),
        rows: (0..owner.rows.len()).map(|row| satisfied.iter().any(|it| it[row])).collect(),
        attributes: owner.attributes.iter().map(|it| shown(&it.name)).collect(),
        relationships: owner.relationships.iter().map(|it| shown(&it.name)).collect(),
    }
}
