//! A site that is being served: its database, what it is at the moment, and what is remembered between requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use docent_sql::{Database, Error};
use tokio::sync::Mutex;

use crate::account::Identification;
use crate::document::Texts;
use crate::site::{Definitions, Fingerprint, Notice, Options, Problem, Site, Unproven};

/// How often it is looked whether the site has changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long reading a site may take.
const READING_TIME_MAX: Duration = Duration::from_secs(30);

/// A site that is being served.
#[derive(Debug)]
pub struct Service {
    pub(crate) database: Database,
    pub(crate) identification: Identification,
    current: ArcSwap<Current>,
    settings: Settings,
    known: Mutex<Fingerprint>,
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

impl Current {
    fn of(site: Site) -> Self {
        Self { site: Arc::new(site), texts: Texts::default(), since: jiff::Timestamp::now().as_second() }
    }
}

/// What the operator says about a site.
#[derive(Debug, Clone, Default)]
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
    pub async fn start(database: Database, settings: Settings) -> Result<(Self, Vec<Notice>), Unservable> {
        let definitions = Definitions::read(&database, Instant::now() + READING_TIME_MAX).await?;
        let (site, notices) = settings.site(&definitions)?;
        let service = Self {
            database,
            current: ArcSwap::from_pointee(Current::of(site)),
            identification: Identification::new()?,
            settings,
            known: Mutex::new(definitions.fingerprint()),
        };
        Ok((service, notices))
    }

    /// Keeps up with the site, for as long as it is polled.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.look().await {
                tracing::warn!("the site could not be read again, and is served as it was: {error}");
            }
        }
    }

    /// Looks whether the site has changed. Requests are answered from what it was until all of the new one is known.
    pub async fn look(&self) -> Result<(), Unservable> {
        let mut known = self.known.lock().await;
        let definitions = Definitions::read(&self.database, Instant::now() + READING_TIME_MAX).await?;
        let fingerprint = definitions.fingerprint();
        if fingerprint == *known {
            return Ok(());
        }
        // What cannot be served once will not be by looking again.
        *known = fingerprint;
        let (site, notices) = self.settings.site(&definitions)?;
        for notice in notices {
            tracing::warn!("{notice}");
        }
        tracing::info!(types = site.resource_types.len(), "the site has changed");
        self.current.store(Arc::new(Current::of(site)));
        Ok(())
    }

    /// Whether the database can be reached.
    pub fn ready(&self) -> Result<(), Error> {
        self.database.ready()
    }

    /// What is served at the moment. A request takes it once.
    pub(crate) fn current(&self) -> Arc<Current> {
        self.current.load_full()
    }

    /// The site as it is at the moment.
    pub fn site(&self) -> Arc<Site> {
        Arc::clone(&self.current().site)
    }
}

impl Settings {
    fn site(&self, definitions: &Definitions) -> Result<(Site, Vec<Notice>), Unservable> {
        if let Some(refusal) = definitions.refusal() {
            return Err(Unservable::Refused(refusal));
        }
        let mut reading = definitions.site(&self.options)?;
        reading.unproven.retain(|unproven| !self.allow_unproven.contains(&unproven.module));
        if reading.unproven.is_empty() {
            Ok((reading.site, reading.notices))
        } else {
            Err(Unservable::Unproven(reading.unproven))
        }
    }
}
