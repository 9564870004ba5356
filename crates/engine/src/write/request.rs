//! Requests that write, as actions: documents read, names and values resolved, all their problems together.

use docent_catalog::model::{Arity, Catalog, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::pointer::Pointer;
use docent_jsonapi::request::{
    self as document, Identity, Linkage, Operation, OperationCode, Position, Ref, ResourceObject,
};
use docent_sql::Value;

use super::fields::{Resolver, can_be_cleared, unwritable};
use super::linkage::{Locals, Place, edit};
use super::{Action, Edit, Kind, MemberChange, Subject, permission};
use crate::api::Method;
use crate::error;
use crate::route::{Route, Target, route};
use crate::serving::Serving;

/// Errors of one document at most.
const MAX_ERRORS: usize = document::MAX_ERRORS;

/// What reading a request document needs to know.
pub(super) struct Reader<'a> {
    pub(super) serving: &'a Serving,
    pub(super) catalog: &'a Catalog,
    pub(super) base_url: &'a str,
    pub(super) operations_max: usize,
}

/// Actions, and the problems found on the way.
#[derive(Default)]
struct Draft {
    actions: Vec<Action>,
    locals: Locals,
    errors: Vec<ErrorObject>,
    /// For [`Resolver::values`].
    values: Vec<Value>,
}

impl Draft {
    fn finish(mut self) -> Result<Vec<Action>, Vec<ErrorObject>> {
        if self.errors.is_empty() {
            return Ok(self.actions);
        }
        self.errors.truncate(MAX_ERRORS);
        Err(self.errors)
    }

    fn report(&mut self, kind: &'static docent_jsonapi::error::ErrorKind, detail: String, pointer: Pointer) {
        self.errors.push(ErrorObject::new(kind, detail).with_pointer(pointer));
    }
}

