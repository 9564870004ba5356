//! A request that writes, from its headers to its answer.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;

use docent_catalog::model::{Arity, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::media_type::{
    ATOMIC_EXTENSION, Applied, MEDIA_TYPE, Negotiated, Offer, UNSUPPORTED_MEDIA_TYPE, check_content_type,
    negotiate,
};
use docent_jsonapi::query::QueryLimits;
use docent_sql::Database;
use tokio::sync::oneshot;

use super::answer::{Answers, Condition};
use super::fields::unwritable;
use super::outcome::Outcome;
use super::request::Reader;
use super::run::{Done, Stage, Task, Write};
use super::steps::Builder;
use super::{Action, Kind, fault};
use crate::api::{Method, Request, Timings};
use crate::assemble::related_path;
use crate::id;
use crate::pages;
use crate::prepare::prepare;
use crate::represent::Representation;
use crate::respond::{Answer, Failure};
use crate::route::Target;
use crate::serving::Serving;

/// What is written to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Endpoint<'a> {
    /// A resource, a collection, a relationship.
    Resources(&'a Target),
    /// The URL of Atomic Operations.
    Operations,
}

/// The methods that write to a URL.
pub(crate) fn methods(serving: &Serving, target: &Target) -> &'static [Method] {
    let catalog = &serving.catalog;
    let owner = target.owner();
    if !serving.settings.writable {
        return &[];
    }
    let is_read_only = catalog.get(owner).read_only;
    match target {
        Target::Related(..) => &[],
        Target::Collection(_) | Target::Individual(..) if is_read_only => &[],
        Target::Collection(_) => &[Method::Post],
        Target::Individual(..) => &[Method::Patch, Method::Delete],
        Target::Relationship(_, _, relationship) => {
            match catalog.get(owner).relationships[*relationship].arity {
                Arity::ToOne => &[Method::Patch],
                Arity::ToMany => &[Method::Patch, Method::Post, Method::Delete],
            }
        }
    }
}

/// Why a relationship cannot be changed at its URL, whose methods are there to say so (RUP-13).
pub(crate) fn unchangeable(serving: &Serving, target: &Target) -> Option<&'static str> {
    let Target::Relationship(owner, _, relationship) = target else { return None };
    let owner = serving.catalog.get(*owner);
    unwritable(&serving.catalog, owner, &owner.relationships[*relationship], false)
}

/// Performs a request, whose method the endpoint has.
pub(crate) async fn perform(
    database: &Database,
    serving: &Arc<Serving>,
    endpoint: Endpoint<'_>,
    request: &Request<'_>,
    timings: &mut Timings,
) -> Result<Answer, Failure> {
    let applied = negotiated(endpoint, request)?;
    // What the query asks to be shown is shown (INC-13).
    let is_minimal = applied.extensions.is_empty() && request.query.is_empty() && prefers_minimal(request);
    let reader = Reader {
        serving,
        catalog: &serving.catalog,
        base_url: request.base_url,
        operations_max: serving.settings.operations_max,
    };
    let actions = match endpoint {
        Endpoint::Resources(target) => {
            refuse_query(target, request, &serving.settings.query)?;
            reader.request(request.method, target, request.body)?
        }
        Endpoint::Operations => {
            pages::refuse_query(request, &serving.settings.query)?;
            reader.operations(request.body)?
        }
    };
    let (answers, tagged) = answers(database, serving, endpoint, request, &actions, is_minimal)?;
    let task = Task {
        serving: Arc::clone(serving),
        actions,
        stages: Vec::new(),
        lookups: 0,
        condition: condition(database, serving, endpoint, request)?,
        answers,
        asks_permission: false,
    };
    let answer = |task: &Task, done| {
        let outcome = Outcome { serving, task, done };
        outcome.answer(endpoint, request, applied.clone(), is_minimal, tagged)
    };
    run(database, task, request, timings, answer).await
}

