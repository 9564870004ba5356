//! What the configuration says of a Drupal site, and what of it means nothing there.

use toml::Value;

use super::place::Source;
use super::settled::Overrides;
use crate::cli::ServeAs;

/// What a Drupal site does not say about itself.
#[derive(Debug)]
pub(crate) struct SiteSettings {
    /// What the database is, if not what it looks like.
    pub(crate) serve_as: Option<ServeAs>,
    /// What the site is served with.
    pub(crate) settings: docent_drupal::Settings,
    /// The settings given that mean nothing for a site, as the file names them.
    pub(crate) unfit: Vec<&'static str>,
}

/// Whether an option or a variable gives a setting.
type IsOption = fn(&Overrides) -> bool;

/// Settings and sections of the file that mean nothing for a site: it decides for itself, or has nothing of the kind.
const UNFIT: [(&str, IsOption); 17] = [
    ("server.base_path", |given| given.base_path.is_some()),
    ("server.writable", |given| given.writable.is_some()),
    ("server.require_if_match", only_in_file),
    ("server.idempotency_keys", only_in_file),
    ("database.schemas", only_in_file),
    ("database.db_role", only_in_file),
    ("database.db_role_claim", only_in_file),
    ("database.db_role_anonymous", only_in_file),
    ("pagination", only_in_file),
    ("documents", only_in_file),
    ("limits.include_depth", only_in_file),
    ("limits.include_paths", only_in_file),
    ("limits.filter_conditions", only_in_file),
    ("limits.operations", only_in_file),
    ("auth", only_in_file),
    ("types", only_in_file),
    ("roles", only_in_file),
];

fn only_in_file(_: &Overrides) -> bool {
    false
}

/// Those of [`UNFIT`] that are given.
pub(super) fn unfit(source: Option<&Source>, overrides: &Overrides) -> Vec<&'static str> {
    // A file that is none has been refused before.
    let file = source.and_then(|source| toml::from_str(&source.text).ok()).unwrap_or_default();
    let file = Value::Table(file);
    let is_in_file = |path: &str| path.split('.').try_fold(&file, |table, name| table.get(name)).is_some();
    let given = UNFIT.iter().filter(|(path, is_option)| is_option(overrides) || is_in_file(path));
    given.map(|(path, _)| *path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfit_in(text: &str, overrides: &Overrides) -> Vec<&'static str> {
        let source = Source { path: "docent.toml".into(), text: text.to_owned() };
        unfit(Some(&source), overrides)
    }

    #[test]
    fn what_is_given_is_found_wherever_it_is() {
        assert_eq!(unfit(None, &Overrides::default()), [""; 0]);
        let text = "[server]\nwritable = false\n[limits]\noperations = 7\nbody = 9\n[roles.x]\n[drupal]\n";
        let found = ["server.writable", "limits.operations", "roles"];
        assert_eq!(unfit_in(text, &Overrides::default()), found);
        let overrides =
            Overrides { base_path: Some("/".to_owned()), writable: Some(true), ..Overrides::default() };
        let found = ["server.base_path", "server.writable", "limits.operations", "roles"];
        assert_eq!(unfit_in(text, &overrides), found);
        assert_eq!(unfit(None, &overrides), found[..2]);
    }

    #[test]
    fn the_rest_fits() {
        let text = "[server]\nlisten = \"a\"\npublic_url = \"b\"\ncors_origins = []\n[database]\nas = \"drupal\"\n\
            statement_timeout = 1\n[limits]\nurl = 1\nrequests = 1\n";
        assert_eq!(unfit_in(text, &Overrides::default()), [""; 0]);
    }
}
