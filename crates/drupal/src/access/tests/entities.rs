//! Who sees which entities.

use super::super::fixture::{Entity, account, site};
use super::super::*;
use super::hidden;
use crate::error::Refusal;

const MODERATION: &[&str] = &["content_moderation"];
const UNPUBLISHED: &str = "The 'view any unpublished content' permission is required.";
const CONTENT: &str = "The 'access content' permission is required.";

/// What account 5, which has just these permissions, sees of an entity.
fn seen(
    modules: &[&str],
    permissions: &[&str],
    name: &str,
    numbers: &[(&'static str, i64)],
) -> Option<String> {
    let (site, account) = account(site(modules, &[], permissions), 5);
    hidden(view(&site, &account, &Entity::new(&site, name, 9, numbers)))
}

#[test]
fn nodes() {
    let article = |permissions: &[&str], modules: &[&str], status, uid| {
        seen(modules, permissions, "node--article", &[("status", status), ("uid", uid)])
    };
    let denied = |reason: &str| Some(reason.to_owned());
    assert_eq!(article(&["access content"], MODERATION, 1, 7), None);
    assert_eq!(article(&[], MODERATION, 1, 5), denied(CONTENT));
    assert_eq!(article(&[], MODERATION, 0, 7), denied(CONTENT));
    assert_eq!(article(&["access content"], MODERATION, 0, 5), denied(UNPUBLISHED));
    assert_eq!(article(&["access content"], &[], 0, 5), denied(""));
    assert_eq!(article(&["access content", "view own unpublished content"], MODERATION, 0, 5), None);
    let own = &["access content", "view own unpublished content"];
    assert_eq!(article(own, MODERATION, 0, 7), denied(UNPUBLISHED));
    let any = &["access content", "view any unpublished content"];
    assert_eq!(article(any, MODERATION, 0, 7), None);
    assert_eq!(article(any, &[], 0, 7), denied(""), "the permission is that of a module");
    assert_eq!(article(&["bypass node access"], MODERATION, 0, 7), None);
}

#[test]
fn nobody_owns_what_nobody_made() {
    let all = &["access content", "view own unpublished content"];
    let (site, nobody) = account(site(&[], all, &[]), 0);
    let node = Entity::new(&site, "node--article", 9, &[("status", 0), ("uid", 0)]);
    assert_eq!(hidden(view(&site, &nobody, &node)).as_deref(), Some(""));
    let mut file = Entity::new(&site, "file--file", 9, &[("uid", 0)]);
    file.texts = vec![("uri", "private://a.txt")];
    assert_eq!(hidden(view(&site, &nobody, &file)).as_deref(), Some(""));
}

#[test]
fn the_first_account_sees_all() {
    let (site, first) = account(site(MODERATION, &[], &[]), 1);
    for name in ["node--article", "taxonomy_term--tags", "media--image", "path_alias--path_alias"] {
        assert_eq!(view(&site, &first, &Entity::new(&site, name, 9, &[])), Decision::Allowed, "{name}");
    }
}

/// An entity, what it holds, the permissions, and the reason that hides it.
type Case<'a> = (&'a str, &'a [(&'static str, i64)], &'a [&'a str], &'a str);

#[test]
fn types_with_rules_of_their_own() {
    let set = "The shortcut set must be the currently displayed set for the user and the user must have 'access \
               shortcuts' AND 'customize shortcut links' permissions.";
    let term = "The 'access content' permission is required and the taxonomy term must be published.";
    let own_media = "The user must be the owner and the 'view own unpublished media' permission is required when the \
                     media item is unpublished.";
    let media = "The 'view media' permission is required when the media item is published.";
    let cases: [Case<'_>; 17] = [
        ("taxonomy_term--tags", &[("status", 1)], &["access content"], "shown"),
        ("taxonomy_term--tags", &[("status", 1)], &[], term),
        ("taxonomy_term--tags", &[("status", 0)], &["access content"], term),
        ("taxonomy_term--tags", &[("status", 0)], &["administer taxonomy"], "shown"),
        ("media--image", &[("status", 1)], &["view media"], "shown"),
        ("media--image", &[("status", 1)], &["view own unpublished media"], media),
        ("media--image", &[("status", 0), ("uid", 5)], &["view own unpublished media"], "shown"),
        ("media--image", &[("status", 0), ("uid", 7)], &["view own unpublished media"], own_media),
        ("block_content--basic", &[("status", 1), ("reusable", 1)], &[], "shown"),
        (
            "block_content--basic",
            &[("status", 0), ("reusable", 1)],
            &[],
            "The 'access block library' permission is required.",
        ),
        (
            "menu_link_content--menu_link_content",
            &[("enabled", 1)],
            &[],
            "The 'administer menu' permission is required.",
        ),
        (
            "path_alias--path_alias",
            &[("status", 1)],
            &[],
            "The 'administer url aliases' permission is required.",
        ),
        ("shortcut--default", &[], &["access shortcuts", "customize shortcut links"], "shown"),
        ("shortcut--default", &[], &["access shortcuts"], set),
        ("shortcut--default", &[], &["administer shortcuts"], "shown"),
        ("user--user", &[("status", 1)], &["access user profiles"], "shown"),
        ("user--user", &[("status", 0)], &["access user profiles"], "label"),
    ];
    for (name, numbers, permissions, expected) in cases {
        let found = seen(&[], permissions, name, numbers);
        assert_eq!(found.as_deref().unwrap_or("shown"), expected, "{name} {numbers:?} {permissions:?}");
    }
}

