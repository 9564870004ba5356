//! All sources together: what the rest of the program is told.

use std::io;
use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use docent_catalog::{Overlay, Problem};
use docent_engine::{Configuration, DbRole};
use docent_jsonapi::query::QueryLimits;
use docent_server::auth::{Accounts, Authenticator};
use docent_server::{Cors, Limits, LogFormat, Settings, SettingsError};
use toml::Spanned;

use super::auth::Auth;
use super::file::{self, File, Parsed};
use super::place::Source;
use super::site::{self, SiteSettings};
use crate::cli::{ServeAs, VouchingArg};
use crate::database::Connections;

/// Where the server listens unless told otherwise: reachable from this machine alone.
const LISTEN: &str = "127.0.0.1:8080";
/// Where the API is served unless told otherwise: `/health` and pages to come have their place beside it.
const BASE_PATH: &str = "/api";
/// The file that is read if it is there.
const FILE: &str = "docent.toml";
/// The longest URL that can be read at all.
const URL_BYTES_MAX: usize = 65_534;

/// What flags and variables say, in the words of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    /// The file to read instead of the usual one.
    pub(crate) config: Option<PathBuf>,
    /// Whether the usual file is left alone even if it is there.
    pub(crate) ignores_usual_file: bool,
    pub(crate) listen: Option<String>,
    pub(crate) base_path: Option<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) log: Option<LogFormat>,
    pub(crate) writable: Option<bool>,
    /// Whether requests may write if nobody says.
    pub(crate) writable_by_default: bool,
    pub(crate) serve_as: Option<ServeAs>,
    pub(crate) allow_unproven: Vec<String>,
}

/// The configuration, complete.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) listen: String,
    /// The database as the file names it.
    pub(crate) database: Option<String>,
    pub(crate) connections: Connections,
    pub(crate) server: Settings,
    pub(crate) engine: Configuration,
    /// What a Drupal site does not say about itself.
    pub(crate) site: SiteSettings,
    /// Who may prove to be whom; its files are not read yet.
    pub(crate) auth: Auth,
    /// The file, if there is one.
    pub(crate) source: Option<Source>,
}

/// Why there is no configuration. Each is a whole message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read {}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{0}")]
    Mistake(String),
    #[error("{0}")]
    Setting(#[from] SettingsError),
}

impl Overrides {
    /// The same, for a database that the usual file is not about and that nobody will miss.
    pub(crate) fn for_a_copy(self) -> Self {
        Self { ignores_usual_file: true, writable_by_default: true, ..self }
    }

    /// The same, with what is said of a Drupal site.
    pub(crate) fn of_site(self, serve_as: Option<ServeAs>, vouching: VouchingArg) -> Self {
        Self { serve_as, allow_unproven: vouching.allow_unproven, ..self }
    }
}

impl Settled {
    /// Reads the file and puts everything together.
    pub(crate) fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        let source = read(overrides)?;
        let file = match &source {
            Some(source) => toml::from_str(&source.text).map_err(|error| {
                let message = error.message().to_owned();
                ConfigError::Mistake(source.describe(error.span(), &message))
            })?,
            None => File::default(),
        };
        check(&file).map_err(|(span, message)| {
            let described = source.as_ref().map(|source| source.describe(Some(span), &message));
            ConfigError::Mistake(described.unwrap_or(message))
        })?;
        settle(file, overrides, source)
    }

    /// Whether requests may write.
    pub(crate) fn is_writable(&self) -> bool {
        self.engine.settings.writable
    }

    /// Who is known, from the files that the configuration names and the accounts in the database.
    pub(crate) fn authenticator(
        &self,
        accounts: Option<Arc<dyn Accounts>>,
    ) -> Result<Option<Authenticator>, ConfigError> {
        self.auth.authenticator(self.source.as_ref(), accounts)
    }

    /// What is no mistake by itself and may be one all the same, whatever the database is.
    pub(crate) fn doubts(&self) -> Vec<Problem> {
        let engine = &self.engine;
        let doubt = |message: String, span| Problem { message, span };
        if engine.settings.authenticates {
            let decides = !engine.policy.is_empty() || engine.settings.db_role.is_some();
            let message = "callers can prove who they are, but there are no roles: all may do the same";
            return if decides { Vec::new() } else { vec![doubt(message.to_owned(), None)] };
        }
        let unreachable = engine.policy.roles.keys().filter(|name| name.get_ref() != "anonymous");
        let unreachable = unreachable.map(|name| {
            let message = format!("nobody can have the role `{}`, as there is no `[auth]`", name.get_ref());
            doubt(message, Some(name.span()))
        });
        unreachable.collect()
    }

    /// A problem of the catalog with its place in the file.
    pub(crate) fn describe(&self, problem: &Problem) -> String {
        match &self.source {
            Some(source) => source.describe(problem.span.clone(), &problem.message),
            None => problem.message.clone(),
        }
    }
}

