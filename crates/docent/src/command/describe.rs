//! `docent inspect` and `docent openapi`: what would be served, without serving it.

use std::process::ExitCode;

use docent_catalog::inspect::report;

use super::{Failure, location, survey};
use crate::cli::DatabaseArg;
use crate::config::{Overrides, Settled};
use crate::output;

pub(super) fn inspect(database: DatabaseArg, overrides: &Overrides, json: bool) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    let location = location(database, &settled, "inspect")?;
    let (catalog, problems) = survey(&location, &settled)?;
    let report = report(&catalog);
    if json {
        let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::other);
        output::say(text.map_err(Failure::system("cannot write JSON"))?);
    } else {
        output::say(report.to_string().trim_end());
    }
    for problem in &problems {
        output::complain(settled.describe(problem));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn openapi(database: DatabaseArg, overrides: &Overrides) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    let location = location(database, &settled, "openapi")?;
    let (catalog, problems) = survey(&location, &settled)?;
    let server = &settled.server;
    // Without a public URL the document's addresses are relative to wherever it is served.
    let base_url = format!("{}{}", server.public_url.as_deref().unwrap_or_default(), server.base_path);
    let document = docent_catalog::openapi::openapi(&catalog, &base_url, "Docent", settled.is_writable());
    output::say(format_args!("{document:#}"));
    for problem in &problems {
        output::complain(settled.describe(problem));
    }
    Ok(ExitCode::SUCCESS)
}
