//! `docent check`: does the configuration fit the database? Notes are about what fits and is worth a second look; they
//! change nothing about the outcome.

use std::process::ExitCode;

use docent_catalog::Problem;
use docent_engine::doubts;

use super::{Failure, location, survey};
use crate::cli::DatabaseArg;
use crate::config::{Overrides, Settled};
use crate::output;

pub(super) fn run(database: DatabaseArg, overrides: &Overrides) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    settled.authenticator(None)?;
    let location = location(database, &settled, "check")?;
    let (catalog, problems) = survey(&location, &settled)?;
    for problem in &problems {
        output::say(settled.describe(problem));
    }
    let mut doubts = doubts(&catalog, &settled.engine.policy);
    doubts.extend(settled.doubts());
    doubts.sort_by_key(|doubt| doubt.span.as_ref().map(|span| (span.start, span.end)));
    for doubt in doubts {
        output::say(settled.describe(&Problem { message: format!("note: {doubt}"), ..doubt }));
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
