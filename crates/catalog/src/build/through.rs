//! Tables with further columns that the configuration makes many-to-many relationships (`through`).

use docent_jsonapi::name::sanitize;
use docent_sql::schema::Table;
use toml::Spanned;

use super::Here;
use super::keys::are_unique;
use super::linked::Origin;
use super::naming::verbatim_first;
use super::own::{OwnFields, is_attribute};
use super::problem::did_you_mean;
use super::references::Reference;
use super::survey::{Role, Survey, Visibility, stored};
use crate::model::StoredColumn;

/// The way from the type at `at` through the configured table: over a foreign key that leads here and another that
/// leads to a type. If there are several ways, `name` chooses: it must be that of the type on the other side or of
/// the relationship that leads there.
pub(super) fn find(here: &Here<'_>, name: &str, through: &Spanned<String>) -> Result<Origin, String> {
    let Here { survey, types, own, at } = *here;
    let tables: Vec<String> = survey.tables.iter().map(|one| one.table.name.to_string()).collect();
    let Some(join) = tables.iter().position(|table| table == through.get_ref()) else {
        let hint = did_you_mean(through.get_ref(), tables.iter().map(String::as_str));
        return Err(format!("the database has no table `{}`{hint}", through.get_ref()));
    };
    let one = &survey.tables[join];
    let leads_here = |near: usize| one.references[near].target == at;
    let served = |reference: &usize| survey.is_served(join, &one.references[*reference]);
    let references: Vec<usize> = (0..one.references.len()).filter(served).collect();
    let mut ways: Vec<(usize, usize)> = Vec::new();
    for near in references.iter().copied().filter(|near| leads_here(*near)) {
        ways.extend(references.iter().copied().filter(|far| *far != near).map(|far| (near, far)));
    }
    if ways.is_empty() {
        let here = &types.names[at];
        return Err(format!("`{}` does not link `{here}` with another type", tables[join]));
    }
    let relationship = |far: usize| own[join].references[far].natural.as_str();
    let mut choices: Vec<&str> = ways.iter().map(|(_, far)| relationship(*far)).collect();
    if ways.len() > 1 {
        let other_side = |far: usize| types.names[one.references[far].target].as_str();
        ways.retain(|(_, far)| relationship(*far) == name || other_side(*far) == name);
    }
    let [(near, far)] = ways[..] else {
        choices.sort_unstable();
        choices.dedup();
        return Err(format!(
            "`{}` links `{}` in several ways: call this relationship {} (and give it another `name` if you wish)",
            tables[join],
            types.names[at],
            choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(" or ")
        ));
    };
    let linking: Vec<usize> = linking([&one.references[near], &one.references[far]]).collect();
    if !are_unique(one.table, &one.key, &linking) {
        return Err(format!(
            "nothing keeps `{}` from linking the same two resources twice: it needs a unique key over {}",
            tables[join],
            columns(one.table, &linking)
        ));
    }
    Ok(Origin::Join { join, near, far })
}

fn linking(references: [&Reference; 2]) -> impl Iterator<Item = usize> {
    references.into_iter().flat_map(|reference| reference.columns.iter().copied())
}

fn columns(table: &Table, columns: &[usize]) -> String {
    let names: Vec<String> =
        columns.iter().map(|column| format!("`{}`", table.columns[*column].name)).collect();
    names.join(", ")
}

/// The further columns of a join table and their names in the `meta` of linkage: those its attributes have, or would
/// have. Hidden columns, and keys of hidden resources, stay out. `page` is the cursor's (`meta.page.cursor`), so a
/// column of that name becomes `{table}_page`.
pub(super) fn meta(
    survey: &Survey<'_>,
    join: usize,
    references: [&Reference; 2],
    own: &OwnFields,
) -> Vec<(String, StoredColumn)> {
    let one = &survey.tables[join];
    let linking: Vec<usize> = linking(references).collect();
    let tells_of_hidden = |column: usize| {
        let mut over = one.references.iter().filter(|reference| reference.columns.contains(&column));
        over.any(|reference| survey.tables[reference.target].role == Role::Hidden)
            && !is_attribute(survey, join, column)
    };
    let further: Vec<usize> = (0..one.table.columns.len())
        .filter(|column| !linking.contains(column))
        .filter(|column| one.visibility[*column] == Visibility::Shown && !tells_of_hidden(*column))
        .collect();
    let names: Vec<&str> = further
        .iter()
        .map(|column| {
            let attribute = own.attributes.iter().find(|attribute| attribute.column == *column);
            attribute.map_or(one.column(*column), |attribute| attribute.name.as_str())
        })
        .collect();
    let names = verbatim_first(&names, |name| match sanitize(name) {
        page if page == "page" => Some(sanitize(&format!("{}_page", one.table.name.name))),
        legal => (legal != name).then_some(legal),
    });
    names.into_iter().zip(further).map(|(name, column)| (name, stored(one.table, column))).collect()
}
