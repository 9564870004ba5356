//! What a policy comes to, for those who write it. Nothing is served from here.

use docent_catalog::Problem;
use docent_catalog::model::Catalog;

use super::caller::standing_of_role;
use super::grants::grants;
use super::policy::Policy;

/// What of a policy does not fit a catalog, in the order of the file.
pub fn unfit(catalog: &Catalog, policy: &Policy) -> Vec<Problem> {
    grants(catalog, policy).1
}

/// The catalog as somebody sees it who has this role beside those that everyone has. It is to be looked at: permissions
/// with conditions about the caller count, and their rows are some that nobody can tell.
pub fn catalog_of_role(catalog: Catalog, policy: &Policy, role: &str) -> Catalog {
    if policy.is_empty() {
        return catalog;
    }
    let (grants, _) = grants(&catalog, policy);
    let views = standing_of_role(&catalog, &grants, role).views(&catalog, &grants);
    catalog.seen_through(&views, 0)
}