/// The file asked for, which must be there; else the usual one, which need not.
fn read(overrides: &Overrides) -> Result<Option<Source>, ConfigError> {
    let path = match &overrides.config {
        Some(path) => path.as_path(),
        None if overrides.ignores_usual_file => return Ok(None),
        None => Path::new(FILE),
    };
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(Source { path: path.to_owned(), text })),
        Err(error) if error.kind() == io::ErrorKind::NotFound && overrides.config.is_none() => Ok(None),
        Err(error) => Err(ConfigError::Unreadable { path: path.to_owned(), error }),
    }
}

/// What single values cannot show: whether they fit together.
fn check(file: &File) -> Result<(), (Range<usize>, String)> {
    let size_max = page_size_max(file);
    for (name, size) in [("size", &file.pagination.size), ("related_size", &file.pagination.related_size)] {
        if let Some(size) = size
            && u64::from(size.get_ref().get()) > size_max
        {
            return Err((size.span(), format!("`{name}` is larger than `size_max`, which is {size_max}")));
        }
    }
    if let Some(origins) = &file.server.cors_origins {
        Cors::new(origins.get_ref()).map_err(|error| (origins.span(), error.to_string()))?;
    }
    match &file.limits.url {
        Some(url) if url.get_ref().0 > URL_BYTES_MAX => {
            Err((url.span(), format!("URLs of more than {URL_BYTES_MAX} bytes cannot be read")))
        }
        _ => Ok(()),
    }
}

fn page_size_max(file: &File) -> u64 {
    file.pagination.size_max.map_or(QueryLimits::default().page_size_max, |size| size.get().into())
}

