//! Modules that decide on access in code that is not Drupal's own.

use crate::site::Site;

/// Well-known modules that take away access, by hooks or handlers of their own. What they decide is not known here, so
/// that a site which has one of them would show what it does not mean to.
const MODULES: [&str; 23] = [
    "acl",
    "block_content_permissions",
    "content_access",
    "domain_access",
    "field_permissions",
    "forum_access",
    "group",
    "jsonapi_extras",
    "jsonapi_role_access",
    "media_private_access",
    "mukurtu_protocol",
    "node_view_permissions",
    "nodeaccess",
    "og",
    "permissions_by_entity",
    "permissions_by_term",
    "private_content",
    "protected_pages",
    "rabbit_hole",
    "simple_access",
    "tac_lite",
    "taxonomy_access_fix",
    "taxonomy_view_permissions",
];

/// Those of a site's modules that are known to decide on access by rules that are not known here.
pub fn modules_that_decide(site: &Site) -> Vec<&'static str> {
    MODULES.into_iter().filter(|module| site.has_module(module)).collect()
}
