//! A site that is being served: its database, what it is at the moment, and what is remembered between requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use docent_sql::Database;
use tokio::sync::Mutex;

use crate::account::Identification;
use crate::document::Texts;
use crate::site::{Definitions, Fingerprint, NODE_GRANTS, Notice, Options, Problem, Reading, Site, Unproven};

/// How often it is looked whether the site has changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long reading a site may take.
const READING_TIME_MAX: Duration = Duration::from_secs(30);

/// A site that is being served.
#[derive(Debug)]
pub struct Service {
    pub(crate) database: Database,
    pub(crate) identification: Identification,
    state: ArcSwap<State>,
    following: Mutex<Following>,
}

/// What requests are answered from.
#[derive(Debug)]
pub(crate) enum State {
    /// The site as it is.
    Served(Current),
    /// Nothing: the site cannot be served as it is now, and what it was before may show what it does not show any
    /// more. With the reason, for whoever runs it.
    Closed(String),
}

/// A site, and what is remembered of it for as long as it is what it is.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) site: Arc<Site>,
    /// Texts as its formats have left them.
    pub(crate) texts: Texts,
    /// When it was read, in seconds since 1970.
    pub(crate) since: i64,
}

impl State {
    fn served(site: Arc<Site>) -> Self {
        Self::Served(Current { site, texts: Texts::default(), since: jiff::Timestamp::now().as_second() })
    }
}

/// What the state was made of.
#[derive(Debug, PartialEq, Eq)]
struct Following {
    settings: Settings,
    /// The definitions; none if they could not be read.
    known: Option<Fingerprint>,
}

/// What the operator says about a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// What the site does not say about itself.
    pub options: Options,
    /// Modules that are trusted to decide nothing that Docent would have to know.
    pub allow_unproven: Vec<String>,
}

/// Why a site cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Unservable {
    /// It cannot be read.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// It does not serve JSON:API itself.
    #[error("{0}")]
    Refused(String),
    /// Some of its modules may decide who sees what.
    #[error(
        "some of its modules may decide who sees what:\n{}\nIf none of them does, name them: \
         `--allow-unproven {}`",
        .0.iter().map(|unproven| format!("  {unproven}")).collect::<Vec<_>>().join("\n"),
        .0.iter().map(|unproven| unproven.module.as_str()).collect::<Vec<_>>().join(",")
    )]
    Unproven(Vec<Unproven>),
    /// The system has no random numbers.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl Service {
    /// Reads a site and serves it, unless that would show what Drupal would not. Notices are for whoever runs it.
    pub async fn start(
        database: Database,
        settings: Settings,
    ) -> Result<(Self, Arc<Site>, Vec<Notice>), Unservable> {
        let definitions = read(&database).await?;
        let (site, notices) = settings.site(&definitions)?;
        let site = Arc::new(site);
        let service = Self {
            database,
            state: ArcSwap::from_pointee(State::served(Arc::clone(&site))),
            identification: Identification::new()?,
            following: Mutex::new(Following { settings, known: Some(definitions.fingerprint()) }),
        };
        Ok((service, site, notices))
    }

    /// Keeps up with the site, for as long as it is polled.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.look().await {
                tracing::warn!("the site could not be read again: {error}");
            }
        }
    }

    /// Looks whether the site has changed. Requests are answered from what it was until all of the new one is known,
    /// and from nothing if that cannot be served. Fails if the database cannot be asked; then nothing is another.
    async fn look(&self) -> Result<(), Problem> {
        let mut following = self.following.lock().await;
        let definitions = match read(&self.database).await {
            Err(problem) if problem.may_pass() => return Err(problem),
            read => read,
        };
        let known = definitions.as_ref().ok().map(Definitions::fingerprint);
        if known.is_some() && known == following.known {
            return Ok(());
        }
        following.known = known;
        let read = definitions.map_err(Unservable::from);
        match read.and_then(|definitions| following.settings.site(&definitions)) {
            Ok((site, notices)) => self.open(site, &notices),
            Err(error) => self.close(&error),
        }
        Ok(())
    }

    /// Reads the site again and serves it with these settings. If it cannot be served with them, nothing is another.
    pub async fn reconfigure(&self, settings: Settings) -> Result<(), Unservable> {
        let mut following = self.following.lock().await;
        let definitions = read(&self.database).await?;
        let (site, notices) = settings.site(&definitions)?;
        let changed = Following { settings, known: Some(definitions.fingerprint()) };
        if *following != changed {
            *following = changed;
            self.open(site, &notices);
        }
        Ok(())
    }

    fn open(&self, site: Site, notices: &[Notice]) {
        for notice in notices {
            tracing::warn!("{notice}");
        }
        tracing::info!(types = site.resource_types.len(), "the site has changed");
        self.state.store(Arc::new(State::served(Arc::new(site))));
    }

    fn close(&self, error: &Unservable) {
        let reason = error.to_string();
        if matches!(&**self.state.load(), State::Closed(known) if *known == reason) {
            return;
        }
        tracing::error!("the site is not served any more, as long as it is so: {reason}");
        self.state.store(Arc::new(State::Closed(reason)));
    }

    /// Whether requests can be answered; else why not, for whoever runs it.
    pub fn ready(&self) -> Result<(), String> {
        match &**self.state.load() {
            State::Served(_) => self.database.ready().map_err(|error| error.to_string()),
            State::Closed(reason) => Err(format!("the site cannot be served: {reason}")),
        }
    }

    /// What requests are answered from at the moment. A request takes it once.
    pub(crate) fn state(&self) -> Arc<State> {
        self.state.load_full()
    }
}

impl Settings {
    /// Reads a site, as it would be served.
    pub async fn survey(&self, database: &Database) -> Result<(Site, Vec<Notice>), Unservable> {
        self.site(&read(database).await?)
    }

    fn site(&self, definitions: &Definitions) -> Result<(Site, Vec<Notice>), Unservable> {
        if let Some(refusal) = definitions.refusal() {
            return Err(Unservable::Refused(refusal));
        }
        let Reading { site, mut notices, mut unproven } = definitions.site(&self.options)?;
        let is_meant = |module: &String| module == NODE_GRANTS || site.has_module(module);
        notices.extend(self.allow_unproven.iter().filter(|module| !is_meant(module)).map(|module| {
            Notice::Remark(format!("the module `{module}` is vouched for, and it is not installed"))
        }));
        unproven.retain(|unproven| !self.allow_unproven.contains(&unproven.module));
        if unproven.is_empty() { Ok((site, notices)) } else { Err(Unservable::Unproven(unproven)) }
    }
}

async fn read(database: &Database) -> Result<Definitions, Problem> {
    Ok(Definitions::read(database, Instant::now() + READING_TIME_MAX).await?)
}