#[test]
fn moderation_is_asked_of_whatever_can_be_published() {
    let unpublished = [
        ("taxonomy_term--tags", "status"),
        ("media--image", "status"),
        ("block_content--basic", "status"),
        ("menu_link_content--menu_link_content", "enabled"),
        ("path_alias--path_alias", "status"),
    ];
    for (name, key) in unpublished {
        assert_eq!(seen(MODERATION, &[], name, &[(key, 0)]).as_deref(), Some(UNPUBLISHED), "{name}");
        assert_eq!(seen(MODERATION, &["view any unpublished content"], name, &[(key, 0)]), None, "{name}");
    }
}

#[test]
fn accounts() {
    let (site, account) = account(site(&[], &[], &[]), 5);
    let user = |id| Entity::new(&site, "user--user", id, &[("status", 1)]);
    assert_eq!(view(&site, &account, &user(5)), Decision::Allowed);
    assert_eq!(view(&site, &account, &user(6)), Decision::LabelOnly);
    let detail = view_relationship(&site, &account, &user(6), "user_picture").unwrap_err();
    assert_eq!(
        detail,
        "The current user is not allowed to view this relationship. The 'access user profiles' permission is required."
    );
    let first = Account::new(site.clone(), 1, String::new(), Vec::new());
    assert_eq!(view(&site, &first, &user(0)), Decision::LabelOnly, "nobody has no profile");
}

#[test]
fn hosts() {
    let (site, account) = account(site(&[], &[], &["access comments", "access content"]), 5);
    let mut comment = Entity::new(&site, "comment--comment", 9, &[("status", 1)]);
    let reason = "The 'access comments' permission is required and the comment must be published.";
    let mut with = |host: Option<AccessResult>| {
        comment.host = host;
        assert_eq!(host_kind(&site, &comment), Some(Host::Commented));
        hidden(view(&site, &account, &comment))
    };
    assert_eq!(with(Some(AccessResult::Allowed)), None);
    assert_eq!(with(Some(AccessResult::NEUTRAL)).as_deref(), Some(reason));
    assert_eq!(with(None).as_deref(), Some(reason));

    let mut file = Entity::new(&site, "file--file", 9, &[("status", 0), ("uid", 5)]);
    file.texts = vec![("uri", "public://a.txt")];
    assert_eq!((hidden(view(&site, &account, &file)), host_kind(&site, &file)), (None, None));
    file.texts = vec![("uri", "private://a.txt")];
    assert_eq!(hidden(view(&site, &account, &file)), None, "nobody uses it, and it is theirs");
    file.host = Some(AccessResult::NEUTRAL);
    assert_eq!(hidden(view(&site, &account, &file)).as_deref(), Some(""));
    file.host = Some(AccessResult::Allowed);
    assert_eq!(hidden(view(&site, &account, &file)), None);

    let mut block = Entity::new(&site, "block_content--basic", 9, &[("status", 1), ("reusable", 0)]);
    assert_eq!(host_kind(&site, &block), Some(Host::Layout));
    assert!(hidden(view(&site, &account, &block)).is_some());
    block.host = Some(AccessResult::Allowed);
    assert_eq!(hidden(view(&site, &account, &block)), None);
}

