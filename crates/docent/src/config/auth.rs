//! The `[auth]` tables: who may prove to be whom, and how. Their files are read here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use docent_catalog::Problem;
use docent_engine::{AccountsProblem, AccountsTable, User};
use docent_server::auth::{
    Accounts, ApiKey, ApiKeys, AuthError, Authenticator, KeyFile, KeyHash, PasswordHash, Passwords, Schemes,
    SigningAlgorithm, TokenRules, Tokens,
};
use serde_json::{Map, Value};
use toml::Spanned;

use super::file::Parsed;
use super::measure::TimeSpan;
use super::place::Source;
use super::settled::ConfigError;
use super::time::moment;

/// How far clocks can be said to be apart.
const LEEWAY_MAX: Duration = Duration::from_mins(10);

/// Everything under `[auth]`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Auth {
    jwt: Option<Spanned<Jwt>>,
    basic: Option<Spanned<Basic>>,
    api_keys: Option<Spanned<Keys>>,
}

impl Auth {
    /// Whether anybody can prove to be anybody.
    pub(crate) fn is_configured(&self) -> bool {
        self.jwt.is_some() || self.basic.is_some() || self.api_keys.is_some()
    }
}

/// JSON Web Tokens.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Jwt {
    secret_file: Option<Spanned<PathBuf>>,
    public_key_file: Option<Spanned<PathBuf>>,
    jwks_file: Option<Spanned<PathBuf>>,
    algorithms: Vec<Parsed<SigningAlgorithm>>,
    issuer: OneOrMore,
    audience: OneOrMore,
    leeway: Option<Spanned<TimeSpan>>,
    user_claim: Option<String>,
    roles_claim: Option<String>,
}

/// Names and passwords.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Basic {
    users_file: Option<Spanned<PathBuf>>,
    table: Option<Spanned<String>>,
    login: Option<Spanned<String>>,
    password: Option<Spanned<String>>,
    roles: Option<Spanned<String>>,
    id: Option<Spanned<String>>,
    claims: Option<Spanned<Vec<String>>>,
}

/// API keys.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    file: Spanned<PathBuf>,
}

/// A text, or a list of them.
#[derive(Debug, serde::Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// A file of users.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct UsersFile {
    users: BTreeMap<String, UserEntry>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct UserEntry {
    password: Spanned<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    claims: Map<String, Value>,
}

/// A file of API keys.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct KeysFile {
    keys: Vec<KeyEntry>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    hash: Spanned<String>,
    user: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    claims: Map<String, Value>,
    expires: Option<Spanned<toml::value::Datetime>>,
}

/// What is wrong, and with which part of the configuration file.
type Mistake = (Range<usize>, String);

impl Default for OneOrMore {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl OneOrMore {
    fn list(&self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text.clone()],
            Self::More(texts) => texts.clone(),
        }
    }
}

impl Auth {
    /// The table of the database that accounts are in, if they are.
    pub(crate) fn accounts_table(&self) -> Option<AccountsTable> {
        let basic = self.basic.as_ref()?.get_ref();
        let named = |column: &Option<Spanned<String>>| column.as_ref().map(|name| name.get_ref().clone());
        Some(AccountsTable {
            table: named(&basic.table)?,
            login: named(&basic.login)?,
            password: named(&basic.password)?,
            roles: named(&basic.roles),
            id: named(&basic.id),
            claims: basic.claims.as_ref().map(|claims| claims.get_ref().clone()).unwrap_or_default(),
        })
    }

    /// A problem of that table with its place in the file.
    pub(crate) fn misfit(&self, problem: &AccountsProblem) -> Problem {
        let span = self.basic.as_ref().map(|basic| {
            let keys = basic.get_ref();
            let of_claims = keys.claims.as_ref().map(Spanned::span);
            let span = match problem.key {
                "login" => keys.login.as_ref().map(Spanned::span),
                "password" => keys.password.as_ref().map(Spanned::span),
                "roles" => keys.roles.as_ref().map(Spanned::span),
                "id" => keys.id.as_ref().map(Spanned::span),
                "claims" => of_claims,
                _ => keys.table.as_ref().map(Spanned::span),
            };
            span.unwrap_or_else(|| basic.span())
        });
        Problem { message: problem.message.clone(), span }
    }

    /// Reads the files and puts together who is known; nobody if nothing is configured. `accounts` are those in the
    /// table, once the database is open.
    pub(crate) fn authenticator(
        &self,
        source: Option<&Source>,
        accounts: Option<Arc<dyn Accounts>>,
    ) -> Result<Option<Authenticator>, ConfigError> {
        let Some(source) = source else { return Ok(None) };
        let schemes = self.schemes(source.folder(), accounts);
        let schemes =
            schemes.map_err(|(span, message)| ConfigError::Mistake(source.describe(Some(span), &message)))?;
        Ok(Authenticator::new(schemes))
    }

    fn schemes(&self, folder: &Path, accounts: Option<Arc<dyn Accounts>>) -> Result<Schemes, Mistake> {
        let passwords = self.basic.as_ref().map(|basic| passwords(basic, folder, accounts)).transpose()?;
        Ok(Schemes {
            tokens: self.jwt.as_ref().map(|jwt| tokens(jwt, folder)).transpose()?,
            passwords: passwords.flatten(),
            api_keys: self.api_keys.as_ref().map(|keys| api_keys(keys.get_ref(), folder)).transpose()?,
        })
    }
}

