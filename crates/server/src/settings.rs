//! What the edge is told when it starts, and what of it can change while it runs.

use std::num::{NonZeroU32, NonZeroUsize};
use std::str::FromStr;
use std::time::Duration;

use crate::access_log::AccessLog;
use crate::auth::Authenticator;
use crate::cors::Cors;
use crate::network::Network;

/// What a server is started with.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// How many worker threads; one per core unless given.
    pub workers: Option<NonZeroUsize>,
    /// Where lines about requests go; nowhere unless given.
    pub access_log: Option<AccessLog>,
    /// What can change while the server runs.
    pub settings: Settings,
}

/// What can change while the server runs: requests that arrive after a change see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The path under which the API is served, as [`Settings::base_path`] returned it: `/api`, or empty for the root.
    pub base_path: String,
    /// The address under which clients reach the root of this server, without trailing slash. Unless given, links
    /// follow the `Host` header.
    pub public_url: Option<String>,
    /// Peers whose `Forwarded` and `X-Forwarded-*` headers count.
    pub trusted_proxies: Vec<Network>,
    /// How lines about requests look.
    pub log: LogFormat,
    /// Finds out who sends a request. Without it nobody is known, and credentials mean nothing.
    pub auth: Option<Authenticator>,
    /// Whose pages may use the API from a browser.
    pub cors: Cors,
    /// What a request may ask for at most.
    pub limits: Limits,
}

/// How lines about requests look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What a request, a connection or the whole server may use at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Length of path and query. Beyond: 414.
    pub url_bytes_max: usize,
    /// All header names and values, with four bytes for the punctuation of each line. Beyond: 431.
    pub header_bytes_max: usize,
    /// Length of a request body. Beyond: 413.
    pub body_bytes_max: usize,
    /// Open connections. Beyond: 503. Read at start only.
    pub connections_max: usize,
    /// Requests being answered at the same time. Beyond: 503.
    pub requests_max: usize,
    /// Requests that one caller may send in a minute: a user, or an address without credentials. Beyond: 429.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Memory that large request bodies may hold until they are answered. Beyond: they wait. Read at start only.
    pub request_memory_bytes_max: usize,
    /// Memory that large response bodies may hold until they are sent. Beyond: they wait. Read at start only.
    pub response_memory_bytes_max: usize,
    /// Time for an answer, its statements included. Beyond: 503.
    pub request_time_max: Duration,
    /// Time from the first byte of a request head to its last. Beyond: the connection is closed.
    pub head_time_max: Duration,
    /// Time a connection may stay open without a request.
    pub idle_time_max: Duration,
    /// Time a client may take no bytes of a response. Beyond: the connection is closed.
    pub send_stall_max: Duration,
    /// Time that open requests get to finish when the server is asked to stop.
    pub drain_time_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            url_bytes_max: 8 * 1024,
            header_bytes_max: 16 * 1024,
            body_bytes_max: 1024 * 1024,
            connections_max: 10_000,
            requests_max: 1024,
            requests_per_minute: None,
            request_memory_bytes_max: 32 * 1024 * 1024,
            response_memory_bytes_max: 32 * 1024 * 1024,
            request_time_max: Duration::from_secs(10),
            head_time_max: Duration::from_secs(10),
            idle_time_max: Duration::from_secs(75),
            send_stall_max: Duration::from_secs(30),
            drain_time_max: Duration::from_secs(30),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The base path is no plain path.
    #[error("`{0}` is no base path; write a path such as `/api`, or `/` for the root")]
    BasePath(String),
    /// The public URL is not one.
    #[error("`{0}` is no public URL; write scheme and host, such as `https://api.example.com`")]
    PublicUrl(String),
    /// The log format is unknown.
    #[error("`{0}` is no log format; write `text` or `json`")]
    LogFormat(String),
    /// The origin is not one that a browser would send.
    #[error(
        "`{0}` is no origin; write scheme, host and perhaps a port as browsers do, such as `https://app.example`, or \
         `*` alone for all"
    )]
    Origin(String),
}

impl Settings {
    /// A base path in the form [`Settings::base_path`] has: a leading slash, no trailing slash, empty for the root.
    ///
    /// ```
    /// use docent_server::Settings;
    ///
    /// assert_eq!(Settings::base_path("api/"), Ok("/api".to_owned()));
    /// assert_eq!(Settings::base_path("/"), Ok(String::new()));
    /// assert!(Settings::base_path("/a b").is_err());
    /// ```
    pub fn base_path(text: &str) -> Result<String, SettingsError> {
        let path = text.trim_matches('/');
        if path.is_empty() {
            return Ok(String::new());
        }
        let plain = |segment: &str| !segment.is_empty() && segment.bytes().all(is_unreserved);
        if path.split('/').all(|segment| plain(segment) && !segment.trim_matches('.').is_empty()) {
            Ok(format!("/{path}"))
        } else {
            Err(SettingsError::BasePath(text.to_owned()))
        }
    }

    /// A public URL in the form [`Settings::public_url`] has: `http` or `https`, a host, perhaps a path, no trailing
    /// slash.
    ///
    /// ```
    /// use docent_server::Settings;
    ///
    /// assert_eq!(Settings::public_url("https://example.com/"), Ok("https://example.com".to_owned()));
    /// assert!(Settings::public_url("example.com").is_err());
    /// ```
    pub fn public_url(text: &str) -> Result<String, SettingsError> {
        let wrong = || SettingsError::PublicUrl(text.to_owned());
        let url = text.trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).ok_or_else(wrong)?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path_is_plain = path.bytes().all(|byte| byte == b'/' || is_unreserved(byte));
        if crate::base_url::is_authority(host) && path_is_plain { Ok(url.to_owned()) } else { Err(wrong()) }
    }
}

/// Whether a byte needs no escaping anywhere in a URL.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

impl FromStr for LogFormat {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(SettingsError::LogFormat(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths() {
        assert_eq!(Settings::base_path(""), Ok(String::new()));
        assert_eq!(Settings::base_path("/api/v1"), Ok("/api/v1".to_owned()));
        for wrong in ["/api?x", "/a//b", "/a/../b", "/ä", "/a%20b"] {
            assert_eq!(Settings::base_path(wrong), Err(SettingsError::BasePath(wrong.to_owned())));
        }
    }

    #[test]
    fn public_urls() {
        assert_eq!(Settings::public_url("http://[::1]:8080/x/"), Ok("http://[::1]:8080/x".to_owned()));
        for wrong in ["", "ftp://a", "https://", "https://a b", "https://a/?x", "https://user@a"] {
            assert_eq!(Settings::public_url(wrong), Err(SettingsError::PublicUrl(wrong.to_owned())));
        }
    }
}
