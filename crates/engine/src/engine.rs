//! The engine: what it holds between requests, and the way of one request through its stages.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use docent_catalog::model::Catalog;
use docent_catalog::{Overlay, Problem, build};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::media_type::{CURSOR_PROFILE, Negotiated, Offer, check_content_type, negotiate};
use docent_jsonapi::query;
use docent_sql::render::Dialect;
use docent_sql::{Cost, Database, Error, Position};
use thread_local::ThreadLocal;

use crate::access::{AccountReader, AccountsProblem, AccountsTable, Policy, Principal, Views};
use crate::api::{Method, Request, Response, Slot, Timings};
use crate::assemble::related_path;
use crate::plan::Plan;
use crate::prepare::prepare;
use crate::represent::{Representation, check_start};
use crate::resolve::{Context, resolve};
use crate::respond::{Answer, Failure, Outcome, respond};
use crate::route::{Route, Target, route, type_named};
use crate::run::{Found, Read};
use crate::serving::Serving;
use crate::settings::Settings;
use crate::write::{Endpoint, methods, perform_once, prepare_keys, unchangeable};
use crate::{error, pages};

/// Pages of at most that many resources are worth trying at once.
const CHEAP_ROWS: u64 = 100;
/// Skipping more rows than this is not.
const CHEAP_OFFSET: u64 = 1_000;

/// Answers requests from one database.
#[derive(Debug)]
pub struct Engine {
    database: Arc<Database>,
    /// What is served now.
    views: ArcSwap<Views>,
    /// The same of each thread that asks, with what it keeps: threads that share nothing do not wait for each other's
    /// memory.
    own_views: ThreadLocal<RefCell<Option<Arc<Views>>>>,
    /// What the catalog is built with besides the schema. Held while it is built, so that it is built once at a time.
    configuration: tokio::sync::Mutex<Configuration>,
}

/// What the catalog is built with besides the schema.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// What is renamed, hidden, shown or keyed.
    pub overlay: Overlay,
    /// How requests are answered.
    pub settings: Settings,
    /// Who may do what.
    pub policy: Policy,
}

/// What is known of a request while it runs.
struct Course<'a> {
    request: &'a Request<'a>,
    principal: &'a Principal,
    views: &'a Views,
    serving: &'a Arc<Serving>,
    timings: Timings,
    allow: Option<&'static str>,
}

impl<'a> Course<'a> {
    fn new(
        request: &'a Request<'a>,
        principal: &'a Principal,
        views: &'a Views,
        serving: &'a Arc<Serving>,
    ) -> Self {
        Course { request, principal, views, serving, timings: Timings::default(), allow: None }
    }

    /// Why there is nothing under a path: there may be, for others.
    fn not_seen(&self, error: ErrorObject) -> ErrorObject {
        let Some(hidden) = type_named(&self.views.whole, self.request.path) else { return error };
        let name = &self.views.whole.get(hidden).name;
        if self.serving.catalog.by_name(name).is_some() {
            return error;
        }
        self.serving.refusal(format!("Resources of type {name} are not for everyone."))
    }

    fn respond(&self, outcome: Outcome) -> Response {
        respond(self.request, self.timings, self.allow, outcome)
    }
}

impl Engine {
    /// Reads the schema and serves it. Entries of the configuration that do not fit the database are ignored, and
    /// returned for the log.
    pub async fn start(
        database: Database,
        configuration: Configuration,
    ) -> Result<(Self, Vec<Problem>), Error> {
        let outcome = build(&database.introspect().await?, &configuration.overlay);
        check_roles(&database, &configuration.settings)?;
        prepare_keys(&database, &configuration.settings).await?;
        let (views, problems) = views(outcome, &configuration, 0);
        let configuration = tokio::sync::Mutex::new(configuration);
        let database = Arc::new(database);
        let views = ArcSwap::from_pointee(views);
        Ok((Engine { database, views, own_views: ThreadLocal::new(), configuration }, problems))
    }