fn tokens(jwt: &Spanned<Jwt>, folder: &Path) -> Result<Tokens, Mistake> {
    let (span, jwt) = (jwt.span(), jwt.get_ref());
    let mut files = Vec::new();
    for (path, kind) in [
        (&jwt.secret_file, KeyFile::Secret as fn(Vec<u8>) -> KeyFile),
        (&jwt.public_key_file, KeyFile::PublicKey),
        (&jwt.jwks_file, KeyFile::Jwks),
    ] {
        files.extend(path.as_ref().map(|path| (path, kind)));
    }
    let [(path, kind)] = &files[..] else {
        let message = "give one of `secret_file`, `public_key_file` and `jwks_file`";
        return Err((span, message.to_owned()));
    };
    let mut rules = TokenRules {
        algorithms: jwt.algorithms.iter().map(|Parsed(algorithm)| *algorithm).collect(),
        issuers: jwt.issuer.list(),
        audiences: jwt.audience.list(),
        ..TokenRules::default()
    };
    if let Some(leeway) = &jwt.leeway {
        rules.leeway = leeway.get_ref().0;
        if rules.leeway > LEEWAY_MAX {
            return Err((
                leeway.span(),
                "clocks that are more than 10 minutes apart should be set".to_owned(),
            ));
        }
    }
    rules.user_claim = jwt.user_claim.clone().unwrap_or(rules.user_claim);
    rules.roles_claim = jwt.roles_claim.clone().unwrap_or(rules.roles_claim);
    let file = kind(read(path, folder)?);
    Tokens::new(&file, rules).map_err(|error| (path.span(), in_file(path, &error)))
}

fn passwords(
    basic: &Spanned<Basic>,
    folder: &Path,
    accounts: Option<Arc<dyn Accounts>>,
) -> Result<Option<Passwords>, Mistake> {
    let (span, basic) = (basic.span(), basic.get_ref());
    let path = match (&basic.users_file, &basic.table) {
        (Some(path), None) => path,
        (None, Some(table)) => {
            if basic.login.is_none() || basic.password.is_none() {
                let message = "name the columns of the table with `login` and `password`";
                return Err((table.span(), message.to_owned()));
            }
            let passwords = accounts.map(Passwords::elsewhere).transpose();
            return passwords.map_err(|error| (table.span(), error.to_string()));
        }
        _ => return Err((span, "give either `users_file` or `table`".to_owned())),
    };
    let (source, file) = read_toml::<UsersFile>(path, folder)?;
    let mut users = Vec::new();
    for (login, entry) in file.users {
        let hash = PasswordHash::parse(entry.password.get_ref())
            .map_err(|error| (path.span(), at(&source, entry.password.span(), &error.to_string())))?;
        let user = User { id: login.clone(), roles: entry.roles, claims: entry.claims };
        users.push((login, hash, user));
    }
    Passwords::of_users(users).map(Some).map_err(|error| (path.span(), error.to_string()))
}

fn api_keys(keys: &Keys, folder: &Path) -> Result<ApiKeys, Mistake> {
    let path = &keys.file;
    let (source, file) = read_toml::<KeysFile>(path, folder)?;
    let mut keys = ApiKeys::default();
    for entry in file.keys {
        let wrong = |span: Range<usize>, message: &str| (path.span(), at(&source, span, message));
        let of_hash = |error: AuthError| wrong(entry.hash.span(), &error.to_string());
        let hash = KeyHash::parse(entry.hash.get_ref()).map_err(of_hash)?;
        let expires = match &entry.expires {
            Some(datetime) => {
                Some(moment(datetime.get_ref()).map_err(|error| wrong(datetime.span(), error))?)
            }
            None => None,
        };
        let user = User { id: entry.user, roles: entry.roles, claims: entry.claims };
        keys.add(ApiKey { hash, user, expires }).map_err(of_hash)?;
    }
    Ok(keys)
}

fn read(path: &Spanned<PathBuf>, folder: &Path) -> Result<Vec<u8>, Mistake> {
    std::fs::read(folder.join(path.get_ref())).map_err(|error| (path.span(), in_file(path, &error)))
}

fn read_toml<T: serde::de::DeserializeOwned>(
    path: &Spanned<PathBuf>,
    folder: &Path,
) -> Result<(Source, T), Mistake> {
    let text = String::from_utf8(read(path, folder)?);
    let text = text.map_err(|_| (path.span(), in_file(path, &"it is no text")))?;
    let source = Source { path: path.get_ref().clone(), text };
    let file = toml::from_str(&source.text).map_err(|error| {
        let message = error.message().to_owned();
        (path.span(), at(&source, error.span().unwrap_or_default(), &message))
    })?;
    Ok((source, file))
}

fn in_file(path: &Spanned<PathBuf>, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.get_ref().display())
}

/// A message with its place in another file, on one line: what stands on that line may be a secret.
fn at(source: &Source, span: Range<usize>, message: &str) -> String {
    let (line, column) = source.place(span.start);
    format!("{}:{line}:{column}: {message}", source.path.display())
}