fn settle(file: File, overrides: &Overrides, source: Option<Source>) -> Result<Settled, ConfigError> {
    let engine = docent_engine::Settings::default();
    let size_max = page_size_max(&file);
    let size = |size: &Option<Spanned<NonZeroU32>>, default: u64| match size {
        Some(size) => size.get_ref().get().into(),
        None => default.min(size_max),
    };
    let engine = docent_engine::Settings {
        page_size: size(&file.pagination.size, engine.page_size),
        related_size: size(&file.pagination.related_size, engine.related_size),
        count: file.pagination.count.map_or(engine.count, Into::into),
        count_limit: file.pagination.count_limit.unwrap_or(engine.count_limit),
        linkage: file.documents.linkage.map_or(engine.linkage, Into::into),
        links: file.documents.links.map_or(engine.links, Into::into),
        strict_fields: file.documents.strict_fields.unwrap_or(engine.strict_fields),
        writable: overrides.writable.or(file.server.writable).unwrap_or(overrides.writable_by_default),
        authenticates: file.auth.is_configured(),
        db_role: file.database.db_role.then(|| DbRole {
            claim: file.database.db_role_claim.clone().unwrap_or_else(|| "role".to_owned()),
            anonymous: file.database.db_role_anonymous.clone(),
        }),
        require_if_match: file.server.require_if_match.unwrap_or(engine.require_if_match),
        idempotency_keys: file.server.idempotency_keys.map(|span| span.0),
        operations_max: file.limits.operations.map_or(engine.operations_max, NonZeroUsize::get),
        query: QueryLimits {
            include_depth: file.limits.include_depth.unwrap_or(engine.query.include_depth),
            include_paths: file.limits.include_paths.unwrap_or(engine.query.include_paths),
            filter_conditions: file.limits.filter_conditions.unwrap_or(engine.query.filter_conditions),
            page_size_max: size_max,
        },
    };
    let limits = limits(&file);
    let origins = file.server.cors_origins.as_ref().map(Spanned::get_ref);
    let cors = Cors::new(origins.map_or(&[][..], Vec::as_slice))?;
    let mut allow_unproven = file.drupal.allow_unproven;
    allow_unproven.extend(overrides.allow_unproven.iter().cloned());
    let site = SiteSettings {
        serve_as: overrides.serve_as.or(file.database.serve_as),
        settings: docent_drupal::Settings {
            options: match file.drupal.public_files {
                Some(Parsed(path)) => docent_drupal::site::Options { public_files: path.0 },
                None => docent_drupal::site::Options::default(),
            },
            allow_unproven,
        },
        unfit: site::unfit(source.as_ref(), overrides),
    };
    let file::Server { listen, base_path, public_url, trusted_proxies, log, .. } = file.server;
    let server = Settings {
        base_path: match (&overrides.base_path, base_path) {
            (Some(path), _) => Settings::base_path(path)?,
            (None, Some(Parsed(path))) => path.0,
            (None, None) => BASE_PATH.to_owned(),
        },
        public_url: match (&overrides.public_url, public_url) {
            (Some(url), _) => Some(Settings::public_url(url)?),
            (None, url) => url.map(|Parsed(url)| url.0),
        },
        trusted_proxies: trusted_proxies.into_iter().map(|Parsed(network)| network).collect(),
        log: overrides.log.or(log.map(|Parsed(format)| format)).unwrap_or_default(),
        auth: None,
        cors,
        limits,
    };
    Ok(Settled {
        listen: overrides.listen.clone().or(listen).unwrap_or_else(|| LISTEN.to_owned()),
        database: file.database.url,
        connections: Connections {
            max: file.database.max_connections,
            prepared: file.database.prepared,
            schemas: file.database.schemas,
            replicas: file.database.replicas,
            statement_timeout: server.limits.request_time_max,
        },
        server,
        site,
        auth: file.auth,
        engine: Configuration {
            overlay: Overlay { types: file.types },
            settings: engine,
            policy: file.roles,
        },
        source,
    })
}

