//! What a connection URL asks for, as the driver's options.

use std::path::PathBuf;

use mysql_async::{Opts, OptsBuilder, SslOpts};

use crate::encoded::percent_decoded;

/// What is checked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Nothing is encrypted.
    Disabled,
    /// Nobody listens in, but anybody can pose as the server.
    Required,
    /// Somebody trusted has signed its certificate.
    VerifyCa,
    /// That, and the certificate is the one of this host.
    VerifyIdentity,
}

/// Reads a URL. Errors never repeat it: it holds a password.
pub(super) fn parse(url: &str) -> Result<Opts, String> {
    let rest = ["mysql://", "mariadb://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let rest = rest.ok_or("the URL of a MySQL or MariaDB server begins with `mysql://` or `mariadb://`")?;
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut mode = Mode::Disabled;
    let mut authority = None;
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("ssl-mode", value)) => mode = self::mode(value)?,
            Some(("ssl-ca", path)) => authority = Some(PathBuf::from(percent_decoded(path)?)),
            _ => others.push(pair),
        }
    }
    let url = format!("mysql://{address}?{}", others.join("&"));
    let options = Opts::from_url(url.trim_end_matches('?')).map_err(|error| error.to_string())?;
    if options.db_name().is_none_or(str::is_empty) {
        return Err("the URL names no database: `mysql://user@host/database`".to_owned());
    }
    let over_a_socket = options.socket().is_some();
    let options = OptsBuilder::from_opts(options)
        // Rows matched, not rows changed: a change to what is there already is one all the same.
        .client_found_rows(true)
        .prefer_socket(over_a_socket)
        .stmt_cache_size(STATEMENTS_KEPT);
    let options =
        if mode == Mode::Disabled { options } else { options.ssl_opts(encryption(mode, authority)) };
    Ok(options.into())
}

/// Statements that each connection keeps prepared.
const STATEMENTS_KEPT: usize = 256;

fn mode(value: &str) -> Result<Mode, String> {
    match value.to_ascii_lowercase().replace('_', "-").as_str() {
        "disabled" => Ok(Mode::Disabled),
        "required" => Ok(Mode::Required),
        "verify-ca" => Ok(Mode::VerifyCa),
        "verify-identity" => Ok(Mode::VerifyIdentity),
        _ => Err("`ssl-mode` is `disabled`, `required`, `verify-ca` or `verify-identity`".to_owned()),
    }
}

fn encryption(mode: Mode, authority: Option<PathBuf>) -> SslOpts {
    let options = SslOpts::default()
        .with_danger_accept_invalid_certs(mode == Mode::Required)
        .with_danger_skip_domain_validation(mode != Mode::VerifyIdentity);
    match authority {
        Some(path) => options.with_disable_built_in_roots(true).with_root_certs(vec![path.into()]),
        None => options,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_options() {
        let options = parse("mariadb://u:p%40@h:3307/shop?ssl-mode=verify-ca&ssl-ca=%2Fa%20b.pem").unwrap();
        assert_eq!((options.user(), options.pass()), (Some("u"), Some("p@")));
        assert_eq!(
            (options.ip_or_hostname(), options.tcp_port(), options.db_name()),
            ("h", 3307, Some("shop"))
        );
        let encryption = options.ssl_opts().unwrap();
        assert!(!encryption.accept_invalid_certs() && encryption.skip_domain_validation());
        assert!(encryption.disable_built_in_roots());
        assert!(options.client_found_rows());
        let options = parse("mysql://u@localhost/shop?socket=/run/db.sock").unwrap();
        assert_eq!(options.socket(), Some("/run/db.sock"));
        assert!(options.ssl_opts().is_none());
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        let urls = [
            "postgres://u:secret@h/d",
            "mysql://u:secret@h",
            "mysql://u:secret@h/d?ssl-mode=maybe",
            "mysql://u:secret@h/d?what=1",
            "mysql://u:secret@h/d?ssl-ca=%2",
        ];
        for url in urls {
            let told = parse(url).unwrap_err();
            assert!(!told.contains("secret"), "{told}");
        }
    }
}