    /// Reads the schema again. Requests under way end with the catalog they began with.
    pub async fn reload(&self) -> Result<Vec<Problem>, Error> {
        let configuration = self.configuration.lock().await;
        self.rebuild(&configuration).await
    }

    /// Serves with another configuration from now on; after an error nothing has changed.
    pub async fn reconfigure(&self, configuration: Configuration) -> Result<Vec<Problem>, Error> {
        let mut current = self.configuration.lock().await;
        check_roles(&self.database, &configuration.settings)?;
        prepare_keys(&self.database, &configuration.settings).await?;
        let problems = self.rebuild(&configuration).await?;
        *current = configuration;
        Ok(problems)
    }

    async fn rebuild(&self, configuration: &Configuration) -> Result<Vec<Problem>, Error> {
        let outcome = build(&self.database.introspect().await?, &configuration.overlay);
        let revision = self.views.load().revision + 1;
        let (views, problems) = views(outcome, configuration, revision);
        tracing::info!(revision, types = views.whole.types.len(), "the schema was read");
        for problem in &problems {
            tracing::warn!(%problem, "an entry of the configuration does not fit the schema any more, and is ignored");
        }
        self.views.store(Arc::new(views));
        Ok(problems)
    }

    /// Reads the schema again whenever the database says that it may have changed. Runs until it is dropped.
    pub async fn follow_schema(&self) {
        let mut changes = self.database.schema_changes();
        while changes.changed().await.is_ok() {
            if let Err(error) = self.reload().await {
                tracing::error!(%error, "the schema could not be read again; serving the last one");
            }
        }
    }

    /// Whether the database can be reached at the moment.
    pub fn ready(&self) -> Result<(), Error> {
        self.database.ready()
    }

    /// Reads accounts from a table, as the schema is now; the inner error says what does not fit it.
    pub async fn accounts(
        &self,
        table: &AccountsTable,
    ) -> Result<Result<AccountReader, AccountsProblem>, Error> {
        let schema = self.database.introspect().await?;
        Ok(AccountReader::new(&self.database, &schema, table))
    }

    /// What is served now, as this thread keeps it.
    fn own_views(&self) -> Arc<Views> {
        let current = self.views.load();
        let mut own = self.own_views.get_or_default().borrow_mut();
        let own = match own.as_mut() {
            Some(own) if own.revision == current.revision => own,
            _ => own.insert(Arc::new(current.another())),
        };
        Arc::clone(own)
    }

    /// Looks at what is served at the moment.
    pub fn with_catalog<T>(&self, look: impl FnOnce(&Catalog) -> T) -> T {
        look(&self.views.load().whole)
    }

    /// Looks at what a caller is served at the moment.
    pub fn with_catalog_of<T>(&self, principal: &Principal, look: impl FnOnce(&Catalog) -> T) -> T {
        look(&self.views.load().of(principal).catalog)
    }

    /// The statements a GET would run, one a line in the order they run, or why there are none. Where one is tried
    /// first that costs less, the one that is run if it fails comes behind it.
    pub fn explain(&self, path: &str, raw_query: &str) -> Result<String, Vec<ErrorObject>> {
        let serving = self.views.load().of(&Principal::Anonymous);
        let catalog = &serving.catalog;
        let Route::Resources(target) = route(catalog, path).map_err(|error| vec![error])? else {
            return Ok(String::new());
        };
        let query = query::parse(raw_query, &serving.settings.query)?;
        let context = Context {
            catalog,
            revision: serving.revision,
            settings: &serving.settings,
            dialect: self.database.dialect(),
            base_url: "",
            profile: false,
            raw_query,
        };
        let shape = resolve(&context, &target, &query)?.shape;
        Ok(Plan::new(catalog, &shape, self.database.dialect(), false).to_string())
    }

