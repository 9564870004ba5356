//! From what a transaction has done to the answer.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use docent_jsonapi::media_type::Applied;

use super::answer::{Answers, results_document};
use super::perform::{Endpoint, shows};
use super::run::{Done, Stage, Task, id_of};
use super::{Kind, Subject};
use crate::api::Request;
use crate::assemble::{Objects, related_path};
use crate::represent::Representation;
use crate::respond::Answer;
use crate::run::id_segment;
use crate::serving::Serving;

/// What a transaction has done.
pub(super) struct Outcome<'a> {
    pub(super) serving: &'a Serving,
    pub(super) task: &'a Task,
    pub(super) done: Done,
}

impl Outcome<'_> {
    /// The answer to the request.
    pub(super) fn answer(
        mut self,
        endpoint: Endpoint<'_>,
        request: &Request<'_>,
        applied: Applied,
        is_minimal: bool,
        tagged: bool,
    ) -> Answer {
        if matches!(endpoint, Endpoint::Operations) {
            let objects = self.objects();
            let results = self.results(&objects);
            if results.iter().all(|result| result.is_empty()) {
                return Answer::empty();
            }
            let body = results_document(&applied, &results).into();
            return Answer { applied, body, tagged: false, ..Answer::default() };
        }
        if let Answers::Linkage(prepared, values) = &self.task.answers {
            let representation = Representation {
                prepared: Arc::clone(prepared),
                values: values.clone(),
                applied,
                base_url: Cow::Borrowed(request.base_url),
                path: Cow::Borrowed(request.path),
                related: related_path(request.path),
            };
            let mut found = self.done.found.pop().unwrap_or_default();
            let body = representation.document(self.serving, &mut found);
            return Answer { applied: representation.applied, body, tagged, ..Answer::default() };
        }
        let Some(action) = self.task.actions.first().filter(|action| shows(action)) else {
            return Answer::empty();
        };
        let creates = matches!(action.kind, Kind::Create(_));
        let owner = self.serving.catalog.get(action.type_id);
        let path = if creates {
            let mut path = owner.path.clone().into_bytes();
            path.push(b'/');
            id_segment(&mut path, &self.id(0).unwrap_or_default());
            Cow::Owned(String::from_utf8_lossy(&path).into_owned())
        } else {
            Cow::Borrowed(request.path)
        };
        let location = creates.then(|| format!("{}{path}", request.base_url));
        let prepared = match &self.task.answers {
            Answers::Resource(prepared) if !is_minimal => prepared,
            _ => {
                let preference_applied = is_minimal.then_some("return=minimal");
                return Answer { location, preference_applied, ..Answer::empty() };
            }
        };
        let representation = Representation {
            prepared: Arc::clone(prepared),
            values: Vec::new(),
            applied,
            base_url: Cow::Borrowed(request.base_url),
            path,
            related: None,
        };
        let mut found = self.done.found.pop().unwrap_or_default();
        let body = representation.document(self.serving, &mut found);
        let status = if creates { 201 } else { 200 };
        Answer { status, applied: representation.applied, body, tagged, location, ..Answer::default() }
    }

    /// The id of an action's subject.
    fn id(&self, action: usize) -> Option<String> {
        let action = &self.task.actions[action];
        match &action.subject {
            Subject::Known { id, .. } => Some(id.clone()),
            Subject::Created(creator) => {
                id_of(self.serving.catalog.get(action.type_id), self.done.created[*creator].as_ref()?)
            }
        }
    }

    /// The resource objects that each of the reads has found, by id.
    fn objects(&self) -> Vec<Objects<'_>> {
        let objects = |(actions, found)| {
            let actions: &Vec<usize> = actions;
            let type_id = self.task.actions[actions[0]].type_id;
            self.task.answers.objects(self.serving, type_id, found)
        };
        self.reads().zip(&self.done.found).map(objects).collect()
    }

    /// For each operation the resource object it shows, or nothing. What is shown last counts; what has been deleted
    /// since is shown as it was.
    fn results<'o>(&self, objects: &'o [Objects<'_>]) -> Vec<&'o [u8]> {
        let mut results: Vec<&[u8]> = vec![&[]; self.task.actions.len()];
        // Nothing else makes an id free for another resource.
        let deletes = self.task.actions.iter().any(|action| matches!(action.kind, Kind::Delete));
        for (actions, objects) in self.reads().zip(objects) {
            // From the last to the first: once the creation of what has an id was met, whoever had the id before it was
            // another resource, and is gone.
            let mut created = HashSet::new();
            for action in actions.iter().rev() {
                let Some(id) = self.id(*action).filter(|id| !created.contains(id)) else { continue };
                if let Some(object) = objects.get(&id) {
                    results[*action] = object;
                }
                if deletes && matches!(self.task.actions[*action].kind, Kind::Create(_)) {
                    created.insert(id);
                }
            }
        }
        results
    }

    fn reads(&self) -> impl Iterator<Item = &Vec<usize>> {
        let stages = self.task.stages.iter();
        stages.filter_map(|stage| if let Stage::Read(actions) = stage { Some(actions) } else { None })
    }
}
