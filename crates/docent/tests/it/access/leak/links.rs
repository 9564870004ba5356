//! Which relationships are two sides of the same links.

use crate::differential::model::{Link, Model, Relationship};

/// A relationship: a type, and which of its relationships.
pub(super) type Place = (usize, usize);

/// Both sides of each foreign key between types, the one that has it first, and of each join table.
pub(super) fn twins(model: &Model) -> Vec<[Place; 2]> {
    let mut found: Vec<[Place; 2]> = Vec::new();
    for (of, owner) in model.types.iter().enumerate() {
        for (index, relationship) in owner.relationships.iter().enumerate() {
            let here = (of, index);
            if matches!(relationship.link, Link::Inverse { .. }) || found.iter().any(|it| it.contains(&here))
            {
                continue;
            }
            let others = model.types[relationship.target].relationships.iter().enumerate();
            let mut others = others.map(|(index, it)| ((relationship.target, index), it));
            let twin = others
                .find(|(place, it)| *place != here && it.target == of && is_other_side(relationship, it));
            let (twin, _) = twin.unwrap_or_else(|| panic!("{} has one side only", relationship.name));
            found.push([here, twin]);
        }
    }
    found
}

fn is_other_side(one: &Relationship, other: &Relationship) -> bool {
    match (&one.link, &other.link) {
        (Link::ForeignKey { near, far }, Link::Inverse { near: there, far: back }) => {
            near == back && far == there
        }
        (
            Link::Join { table, join_near, join_far, .. },
            Link::Join { table: same, join_near: far, join_far: near, .. },
        ) => table == same && join_near == near && join_far == far,
        _ => false,
    }
}