fn negotiated(endpoint: Endpoint<'_>, request: &Request<'_>) -> Result<Applied, Failure> {
    let atomic: &[&'static str] = &[ATOMIC_EXTENSION];
    let (offer, has_body) = match endpoint {
        Endpoint::Operations => (Offer { extensions: atomic, required: atomic, ..Offer::default() }, true),
        // Deleting a resource takes no body (CRUD-85).
        Endpoint::Resources(Target::Individual(..)) if request.method == Method::Delete => {
            (Offer::default(), false)
        }
        Endpoint::Resources(_) => (Offer::default(), true),
    };
    let given = check_content_type(request.content_type, &offer, has_body);
    let is_atomic = given.as_ref().is_ok_and(|given| !given.extensions.is_empty());
    if matches!(endpoint, Endpoint::Operations) && !is_atomic {
        let detail = format!(
            "Operations are read as `{MEDIA_TYPE};ext=\"{ATOMIC_EXTENSION}\"` alone: say so in `Content-Type`."
        );
        return Err(ErrorObject::new(&UNSUPPORTED_MEDIA_TYPE, detail).with_header("Content-Type").into());
    }
    given?;
    match negotiate(request.accept, &offer)? {
        Negotiated::Document(applied) => Ok(applied),
        // Not offered.
        Negotiated::Html => Ok(Applied::default()),
    }
}

fn prefers_minimal(request: &Request<'_>) -> bool {
    let preferences = request.prefer.unwrap_or_default().split([',', ';']);
    let mut plain = preferences.map(|one| one.replace([' ', '"'], ""));
    plain.any(|one| one.eq_ignore_ascii_case("return=minimal"))
}

/// `include` and `fields` shape an answer with a resource; there is no other parameter.
fn refuse_query(
    target: &Target,
    request: &Request<'_>,
    limits: &QueryLimits,
) -> Result<(), Vec<ErrorObject>> {
    match (target, request.method) {
        (Target::Collection(_), _) | (Target::Individual(..), Method::Patch) => Ok(()),
        _ => pages::refuse_query(request, limits),
    }
}

/// What the answer shows, and whether it is what GET of the resource gives.
fn answers(
    database: &Database,
    serving: &Serving,
    endpoint: Endpoint<'_>,
    request: &Request<'_>,
    actions: &[Action],
    is_minimal: bool,
) -> Result<(Answers, bool), Vec<ErrorObject>> {
    let dialect = database.dialect();
    let Endpoint::Resources(target) = endpoint else {
        let mut types: Vec<TypeId> =
            actions.iter().filter(|action| shows(action)).map(|action| action.type_id).collect();
        types.sort_unstable();
        types.dedup();
        return Ok((Answers::results(serving, dialect, request.base_url, &types)?, false));
    };
    if let Target::Relationship(owner, _, relationship) = target {
        // Triggers may have changed more than was asked for: then the answer shows what came of it (RUP-09).
        if !serving.catalog.get(*owner).relationships[*relationship].has_triggers {
            return Ok((Answers::None, false));
        }
        let (prepared, values) = prepare(serving, target, request, false, dialect)?;
        return Ok((Answers::Linkage(prepared, values), true));
    }
    if !actions.iter().any(shows) {
        return Ok((Answers::None, false));
    }
    let (Target::Collection(owner) | Target::Individual(owner, _)) = target else {
        return Ok((Answers::None, false));
    };
    // Any id does: the plan depends on none.
    let individual = Target::Individual(*owner, id::sample(&serving.catalog.get(*owner).key));
    let (prepared, _) = prepare(serving, &individual, request, false, dialect)?;
    // Triggers may have taken it away again: then it is looked for also where it is not shown.
    let is_read = !is_minimal || serving.catalog.get(*owner).has_triggers;
    let answers = if is_read { Answers::Resource(prepared) } else { Answers::None };
    Ok((answers, request.query.is_empty()))
}

/// Whether the answer shows the action's resource.
pub(super) fn shows(action: &Action) -> bool {
    matches!(action.kind, Kind::Create(_) | Kind::Update(_))
}

/// The condition that `If-Match` and `If-None-Match` make.
fn condition(
    database: &Database,
    serving: &Serving,
    endpoint: Endpoint<'_>,
    request: &Request<'_>,
) -> Result<Option<Condition>, Vec<ErrorObject>> {
    let Endpoint::Resources(target) = endpoint else { return Ok(None) };
    if matches!(target, Target::Collection(_)) {
        return Ok(None);
    }
    let (if_match, if_none_match) = (request.if_match, request.received.if_none_match);
    if if_match.or(if_none_match).is_none() && !serving.settings.require_if_match {
        return Ok(None);
    }
    let plain = Request { query: "", ..request.clone() };
    let (prepared, values) = prepare(serving, target, &plain, false, database.dialect())?;
    let is_linkage = matches!(target, Target::Relationship(..));
    let representation = Representation {
        prepared,
        values,
        applied: Applied::default(),
        base_url: Cow::Owned(request.base_url.to_owned()),
        path: Cow::Owned(request.path.to_owned()),
        related: if is_linkage { related_path(request.path) } else { None },
    };
    Ok(Some(Condition {
        target: target.clone(),
        representation,
        if_match: if_match.map(str::to_owned),
        if_none_match: if_none_match.map(str::to_owned),
    }))
}

/// Runs the transaction and answers. If one of many rows is refused it is run again row by row, to find out which.
async fn run(
    database: &Database,
    mut task: Task,
    request: &Request<'_>,
    timings: &mut Timings,
    answer: impl Fn(&Task, Done) -> Answer,
) -> Result<Answer, Failure> {
    let mut batches = true;
    loop {
        plan(&mut task, database, batches);
        let shared = Arc::new(task);
        let (early, done_early) = oneshot::channel();
        let write = Box::new(Write::new(Arc::clone(&shared), early));
        let mut answered_early = None;
        let (write, outcome) = {
            let mut writing = pin!(database.write(write, request.deadline));
            tokio::select! {
                biased;
                Ok(done) = done_early => {
                    answered_early = Some(answer(&shared, done));
                    writing.await
                }
                written = &mut writing => written,
            }
        };
        timings.statements += outcome.statements;
        let write = match (outcome.result, write) {
            (Ok(_), Some(write)) => *write,
            (Err(error), _) => return Err(Failure::from(&error)),
            (Ok(_), None) => return Err(Failure::lost("the write was lost")),
        };
        match write.into_done() {
            Ok(done) => {
                // It started over where there is something to be told after all.
                let answer = done.map(|done| answer(&shared, done)).or(answered_early);
                let answer = answer.ok_or_else(|| Failure::lost("the answer was lost"))?;
                return Ok(Answer { position: outcome.position, ..answer });
            }
            Err(fault) if batches && fault.is_of_many() => {
                batches = false;
                task = Arc::into_inner(shared).ok_or_else(|| Failure::lost("the write is still held"))?;
            }
            Err(fault) => {
                let errors = fault::errors(fault, &shared, database, request.deadline).await;
                return Err(errors.into());
            }
        }
    }
}

/// Compiles the actions, with the reads of what the answer shows: at the end, and before anything is deleted, in case
/// that it is not there any more at the end.
fn plan(task: &mut Task, database: &Database, batches: bool) {
    let mut builder = Builder {
        serving: &task.serving,
        catalog: &task.serving.catalog,
        caller: &task.serving.caller,
        dialect: database.dialect(),
        batches,
        steps: Vec::new(),
        lookups: 0,
        insert: None,
    };
    let mut stages = Vec::with_capacity(task.actions.len() + 1);
    let mut shown: Vec<usize> = Vec::new();
    let mut index = 0;
    while index < task.actions.len() {
        let action = &task.actions[index];
        if matches!(action.kind, Kind::Delete) {
            stages.extend(reads(&task.actions, &shown));
            // Its id may be given to another resource later on.
            shown.retain(|at| {
                let other = &task.actions[*at];
                (other.type_id, &other.subject) != (action.type_id, &action.subject)
            });
        }
        let next = index + builder.action(&task.actions, index);
        stages.extend(builder.steps.drain(..).map(Stage::Step));
        shown.extend((index..next).filter(|at| shows(&task.actions[*at])));
        index = next;
    }
    stages.extend(reads(&task.actions, &shown));
    if matches!(task.answers, Answers::Linkage(..)) {
        stages.push(Stage::Read(vec![0]));
    }
    let lookups = builder.lookups;
    task.lookups = lookups;
    task.asks_permission = stages.iter().any(Stage::asks_permission);
    task.stages = stages;
}

/// One read for each type.
fn reads(actions: &[Action], shown: &[usize]) -> impl Iterator<Item = Stage> + use<> {
    let mut of_types: Vec<Vec<usize>> = Vec::new();
    for action in shown {
        match of_types.iter_mut().find(|known| actions[known[0]].type_id == actions[*action].type_id) {
            Some(known) => known.push(*action),
            None => of_types.push(vec![*action]),
        }
    }
    of_types.into_iter().map(Stage::Read)
}
