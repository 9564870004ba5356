//! From a request to its answer.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use docent_engine::{Method, Request, Response};
use docent_sql::Cost;

use crate::access::challenge;
use crate::account::{Account, Credentials};
use crate::answer::{Answer, Caching};
use crate::conversation::{Interrupted, converse};
use crate::document::{self, Shape, Texts, Writer};
use crate::error::Refusal;
use crate::gather::{Gathered, Plan, Primary, Scope, Target, gather};
use crate::request::config_query::ConfigQuery;
use crate::request::fieldset::Fieldsets;
use crate::request::page::Page;
use crate::request::parameters::Parameters;
use crate::request::query::CollectionQuery;
use crate::request::route::{Kind, Route};
use crate::request::version::Version;
use crate::service::{Service, State};
use crate::site::{ResourceTypeIndex, Site};

/// A request on its way.
struct Course<'a> {
    service: &'a Service,
    texts: &'a Texts,
    request: &'a Request<'a>,
    site: Arc<Site>,
    parameters: Parameters,
    /// Scheme, authority and path, without the query string.
    url: String,
    statements: u32,
    /// The language of the interface.
    interface: String,
}

impl Service {
    /// Answers a request.
    pub async fn handle(&self, request: &Request<'_>) -> Response {
        let started = Instant::now();
        let state = self.state();
        let current = match &*state {
            State::Served(current) => current,
            State::Closed(reason) => return closed(request, reason),
        };
        let site = Arc::clone(&current.site);
        let route = Route::of(&site, request.received.path);
        let mut course = Course {
            service: self,
            texts: &current.texts,
            request,
            parameters: Parameters::read(request.query),
            url: format!("{}{}", request.base_url, request.received.path),
            statements: 0,
            interface: route.langcode.to_owned(),
            site: Arc::clone(&site),
        };
        let credentials = Credentials::of(&site, request.received.authorization, request.received.cookie);
        let answer = match course.answer(&route, &credentials).await {
            Ok(answer) => answer,
            Err(refusal) => course.refused(credentials.are_given(), refusal),
        };
        // What is kept is what anybody has read, not the answer to anything else.
        let is_for_anybody = course.is_reading() && !credentials.are_given();
        let caching = Caching {
            age_seconds: if is_for_anybody && answer.status != 503 { site.page_age_seconds } else { 0 },
            since: current.since,
        };
        let mut response = answer.response(request, &site, &course.interface, caching);
        response.timings.statements = course.statements;
        response.timings.run = started.elapsed();
        response
    }
}

