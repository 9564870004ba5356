//! The shape of `docent.toml`. Unknown keys are mistakes; keys left out keep their defaults.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::num::{NonZeroU32, NonZeroUsize};
use std::str::FromStr;

use docent_catalog::overlay::TypeOverlay;
use docent_engine::Policy;
use docent_server::{LogFormat, Network, Settings};
use serde::de::{Deserialize, Deserializer, Error};
use toml::Spanned;

use super::auth::Auth;
use super::measure::{ByteSize, TimeSpan};
use crate::cli::ServeAs;

/// The whole file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    pub(super) server: Server,
    pub(super) database: Database,
    pub(super) pagination: Pagination,
    pub(super) documents: Documents,
    pub(super) limits: Limits,
    pub(super) auth: Auth,
    pub(super) drupal: Drupal,
    pub(super) types: BTreeMap<Spanned<String>, TypeOverlay>,
    pub(super) roles: Policy,
}

/// Where and how the API is served.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Server {
    pub(super) listen: Option<String>,
    pub(super) base_path: Option<Parsed<BasePath>>,
    pub(super) public_url: Option<Parsed<PublicUrl>>,
    pub(super) trusted_proxies: Vec<Parsed<Network>>,
    pub(super) cors_origins: Option<Spanned<Vec<String>>>,
    pub(super) log: Option<Parsed<LogFormat>>,
    pub(super) writable: Option<bool>,
    pub(super) require_if_match: Option<bool>,
    pub(super) idempotency_keys: Option<TimeSpan>,
}

/// The database.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Database {
    pub(super) url: Option<String>,
    pub(super) statement_timeout: Option<TimeSpan>,
    pub(super) max_connections: Option<NonZeroUsize>,
    pub(super) prepared: Option<bool>,
    pub(super) schemas: Option<Vec<String>>,
    #[serde(default)]
    pub(super) replicas: Vec<String>,
    pub(super) db_role: bool,
    pub(super) db_role_claim: Option<String>,
    pub(super) db_role_anonymous: Option<String>,
    #[serde(rename = "as")]
    pub(super) serve_as: Option<ServeAs>,
}

/// A Drupal site.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Drupal {
    pub(super) allow_unproven: Vec<String>,
    pub(super) public_files: Option<Parsed<PublicFiles>>,
}

/// The path of a site's public files: with slashes at both ends.
#[derive(Debug, Clone)]
pub(super) struct PublicFiles(pub(super) String);

impl std::str::FromStr for PublicFiles {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.trim_matches('/');
        let is_plain = !path.is_empty() && path.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || path.contains(['?', '#', '"', '<', '>']) {
            return Err("the path of the site's public files is meant, such as `/sites/default/files`");
        }
        Ok(Self(format!("/{path}/")))
    }
}

/// Pages.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Pagination {
    pub(super) size: Option<Spanned<NonZeroU32>>,
    pub(super) size_max: Option<NonZeroU32>,
    pub(super) related_size: Option<Spanned<NonZeroU32>>,
    pub(super) count: Option<Count>,
    pub(super) count_limit: Option<u64>,
}

/// When collections are counted.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Count {
    Asked,
    Always,
    Never,
}

/// How documents look.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Documents {
    pub(super) linkage: Option<Linkage>,
    pub(super) links: Option<Links>,
    pub(super) strict_fields: Option<bool>,
}

/// Which relationships have linkage.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Linkage {
    Included,
    Always,
}

/// How links are written.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Links {
    String,
    Object,
}

/// What a request may ask for at most.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) body: Option<ByteSize>,
    pub(super) url: Option<Spanned<ByteSize>>,
    pub(super) headers: Option<ByteSize>,
    pub(super) include_depth: Option<usize>,
    pub(super) include_paths: Option<usize>,
    pub(super) filter_conditions: Option<usize>,
    pub(super) operations: Option<NonZeroUsize>,
    pub(super) requests: Option<NonZeroUsize>,
    pub(super) requests_per_minute: Option<NonZeroU32>,
    pub(super) connections: Option<NonZeroUsize>,
    pub(super) request_memory: Option<ByteSize>,
    pub(super) response_memory: Option<ByteSize>,
}

/// A text that stands for something else.
#[derive(Debug)]
pub(super) struct Parsed<T>(pub(super) T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A base path in its final form.
#[derive(Debug)]
pub(super) struct BasePath(pub(super) String);

impl FromStr for BasePath {
    type Err = docent_server::SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Settings::base_path(text).map(Self)
    }
}

/// A public URL in its final form.
#[derive(Debug)]
pub(super) struct PublicUrl(pub(super) String);

impl FromStr for PublicUrl {
    type Err = docent_server::SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Settings::public_url(text).map(Self)
    }
}

impl From<Count> for docent_engine::Count {
    fn from(count: Count) -> Self {
        match count {
            Count::Asked => Self::Asked,
            Count::Always => Self::Always,
            Count::Never => Self::Never,
        }
    }
}

impl From<Linkage> for docent_engine::Linkage {
    fn from(linkage: Linkage) -> Self {
        match linkage {
            Linkage::Included => Self::Included,
            Linkage::Always => Self::Always,
        }
    }
}

impl From<Links> for docent_engine::LinkForm {
    fn from(links: Links) -> Self {
        match links {
            Links::String => Self::String,
            Links::Object => Self::Object,
        }
    }
}
