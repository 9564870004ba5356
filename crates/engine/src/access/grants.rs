//! The policy in the terms of a catalog.
//!
//! A permission that does not fit the catalog in any part does not apply: it is reported, and gives nothing. So a typing
//! mistake never shows or allows more than it says.

use std::ops::Range;

use docent_catalog::model::{Catalog, Field, Link, ResourceType, TypeId};
use docent_catalog::{Problem, did_you_mean};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::filter::INVALID_FILTER_VALUE;
use toml::Spanned;

use super::condition::{LIST_MAX, Operand, Where};
use super::policy::{ANONYMOUS, AUTHENTICATED, Action, Permission, Policy};
use super::principal::Principal;
use crate::resolve::Conditions;

/// What one permission gives on one type.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) role: String,
    pub(super) type_id: TypeId,
    pub(super) reads: bool,
    pub(super) creates: bool,
    pub(super) updates: bool,
    pub(super) deletes: bool,
    pub(super) condition: Where,
    pub(super) hidden: Vec<Field>,
    pub(super) read_only: Vec<Field>,
    pub(super) set: Vec<(Field, Operand)>,
}

/// The grants of a policy, in the order of the file, and what does not fit.
pub(super) fn grants(catalog: &Catalog, policy: &Policy) -> (Vec<Grant>, Vec<Problem>) {
    let (mut grants, mut problems) = (Vec::new(), Vec::new());
    for (role, permission) in policy.permissions() {
        let reader = Reader { catalog, role, permission: permission.get_ref(), span: permission.span() };
        match reader.grants() {
            Ok(all) => grants.extend(all),
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(unseen(catalog, policy));
    problems.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.start, span.end)));
    (grants, problems)
}

/// Types that a role may write and nobody sees who has it: nothing can be written that its writer does not see.
fn unseen(catalog: &Catalog, policy: &Policy) -> Vec<Problem> {
    let permissions = policy.permissions();
    let reads = |writer: &str, name: &str| {
        permissions.iter().any(|(role, permission)| {
            let role_counts = match writer {
                ANONYMOUS => *role == ANONYMOUS,
                AUTHENTICATED => [ANONYMOUS, AUTHENTICATED].contains(role),
                // Those who have a role of their own may have others, too.
                _ => true,
            };
            let mut types = permission.get_ref().types.iter();
            role_counts
                && permission.get_ref().allows(Action::Read)
                && types.any(|one| [name, "*"].contains(&one.get_ref().as_str()))
        })
    };
    let mut problems = Vec::new();
    for (role, permission) in &permissions {
        for name in &permission.get_ref().types {
            let known = catalog.by_name(name.get_ref()).is_some();
            if known && !reads(role, name.get_ref()) {
                let message = format!(
                    "`{}` is written here, and `{role}` may not read it: what is written must be seen by its writer",
                    name.get_ref()
                );
                problems.push(at(name, &message));
            }
        }
    }
    problems
}

struct Reader<'a> {
    catalog: &'a Catalog,
    role: &'a str,
    permission: &'a Permission,
    span: Range<usize>,
}