impl Reader<'_> {
    /// What a request to a resource or relationship asks for.
    pub(super) fn request(
        &self,
        method: Method,
        target: &Target,
        body: &[u8],
    ) -> Result<Vec<Action>, Vec<ErrorObject>> {
        let mut draft = Draft::default();
        let position = Position::Document;
        match (method, target) {
            (Method::Post, Target::Collection(owner)) => {
                let object = document::read_resource(body)?;
                self.create(&mut draft, *owner, &object, position);
            }
            (Method::Patch, Target::Individual(owner, id)) => {
                let object = document::read_resource(body)?;
                let subject = self.url_subject(*owner, id)?;
                if object.identity.is_none() {
                    draft.report(
                        &document::INVALID_DOCUMENT,
                        "An update names the resource by `type` and `id`.".to_owned(),
                        position.data(),
                    );
                }
                self.update(&mut draft, *owner, subject, &object, position);
            }
            (Method::Delete, Target::Individual(owner, id)) => {
                let subject = self.url_subject(*owner, id)?;
                self.delete(&mut draft, *owner, subject, position);
            }
            (method, Target::Relationship(owner, id, relationship)) => {
                let linkage = document::read_linkage(body)?;
                let subject = self.url_subject(*owner, id)?;
                let change = match method {
                    Method::Post => MemberChange::Add,
                    Method::Delete => MemberChange::Remove,
                    _ => MemberChange::Replace,
                };
                self.relate(&mut draft, (*owner, *relationship), subject, &linkage, change, position);
            }
            // The method has been checked against the target.
            _ => {}
        }
        draft.finish()
    }

    /// What a list of operations asks for.
    pub(super) fn operations(&self, body: &[u8]) -> Result<Vec<Action>, Vec<ErrorObject>> {
        let operations = document::read_operations(body, self.operations_max)?;
        let mut draft = Draft { actions: Vec::with_capacity(operations.len()), ..Draft::default() };
        for operation in operations {
            if let Err(errors) = self.operation(&mut draft, operation) {
                draft.errors.extend(errors);
            }
            if draft.errors.len() >= MAX_ERRORS {
                break;
            }
        }
        draft.finish()
    }

    fn operation(&self, draft: &mut Draft, operation: Operation<'_>) -> Result<(), Vec<ErrorObject>> {
        let Operation { code, target, data, position } = operation;
        let invalid = |detail: &str, pointer: Pointer| {
            vec![ErrorObject::new(&document::INVALID_OPERATION, detail).with_pointer(pointer)]
        };
        let Some(target) = target else {
            return self.untargeted(draft, code, &data.into_resource()?, position);
        };
        let (owner, subject, relationship) = match target {
            document::Target::Ref(reference) => self.reference(draft, &reference, position)?,
            document::Target::Href(href) => self.href(&href, position).map_err(|error| vec![error])?,
        };
        let whole = || position.whole();
        match (code, relationship, subject) {
            (_, Some(relationship), Some(subject)) => {
                let change = match code {
                    OperationCode::Add => MemberChange::Add,
                    OperationCode::Update => MemberChange::Replace,
                    OperationCode::Remove => MemberChange::Remove,
                };
                if self.catalog.get(owner).relationships[relationship].arity == Arity::ToOne
                    && change != MemberChange::Replace
                {
                    return Err(invalid(
                        "A to-one relationship is changed with `update` alone.",
                        whole().with_member("op"),
                    ));
                }
                let linkage = data.into_linkage()?;
                self.relate(draft, (owner, relationship), subject, &linkage, change, position);
            }
            (OperationCode::Add, None, None) => self.create(draft, owner, &data.into_resource()?, position),
            (OperationCode::Add, ..) => {
                return Err(invalid(
                    "`add` without a relationship creates: it targets a collection or nothing.",
                    whole(),
                ));
            }
            (OperationCode::Update, None, Some(subject)) => {
                self.update(draft, owner, subject, &data.into_resource()?, position);
            }
            (OperationCode::Remove, None, Some(subject)) => {
                if self.is_writable(draft, owner, position) {
                    self.delete(draft, owner, subject, position);
                }
            }
            (_, _, None) => return Err(invalid("The target is a collection; name one resource.", whole())),
        }
        Ok(())
    }

    /// An operation that only its data says what it is about.
    fn untargeted(
        &self,
        draft: &mut Draft,
        code: OperationCode,
        object: &ResourceObject<'_>,
        position: Position,
    ) -> Result<(), Vec<ErrorObject>> {
        let Some(owner) = self.catalog.by_name(&object.type_name) else {
            let pointer = position.data().with_member("type");
            return Err(vec![
                crate::route::unknown_type(self.catalog, &object.type_name).with_pointer(pointer),
            ]);
        };
        if code == OperationCode::Add {
            self.create(draft, owner, object, position);
            return Ok(());
        }
        let Some(identity) = &object.identity else {
            let detail = "An update without a target names its resource by `type` and `id` or `lid`.";
            return Err(vec![
                ErrorObject::new(&document::INVALID_OPERATION, detail).with_pointer(position.data()),
            ]);
        };
        let subject = self.subject(draft, owner, identity, &position.data())?;
        self.update(draft, owner, subject, object, position);
        Ok(())
    }

    fn reference(
        &self,
        draft: &Draft,
        reference: &Ref<'_>,
        position: Position,
    ) -> Result<(TypeId, Option<Subject>, Option<usize>), Vec<ErrorObject>> {
        let pointer = || position.whole().with_member("ref");
        let Some(owner) = self.catalog.by_name(&reference.type_name) else {
            let error = crate::route::unknown_type(self.catalog, &reference.type_name);
            return Err(vec![error.with_pointer(pointer().with_member("type"))]);
        };
        let subject = self.subject(draft, owner, &reference.identity, &pointer())?;
        let relationship = match &reference.relationship {
            None => None,
            Some(name) => Some(
                crate::route::relationship(self.catalog, owner, name)
                    .map_err(|error| vec![error.with_pointer(pointer().with_member("relationship"))])?,
            ),
        };
        Ok((owner, Some(subject), relationship))
    }

    /// A URL of this API, absolute or from the root of its host.
    fn href(
        &self,
        href: &str,
        position: Position,
    ) -> Result<(TypeId, Option<Subject>, Option<usize>), ErrorObject> {
        let pointer = || position.whole().with_member("href");
        let invalid =
            |detail: String| ErrorObject::new(&document::INVALID_OPERATION, detail).with_pointer(pointer());
        if href.contains(['?', '#']) {
            return Err(invalid("The target of an operation has no query and no fragment.".to_owned()));
        }
        let root = self
            .base_url
            .find("://")
            .and_then(|at| self.base_url[at + 3..].find('/').map(|slash| at + 3 + slash));
        let base_path = root.map_or("", |root| &self.base_url[root..]);
        let below = href
            .strip_prefix(self.base_url)
            .or_else(|| href.strip_prefix(base_path).filter(|_| href.starts_with('/')))
            .filter(|below| below.starts_with('/'));
        let Some(below) = below else {
            return Err(invalid(format!(
                "\"{href}\" is no URL of this API; those start with {}/.",
                self.base_url
            )));
        };
        let target = match route(self.catalog, below.strip_suffix('/').unwrap_or(below)) {
            Ok(Route::Resources(target)) => target,
            Ok(_) => return Err(invalid(format!("\"{href}\" cannot be written."))),
            Err(error) => return Err(error.with_pointer(pointer())),
        };
        let (owner, id, relationship) = match target {
            Target::Collection(owner) => return Ok((owner, None, None)),
            Target::Individual(owner, id) => (owner, id, None),
            Target::Relationship(owner, id, relationship) => (owner, id, Some(relationship)),
            Target::Related(..) => {
                return Err(invalid("Related resources are written at their own URLs.".to_owned()));
            }
        };
        let subject = self.known(owner, &id).map_err(|error| error.with_pointer(pointer()))?;
        Ok((owner, Some(subject), relationship))
    }

    fn subject(
        &self,
        draft: &Draft,
        owner: TypeId,
        identity: &Identity<'_>,
        pointer: &Pointer,
    ) -> Result<Subject, Vec<ErrorObject>> {
        let pointer = || pointer.clone().with_member(identity.member());
        match identity {
            Identity::Id(id) => self.known(owner, id).map_err(|error| vec![error.with_pointer(pointer())]),
            Identity::LocalId(name) => draft.locals.get(owner, name).ok_or_else(|| {
                let type_name = &self.catalog.get(owner).name;
                let detail =
                    format!("No resource of type {type_name} has been given the lid \"{name}\" before.");
                vec![ErrorObject::new(&error::UNKNOWN_LOCAL_ID, detail).with_pointer(pointer())]
            }),
        }
    }

    fn url_subject(&self, owner: TypeId, id: &str) -> Result<Subject, Vec<ErrorObject>> {
        self.known(owner, id).map_err(|error| vec![error])
    }

    fn known(&self, owner: TypeId, id: &str) -> Result<Subject, ErrorObject> {
        let owner = self.catalog.get(owner);
        match crate::id::exact_key(&owner.key, id) {
            Some(key) => Ok(Subject::Known { id: id.to_owned(), key }),
            None => Err(crate::represent::no_resource(&owner.name, id)),
        }
    }

    /// Types that cannot be written have no methods for it at their URLs; operations can still name them.
    fn is_writable(&self, draft: &mut Draft, owner: TypeId, position: Position) -> bool {
        let owner = self.catalog.get(owner);
        if owner.read_only {
            let detail =
                format!("Resources of type {} cannot be written: they are rows of a view.", owner.name);
            draft.report(&error::READ_ONLY_TYPE, detail, position.whole());
        }
        !owner.read_only
    }

    fn resolver<'r>(&'r self, draft: &'r mut Draft, position: Position) -> Resolver<'r> {
        let Draft { locals, errors, values, .. } = draft;
        Resolver { catalog: self.catalog, locals, position, errors, values }
    }

    fn create(&self, draft: &mut Draft, owner: TypeId, object: &ResourceObject<'_>, position: Position) {
        if !self.is_writable(draft, owner, position) || !self.is_of_type(draft, owner, object, position) {
            return;
        }
        let creation = match permission::creation(self.serving, owner, object, position) {
            Ok(creation) => creation,
            Err(errors) => return draft.errors.extend(errors),
        };
        let action = draft.actions.len();
        if let Some(name) = &object.lid
            && !draft.locals.assign(owner, name, action)
        {
            let detail = format!("The lid \"{name}\" has been given to another resource of this type.");
            draft.report(&error::DUPLICATE_LOCAL_ID, detail, position.data().with_member("lid"));
        }
        if self.catalog.get(owner).cannot_create.is_some() {
            let detail = format!(
                "Resources of type {} cannot be created here: the table has required columns that are not served.",
                self.catalog.get(owner).name
            );
            draft.report(&error::READ_ONLY_TYPE, detail, position.data());
        }
        let set = creation.set.iter();
        let set = set.map(|(column, at)| (column.clone(), self.serving.caller[usize::from(*at)].clone()));
        let fields = self.resolver(draft, position).create(owner, object, set.collect());
        let subject = Subject::Created(action);
        let (kind, permission) = (Kind::Create(fields), creation.permission);
        draft.actions.push(Action { type_id: owner, subject, kind, position, permission });
    }

    fn update(
        &self,
        draft: &mut Draft,
        owner: TypeId,
        subject: Subject,
        object: &ResourceObject<'_>,
        position: Position,
    ) {
        if !self.is_writable(draft, owner, position) || !self.is_of_type(draft, owner, object, position) {
            return;
        }
        let permission = match permission::change(self.serving, owner, object, position) {
            Ok(permission) => permission,
            Err(errors) => return draft.errors.extend(errors),
        };
        let is_other = match (&object.identity, &subject) {
            (Some(Identity::Id(id)), Subject::Known { id: known, .. }) => id != known,
            (Some(Identity::Id(_)), Subject::Created(_)) => true,
            (Some(Identity::LocalId(name)), subject) => {
                draft.locals.get(owner, name).as_ref() != Some(subject)
            }
            (None, _) => false,
        };
        if let Some(identity) = object.identity.as_ref().filter(|_| is_other) {
            let detail = format!("\"{}\" is not the resource that is to be changed.", identity.as_str());
            draft.report(&error::ID_CONFLICT, detail, position.data().with_member(identity.member()));
        }
        let fields = self.resolver(draft, position).update(owner, object);
        let kind = Kind::Update(fields);
        draft.actions.push(Action { type_id: owner, subject, kind, position, permission });
    }

    fn delete(&self, draft: &mut Draft, owner: TypeId, subject: Subject, position: Position) {
        match permission::deletion(self.serving, owner, position) {
            Ok(permission) => {
                let kind = Kind::Delete;
                draft.actions.push(Action { type_id: owner, subject, kind, position, permission });
            }
            Err(errors) => draft.errors.extend(errors),
        }
    }

    fn is_of_type(
        &self,
        draft: &mut Draft,
        owner: TypeId,
        object: &ResourceObject<'_>,
        position: Position,
    ) -> bool {
        let owner = self.catalog.get(owner);
        let fits = object.type_name == owner.name;
        if !fits {
            let detail = format!("Resources here are of type {}, not {}.", owner.name, object.type_name);
            draft.report(&error::TYPE_CONFLICT, detail, position.data().with_member("type"));
        }
        fits
    }

    fn relate(
        &self,
        draft: &mut Draft,
        (owner, index): (TypeId, usize),
        subject: Subject,
        linkage: &Linkage<'_>,
        change: MemberChange,
        position: Position,
    ) {
        let resource_type = self.catalog.get(owner);
        let relationship = &resource_type.relationships[index];
        let permission = match permission::relation(self.serving, (owner, index), position) {
            Ok(permission) => permission,
            Err(errors) => return draft.errors.extend(errors),
        };
        if let Some(reason) = unwritable(self.catalog, resource_type, relationship, false) {
            let detail = format!("\"{}\" cannot be written: {reason}.", relationship.name);
            return draft.report(&error::READ_ONLY_FIELD, detail, position.data());
        }
        let place = Place { position, member: None };
        let edit =
            edit(self.catalog, &draft.locals, (owner, index), linkage, change, place, &mut draft.errors);
        let Some(edit) = edit else { return };
        if let (docent_catalog::model::Link::ForeignKey { near, .. }, Edit { members, .. }) =
            (&relationship.link, &edit)
            && members.is_empty()
            && !can_be_cleared(resource_type, near)
        {
            let detail = format!("\"{}\" must lead to a resource.", relationship.name);
            return draft.report(&error::REQUIRED, detail, position.data());
        }
        let kind = Kind::Relate(edit);
        draft.actions.push(Action { type_id: owner, subject, kind, position, permission });
    }
}