    /// Answers one request. Dropping the future ends its statement.
    pub async fn handle(&self, principal: &Principal, request: Request<'_>) -> Response {
        let (response, outdated) = self.attempt(principal, &request).await;
        let Some(revision) = outdated else { return response };
        // It is answered from the new catalog instead of failing. Rare, and as large a future as the first attempt.
        match self.reload_after(revision).await {
            Ok(()) => Box::pin(self.attempt(principal, &request)).await.0,
            Err(error) => respond(&request, Timings::default(), None, Err(Failure::from(&error))),
        }
    }

    /// Answers from the catalog of this moment; which revision it is, if it turns out not to fit the database any more.
    async fn attempt(&self, principal: &Principal, request: &Request<'_>) -> (Response, Option<u64>) {
        let views = self.own_views();
        let serving = match self.serving(&views, principal).await {
            Ok(serving) => serving,
            Err(failure) => return (respond(request, Timings::default(), None, Err(failure)), None),
        };
        let mut course = Course::new(request, principal, &views, &serving);
        let outcome = self.answer(&mut course).await;
        let is_outdated = outcome.as_ref().is_err_and(|failure| failure.schema_changed);
        (course.respond(outcome), is_outdated.then_some(serving.revision))
    }

    /// What a caller is served. Where requests take a role of the database, its privileges are asked for first.
    async fn serving(&self, views: &Views, principal: &Principal) -> Result<Arc<Serving>, Failure> {
        let Some(db_role) = &views.settings.db_role else { return Ok(views.of(principal)) };
        let path: Vec<String> = db_role.claim.split('.').map(str::to_owned).collect();
        let claimed = principal.claim(&path).and_then(|claim| claim.as_str().map(str::to_owned));
        let Some(role) = claimed.or_else(|| db_role.anonymous.clone()) else {
            let may_say = views.settings.authenticates && *principal == Principal::Anonymous;
            let kind = if may_say { &error::UNAUTHORIZED } else { &error::FORBIDDEN };
            let detail = format!("Callers need a claim \"{}\" that names a role.", db_role.claim);
            return Err(ErrorObject::new(kind, detail).into());
        };
        let privileges = match views.privileges(&role) {
            Some(known) => known,
            None => match self.database.privileges(&role).await {
                Ok(privileges) => views.keep(&role, privileges),
                Err(Error::Denied(text) | Error::Failed(text)) => {
                    let detail = "The role that the caller claims is not to be had.";
                    let errors = vec![ErrorObject::new(&error::FORBIDDEN, detail)];
                    return Err(Failure { errors, internal: Some(text), schema_changed: false });
                }
                Err(error) => return Err(Failure::from(&error)),
            },
        };
        Ok(views.of_role(principal, &role, &privileges))
    }

    /// Reads the schema again, unless somebody has done so since that revision.
    async fn reload_after(&self, revision: u64) -> Result<(), Error> {
        let configuration = self.configuration.lock().await;
        if self.views.load().revision == revision {
            self.rebuild(&configuration).await?;
        }
        Ok(())
    }

