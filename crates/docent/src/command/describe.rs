//! `docent inspect` and `docent openapi`: what would be served, without serving it.

use std::process::ExitCode;

use docent_catalog::inspect::{report, report_of_role};
use docent_engine::{Policy, catalog_of_role};

use super::{Failure, location, survey};
use crate::cli::DatabaseArg;
use crate::config::{Overrides, Settled};
use crate::output;

/// The roles that everyone has, or everyone with credentials, whether or not they are configured.
const GIVEN_ROLES: [&str; 2] = ["anonymous", "authenticated"];

pub(super) fn inspect(
    database: DatabaseArg,
    overrides: &Overrides,
    role: Option<&str>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    let policy = &settled.engine.policy;
    if let Some(role) = role {
        check_role(policy, role)?;
    }
    let location = location(database, &settled, "inspect")?;
    let (catalog, problems) = survey(&location, &settled)?;
    let report = match role {
        Some(role) => report_of_role(&catalog_of_role(catalog, policy, role), role),
        None => report(&catalog),
    };
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

/// A role of which the configuration says nothing is most likely misspelt.
fn check_role(policy: &Policy, role: &str) -> Result<(), Failure> {
    let configured = policy.roles.keys().map(|name| name.get_ref().as_str());
    let mut known: Vec<&str> = configured.chain(GIVEN_ROLES).collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&role) {
        return Ok(());
    }
    Err(Failure::Role(format!(
        "the configuration says nothing of a role `{role}`; the roles are {}. A role that it does not name gives what \
         `authenticated` has",
        known.join(", ")
    )))
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
