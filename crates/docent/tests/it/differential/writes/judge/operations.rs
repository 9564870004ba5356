//! Atomic Operations: each sees what those before it did, and one that fails undoes them all.

use serde_json::Value;

use super::super::super::compare::any;
use super::super::documents::resource_object;
use super::super::problem::{Expected, Problem, Refusal, Source};
use super::super::write::{Identity, Operation, ResourceObject, Target, Verb};
use super::perform::Performance;
use super::{Judge, Lids, Outcome, Stop};

/// What the result of an operation has to show.
#[derive(Debug, PartialEq)]
enum Shown {
    /// A resource as it is in the end.
    Resource(usize, String),
    /// One that is gone in the end, as it was.
    Removed(Value),
}

/// Operations in one request at most.
pub(in crate::differential::writes) const OPERATIONS_MAX: usize = 100;

impl Judge<'_> {
    pub(super) fn operations(
        self,
        performance: &mut Performance<'_>,
        operations: &[Operation],
    ) -> Outcome<Expected> {
        if operations.len() > OPERATIONS_MAX {
            let problem = Problem::at(400, "too-many-operations", "/atomic:operations");
            return Err(Stop::Refused(Refusal::all(vec![problem])));
        }
        let mut lids = Lids::new();
        let mut problems = Vec::new();
        for (number, operation) in operations.iter().enumerate() {
            problems.extend(self.operation(operation, &format!("/atomic:operations/{number}"), &mut lids)?);
        }
        performance.check(problems)?;
        let mut results: Vec<Option<Shown>> = Vec::new();
        for (number, operation) in operations.iter().enumerate() {
            if let Operation::Remove { target } = operation
                && let Ok((of, id)) = performance.target(target)
            {
                let last = resource_object(&performance.store, of, &id).unwrap();
                for result in results.iter_mut().filter(|it| **it == Some(Shown::Resource(of, id.clone()))) {
                    *result = Some(Shown::Removed(last.clone()));
                }
            }
            let written = performance.operate(operation, &format!("/atomic:operations/{number}"))?;
            results.push(written.map(|(of, id)| Shown::Resource(of, id)));
            for result in results.iter_mut().flatten() {
                // What goes along with something else has no last state of its own.
                if matches!(result, Shown::Resource(of, id) if performance.find(*of, id).is_none()) {
                    *result = Shown::Removed(any());
                }
            }
        }
        if results.iter().all(Option::is_none) {
            return Ok(Expected::Done);
        }
        let object = |shown: Shown| match shown {
            Shown::Resource(of, id) => resource_object(&performance.store, of, &id).unwrap(),
            Shown::Removed(object) => object,
        };
        Ok(Expected::Results(results.into_iter().map(|shown| shown.map(object)).collect()))
    }

    /// What the schema tells of an operation.
    fn operation(self, operation: &Operation, at: &str, lids: &mut Lids) -> Outcome<Vec<Problem>> {
        let data = format!("{at}/data");
        match operation {
            Operation::Add { resource, .. } => {
                let of = self.type_in_document(&resource.type_name)?;
                let mut problems = Vec::new();
                if let Some(lid) = resource.lid()
                    && !lids.insert((resource.type_name.clone(), lid.to_owned()))
                {
                    problems.push(Problem::within(400, "duplicate-local-id", at));
                }
                problems.extend(self.resource(of, resource, &data, true, lids));
                Ok(problems)
            }
            Operation::Update { target, resource } => {
                let of = self.type_in_document(&resource.type_name)?;
                if let Some(target) = target
                    && (target.type_name != resource.type_name
                        || resource.identity.as_ref() != Some(&target.identity))
                {
                    return Err(Stop::Status(vec![409, 400]));
                }
                let named = Target::of(resource, target.as_ref());
                let place = if target.is_some() { format!("{at}/ref") } else { data.clone() };
                // Without a target nothing more can be said.
                if let Some(problem) = unknown_lid(&named, &place, lids) {
                    return Ok(vec![problem]);
                }
                let mut problems = self.resource(of, resource, &data, false, lids);
                problems.extend(self.impossible(of, &named));
                Ok(problems)
            }
            Operation::Remove { target } => {
                let of = self.type_in_document(&target.type_name)?;
                let unknown = unknown_lid(target, &format!("{at}/ref"), lids);
                Ok(unknown.into_iter().chain(self.impossible(of, target)).collect())
            }
            Operation::Relate { target, relationship, verb, linkage } => {
                let of = self.type_in_document(&target.type_name)?;
                let Some(index) = self.schema.types[of].relationship(relationship) else {
                    return Err(Stop::Status(vec![404, 400, 422]));
                };
                if let Some(problem) = unknown_lid(target, &format!("{at}/ref"), lids) {
                    return Ok(vec![problem]);
                }
                let mut problems =
                    if *verb == Verb::Replace || self.schema.types[of].relationships[index].many {
                        self.relationship(of, index, linkage, (at, &data), false, lids)
                    } else {
                        vec![Problem::within(400, "", at)]
                    };
                problems.extend(self.impossible(of, target));
                Ok(problems)
            }
        }
    }

    fn impossible(self, of: usize, target: &Target) -> Option<Problem> {
        match &target.identity {
            Identity::Id(id) => self.impossible_target(of, id),
            Identity::Lid(_) => None,
        }
    }

    fn type_in_document(self, name: &str) -> Outcome<usize> {
        let position = self.schema.types.iter().position(|it| it.name == name);
        position.ok_or(Stop::Status(vec![400, 404, 409, 422]))
    }
}

