//! The fields a table has of its own: attributes and the to-one relationships of its foreign keys.

use std::collections::HashSet;

use docent_jsonapi::name::{is_member_name, sanitize};

use super::naming::{assign, field_name_fault, is_taken_by_identity, verbatim_first, without_key_ending};
use super::problem::Problems;
use super::references::Reference;
use super::renames::{Named, settle};
use super::survey::{Role, Survey, Surveyed, Visibility, stored};
use super::{Here, writes};
use crate::model::{Arity, Attribute, Link, Relationship, ValueSource};

/// The fields of one table, named.
pub(super) struct OwnFields {
    /// Attributes in the order of their columns, hidden ones too.
    pub(super) attributes: Vec<OwnAttribute>,
    /// One for each reference of the table.
    pub(super) references: Vec<OwnReference>,
    /// Every name that is given, with and without configuration, hidden fields included: hiding or renaming one
    /// field renames no other.
    pub(super) taken: HashSet<String>,
}

pub(super) struct OwnAttribute {
    pub(super) column: usize,
    pub(super) name: String,
    pub(super) served: bool,
}

pub(super) struct OwnReference {
    /// Name without configuration.
    pub(super) natural: String,
    pub(super) name: String,
    pub(super) served: bool,
}

/// Whether a column is an attribute: not the whole key, and not of a foreign key that is followed.
pub(super) fn is_attribute(survey: &Survey<'_>, at: usize, column: usize) -> bool {
    let one = &survey.tables[at];
    let mut over = one.references.iter().filter(|reference| reference.columns.contains(&column));
    let shown = one.overlay.field(one.column(column)).is_some_and(|field| field.show);
    !(one.key == [column]
        || over.any(|reference| match survey.tables[reference.target].role {
            Role::Type => true,
            // The key of a hidden resource would tell of it.
            Role::Hidden => !shown,
            Role::Join | Role::LeftOut(_) => false,
        }))
}

impl OwnFields {
    /// Names of the fields that are served.
    pub(super) fn served_names(&self) -> HashSet<String> {
        let attributes = self.attributes.iter().filter(|one| one.served).map(|one| one.name.clone());
        attributes
            .chain(self.references.iter().filter(|one| one.served).map(|one| one.name.clone()))
            .collect()
    }

    /// Names the fields of the table at that position.
    pub(super) fn name(survey: &Survey<'_>, at: usize, problems: &mut Problems) -> Self {
        let one = &survey.tables[at];
        let columns: Vec<usize> =
            (0..one.table.columns.len()).filter(|column| is_attribute(survey, at, *column)).collect();
        let attributes = attribute_names(survey, at, &columns);
        let mut taken: HashSet<String> = attributes.iter().cloned().collect();
        let references = reference_names(survey, at, &mut taken);
        let is_type = one.role == Role::Type;
        let mut named: Vec<Named<'_>> = Vec::new();
        for (column, natural) in columns.iter().zip(attributes) {
            let configured = one.overlay.field(one.column(*column)).and_then(|field| field.name.as_ref());
            let served = one.visibility[*column] == Visibility::Shown;
            named.push(Named { natural, configured, served });
        }
        for (reference, natural) in one.references.iter().zip(&references) {
            let said = one.overlay.relationships.get(natural.as_str()).filter(|said| said.through.is_none());
            let alone = one.references.iter().filter(|other| other.columns == reference.columns).count() == 1;
            let column = reference.columns.first().filter(|_| alone && reference.columns.len() == 1);
            let field = column.and_then(|column| one.overlay.field(one.column(*column)));
            let configured =
                said.and_then(|said| said.name.as_ref()).or(field.and_then(|field| field.name.as_ref()));
            let served = survey.is_served(at, reference) && !said.is_some_and(|said| said.hide);
            named.push(Named { natural: natural.clone(), configured, served });
        }
        let clash = |name: &str| format!("`{name}` is the name of another field of this type");
        let settled = settle(&named, &HashSet::new(), field_name_fault, clash, problems);
        if is_type {
            report_unused_names(survey, at, problems);
        }
        taken.extend(settled.iter().cloned());
        let mut fields = named.into_iter().zip(settled);
        let attributes = columns
            .into_iter()
            .zip(fields.by_ref())
            .map(|(column, (named, name))| OwnAttribute { column, name, served: named.served })
            .collect();
        let references = fields
            .map(|(named, name)| OwnReference { natural: named.natural, name, served: named.served })
            .collect();
        Self { attributes, references, taken }
    }
}

/// Names of the attributes of these columns.
///
/// A column's own name; characters that member names forbid become `_`, `type` and `id` become `{table}_type` and
/// `{table}_id`. Columns that bear their names as they are come first; the others follow in the order of the table,
/// numbered if they clash.
pub(super) fn attribute_names(survey: &Survey<'_>, at: usize, columns: &[usize]) -> Vec<String> {
    let one = &survey.tables[at];
    let names: Vec<&str> = columns.iter().map(|column| one.column(*column)).collect();
    verbatim_first(&names, |name| {
        if is_taken_by_identity(name) {
            return Some(sanitize(&format!("{}_{name}", one.table.name.name)));
        }
        (!is_member_name(name)).then(|| match sanitize(name) {
            // `$id` becomes `id`.
            name if is_taken_by_identity(&name) => sanitize(&format!("{}_{name}", one.table.name.name)),
            name => name,
        })
    })
}