#[test]
fn comments_that_moderation_opens() {
    let (site, account) = account(site(MODERATION, &[], &["view any unpublished content"]), 5);
    let mut comment = Entity::new(&site, "comment--comment", 9, &[("status", 0)]);
    comment.host = Some(AccessResult::NEUTRAL);
    assert_eq!(hidden(view(&site, &account, &comment)), None);
    comment.host = Some(AccessResult::FORBIDDEN);
    assert!(hidden(view(&site, &account, &comment)).is_some());
}

#[test]
fn revisions() {
    let requested = "The user does not have access to the requested version.";
    let unpublished = format!("{requested} {UNPUBLISHED}");
    let all = ["access content", "view all revisions"];
    let article = ["access content", "view article revisions"];
    let latest =
        ["access content", "view all revisions", "view latest version", "view any unpublished content"];
    let own = ["access content", "view all revisions", "view latest version", "view own unpublished content"];
    // Permissions, whether it is published, its owner, whether it is the latest, and why it is hidden.
    let cases: [(&[&str], i64, i64, bool, &str); 8] = [
        (&["access content"], 1, 7, false, requested),
        (&all, 1, 7, false, "shown"),
        (&article, 1, 7, false, "shown"),
        (&all, 0, 7, false, &unpublished),
        (&latest, 0, 7, true, "shown"),
        (&own, 0, 5, true, "shown"),
        (&own, 0, 7, true, &unpublished),
        (
            &all,
            1,
            7,
            true,
            &format!(
                "{requested} The following permissions are required: 'view latest version' AND 'view any unpublished \
             content'."
            ),
        ),
    ];
    for (permissions, status, uid, is_latest, expected) in cases {
        let (site, account) = account(site(MODERATION, &[], permissions), 5);
        let mut node = Entity::new(&site, "node--article", 9, &[("status", status), ("uid", uid)]);
        (node.is_default, node.is_latest) = (false, is_latest);
        let found = hidden(view(&site, &account, &node));
        assert_eq!(
            found.as_deref().unwrap_or("shown"),
            expected,
            "{permissions:?} {status} {uid} {is_latest}"
        );
    }
}

#[test]
fn working_copies_of_what_is_not_moderated() {
    let (site, account) = account(site(MODERATION, &[], &["access content", "administer taxonomy"]), 5);
    let mut term = Entity::new(&site, "taxonomy_term--tags", 9, &[("status", 1)]);
    term.is_default = false;
    let reason = hidden(view(&site, &account, &term)).unwrap();
    assert!(reason.ends_with(" No pending revision for moderated entity."), "{reason}");
    term.is_latest = false;
    assert_eq!(hidden(view(&site, &account, &term)), None);
}

#[test]
fn relationships_need_the_entity_and_the_field() {
    let (site, account) = account(site(MODERATION, &[], &["access content"]), 5);
    let node = |status| Entity::new(&site, "node--article", 9, &[("status", status), ("uid", 7)]);
    assert_eq!(view_relationship(&site, &account, &node(1), "uid"), Ok(()));
    let text = "The current user is not allowed to view this relationship.";
    assert_eq!(view_relationship(&site, &account, &node(0), "uid"), Err(format!("{text} {UNPUBLISHED}")));
    let own = Entity::new(&site, "user--user", 5, &[("status", 1)]);
    assert_eq!(view_relationship(&site, &account, &own, "roles"), Err(text.to_owned()));
}

#[test]
fn who_has_shown_nothing_is_asked() {
    let refusal = || refuse_resource(UNPUBLISHED, "https://example.com/jsonapi/node/article/1".to_owned());
    let open = site(&["basic_auth"], &[], &[]);
    let asked = challenge(&open, false, refusal());
    assert_eq!(asked.refusal, Refusal::new(401, "No authentication credentials provided."));
    assert_eq!(asked.authenticate.as_deref(), Some("Basic realm=\"A &quot;small&quot; site\""));
    assert_eq!(challenge(&open, true, refusal()).refusal, refusal());
    assert_eq!(challenge(&site(&[], &[], &[]), false, refusal()).refusal, refusal());
    assert_eq!(challenge(&open, false, Refusal::new(404, "x")).refusal.status, 404);
}

#[test]
fn what_rules_ask_for() {
    let site = site(&[], &[], &[]);
    let needed = |name: &str| needed_fields(&site, site.entity_type(name).unwrap()).join(" ");
    assert_eq!(needed("node"), "status uid");
    assert_eq!(needed("file"), "uid uri");
    assert_eq!(needed("user"), "status");
}
