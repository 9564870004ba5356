//! Drupal sites' databases: which they are, and what would be served of them.

use docent_drupal::Unservable;
use docent_drupal::site::{Notice, Recognition, Site, recognise};
use docent_sql::Database;

use super::{Failure, runtime};
use crate::cli::ServeAs;
use crate::config::Settled;
use crate::database::Location;

/// A site as it would be served, and what there is to say about it.
pub(super) struct Survey {
    pub(super) site: Site,
    pub(super) notices: Vec<Notice>,
}

/// The database, open to be looked at, if it is served as a Drupal site's.
pub(super) async fn recognised(settled: &Settled, location: &Location) -> Result<Option<Database>, Failure> {
    let serve_as = settled.site.serve_as;
    if serve_as == Some(ServeAs::Sql) {
        return Ok(None);
    }
    let database = location.open_to_read(&settled.connections).await?;
    let schema = database.introspect().await.map_err(|error| location.unusable(error))?;
    match recognise(&schema) {
        Recognition::Site => Ok(Some(database)),
        Recognition::Refused(reason) => Err(Failure::Site(reason)),
        Recognition::Other if serve_as == Some(ServeAs::Drupal) => Err(Failure::NoSite(location.in_words())),
        Recognition::Other => Ok(None),
    }
}

/// What would be served, if it is a site's database. Fails if that would not be served.
pub(super) fn survey(settled: &Settled, location: &Location) -> Result<Option<Survey>, Failure> {
    let surveying = async {
        let Some(database) = recognised(settled, location).await? else { return Ok(None) };
        check_settings(settled)?;
        let (site, notices) = settled.site.settings.survey(&database).await?;
        Ok(Some(Survey { site, notices }))
    };
    runtime()?.block_on(surveying)
}

/// Whether all settings mean something for a site.
pub(super) fn check_settings(settled: &Settled) -> Result<(), Failure> {
    let unfit: Vec<String> = settled.site.unfit.iter().map(|name| format!("`{name}`")).collect();
    if unfit.is_empty() {
        return Ok(());
    }
    Err(Failure::Site(format!(
        "{} cannot be set for it: a site is served read-only, at `/jsonapi`, to its own accounts and as it is \
         configured itself. Leave this out of the configuration, the command line and the environment",
        unfit.join(", ")
    )))
}

impl From<Unservable> for Failure {
    fn from(error: Unservable) -> Self {
        Self::Site(error.to_string())
    }
}