    async fn answer(&self, course: &mut Course<'_>) -> Outcome {
        let begun = Instant::now();
        let request = course.request;
        let catalog = &course.serving.catalog;
        let route = route(catalog, request.path).map_err(|error| course.not_seen(error))?;
        let methods = match &route {
            Route::Resources(target) => methods(course.serving, target),
            Route::Operations if !course.serving.settings.writable => return Err(no_operations().into()),
            Route::Operations => &[Method::Post],
            Route::EntryPoint | Route::OpenApi | Route::Schema(_) => &[],
        };
        course.allow = Some(allow(course.serving, &route, &lets(course.serving, &route, methods)));
        match request.method {
            Method::Get | Method::Head if route != Route::Operations => {}
            Method::Options => return Ok(Answer::empty()),
            method if methods.contains(&method) => {
                let endpoint = match &route {
                    Route::Resources(target) => Endpoint::Resources(target),
                    _ => Endpoint::Operations,
                };
                let (serving, principal) = (course.serving, course.principal);
                let timings = &mut course.timings;
                // Large, and it would be moved about with every read.
                let performing =
                    Box::pin(perform_once(&self.database, serving, principal, endpoint, request, timings));
                let answer = performing.await;
                course.timings.run = begun.elapsed();
                return answer;
            }
            _ => return Err(not_allowed(course, &route).into()),
        }
        check_content_type(request.content_type, &Offer::default(), false)?;
        let limits = &course.serving.settings.query;
        let target = match route {
            Route::Resources(target) => target,
            // Answered above, for every method.
            Route::Operations => return Err(no_operations().into()),
            Route::OpenApi => {
                pages::refuse_query(request, limits)?;
                return Ok(pages::open_api(course.serving, request).into());
            }
            Route::Schema(id) => {
                pages::refuse_query(request, limits)?;
                return Ok(pages::schema(course.serving, id, request).into());
            }
            Route::EntryPoint => {
                let applied = match negotiate(request.accept, &Offer { html: true, ..Offer::default() })? {
                    Negotiated::Html => return Ok(Answer::html()),
                    Negotiated::Document(applied) => applied,
                };
                pages::refuse_query(request, limits)?;
                let body = pages::entry_point(course.serving, request, &applied);
                return Ok(Answer { applied, body: body.into(), ..Answer::default() });
            }
        };
        self.read(course, &target, begun).await
    }

    async fn read(&self, course: &mut Course<'_>, target: &Target, begun: Instant) -> Outcome {
        let (request, serving) = (course.request, course.serving);
        let catalog = &serving.catalog;
        let single = target.is_single(catalog);
        let profiles: &[&'static str] = if single { &[] } else { &[CURSOR_PROFILE] };
        let mut applied =
            match negotiate(request.accept, &Offer { profiles, html: true, ..Offer::default() })? {
                Negotiated::Html => return Ok(Answer::html()),
                Negotiated::Document(applied) => applied,
            };
        let (prepared, values) =
            prepare(serving, target, request, !applied.profiles.is_empty(), self.database.dialect())?;
        if prepared.bounds.cursors {
            applied.add_profile(CURSOR_PROFILE);
        } else {
            // Asked for, but the page parameters are those of another style.
            applied.profiles.clear();
        }
        let resolved = Instant::now();
        course.timings.resolve = resolved - begun;

        let is_linkage = matches!(target, Target::Relationship(..));
        let representation = Representation {
            prepared,
            values,
            applied,
            base_url: Cow::Borrowed(request.base_url),
            path: Cow::Borrowed(request.path),
            related: if is_linkage { related_path(request.path) } else { None },
        };
        let plan = &representation.prepared.plan;
        let (mut found, slot) = self
            .run(course, plan, Box::new(representation.read(serving).behind(serving.preface.as_ref())))
            .await?;
        let ran = Instant::now();
        course.timings.run = ran - resolved;
        check_start(serving, target, &found)?;

        let body = representation.document(serving, &mut found);
        course.timings.assemble = ran.elapsed();
        Ok(Answer { applied: representation.applied, body, slot, ..Answer::default() })
    }

    async fn run(
        &self,
        course: &mut Course<'_>,
        plan: &Plan,
        read: Box<Read>,
    ) -> Result<(Box<Found>, Option<Slot>), Failure> {
        let cost = if read.is_large() || plan.heavy.counts() { Cost::Heavy } else { Cost::Cheap };
        let after = position(course.request)?;
        let (read, outcome) = self.database.read(read, cost, course.request.deadline, after).await;
        course.timings.statements += outcome.statements;
        if outcome.was_heavy {
            plan.heavy.happened();
        }
        match (outcome.result, read) {
            (Ok(()), Some(read)) => Ok((read.into_found(), outcome.place.map(Slot))),
            (Err(error), _) => Err(Failure::from(&error)),
            (Ok(()), None) => Err(Failure::lost("the read was lost")),
        }
    }
}

/// Only PostgreSQL has roles that a transaction can take.
fn check_roles(database: &Database, settings: &Settings) -> Result<(), Error> {
    if settings.db_role.is_none() || database.dialect() == Dialect::Postgres {
        return Ok(());
    }
    Err(Error::Failed(
        "`db_role` needs PostgreSQL: no other engine has roles that a transaction can take".to_owned(),
    ))
}

/// What is served under a configuration, and what of it does not fit the database.
fn views(
    outcome: docent_catalog::Outcome,
    configuration: &Configuration,
    revision: u64,
) -> (Views, Vec<Problem>) {
    let mut problems = outcome.problems;
    let settings = configuration.settings.clone();
    let (views, unfit) = Views::new(outcome.catalog, settings, &configuration.policy, revision);
    problems.extend(unfit);
    problems.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.start, span.end)));
    (views, problems)
}

