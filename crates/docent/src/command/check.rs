//! `docent check`: does the configuration fit the database? Notes are about what fits and is worth a second look; they
//! change nothing about the outcome.

use std::process::ExitCode;

use docent_catalog::Problem;
use docent_engine::doubts;

use super::site::{self, Survey};
use super::{Failure, location, survey};
use crate::cli::DatabaseArg;
use crate::config::{Overrides, Settled};
use crate::output;

pub(super) fn run(database: DatabaseArg, overrides: &Overrides) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    settled.authenticator(None)?;
    let location = location(database, &settled, "check")?;
    if let Some(Survey { site, notices }) = site::survey(&settled, &location)? {
        let notes: Vec<String> = notices.iter().map(|notice| format!("note: {notice}")).collect();
        return Ok(tell(&[], &notes, site.resource_types.len()));
    }
    let (catalog, problems) = survey(&location, &settled)?;
    let problems: Vec<String> = problems.iter().map(|problem| settled.describe(problem)).collect();
    let mut doubts = doubts(&catalog, &settled.engine.policy);
    doubts.extend(settled.doubts());
    doubts.sort_by_key(|doubt| doubt.span.as_ref().map(|span| (span.start, span.end)));
    let note = |doubt: Problem| settled.describe(&Problem { message: format!("note: {doubt}"), ..doubt });
    let notes: Vec<String> = doubts.into_iter().map(note).collect();
    Ok(tell(&problems, &notes, catalog.types.len()))
}

fn tell(problems: &[String], notes: &[String], types: usize) -> ExitCode {
    for line in problems.iter().chain(notes) {
        output::say(line);
    }
    match problems.len() {
        0 => output::say(format_args!("No problems: {types} types would be served.")),
        1 => output::say("1 problem."),
        count => output::say(format_args!("{count} problems.")),
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
