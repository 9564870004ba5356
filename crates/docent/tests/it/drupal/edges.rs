//! The site of the coast at its edges: refusals and their order, files that are not public, what decides over what.

use serde_json::{Value, json};

use super::behaviour::{CAT, FOG, PIER, STORM, Served, node, titles};
use super::coast::{PASSWORD, uuid};
use crate::harness::http::Response;

const WREN: Option<(&str, &str)> = Some(("wren", PASSWORD));
const OTTO: Option<(&str, &str)> = Some(("otto", PASSWORD));

/// Makes the picture of the cat a file that not everybody may have.
fn hide_picture(served: &Served) {
    served.coast.execute("UPDATE file_managed SET uri = 'private://grey cat.png' WHERE fid = 1");
}

fn picture() -> String {
    format!("/jsonapi/file/file/{}", uuid(2, 1))
}

#[test]
fn a_resource_that_is_not_there_is_said_first() {
    let mut served = Served::new();
    let missing = node("story", 99);
    for query in ["nope=1", "resourceVersion=newest", "include[]=uid", "fields=title"] {
        for relationship in ["", "/uid", "/relationships/uid"] {
            let target = format!("{missing}{relationship}?{query}");
            assert_eq!(served.refusal(&target, None).0, 404, "{target}");
        }
    }
    let config = format!("/jsonapi/node_type/node_type/{}", uuid(0xc, 99));
    assert_eq!(served.refusal(&format!("{config}?resourceVersion=id:1"), None).0, 404);
    // Of what there is, a version comes before names, and names before access.
    let fog = node("story", FOG);
    let statuses = |served: &mut Served, target: &str| served.refusal(target, OTTO).0;
    assert_eq!(statuses(&mut served, &format!("{fog}?resourceVersion=newest&nope=1")), 400);
    assert_eq!(statuses(&mut served, &format!("{fog}?nope=1")), 400);
    assert_eq!(statuses(&mut served, &format!("{fog}?include[]=uid")), 403);
    assert_eq!(statuses(&mut served, &format!("{fog}?fields=title")), 403);
    // To a closed relationship there is no way at all.
    assert_eq!(statuses(&mut served, &format!("{fog}/uid?nope=1")), 403);
    assert_eq!(statuses(&mut served, &format!("{fog}/relationships/uid?nope=1")), 403);
    let (status, detail) = served.refusal("/jsonapi/node/story?include=nope&fields=title", None);
    assert_eq!(status, 400);
    assert!(detail.starts_with("`nope` is not a valid relationship"), "{detail}");
}

#[test]
fn a_relationship_of_another_bundle_is_closed() {
    let mut served = Served::new();
    let as_story = |rest: &str| format!("{}/{rest}", node("story", PIER));
    assert_eq!(served.get(&as_story("relationships/uid"))["data"]["id"], uuid(1, 1));
    for rest in ["field_topics", "relationships/field_topics"] {
        assert_eq!(served.refusal(&as_story(rest), OTTO), (403, String::new()), "{rest}");
        assert_eq!(served.refusal(&as_story(rest), None).0, 401, "{rest}");
    }
}

#[test]
fn other_formats_are_refused_in_their_own_words() {
    const MESSAGE: &str = "No route found for the specified format. Supported formats: api_json.";
    let mut served = Served::new();
    let mut of = |format: &str| {
        let response = served.ask(&format!("/jsonapi/node/story?_format={format}"), None);
        let kind = response.header("content-type").unwrap().to_owned();
        (response.status, kind, response.text())
    };
    let json = of("json");
    assert_eq!((json.0, json.1.as_str()), (406, "application/json"));
    assert_eq!(serde_json::from_str::<Value>(&json.2).unwrap(), json!({"message": MESSAGE}));
    let xml = of("xml");
    assert_eq!((xml.0, xml.1.as_str()), (406, "text/xml; charset=UTF-8"));
    assert!(xml.2.contains(MESSAGE), "{}", xml.2);
    assert_eq!(of("html").1, "text/html; charset=UTF-8");
    assert_eq!(of("tide").1, "text/plain; charset=UTF-8");
}

#[test]
fn nobody_writes_here() {
    let mut served = Served::new();
    let cat = node("story", CAT);
    for (method, target) in
        [("POST", "/jsonapi/node/story"), ("PATCH", cat.as_str()), ("DELETE", cat.as_str())]
    {
        let headers = [("Content-Type", "application/vnd.api+json")];
        let response = served.client.send(method, target, &headers, Some(b"{}"));
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("allow"), Some("GET"), "{method}");
        let detail = response.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
        let settings = served.url("/admin/config/services/jsonapi.");
        assert!(detail.ends_with(&format!("can configure this at {settings}")), "{detail}");
    }
}