/// What the request wants to read after.
fn position(request: &Request<'_>) -> Result<Option<Position>, ErrorObject> {
    let Some(text) = request.position else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let detail = format!("\"{text}\" is not what an answer of this server said in this header.");
        ErrorObject::new(&error::INVALID_POSITION, detail).with_header("Docent-Position")
    })
}

impl Read {
    /// Whether it is to be expected that the read takes long.
    fn is_large(&self) -> bool {
        let bounds = self.bounds();
        bounds.size.is_some_and(|size| size > CHEAP_ROWS) || bounds.offset > CHEAP_OFFSET
    }
}

/// The methods that the caller may use at least for some resources: others are refused.
fn lets(serving: &Serving, route: &Route, methods: &'static [Method]) -> Cow<'static, [Method]> {
    let Route::Resources(target @ (Target::Collection(_) | Target::Individual(..))) = route else {
        return Cow::Borrowed(methods);
    };
    let denied = serving.catalog.get(target.owner()).denied;
    let is_let = |method: &Method| match method {
        Method::Post => !denied.create,
        Method::Patch => !denied.update,
        Method::Delete => !denied.delete,
        _ => true,
    };
    if methods.iter().all(is_let) {
        return Cow::Borrowed(methods);
    }
    methods.iter().copied().filter(is_let).collect()
}

/// Value of `Allow`.
fn allow(serving: &Serving, route: &Route, methods: &[Method]) -> &'static str {
    match (route, methods) {
        (Route::Operations, _) => "OPTIONS, POST",
        (Route::Resources(target), _) if unchangeable(serving, target).is_some() => "GET, HEAD, OPTIONS",
        (_, [Method::Post]) => "GET, HEAD, OPTIONS, POST",
        (_, [Method::Patch]) => "GET, HEAD, OPTIONS, PATCH",
        (_, [Method::Delete]) => "GET, HEAD, OPTIONS, DELETE",
        (_, [Method::Patch, Method::Delete]) => "GET, HEAD, OPTIONS, PATCH, DELETE",
        (_, [Method::Patch, Method::Post, Method::Delete]) => "GET, HEAD, OPTIONS, PATCH, POST, DELETE",
        _ => "GET, HEAD, OPTIONS",
    }
}

fn not_allowed(course: &Course<'_>, route: &Route) -> ErrorObject {
    let allow = course.allow.unwrap_or_default();
    let is_write = matches!(course.request.method, Method::Post | Method::Patch | Method::Delete);
    let is_view = |target: &Target| course.serving.catalog.get(target.owner()).read_only;
    let reason = match route {
        _ if !is_write => "",
        _ if !course.serving.settings.writable => {
            " This server only reads; it writes when it is started with `--writable`."
        }
        Route::Resources(target) if is_view(target) => {
            " Its resources are rows of a view, which are only read."
        }
        _ => "",
    };
    ErrorObject::new(&error::METHOD_NOT_ALLOWED, format!("This URL answers {allow}.{reason}"))
}

fn no_operations() -> ErrorObject {
    let detail =
        "This server only reads, so it takes no operations. It writes when it is started with `--writable`.";
    ErrorObject::new(&error::NOT_FOUND, detail)
}