/// Names of the relationships of a table's references, without configuration.
///
/// Over one column: the column without its ending (`author_id` → `author`), else its full name, else (two foreign
/// keys over one column) as over several. Over several columns: the referenced table's name, else the constraint's,
/// else the columns' joined by `_`. A name that is an attribute's, or that two references want, goes to neither of
/// them: both take their next.
fn reference_names(survey: &Survey<'_>, at: usize, taken: &mut HashSet<String>) -> Vec<String> {
    let one = &survey.tables[at];
    let mut order: Vec<usize> = (0..one.references.len()).collect();
    order.sort_by_key(|at| {
        let reference = &one.references[*at];
        (&reference.columns, reference.target, &reference.target_columns)
    });
    let wanted: Vec<Vec<String>> = order
        .iter()
        .map(|at| {
            let reference = &one.references[*at];
            let columns: Vec<&str> = reference.columns.iter().map(|column| one.column(*column)).collect();
            let mut wanted = Vec::new();
            if let [column] = columns[..] {
                wanted.extend([sanitize(without_key_ending(column)), sanitize(column)]);
            }
            wanted.push(sanitize(&survey.tables[reference.target].table.name.name));
            wanted.extend(reference.constraint.as_deref().map(sanitize));
            let joined = columns.join("_");
            wanted.push(if is_taken_by_identity(&joined) {
                sanitize(&format!("{}_{joined}", one.table.name.name))
            } else {
                sanitize(&joined)
            });
            wanted
        })
        .collect();
    let mut names = vec![String::new(); order.len()];
    for (at, name) in order.into_iter().zip(assign(taken, &wanted)) {
        names[at] = name;
    }
    names
}

/// Reports names configured for columns that are no field.
fn report_unused_names(survey: &Survey<'_>, at: usize, problems: &mut Problems) {
    let one = &survey.tables[at];
    for (entry, field) in &one.overlay.fields {
        let Some(name) = &field.name else { continue };
        let column = one.table.columns.iter().position(|column| &column.name == entry.get_ref());
        let Some(column) = column.filter(|column| !is_attribute(survey, at, *column)) else { continue };
        let over = one.references.iter().filter(|reference| reference.columns.contains(&column));
        let over: Vec<_> = over.collect();
        match over.as_slice() {
            [] => problems.add(name, format!("`{}` is the key: it is served as `id`", entry.get_ref())),
            [reference] if reference.columns.len() == 1 => {}
            _ => {
                let message = format!(
                    "`{}` is part of several relationships, or of one with other columns: name those under \
                     `relationships`",
                    entry.get_ref()
                );
                problems.add(name, message);
            }
        }
    }
}

/// The attributes that are served.
pub(super) fn attributes(here: &Here<'_>) -> Vec<Attribute> {
    let one = here.table();
    let served = here.own[here.at].attributes.iter().filter(|attribute| attribute.served);
    let attribute = |attribute: &OwnAttribute| {
        let column = &one.table.columns[attribute.column];
        let value = stored(one.table, attribute.column);
        Attribute {
            name: attribute.name.clone(),
            description: column.comment.clone(),
            read_only: one.is_column_read_only(attribute.column),
            has_default: value.has_default,
            value: ValueSource::Column(value),
            limits: writes::limits(one.table, attribute.column),
        }
    };
    served.map(attribute).collect()
}

/// Whether the columns hold the target's key just as the target does, so that they tell its id.
fn holds_key(survey: &Survey<'_>, one: &Surveyed<'_>, reference: &Reference) -> bool {
    let target = &survey.tables[reference.target];
    let mut pairs = reference.columns.iter().zip(&reference.target_columns);
    reference.target_columns == target.key
        && pairs.all(|(near, far)| {
            let (near, far) = (&one.table.columns[*near], &target.table.columns[*far]);
            near.column_type == far.column_type && far.collation.is_none()
        })
}

/// The to-one relationships that are served.
pub(super) fn relationships(here: &Here<'_>) -> Vec<Relationship> {
    let (one, survey) = (here.table(), here.survey);
    let served = one.references.iter().zip(&here.own[here.at].references).filter(|(_, named)| named.served);
    let relationship = |(reference, named): (&Reference, &OwnReference)| {
        let only = if let [column] = reference.columns[..] { Some(column) } else { None };
        Relationship {
            name: named.name.clone(),
            description: only.and_then(|column| one.table.columns[column].comment.clone()),
            target: here.type_id(reference.target),
            arity: Arity::ToOne,
            link: Link::ForeignKey {
                near: survey.stored(here.at, &reference.columns),
                far: survey.stored(reference.target, &reference.target_columns),
                far_is_key: holds_key(survey, one, reference),
                holds_key: holds_key(survey, one, reference),
            },
            read_only: one.is_any_read_only(&reference.columns),
            cannot_add: None,
            on_delete: None,
            has_triggers: one.table.has_triggers,
        }
    };
    served.map(relationship).collect()
}
