//! `docent hash-password` and `docent new-key`: what files of users and of API keys are made of.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use docent_server::auth::{KeyHash, PasswordHash, new_key};

use super::Failure;
use crate::output;

/// Prints the hash of a password that is typed in, or that comes on standard input.
pub(super) fn hash_password() -> Result<ExitCode, Failure> {
    let password = read_password().map_err(Failure::system("cannot read the password"))?;
    if password.is_empty() {
        return Err(Failure::Credentials(
            "there is no password; type one, or write it to standard input".into(),
        ));
    }
    let hash = PasswordHash::of(&password).map_err(|error| Failure::Credentials(error.to_string()))?;
    output::say(hash.as_str());
    Ok(ExitCode::SUCCESS)
}

/// The password without the line end behind it.
fn read_password() -> io::Result<String> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("Password: ");
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}

/// Prints a new key, which is kept nowhere, and the entry for the file that knows it.
pub(super) fn make_key(user: &str, roles: &[String]) -> Result<ExitCode, Failure> {
    let key = new_key().map_err(|error| Failure::Credentials(error.to_string()))?;
    let text = |text: &str| toml::Value::String(text.to_owned());
    let roles = toml::Value::Array(roles.iter().map(|role| text(role)).collect());
    output::say(format_args!("# The key, which is shown only now:\n#   {key}"));
    output::say(format_args!(
        "[[keys]]\nhash = {}\nuser = {}\nroles = {roles}",
        text(&KeyHash::of(&key).to_string()),
        text(user)
    ));
    Ok(ExitCode::SUCCESS)
}