impl Course<'_> {
    async fn answer(&mut self, route: &Route<'_>, credentials: &Credentials) -> Result<Answer, Refusal> {
        match &route.kind {
            Kind::NotFound => return Ok(Answer::page(404, "Not Found")),
            Kind::Redirect(path) => {
                let location = Some(format!("{}{path}", self.request.base_url));
                return Ok(Answer { location, ..Answer::page(302, "Redirecting") });
            }
            _ => {}
        }
        if let Some(answer) = self.of_method(route, credentials) {
            return Ok(answer);
        }
        if let Some(format) = self.parameters.other_format()? {
            return Ok(Answer::other_format(format, &self.url));
        }
        let account = self.account(credentials).await?;
        account.interface_language(route.langcode).clone_into(&mut self.interface);
        if !self.is_reading() {
            return self.read_only(route, credentials, account.is_anonymous());
        }
        let scope = self.scope(route, account);
        if route.kind == Kind::Entry {
            self.parameters.check_names(&self.url)?;
            return Ok(Answer::document(200, document::entry_point(&scope)));
        }
        let (plan, page) = self.plan(route, scope)?;
        let plan = Arc::new(plan);
        let gathered = self.gathered(&plan).await?;
        Ok(self.document(&plan, &gathered, page.as_ref()))
    }

    fn is_reading(&self) -> bool {
        matches!(self.request.method, Method::Get | Method::Head)
    }

    /// What is answered by the method alone.
    fn of_method(&self, route: &Route<'_>, credentials: &Credentials) -> Option<Answer> {
        let method = self.request.received.method;
        let methods = route.kind.methods(&self.site);
        if self.request.method == Method::Options {
            let allow = Some(methods.join(", "));
            return Some(Answer { allow, ..Answer::page(200, "") });
        }
        let is_known = methods.contains(&method) || (method == "HEAD" && methods.contains(&"GET"));
        if is_known {
            return None;
        }
        let (refusal, allow) = route.kind.refuse_method(&self.site, method, &self.url);
        let answer = self.refused(credentials.are_given(), refusal);
        Some(Answer { allow: Some(allow), ..answer })
    }

    /// Writing is for Drupal. Nobody who would be refused there is told more here.
    fn read_only(
        &self,
        route: &Route<'_>,
        credentials: &Credentials,
        is_anonymous: bool,
    ) -> Result<Answer, Refusal> {
        if is_anonymous && !self.site.read_only {
            return Err(Refusal::new(403, ""));
        }
        let settings = format!("{}{}/admin/config/services/jsonapi", self.request.base_url, prefix(route));
        let refusal = Refusal::new(
            405,
            format!(
                "JSON:API is configured to accept only read operations. Site administrators can configure this at \
                 {settings}."
            ),
        );
        let reads = route.kind.methods(&self.site).into_iter().filter(|method| *method == "GET");
        let allow = reads.collect::<Vec<_>>().join(", ");
        let answer = self.refused(credentials.are_given(), refusal);
        Ok(Answer { allow: Some(allow), ..answer })
    }

    async fn account(&mut self, credentials: &Credentials) -> Result<Account, Refusal> {
        let address = self.request.received.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let (database, deadline) = (&self.service.database, self.request.deadline);
        let identified =
            self.service.identification.identify(database, &self.site, credentials, address, deadline).await;
        identified.map_err(|error| unavailable(&error))
    }

    fn scope(&self, route: &Route<'_>, account: Account) -> Scope {
        let prefix = prefix(route);
        let path = self.request.received.path;
        Scope {
            site: Arc::clone(&self.site),
            account,
            langcode: route.langcode.to_owned(),
            interface: self.interface.clone(),
            origin: self.request.base_url.to_owned(),
            path: path.strip_prefix(&prefix).unwrap_or(path).to_owned(),
            prefix,
        }
    }

    /// What to find, and for a collection which page of it.
    fn plan(&self, route: &Route<'_>, scope: Scope) -> Result<(Plan, Option<Page>), Refusal> {
        let (resource_type, is_collection) = match &route.kind {
            Kind::Collection(resource_type) => (*resource_type, true),
            Kind::Individual { resource_type, .. }
            | Kind::Related { resource_type, .. }
            | Kind::Relationship { resource_type, .. } => (*resource_type, false),
            _ => return Err(Refusal::new(404, "")),
        };
        let site = &self.site;
        let version = Version::read(&self.parameters, site, resource_type, is_collection);
        let names = self.parameters.check_names(&self.url);
        let include = self.parameters.text("include").map(|include| include.map(str::to_owned));
        let fieldsets = Fieldsets::read(&self.parameters);
        let target = |id: &str| Target {
            resource_type,
            uuid: id.to_owned(),
            version: version.clone(),
            not_found: route.kind.missing_entity(site, self.request.received.method),
            version_not_found: Version::not_found(&self.parameters),
        };
        let (primary, page) = match &route.kind {
            Kind::Individual { id, .. } => (Primary::Individual(target(id)), None),
            Kind::Related { id, field, .. } => (Primary::Related(target(id), *field), None),
            Kind::Relationship { id, field, .. } => (Primary::Relationship(target(id), *field), None),
            _ => {
                let version = version?;
                names.clone()?;
                let (primary, page) = self.collection(&scope, resource_type, version)?;
                (primary, Some(page))
            }
        };
        Ok((Plan { scope, primary, names, include, fieldsets }, page))
    }

    fn collection(
        &self,
        scope: &Scope,
        resource_type: ResourceTypeIndex,
        version: Version,
    ) -> Result<(Primary, Page), Refusal> {
        let site = &self.site;
        if site[site[resource_type].entity_type].tables.is_none() {
            let query = ConfigQuery::read(site, resource_type, &self.parameters)?;
            let (names, has_more) = query.run(site, &scope.interface);
            return Ok((Primary::ConfigCollection { resource_type, names, has_more }, query.page));
        }
        let found = CollectionQuery::read(site, &scope.account, resource_type, &self.parameters)?;
        let primary = Primary::Collection {
            resource_type,
            select: Box::new(found.select),
            parameters: found.parameters,
            limit: usize::try_from(found.page.limit).unwrap_or(usize::MAX),
            working_copies: version == Version::WorkingCopy,
        };
        Ok((primary, found.page))
    }

    async fn gathered(&mut self, plan: &Arc<Plan>) -> Result<Gathered, Refusal> {
        let plan = Arc::clone(plan);
        let begin = move |conversation| {
            let plan = Arc::clone(&plan);
            async move { gather(&conversation, &plan).await }
        };
        let database = &self.service.database;
        let ended = converse(database, Cost::Cheap, self.request.deadline, begin).await;
        self.statements += ended.statements;
        ended.answer.map_err(|error| match error {
            Interrupted::TooMuch => Refusal::bad_request(format!("{error}. Ask for fewer resources.")),
            Interrupted::Database(_) => unavailable(&error),
        })?
    }

    fn document(&self, plan: &Plan, gathered: &Gathered, page: Option<&Page>) -> Answer {
        let links = plan.scope.links();
        let writer = Writer { plan, gathered, links, texts: self.texts };
        let own = self.own_url();
        let mut all = vec![("self", own)];
        let shape = match &plan.primary {
            Primary::Individual(_) => Shape::One,
            Primary::Relationship(_, field) => Shape::Linkage(*field),
            Primary::Related(target, field) if self.site[target.resource_type][*field].single => Shape::One,
            _ => Shape::Many,
        };
        if let Some(page) = page {
            let to = |offset: &str| format!("{}?{}", self.url, self.parameters.paged(page, offset));
            if gathered.has_more {
                all.push(("next", to(&page.next())));
            }
            if let Some(previous) = page.previous() {
                all.push(("first", to("0")));
                all.push(("prev", to(&previous)));
            }
        }
        Answer::document(200, writer.document(shape, &all))
    }

    /// The request's own URL, its query string in order.
    fn own_url(&self) -> String {
        let query = self.parameters.normalised();
        if query.is_empty() { self.url.clone() } else { format!("{}?{query}", self.url) }
    }

    fn refused(&self, had_credentials: bool, refusal: Refusal) -> Answer {
        let challenged = challenge(&self.site, had_credentials, refusal);
        let refusal = challenged.refusal;
        let body = document::error(&refusal, &self.own_url());
        let internal = refusal.internal.as_deref().map(str::to_owned);
        Answer {
            authenticate: challenged.authenticate,
            internal,
            link: refusal.info,
            ..Answer::document(refusal.status, body)
        }
    }
}

/// The prefix that links carry, with a slash before it.
fn prefix(route: &Route<'_>) -> String {
    if route.prefix.is_empty() { String::new() } else { format!("/{}", route.prefix) }
}

fn unavailable(error: &dyn std::error::Error) -> Refusal {
    let detail = "The database does not answer at the moment. Try again later.";
    Refusal { internal: Some(error.to_string().into()), ..Refusal::new(503, detail) }
}

/// The answer to any request while the site may not be served. Why that is so is for the log alone.
fn closed(request: &Request<'_>, reason: &str) -> Response {
    let detail =
        "The site has changed, and cannot be served as it is now. Its operator finds the reason in the log.";
    let url = format!("{}{}", request.base_url, request.received.path);
    let body = document::error(&Refusal::new(503, detail), &url);
    Answer { internal: Some(reason.to_owned()), ..Answer::document(503, body) }.without_site()
}
