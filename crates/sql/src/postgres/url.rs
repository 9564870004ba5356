//! What a connection URL asks for: the driver's configuration, and how far the server is to prove who it is.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr as _;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::encoded::percent_decoded;

/// Where a server is, and how to talk to it.
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) verify: Verify,
    pub(super) roots: Roots,
}

/// What is checked of the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verify {
    /// Nothing, as `libpq` does for `prefer` and `require`: nobody listens in, but anybody can pose as the server.
    Nothing,
    /// That somebody trusted has signed it.
    Authority,
    /// That, and that it is the one of this host.
    Host,
}

/// Who is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// Whom the system trusts.
    System,
    /// The certificates in a file.
    File(PathBuf),
}

/// Reads a URL. Errors never repeat it: it holds a password.
pub(super) fn parse(url: &str) -> Result<Target, String> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("a PostgreSQL URL begins with `postgres://`".to_owned());
    }
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut mode = None;
    let mut roots = None;
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => roots = Some(percent_decoded(value)?),
            _ => others.push(pair),
        }
    }
    let rest = format!("{address}?{}", others.join("&"));
    let mut config = Config::from_str(rest.trim_end_matches('?')).map_err(|error| told(&error))?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host("localhost");
    }
    let roots = match roots.as_deref() {
        None => None,
        Some("system") => Some(Roots::System),
        Some(path) => Some(Roots::File(PathBuf::from(path))),
    };
    let (mode, verify) = tls_mode(mode.as_deref(), roots.as_ref())?;
    config.ssl_mode(mode);
    Ok(Target { config, verify, roots: roots.unwrap_or(Roots::System) })
}

/// Whether all addresses of a server are ones of this machine.
pub(super) fn is_local(config: &Config) -> bool {
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        Host::Unix(_) => true,
    };
    // An address is what is connected to, the host then its name.
    match config.get_hostaddrs() {
        [] => config.get_hosts().iter().all(is_here),
        addresses => addresses.iter().all(IpAddr::is_loopback),
    }
}

fn tls_mode(mode: Option<&str>, roots: Option<&Roots>) -> Result<(SslMode, Verify), String> {
    Ok(match (mode, roots) {
        (Some("verify-full"), _) | (None, Some(Roots::System)) => (SslMode::Require, Verify::Host),
        (Some(_), Some(Roots::System)) => {
            return Err("`sslrootcert=system` needs `sslmode=verify-full`".to_owned());
        }
        // Naming whom to trust would be pointless if it were not checked.
        (Some("verify-ca"), _) | (Some("require"), Some(_)) => (SslMode::Require, Verify::Authority),
        (Some("require"), None) => (SslMode::Require, Verify::Nothing),
        (Some("disable"), _) => (SslMode::Disable, Verify::Nothing),
        (Some("prefer" | "allow") | None, _) => (SslMode::Prefer, Verify::Nothing),
        (Some(_), _) => {
            return Err("`sslmode` is one of disable, prefer, require, verify-ca and verify-full".to_owned());
        }
    })
}

/// An error with its cause, which says what is wrong with which parameter.
fn told(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls(query: &str) -> Result<(SslMode, Verify, Roots), String> {
        let target = parse(&format!("postgres://ada@db.example/shop{query}"))?;
        Ok((target.config.get_ssl_mode(), target.verify, target.roots))
    }

    #[test]
    fn modes_are_those_of_libpq() {
        let file = || Roots::File(PathBuf::from("/etc/my ca.pem"));
        let cases = [
            ("", (SslMode::Prefer, Verify::Nothing, Roots::System)),
            ("?sslmode=disable", (SslMode::Disable, Verify::Nothing, Roots::System)),
            ("?sslmode=require", (SslMode::Require, Verify::Nothing, Roots::System)),
            ("?sslmode=verify-full", (SslMode::Require, Verify::Host, Roots::System)),
            ("?sslrootcert=system", (SslMode::Require, Verify::Host, Roots::System)),
            ("?sslmode=require&sslrootcert=/etc/my%20ca.pem", (SslMode::Require, Verify::Authority, file())),
            (
                "?connect_timeout=3&sslmode=verify-ca&sslrootcert=%2Fetc%2Fmy%20ca.pem",
                (SslMode::Require, Verify::Authority, file()),
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(tls(query), Ok(expected), "{query}");
        }
    }

    #[test]
    fn servers_on_this_machine_are_known_by_their_addresses() {
        let cases = [
            ("postgres:///shop", true),
            ("postgres://localhost/shop", true),
            ("postgres://127.0.0.1:5433/shop", true),
            ("postgres://[::1]/shop", true),
            ("postgres://%2Frun%2Fpostgresql/shop", true),
            ("postgres:///shop?host=/run/postgresql", true),
            ("postgres://db.example/shop", false),
            ("postgres://10.0.0.7/shop", false),
            ("postgres://localhost,db.example/shop", false),
            ("postgres://db.example/shop?hostaddr=127.0.0.1", true),
            ("postgres://localhost/shop?hostaddr=10.0.0.7", false),
        ];
        for (url, expected) in cases {
            assert_eq!(is_local(&parse(url).unwrap().config), expected, "{url}");
        }
    }

    #[test]
    fn mistakes_are_told_without_the_password() {
        let wrong = [
            "mysql://ada:secret@db/shop",
            "postgres://ada:secret@db/shop?sslmode=maybe",
            "postgres://ada:secret@db/shop?sslmode=require&sslrootcert=system",
            "postgres://ada:secret@db/shop?sslrootcert=%zz",
            "postgres://ada:secret@db:port/shop",
            "postgres://ada:secret@db/shop?colour=blue",
        ];
        for url in wrong {
            let text = parse(url).err().unwrap_or_default();
            assert!(!text.is_empty() && !text.contains("secret"), "{url}: {text}");
        }
    }

    #[test]
    fn without_a_host_it_is_this_one() {
        let target = parse("postgres:///shop").ok();
        let hosts = target.map(|target| target.config.get_hosts().to_vec());
        assert_eq!(hosts, Some(vec![tokio_postgres::config::Host::Tcp("localhost".to_owned())]));
    }
}
