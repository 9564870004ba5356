//! The command line. Options without a flag are taken from `DOCENT_…` variables.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use docent_server::LogFormat;

use crate::config::Overrides;

/// Serves any SQL database as a complete JSON:API 1.1 API.
#[derive(Debug, Parser)]
#[command(name = "docent", version, about, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Reads a database's schema and serves all of it
    Serve {
        #[command(flatten)]
        database: DatabaseArg,
        #[command(flatten)]
        config: ConfigArg,
        #[command(flatten)]
        server: ServerArgs,
        #[command(flatten)]
        kind: KindArg,
        #[command(flatten)]
        vouching: VouchingArg,
    },
    /// Serves the bundled blog, writable, from a temporary copy, and prints URLs to try
    Demo {
        #[command(flatten)]
        config: ConfigArg,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Prints what would be served, and everything left out with its reason
    Inspect {
        #[command(flatten)]
        database: DatabaseArg,
        #[command(flatten)]
        config: ConfigArg,
        /// Prints what those see and may do who have a role: one of the configuration, `anonymous` or `authenticated`
        #[arg(long = "as", value_name = "ROLE")]
        role: Option<String>,
        /// What the database is: a Drupal site's, or one like any other [default: what its tables look like]
        #[arg(long = "database-as", value_name = "KIND", env = "DOCENT_AS")]
        serve_as: Option<ServeAs>,
        #[command(flatten)]
        vouching: VouchingArg,
        /// Prints JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Checks the configuration against the database; exit code 1 if something does not fit
    Check {
        #[command(flatten)]
        database: DatabaseArg,
        #[command(flatten)]
        config: ConfigArg,
        #[command(flatten)]
        kind: KindArg,
        #[command(flatten)]
        vouching: VouchingArg,
    },
    /// Prints the hash of a password, for a file of users; reads it from standard input, or asks for it
    HashPassword,
    /// Prints a new API key, and the entry of a file of keys that knows it
    NewKey {
        /// Who sends the key
        #[arg(long, value_name = "NAME", default_value = "api")]
        user: String,
        /// A role of whoever sends it; may be given several times
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
    },
    /// Prints what to run once in a PostgreSQL database, so that a changed schema is noticed at once
    SqlTrigger,
    /// Prints the OpenAPI 3.1 document
    Openapi {
        #[command(flatten)]
        database: DatabaseArg,
        #[command(flatten)]
        config: ConfigArg,
        #[command(flatten)]
        urls: UrlArgs,
        #[command(flatten)]
        kind: KindArg,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DatabaseArg {
    /// The database: a SQLite file such as `shop.db`, or a `postgres://` or `mysql://` URL. May stand in the
    /// configuration instead
    #[arg(env = "DOCENT_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArg {
    /// The configuration file [default: docent.toml, if there is one]
    #[arg(long, value_name = "FILE", env = "DOCENT_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct UrlArgs {
    /// The path under which the API is served [default: /api]
    #[arg(long, value_name = "PATH", env = "DOCENT_BASE_PATH")]
    base_path: Option<String>,
    /// The address under which clients reach this server, for links [default: what requests say]
    #[arg(long, value_name = "URL", env = "DOCENT_PUBLIC_URL")]
    public_url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "DOCENT_LISTEN")]
    listen: Option<String>,
    #[command(flatten)]
    urls: UrlArgs,
    /// How the log looks: text or json [default: text]
    #[arg(long, value_name = "FORMAT", env = "DOCENT_LOG")]
    log: Option<LogFormat>,
    /// Lets whoever reaches the server write, too [default: false; for demo: true]
    #[arg(long, value_name = "BOOL", env = "DOCENT_WRITABLE", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true", value_parser = clap::builder::BoolishValueParser::new())]
    writable: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct KindArg {
    /// What the database is: a Drupal site's, or one like any other [default: what its tables look like]
    #[arg(long = "as", value_name = "KIND", env = "DOCENT_AS")]
    pub(crate) serve_as: Option<ServeAs>,
}

#[derive(Debug, Args)]
pub(crate) struct VouchingArg {
    /// Modules of a Drupal site that may decide who sees what, and are trusted not to; separated by commas
    #[arg(long, value_name = "MODULES", env = "DOCENT_ALLOW_UNPROVEN", value_delimiter = ',')]
    pub(crate) allow_unproven: Vec<String>,
}

/// What a database is served as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ServeAs {
    /// A Drupal site's, as Drupal serves it.
    Drupal,
    /// Tables and columns.
    Sql,
}

impl ConfigArg {
    /// What a command without server options overrides: nothing but the file.
    pub(crate) fn overrides(self) -> Overrides {
        Overrides { config: self.config, ..Overrides::default() }
    }
}

impl UrlArgs {
    pub(crate) fn overrides(self, config: ConfigArg) -> Overrides {
        Overrides { base_path: self.base_path, public_url: self.public_url, ..config.overrides() }
    }
}

impl ServerArgs {
    pub(crate) fn overrides(self, config: ConfigArg) -> Overrides {
        let Self { listen, urls, log, writable } = self;
        Overrides { listen, log, writable, ..urls.overrides(config) }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
