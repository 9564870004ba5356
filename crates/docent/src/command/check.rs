//! `docent check`: does the configuration fit the database?

use std::process::ExitCode;

use super::{Failure, location, survey};
use crate::cli::DatabaseArg;
use crate::config::{Overrides, Settled};
use crate::output;

pub(super) fn run(database: DatabaseArg, overrides: &Overrides) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    let callers_are_known = settled.authenticator(None)?.is_some() || settled.auth.accounts_table().is_some();
    let location = location(database, &settled, "check")?;
    let (catalog, problems) = survey(&location, &settled)?;
    for problem in &problems {
        output::say(settled.describe(problem));
    }
    if callers_are_known {
        output::say("Note: callers can prove who they are, but there are no roles: all may do the same.");
    }
    if problems.is_empty() {
        output::say(format_args!("No problems: {} types would be served.", catalog.types.len()));
        return Ok(ExitCode::SUCCESS);
    }
    output::say(match problems.len() {
        1 => "1 problem.".to_owned(),
        count => format!("{count} problems."),
    });
    Ok(ExitCode::FAILURE)
}
