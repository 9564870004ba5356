//! Who sees which fields.

use super::super::fixture::{Entity, account, site};
use super::super::*;

const MODERATION: &[&str] = &["content_moderation"];

#[test]
fn fields_of_accounts() {
    let fields =
        ["name", "mail", "timezone", "preferred_langcode", "status", "roles", "init", "pass", "field_any"];
    let visible = |permissions: &[&str], id: Option<i64>| {
        let (site, account) = account(site(&[], &[], permissions), 5);
        let user = id.map(|id| Entity::new(&site, "user--user", id, &[("status", 1)]));
        let user = user.as_ref().map(|user| user as &dyn Subject);
        let resource_type = site.by_name["user--user"];
        let seen = |field: &&str| field_access(&site, &account, user, resource_type, field).is_allowed();
        fields.into_iter().filter(|field| seen(field)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(visible(&[], Some(6)), "name field_any");
    assert_eq!(visible(&[], Some(5)), "name mail timezone preferred_langcode field_any");
    assert_eq!(visible(&[], None), "name field_any");
    assert_eq!(visible(&["view user email addresses"], Some(6)), "name mail field_any");
    assert_eq!(visible(&["administer users"], Some(6)), fields.join(" ").replace(" pass", ""));
    assert_eq!(visible(&["administer users"], None), fields.join(" ").replace(" pass", ""));
}

#[test]
fn revision_logs() {
    let visible = |permissions: &[&str], name: &str, numbers: &[(&'static str, i64)]| {
        let (site, account) = account(site(MODERATION, &[], permissions), 5);
        let entity = Entity::new(&site, name, 9, numbers);
        let log = &site[site[entity.resource_type].entity_type].keys.revision_log;
        field_access(&site, &account, Some(&entity), entity.resource_type, log).is_allowed()
    };
    let node = |permissions: &[&str]| visible(permissions, "node--article", &[("status", 1), ("uid", 5)]);
    assert!(!node(&["access content"]));
    let moderator = "use editorial transition publish";
    assert!(node(&["access content", "view all revisions", moderator]));
    assert!(node(&["access content", "edit own article content", moderator]));
    assert!(node(&["access content", "edit any article content", moderator]));
    assert!(!node(&["access content", "edit any article content"]), "there is no transition");
    assert!(!node(&["access content", "view all revisions"]), "which forbids, whatever else is allowed");
    assert!(visible(&["edit terms in tags"], "taxonomy_term--tags", &[("status", 1)]));
    assert!(visible(&["view all taxonomy revisions"], "taxonomy_term--tags", &[("status", 1)]));
    assert!(!visible(&["edit terms in other"], "taxonomy_term--tags", &[("status", 1)]));
    assert!(visible(&["edit any image media"], "media--image", &[("status", 1)]));
    assert!(visible(&["update media"], "media--image", &[("uid", 5)]));
    assert!(!visible(&["update media"], "media--image", &[("uid", 7)]));
    assert!(visible(&["edit any basic block content"], "block_content--basic", &[]));
    assert!(!visible(&[], "block_content--basic", &[("status", 1)]));
    assert!(visible(&["administer menu"], "menu_link_content--menu_link_content", &[]));
}

#[test]
fn revision_logs_of_other_revisions() {
    let all = &["access content", "view all revisions"];
    let (site, account) = account(site(&[], &[], all), 5);
    let mut node = Entity::new(&site, "node--article", 9, &[("status", 1), ("uid", 7)]);
    node.is_default = false;
    let is_visible = |node: &Entity| {
        field_access(&site, &account, Some(node), node.resource_type, "revision_log").is_allowed()
    };
    assert!(!is_visible(&node), "nothing is known of the default revision");
    node.default = Some(AccessResult::Allowed);
    assert!(is_visible(&node));
}

#[test]
fn other_fields() {
    let (site, account) = account(site(&[], &[], &["post comments"]), 5);
    let nobody = Account::anonymous(site.clone());
    let comment = Entity::new(&site, "comment--comment", 9, &[("status", 1)]);
    let node = Entity::new(&site, "node--article", 9, &[("status", 1)]);
    let visible = |account: &Account, entity: &Entity, field: &str| {
        field_access(&site, account, Some(entity), entity.resource_type, field).is_allowed()
    };
    assert!(visible(&account, &comment, "name") && visible(&account, &comment, "homepage"));
    assert!(!visible(&account, &comment, "mail") && !visible(&account, &comment, "hostname"));
    assert!(visible(&account, &node, "field_comments") && !visible(&nobody, &node, "field_comments"));
    assert!(visible(&nobody, &node, "path") && !visible(&account, &node, "layout_builder__layout"));
}
