//! `docent inspect` and `docent openapi`: what would be served, without serving it.

use std::fmt::Display;
use std::process::ExitCode;

use docent_catalog::inspect::{Report, report, report_of_role};
use docent_catalog::model::LeftOut;
use docent_drupal::site::{Notice, TypeReport};
use docent_engine::{Policy, catalog_of_role};

use serde::Serialize;

use super::site::{self, Survey};
use super::{Failure, location, runtime, survey};
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
    let location = location(database, &settled, "inspect")?;
    if let Some(survey) = site::survey(&settled, &location)? {
        if role.is_some() {
            return Err(Failure::NotOfSite(
                "its roles are its own, and this list is the same for all of them",
            ));
        }
        let (report, remarks) = report_of_site(survey);
        return print(&report, json, remarks);
    }
    if let Some(role) = role {
        check_role(policy, role)?;
    }
    let (catalog, problems) = survey(&location, &settled)?;
    let report = match role {
        Some(role) => report_of_role(&catalog_of_role(catalog, policy, role), role),
        None => report(&catalog),
    };
    print(&report, json, problems.iter().map(|problem| settled.describe(problem)).collect())
}

/// What would be served of a site, what of it is left out, and what else there is to say.
fn report_of_site(Survey { site, notices }: Survey) -> (Report<TypeReport>, Vec<String>) {
    let mut left_out = Vec::new();
    let mut remarks = Vec::new();
    for notice in notices {
        match notice {
            Notice::LeftOut { what, reason } => left_out.push(LeftOut { what, reason }),
            Notice::Remark(remark) => remarks.push(remark),
        }
    }
    (Report { role: None, types: site.report(), left_out: Some(left_out) }, remarks)
}

fn print<T: Display + Serialize>(
    report: &Report<T>,
    json: bool,
    remarks: Vec<String>,
) -> Result<ExitCode, Failure> {
    if json {
        let text = serde_json::to_string_pretty(report).map_err(std::io::Error::other);
        output::say(text.map_err(Failure::system("cannot write JSON"))?);
    } else {
        output::say(report.to_string().trim_end());
    }
    for remark in remarks {
        output::complain(remark);
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
    if runtime()?.block_on(site::recognised(&settled, &location))?.is_some() {
        return Err(Failure::NotOfSite(
            "there is no OpenAPI document of a site's JSON:API. `--as sql` describes its tables instead",
        ));
    }
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