#[test]
fn revisions_are_found_by_when_they_were_made() {
    let mut served = Served::new();
    // The draft of the storm warning counts as well: its fourth revision.
    let filter = "filter[revision_timestamp][operator]=%3E%3D&filter[revision_timestamp][value]=1700000004";
    assert_eq!(titles(&served.get(&format!("/jsonapi/node/story?{filter}"))), ["Storm warning"]);
    let stories = served.get_as("keeper", "/jsonapi/node/story?sort=-revision_timestamp");
    assert_eq!(titles(&stories), ["Storm warning", "Fog over the pier", "The keeper's cat"]);
}

#[test]
fn private_files_are_for_those_who_see_where_they_are_used() {
    let mut served = Served::new();
    hide_picture(&served);
    let picture = picture();
    // Nobody uses it: it is its owner's.
    assert_eq!(served.refusal(&picture, OTTO).0, 403);
    assert_eq!(served.ask(&picture, WREN).status, 200);
    // Who has used it once does not count.
    served
        .coast
        .execute("INSERT INTO file_usage (fid, module, type, id, count) VALUES (1, 'file', 'node', '4', 1)");
    assert_eq!(served.refusal(&picture, OTTO).0, 403);
    assert_eq!(served.ask(&picture, WREN).status, 200);
    served
        .coast
        .execute("INSERT INTO file_usage (fid, module, type, id, count) VALUES (1, 'file', 'node', '1', 1)");
    let attributes = served.get(&picture)["data"]["attributes"].clone();
    assert_eq!(
        attributes["uri"],
        json!({"value": "private://grey cat.png", "url": "/system/files/grey%20cat.png"})
    );
    // It is not enough to have made it where it is used by what one may not see.
    served.coast.execute("UPDATE node_field_data SET status = 0, uid = 1 WHERE nid = 1");
    assert_eq!(served.refusal(&picture, WREN).0, 403);
    // One user of several is.
    served.coast.execute(
        "INSERT INTO node__field_picture (bundle, entity_id, revision_id, langcode, delta, field_picture_target_id)
         VALUES ('story', 3, 3, 'en', 0, 1)",
    );
    served
        .coast
        .execute("INSERT INTO file_usage (fid, module, type, id, count) VALUES (1, 'file', 'node', '3', 1)");
    assert_eq!(served.ask(&picture, None).status, 200);
}

#[test]
fn hosts_decide_in_the_language_they_were_written_in() {
    let mut served = Served::new();
    let remark = format!("/jsonapi/comment/remark/{}", uuid(5, 1));
    let german = format!("/de{remark}?include=entity_id");
    assert_eq!(served.ask(&german, None).status, 200);
    served.coast.execute("UPDATE node_field_data SET status = 0 WHERE nid = 1 AND langcode = 'de'");
    let shown = served.get(&german);
    assert_eq!(shown.get("included"), None);
    assert!(shown["meta"]["omitted"].is_object());
    served.coast.execute("UPDATE node_field_data SET status = 1 - status WHERE nid = 1");
    assert_eq!(served.ask(&german, None).status, 401);
    assert_eq!(served.ask(&format!("/de{}", node("story", CAT)), None).status, 200);
}

#[test]
fn a_version_and_its_relationships_belong_together() {
    let mut served = Served::new();
    let working = "resourceVersion=rel:working-copy";
    let storm = node("story", STORM);
    let linkage = served.get_as("wren", &format!("{storm}/relationships/field_topics?{working}"));
    assert_eq!(linkage["data"], json!([]));
    assert_eq!(served.refusal(&format!("{storm}/field_topics?{working}"), OTTO).0, 403);
}

