//! What requests can name of a copy: its model without what is hidden.

use super::layout::OWN;
use super::view::{Shown, View};
use crate::differential::load;
use crate::differential::model::{Model, Type};
use crate::differential::tables::{TableRows, Tables};

/// The model of a copy without the fields and types that its configuration hides. `original` is what the view is of.
pub(super) fn model(tables: &Tables, rows: &TableRows, original: &Model, view: &View) -> Model {
    let mut model = load::model(tables, rows);
    let seen_of = |owner: &Type| {
        let of = original.types.iter().position(|it| it.name == owner.name)?;
        Some((&original.types[of], &view.0[of])).filter(|(_, seen)| seen.is_readable)
    };
    let kept: Vec<bool> = model.types.iter().map(|it| seen_of(it).is_some()).collect();
    let place = |of: usize| kept[of].then(|| kept[..of].iter().filter(|it| **it).count());
    for owner in &mut model.types {
        let Some((full, seen)) = seen_of(owner) else { continue };
        let is_shown = |name: &str, shown: Option<&Shown>| {
            !name.starts_with(OWN) && shown.is_none_or(|shown| *shown != Shown::Nowhere)
        };
        owner.attributes.retain(|it| {
            let position = full.attributes.iter().position(|other| other.name == it.name);
            is_shown(&it.name, position.map(|position| &seen.attributes[position]))
        });
        owner.relationships.retain_mut(|it| {
            let position = full.relationships.iter().position(|other| other.name == it.name);
            let Some(target) = place(it.target) else { return false };
            it.target = target;
            is_shown(&it.name, position.map(|position| &seen.relationships[position]))
        });
    }
    let mut kept = kept.into_iter();
    model.types.retain(|_| kept.next().unwrap());
    model
}