impl Reader<'_> {
    fn grants(&self) -> Result<Vec<Grant>, Vec<Problem>> {
        let mut problems = Vec::new();
        let permission = self.permission;
        if permission.types.is_empty() || permission.actions.is_empty() {
            problems.push(problem(&self.span, "a permission names `types` and `actions`"));
        }
        self.check_form(&mut problems);
        let mut types: Vec<TypeId> = Vec::new();
        for name in &permission.types {
            match (name.get_ref().as_str(), self.catalog.by_name(name.get_ref())) {
                ("*", None) => types.extend(self.catalog.iter().map(|(id, _)| id)),
                (_, Some(id)) => types.push(id),
                (unknown, None) => {
                    let known = self.catalog.types.iter().map(|one| one.name.as_str());
                    let hint = did_you_mean(unknown, known);
                    problems.push(at(name, &format!("there is no type `{unknown}`{hint}")));
                }
            }
        }
        types.sort_unstable();
        types.dedup();
        let mut parts: Vec<(&Spanned<String>, Where)> = Vec::new();
        for (name, value) in &permission.condition {
            match Where::read(name.get_ref(), value) {
                Ok(part) => parts.push((name, part)),
                Err(message) => problems.push(at(name, &message)),
            }
        }
        let condition = Where::all(parts.iter().map(|(_, part)| part.clone()).collect());
        self.check_names(&types, &mut problems);
        let is_every = permission.types.iter().any(|name| name.get_ref() == "*");
        let mut grants = Vec::with_capacity(types.len());
        for type_id in types {
            let one = self.catalog.get(type_id);
            let fields = |names: &[Spanned<String>]| -> Vec<Field> {
                names.iter().filter_map(|name| one.field(name.get_ref())).collect()
            };
            let grant = Grant {
                role: self.role.to_owned(),
                type_id,
                reads: permission.allows(Action::Read),
                creates: permission.allows(Action::Create),
                updates: permission.allows(Action::Update),
                deletes: permission.allows(Action::Delete),
                condition: condition.clone(),
                hidden: fields(&permission.hide),
                read_only: fields(&permission.read_only),
                set: self.set(one, &mut problems),
            };
            for (name, part) in &parts {
                problems.extend(self.check_condition(type_id, part).iter().map(|message| at(*name, message)));
            }
            grants.push(grant);
        }
        debug_assert!(is_every || !grants.is_empty() || !problems.is_empty());
        if problems.is_empty() { Ok(grants) } else { Err(problems) }
    }

    /// What says nothing, or says it twice.
    fn check_form(&self, problems: &mut Vec<Problem>) {
        let permission = self.permission;
        for names in [&permission.types, &permission.hide, &permission.read_only] {
            for (at_name, name) in names.iter().enumerate() {
                if names[..at_name].iter().any(|before| before.get_ref() == name.get_ref()) {
                    problems.push(at(name, &format!("`{}` stands twice", name.get_ref())));
                }
            }
        }
        let creates = permission.allows(Action::Create);
        if let Some(name) = permission.set.keys().min_by_key(|name| name.span().start).filter(|_| !creates) {
            let message = "`set` gives values to what is created, and `create` is not among the actions";
            problems.push(at(name, message));
        }
        if let Some(name) =
            permission.read_only.first().filter(|_| !creates && !permission.allows(Action::Update))
        {
            let message =
                "`read_only` is about writing, and neither `create` nor `update` is among the actions";
            problems.push(at(name, message));
        }
    }

    /// Each field named is one of all types named; of `*` it is enough if one type has it.
    fn check_names(&self, types: &[TypeId], problems: &mut Vec<Problem>) {
        let permission = self.permission;
        let is_every = permission.types.iter().any(|name| name.get_ref() == "*");
        let names = permission.hide.iter().chain(&permission.read_only).chain(permission.set.keys());
        for name in names {
            let has = |id: &TypeId| self.catalog.get(*id).field(name.get_ref()).is_some();
            let fits = if is_every { types.iter().any(has) } else { types.iter().all(has) };
            if fits {
                continue;
            }
            let lacking = types.iter().find(|id| !has(id)).map(|id| self.catalog.get(*id));
            let Some(lacking) = lacking else { continue };
            let hint = did_you_mean(name.get_ref(), lacking.field_names());
            problems.push(at(name, &format!("{} has no field `{}`{hint}", lacking.name, name.get_ref())));
        }
    }

    fn set(&self, one: &ResourceType, problems: &mut Vec<Problem>) -> Vec<(Field, Operand)> {
        let mut set = Vec::new();
        for (name, value) in &self.permission.set {
            let Some(field) = one.field(name.get_ref()) else { continue };
            if let Field::Relationship(index) = field
                && !matches!(one.relationships[index].link, Link::ForeignKey { far_is_key: true, .. })
            {
                let message =
                    format!("`{}` cannot be set: it is no foreign key that holds an id", name.get_ref());
                problems.push(at(name, &message));
            }
            match Operand::read(value) {
                Ok(operand) => set.push((field, operand)),
                Err(message) => problems.push(at(name, &message)),
            }
        }
        set
    }

    /// Paths and operators must fit; values too, unless they are the caller's.
    fn check_condition(&self, owner: TypeId, condition: &Where) -> Vec<String> {
        let mut messages = Vec::new();
        for test in condition.tests() {
            let stand_in = test.has_claims();
            let test = if stand_in { test.without_claims() } else { test.clone() };
            let Some(filter) = test.filter(self.catalog, owner, &Principal::Anonymous) else {
                messages.push(format!("a list has more than {LIST_MAX} values"));
                continue;
            };
            let resolved = Conditions::new(self.catalog).resolve(owner, &filter);
            let wrong = |error: &ErrorObject| !(stand_in && error.kind == &INVALID_FILTER_VALUE);
            let errors = resolved.err().into_iter().flatten().filter(wrong);
            messages.extend(errors.map(|error| error.detail));
        }
        messages
    }
}

/// A problem with an entry.
pub(super) fn at<T>(entry: &Spanned<T>, message: &str) -> Problem {
    problem(&entry.span(), message)
}

fn problem(span: &Range<usize>, message: &str) -> Problem {
    // Messages of a request's errors are sentences.
    let message = message.strip_suffix('.').unwrap_or(message).to_owned();
    Problem { message, span: (!span.is_empty()).then(|| span.clone()) }
}