#[test]
fn texts_show_files_where_they_are_now() {
    let mut served = Served::new();
    served.coast.configure_all(
        "filter.format.simple",
        &[
            (r#"s:11:"filter_html";a:5"#, r#"s:24:"filter_html_image_secure";a:5"#),
            (r#"s:12:"filter_autop";a:5"#, r#"s:21:"editor_file_reference";a:5"#),
        ],
    );
    let write = |served: &Served, body: &str| {
        served.coast.execute(&format!(
            "UPDATE node__body SET body_value = '{body}' WHERE entity_id = 1 AND langcode = 'en'"
        ));
    };
    let processed = |served: &mut Served| {
        served.get(&node("story", CAT))["data"]["attributes"]["body"]["processed"].clone()
    };
    let uuid = uuid(2, 1);
    write(
        &served,
        &format!("<video data-entity-type=\"file\" data-entity-uuid=\"{uuid}\" src=\"/was\"></video>"),
    );
    let video = |url: &str| {
        format!("<video data-entity-type=\"file\" data-entity-uuid=\"{uuid}\" src=\"{url}\"></video>")
    };
    served.eventually(&node("story", CAT), |it| {
        let shown = &it.json()["data"]["attributes"]["body"]["processed"];
        *shown == video("/sites/default/files/pictures/grey%20cat.png")
    });
    served.coast.execute("UPDATE file_managed SET uri = 'public://elsewhere.png' WHERE fid = 1");
    assert_eq!(processed(&mut served), video("/sites/default/files/elsewhere.png"));
    // An image of the site's own stays; of one that nothing is known of nothing is told.
    let image = "<img src=\"/sites/default/files/elsewhere.png\">";
    write(&served, image);
    assert_eq!(processed(&mut served), image);
    write(&served, "<img src=\"/logo.png\">");
    assert_eq!(processed(&mut served), Value::Null);
    served.coast.execute("UPDATE file_managed SET filemime = 'text/plain' WHERE fid = 1");
    write(&served, image);
    assert!(processed(&mut served).as_str().unwrap().contains("core/misc/icons/e32700/error.svg"));
}

#[test]
fn a_closed_field_is_not_filtered_by() {
    let mut served = Served::new();
    let (status, detail) = served.refusal("/jsonapi/comment/remark?filter[mail]=x", OTTO);
    assert_eq!(status, 403);
    assert_eq!(
        detail,
        "The current user is not authorized to filter by the `mail` field, given in the path `mail`. The 'administer \
         comments' permission is required."
    );
    let (status, detail) = served.refusal("/jsonapi/comment/remark?sort=hostname", OTTO);
    assert_eq!((status, detail.ends_with("given in the path `hostname`.")), (403, true), "{detail}");
}

#[test]
fn what_is_referred_to_may_be_known_by_several_names() {
    let mut served = Served::new();
    let mut found = |filter: &str| {
        let stories = served.get_as("keeper", &format!("/jsonapi/node/story?{filter}&sort=title"));
        titles(&stories).join(", ")
    };
    // In one language and in another; the same item of a field for both, and one row of what is asked for itself.
    let both = "The keeper's cat, Storm warning";
    assert_eq!(found("filter[field_topics.name]=Weather"), both);
    assert_eq!(
        found(
            "filter[a][condition][path]=field_topics.name&filter[a][condition][value]=Weather&\
             filter[b][condition][path]=field_topics.name&filter[b][condition][value]=Wetter"
        ),
        both
    );
    assert_eq!(
        found(
            "filter[a][condition][path]=field_topics.name&filter[a][condition][value]=Weather&\
             filter[b][condition][path]=field_topics.name&filter[b][condition][value]=Harbour"
        ),
        ""
    );
    assert_eq!(found("filter[title]=Die%20Katze%20des%20W%C3%A4rters&filter[langcode]=en"), "");
    // There is but one title.
    assert_eq!(
        found(
            "filter[g][group][conjunction]=OR&filter[a][condition][path]=title.1&filter[a][condition][value]=x&\
             filter[a][condition][memberOf]=g&filter[b][condition][path]=status&filter[b][condition][value]=1&\
             filter[b][condition][memberOf]=g"
        ),
        ""
    );
    let none = served.get("/jsonapi/node/story?sort=title.1");
    assert!(titles(&none).is_empty());
}

#[test]
fn what_is_read_may_be_kept_and_nothing_else() {
    let mut served = Served::new();
    served.coast.configure("system.performance", r#"s:7:"max_age";i:0"#, r#"s:7:"max_age";i:300"#);
    let kept = |response: &Response| response.header("cache-control") == Some("max-age=300, public");
    let cat = node("story", CAT);
    served.eventually(&cat, kept);
    assert!(kept(&served.ask(&node("story", FOG), None)), "refusals as well");
    assert!(!kept(&served.ask(&cat, OTTO)));
    for (method, is_kept) in [("HEAD", true), ("OPTIONS", false), ("PUT", false), ("DELETE", false)] {
        let response = served.client.send(method, &cat, &[], None);
        assert_eq!(kept(&response), is_kept, "{method} {}", response.status);
        assert_eq!(response.header("etag").is_some(), is_kept, "{method}");
    }
}