fn limits(file: &File) -> Limits {
    let limits = Limits::default();
    Limits {
        url_bytes_max: file.limits.url.as_ref().map_or(limits.url_bytes_max, |size| size.get_ref().0),
        header_bytes_max: file.limits.headers.map_or(limits.header_bytes_max, |size| size.0),
        body_bytes_max: file.limits.body.map_or(limits.body_bytes_max, |size| size.0),
        connections_max: file.limits.connections.map_or(limits.connections_max, NonZeroUsize::get),
        requests_per_minute: file.limits.requests_per_minute,
        requests_max: file.limits.requests.map_or(limits.requests_max, NonZeroUsize::get),
        request_memory_bytes_max: file
            .limits
            .request_memory
            .map_or(limits.request_memory_bytes_max, |size| size.0),
        response_memory_bytes_max: file
            .limits
            .response_memory
            .map_or(limits.response_memory_bytes_max, |size| size.0),
        request_time_max: file.database.statement_timeout.map_or(limits.request_time_max, |span| span.0),
        ..limits
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn settled(text: &str, overrides: &Overrides) -> Result<Settled, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, text).unwrap();
        Settled::load(&Overrides { config: Some(path), ..overrides.clone() })
    }

    #[test]
    fn nothing_said_means_the_defaults() {
        let settled = settled("", &Overrides::default()).unwrap();
        assert_eq!((&*settled.listen, &*settled.server.base_path), ("127.0.0.1:8080", "/api"));
        assert_eq!(settled.server, Settings { base_path: "/api".to_owned(), ..Settings::default() });
        let engine = &settled.engine.settings;
        assert_eq!((engine.page_size, engine.related_size, engine.query.page_size_max), (50, 50, 500));
    }

    #[test]
    fn flags_count_before_the_file() {
        let text = "[server]\nlisten = \"127.0.0.1:1\"\nbase_path = \"/a/\"\nlog = \"json\"\n";
        let overrides = Overrides { base_path: Some("b".to_owned()), ..Overrides::default() };
        let settled = settled(text, &overrides).unwrap();
        assert_eq!((&*settled.listen, &*settled.server.base_path), ("127.0.0.1:1", "/b"));
        assert_eq!(settled.server.log, LogFormat::Json);
    }

    #[test]
    fn writing_is_asked_for() {
        let writable = |text: &str, flag: Option<bool>, writable_by_default| {
            let overrides = Overrides { writable: flag, writable_by_default, ..Overrides::default() };
            settled(text, &overrides).unwrap().is_writable()
        };
        let (yes, no) = ("[server]\nwritable = true\n", "[server]\nwritable = false\n");
        assert_eq!([writable("", None, false), writable("", None, true)], [false, true]);
        assert_eq!([writable(yes, None, false), writable(no, None, true)], [true, false]);
        assert_eq!([writable(yes, Some(false), true), writable(no, Some(true), false)], [false, true]);
    }

    #[test]
    fn limits_and_conditions_of_writes() {
        let server = "[server]\nrequire_if_match = true\nidempotency_keys = \"24h\"\n";
        let text = format!("{server}[limits]\noperations = 7\nrequests = 8\nrequest_memory = 9\n");
        let settled = settled(&text, &Overrides::default()).unwrap();
        let (engine, limits) = (&settled.engine.settings, &settled.server.limits);
        assert_eq!((engine.require_if_match, engine.operations_max), (true, 7));
        assert_eq!(engine.idempotency_keys, Some(Duration::from_hours(24)));
        assert_eq!((limits.requests_max, limits.request_memory_bytes_max), (8, 9));
    }

    #[test]
    fn values_with_units() {
        let text = "[database]\nstatement_timeout = \"1500ms\"\n[limits]\nbody = \"2 MiB\"\nurl = 4096\n";
        let limits = settled(text, &Overrides::default()).unwrap().server.limits;
        assert_eq!(limits.request_time_max, Duration::from_millis(1500));
        assert_eq!((limits.body_bytes_max, limits.url_bytes_max), (2 << 20, 4096));
    }

    #[test]
    fn a_small_maximum_bounds_the_default_size() {
        let settled = settled("[pagination]\nsize_max = 20\n", &Overrides::default()).unwrap();
        assert_eq!((settled.engine.settings.page_size, settled.engine.settings.related_size), (20, 20));
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, place, message) in [
            ("[server]\nlisen = 1\n", ":2:1:", "unknown field `lisen`"),
            ("[server]\nwritable = \"yes\"\n", ":2:12:", "expected a boolean"),
            ("[limits]\noperations = 0\n", ":2:14:", "nonzero"),
            ("[pagination]\nsize = 30\nsize_max = 20\n", ":2:8:", "larger than `size_max`"),
            ("[auth.jwd]\n", ":1:7:", "unknown field `jwd`"),
            ("[server]\ncors_origins = [\"example.com\"]\n", ":2:16:", "is no origin"),
            ("[limits]\nurl = \"1 MiB\"\n", ":2:7:", "more than 65534 bytes"),
        ] {
            let error = settled(text, &Overrides::default()).unwrap_err().to_string();
            assert!(error.contains(place) && error.contains(message), "{error}");
        }
    }
}