impl Performance<'_> {
    /// Performs an operation; returns type and id of the resource that its result shows.
    fn operate(&mut self, operation: &Operation, at: &str) -> Outcome<Option<(usize, String)>> {
        let data = format!("{at}/data");
        let missing = |()| Stop::from(Problem::within(404, "resource-not-found", at));
        match operation {
            Operation::Add { resource, .. } => {
                let of = self.type_named(&resource.type_name);
                let id = self.create(of, resource, &data)?;
                Ok(Some((of, id)))
            }
            Operation::Update { target, resource } => {
                let (of, id) = self.target(&Target::of(resource, target.as_ref())).map_err(missing)?;
                self.update(of, &id, resource, &data)?;
                Ok(Some((of, id)))
            }
            Operation::Remove { target } => {
                let (of, id) = self.target(target).map_err(missing)?;
                self.delete(of, &id, Source::Within(at.to_owned()))?;
                Ok(None)
            }
            Operation::Relate { target, relationship, verb, linkage } => {
                let (of, id) = self.target(target).map_err(missing)?;
                let index = self.schema.types[of].relationship(relationship).unwrap();
                self.relate(of, &id, index, *verb, linkage, &data)?;
                Ok(None)
            }
        }
    }

    fn type_named(&self, name: &str) -> usize {
        self.schema.types.iter().position(|it| it.name == name).unwrap()
    }

    /// Type and id of an existing resource.
    fn target(&self, target: &Target) -> Result<(usize, String), ()> {
        let of = self.type_named(&target.type_name);
        let id = match &target.identity {
            Identity::Id(id) => id.clone(),
            Identity::Lid(lid) => self.ids.get(&(target.type_name.clone(), lid.clone())).ok_or(())?.clone(),
        };
        self.find(of, &id).map(|_| (of, id)).ok_or(())
    }
}

impl Target {
    /// The target of an update: given beside the resource, or by it.
    fn of(resource: &ResourceObject, target: Option<&Self>) -> Self {
        let by_resource = || Self {
            type_name: resource.type_name.clone(),
            identity: resource.identity.clone().unwrap(),
            form: super::super::write::Form::Ref,
        };
        target.cloned().unwrap_or_else(by_resource)
    }
}

fn unknown_lid(target: &Target, place: &str, lids: &Lids) -> Option<Problem> {
    let Identity::Lid(lid) = &target.identity else { return None };
    let is_known = lids.contains(&(target.type_name.clone(), lid.clone()));
    (!is_known).then(|| Problem::at(400, "unknown-local-id", &format!("{place}/lid")))
}
