//! What the site of the coast is served as, question by question.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::coast::{Coast, PASSWORD, uuid};
use crate::harness::JSON_API;
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};

/// How long a change of the database may stay unseen.
const SEEN_WITHIN: Duration = Duration::from_secs(10);

pub(super) const CAT: i64 = 1;
pub(super) const FOG: i64 = 2;
pub(super) const STORM: i64 = 3;
pub(super) const PIER: i64 = 4;
const QUAY: i64 = 5;

/// The site, served.
pub(super) struct Served {
    pub(super) coast: Coast,
    pub(super) server: Server,
    pub(super) client: Client,
}

impl Served {
    pub(super) fn new() -> Self {
        Self::with(&Options::default())
    }

    pub(super) fn with(options: &Options) -> Self {
        let coast = Coast::new();
        let server = Server::start(&coast.location(), options);
        let client = server.client();
        Self { coast, server, client }
    }

    pub(super) fn ask(&mut self, target: &str, user: Option<(&str, &str)>) -> Response {
        let credentials =
            user.map(|(name, password)| format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))));
        let mut headers = vec![("Accept", JSON_API)];
        headers.extend(credentials.as_deref().map(|it| ("Authorization", it)));
        self.client.send("GET", target, &headers, None)
    }

    /// A document, as anybody gets it.
    #[track_caller]
    pub(super) fn get(&mut self, target: &str) -> Value {
        document(target, &self.ask(target, None))
    }

    /// A document, as that user gets it.
    #[track_caller]
    pub(super) fn get_as(&mut self, user: &str, target: &str) -> Value {
        document(target, &self.ask(target, Some((user, PASSWORD))))
    }

    /// The status, and the detail of the error.
    pub(super) fn refusal(&mut self, target: &str, user: Option<(&str, &str)>) -> (u16, String) {
        let response = self.ask(target, user);
        (response.status, response.json()["errors"][0]["detail"].as_str().unwrap_or_default().to_owned())
    }

    /// A URL of this site.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    /// Asks until it is so.
    #[track_caller]
    pub(super) fn eventually(&mut self, target: &str, is_so: impl Fn(&Response) -> bool) {
        let deadline = Instant::now() + SEEN_WITHIN;
        loop {
            let response = self.ask(target, None);
            if is_so(&response) {
                return;
            }
            assert!(Instant::now() < deadline, "{target}: {} {}", response.status, response.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[track_caller]
fn document(target: &str, response: &Response) -> Value {
    assert_eq!(response.status, 200, "{target}: {}", response.text());
    assert_eq!(response.header("content-type"), Some(JSON_API), "{target}");
    response.json()
}

pub(super) fn node(bundle: &str, nid: i64) -> String {
    format!("/jsonapi/node/{bundle}/{}", uuid(4, nid))
}

/// An attribute of each resource, in order.
fn each<'a>(document: &'a Value, attribute: &str) -> Vec<&'a str> {
    let resources = document["data"].as_array().unwrap();
    resources.iter().map(|resource| resource["attributes"][attribute].as_str().unwrap()).collect()
}

pub(super) fn titles(document: &Value) -> Vec<&str> {
    each(document, "title")
}

/// The URLs of what was left out.
fn omitted(document: &Value) -> Vec<&str> {
    let links = document["meta"]["omitted"]["links"].as_object();
    let items = links.into_iter().flatten().filter(|(name, _)| name.starts_with("item--"));
    items.map(|(_, link)| link["href"].as_str().unwrap()).collect()
}

#[test]
fn the_entry_point_links_to_each_type() {
    let mut served = Served::new();
    let entry = served.get("/jsonapi");
    let links = entry["links"].as_object().unwrap();
    for (name, path) in [
        ("node--story", "node/story"),
        ("node--place", "node/place"),
        ("taxonomy_term--topics", "taxonomy_term/topics"),
        ("user--user", "user/user"),
        ("comment--remark", "comment/remark"),
        ("file--file", "file/file"),
        ("node_type--node_type", "node_type/node_type"),
    ] {
        assert_eq!(links[name]["href"], served.url(&format!("/jsonapi/{path}")));
    }
    // It is internal.
    assert!(!links.contains_key("content_moderation_state--content_moderation_state"), "{links:?}");
    assert_eq!(entry["data"], json!([]));
    assert_eq!(entry["meta"], Value::Null);
    let me = served.get_as("wren", "/jsonapi")["meta"]["links"]["me"].clone();
    assert_eq!(me["href"], served.url(&format!("/jsonapi/user/user/{}", uuid(1, 2))));
    assert_eq!(me["meta"]["id"], uuid(1, 2));
}

#[test]
fn a_story_shows_every_kind_of_field() {
    let mut served = Served::new();
    let story = &served.get(&node("story", CAT))["data"];
    let attributes = &story["attributes"];
    let expected = json!({
        "drupal_internal__nid": 1,
        "drupal_internal__vid": 1,
        "langcode": "en",
        "status": true,
        "title": "The keeper's cat",
        "created": "2023-11-14T22:13:21+00:00",
        "default_langcode": true,
        "moderation_state": "published",
        "path": {"alias": "/cat", "pid": 1, "langcode": "en"},
        "body": {
            "value": "She is <em>grey</em> & <script>quick</script>.",
            "format": "simple",
            "processed": "<p>She is <em>grey</em> &amp; quick.</p>\n",
            "summary": "",
        },
        "field_rating": "4.5",
        "field_seen": "2024-01-05T19:30:00+01:00",
        "field_mood": "calm",
        "field_links": [
            {"uri": "https://cats.example/", "title": "More", "options": {"attributes": {"target": "_blank"}}},
            {"uri": "internal:/about", "title": "More", "options": []},
        ],
        "field_remarks": {
            "status": 2,
            "cid": 1,
            "last_comment_timestamp": 1_700_000_001,
            "last_comment_name": "",
            "last_comment_uid": 3,
            "comment_count": 1,
        },
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(attributes[name], *value, "{name}");
    }
    assert_eq!(attributes.get("uuid"), None);
    let related = |name: &str| &story["relationships"][name]["data"];
    let topic = |tid: i64| json!({"type": "taxonomy_term--topics", "id": uuid(3, tid), "meta": {"drupal_internal__target_id": tid}});
    assert_eq!(*related("field_topics"), json!([topic(1), topic(2)]));
    let picture = json!({
        "alt": "A grey cat", "title": null, "width": 640, "height": 480, "drupal_internal__target_id": 1,
    });
    assert_eq!(*related("field_picture"), json!({"type": "file--file", "id": uuid(2, 1), "meta": picture}));
    assert_eq!(related("node_type")["meta"], json!({"drupal_internal__target_id": "story"}));
    assert_eq!(related("uid")["id"], uuid(1, 2));
    let picture = served.get(&format!("{}/field_picture", node("story", CAT)));
    let uri = json!({"value": "public://pictures/grey cat.png", "url": "/sites/default/files/pictures/grey%20cat.png"});
    assert_eq!(picture["data"]["attributes"]["uri"], uri);
    let place = served.get(&node("place", PIER));
    let attributes = &place["data"]["attributes"];
    assert_eq!(attributes["field_depth"], 12);
    assert_eq!(attributes["field_height"], 2.5);
    assert_eq!(attributes["field_open"], json!({"value": "2024-04-01", "end_value": "2024-10-31"}));
    assert_eq!(attributes["field_names"], json!(["Long Pier", "Møle"]));
}

#[test]
fn includes_tell_what_was_left_out() {
    let mut served = Served::new();
    let target = format!("{}?include=uid,field_place,field_topics", node("story", STORM));
    let story = served.get(&target);
    let mut included: Vec<_> = story["included"].as_array().unwrap().iter().collect();
    included.sort_by_key(|it| it["type"].as_str());
    // Of a user everybody sees the name, and no more.
    let [term, user] = included[..] else { panic!("{included:?}") };
    assert_eq!(user["attributes"], json!({"display_name": "wren"}));
    assert_eq!(user.get("relationships"), None);
    assert_eq!(term["attributes"]["name"], "Weather");
    assert_eq!(omitted(&story), [served.url(&node("place", QUAY))]);
    let topics = &story["data"]["relationships"]["field_topics"]["data"];
    assert_eq!(topics[0]["id"], uuid(3, 2));
    assert_eq!((&topics[1]["type"], &topics[1]["id"]), (&json!("taxonomy_term--topics"), &json!("missing")));
    let alone = served.get_as("otto", &format!("/jsonapi/user/user/{}", uuid(1, 2)));
    assert_eq!(alone["data"]["attributes"], json!({"display_name": "wren"}));
    let (status, detail) = served.refusal("/jsonapi/node/story?include=nothing", None);
    assert_eq!(status, 400);
    assert!(
        detail.starts_with("`nothing` is not a valid relationship field name. Possible values: "),
        "{detail}"
    );
}

#[test]
fn filters_find_only_what_may_be_seen() {
    let mut served = Served::new();
    let mut found = |user: Option<&str>, filter: &str| {
        let target = format!("/jsonapi/node/place?{filter}");
        let document = match user {
            Some(user) => served.get_as(user, &target),
            None => served.get(&target),
        };
        assert_eq!(document["meta"], Value::Null, "{filter}");
        titles(&document).join(", ")
    };
    assert_eq!(found(None, "filter[title]=north%20pier"), "North Pier");
    assert_eq!(found(None, "filter[field_names]=M%C3%98LE"), "North Pier");
    assert_eq!(found(None, "filter[title]=Old%20Quay"), "");
    assert_eq!(found(Some("keeper"), "filter[title]=Old%20Quay"), "Old Quay");
    // Who may not see users may not ask about them.
    assert_eq!(found(None, "filter[uid.name]=keeper"), "");
    assert_eq!(
        found(
            Some("keeper"),
            "filter[uid.name]=keeper&filter[field_depth][operator]=%3E&filter[field_depth][value]=2&sort=title"
        ),
        "North Pier, Old Quay"
    );
    let (status, detail) = served.refusal("/jsonapi/node/place?filter[nope]=1", None);
    assert_eq!(status, 400);
    assert!(detail.contains("`nope`"), "{detail}");
}

#[test]
fn collections_are_sorted_and_paged() {
    let mut served = Served::new();
    let first = served.get("/jsonapi/node/place?sort=field_depth,title&page[limit]=3");
    assert_eq!(titles(&first), ["Buoy 0", "Buoy 3", "Buoy 6"]);
    let next =
        served.url("/jsonapi/node/place?sort=field_depth%2Ctitle&page%5Boffset%5D=3&page%5Blimit%5D=3");
    assert_eq!(first["links"]["next"]["href"], next);
    assert_eq!(first["links"].get("prev"), None);
    let second = served.get(&next);
    assert_eq!(titles(&second), ["Buoy 9", "Buoy 1", "Buoy 10"]);
    let last = served.get("/jsonapi/node/place?sort=-field_depth&page[offset]=10");
    assert_eq!(last["data"].as_array().unwrap().len(), 4);
    assert_eq!(last["links"].get("next"), None);
    // What may not be seen leaves a gap. Of the titles in all languages, `Die Katze des Wärters` is the first.
    let stories = served.get("/jsonapi/node/story?sort=title");
    assert_eq!(titles(&stories), ["The keeper's cat", "Storm warning"]);
    assert_eq!(omitted(&stories), [served.url(&node("story", FOG))]);
}

#[test]
fn revisions_are_asked_for_by_name_and_number() {
    let mut served = Served::new();
    let storm = node("story", STORM);
    let working = format!("{storm}?resourceVersion=rel%3Aworking-copy");
    let shown = served.get(&storm);
    assert_eq!(shown["data"]["attributes"]["title"], "Storm warning");
    let links = &shown["data"]["links"];
    assert_eq!(links["self"]["href"], served.url(&format!("{storm}?resourceVersion=id%3A3")));
    assert_eq!(links["working-copy"]["href"], served.url(&working));
    let draft = served.get_as("wren", &working);
    assert_eq!(draft["data"]["attributes"]["title"], "Storm warning, again");
    assert_eq!(draft["data"]["attributes"]["moderation_state"], "draft");
    assert_eq!(served.get_as("wren", &format!("{storm}?resourceVersion=id:4"))["data"], draft["data"]);
    assert_eq!(served.refusal(&working, None).0, 401);
    assert_eq!(served.refusal(&format!("{storm}?resourceVersion=id:77"), None).0, 404);
    assert_eq!(served.refusal(&format!("{storm}?resourceVersion=newest"), None).0, 400);
}

#[test]
fn the_prefix_of_the_path_chooses_the_language() {
    let mut served = Served::new();
    let cat = node("story", CAT);
    let german = served.get(&format!("/de{cat}"));
    assert_eq!(german["data"]["attributes"]["title"], "Die Katze des Wärters");
    assert_eq!(german["data"]["attributes"]["langcode"], "de");
    let own = served.url(&format!("/de{cat}?resourceVersion=id%3A1"));
    assert_eq!(german["data"]["links"]["self"]["href"], own);
    // What is not translated belongs to all translations.
    assert_eq!(german["data"]["relationships"]["field_topics"]["data"].as_array().unwrap().len(), 2);
    assert_eq!(german["data"]["attributes"]["field_mood"], Value::Null);
    let storm = served.get(&format!("/de{}", node("story", STORM)));
    assert_eq!(storm["data"]["attributes"]["title"], "Storm warning");
    assert_eq!(
        each(&served.get("/de/jsonapi/taxonomy_term/topics?sort=name"), "name"),
        ["Harbour", "Wetter"]
    );
    assert_eq!(served.ask("/fr/jsonapi", None).status, 404);
}

#[test]
fn who_asks_decides_what_is_seen() {
    let mut served = Served::new();
    let fog = node("story", FOG);
    let response = served.ask(&fog, None);
    assert_eq!(response.status, 401);
    assert_eq!(response.header("www-authenticate"), Some("Basic realm=\"Coast\""));
    assert_eq!(served.refusal(&fog, Some(("otto", PASSWORD))).0, 403);
    // Who is not known, or blocked, is anybody.
    assert_eq!(served.refusal(&fog, Some(("wren", "torch"))).0, 403);
    assert_eq!(served.refusal(&fog, Some(("gale", PASSWORD))).0, 403);
    for user in ["wren", "keeper"] {
        assert_eq!(served.get_as(user, &fog)["data"]["attributes"]["title"], "Fog over the pier");
    }
    let wren = format!("/jsonapi/user/user/{}", uuid(1, 2));
    assert_eq!(served.get_as("wren", &wren)["data"]["attributes"]["mail"], "wren@coast.example");
    let keeper = served.get_as("keeper", &wren)["data"].clone();
    assert_eq!(keeper["relationships"]["roles"]["data"][0]["meta"]["drupal_internal__target_id"], "writer");
    assert_eq!(keeper["attributes"].get("pass"), None);
}

#[test]
fn configuration_is_served_to_those_who_may_see_it() {
    let mut served = Served::new();
    let types = served.get("/jsonapi/node_type/node_type");
    let mut names = each(&types, "drupal_internal__type");
    names.sort_unstable();
    assert_eq!(names, ["place", "story"]);
    assert_eq!(served.get("/jsonapi/user_role/user_role")["data"], json!([]));
    let roles = served.get_as("keeper", "/jsonapi/user_role/user_role?filter[is_admin]=1");
    assert_eq!(each(&roles, "label"), ["Administrator"]);
}

#[test]
fn changes_of_configuration_are_followed() {
    let mut served = Served::new();
    let fog = node("story", FOG);
    assert_eq!(served.ask(&fog, None).header("www-authenticate"), Some("Basic realm=\"Coast\""));
    served.coast.configure("system.site", "s:5:\"Coast\"", "s:5:\"Shore\"");
    served.eventually(&fog, |it| it.header("www-authenticate") == Some("Basic realm=\"Shore\""));
    served.coast.configure("user.role.anonymous", "s:14:\"access content\"", "s:14:\"access nothing\"");
    served.eventually(&node("story", CAT), |it| it.status == 401);
}

#[test]
fn a_value_that_cannot_be_read_costs_no_other() {
    let mut served = Served::new();
    served
        .coast
        .execute("UPDATE node__field_links SET field_links_options = ⟨613a313a7b693a30⟩ WHERE delta = 0");
    let cat = served.get(&node("story", CAT));
    let attributes = &cat["data"]["attributes"];
    assert_eq!(attributes["title"], "The keeper's cat");
    assert_eq!(attributes["field_links"][0]["uri"], "https://cats.example/");
    assert_eq!(attributes["field_links"][1]["options"], json!([]));
    served.coast.configure("filter.format.simple", "s:6:\"format\"", "s:5:\"format\"");
    served.eventually(&node("story", CAT), |it| {
        it.json()["data"]["attributes"]["body"]["processed"] != attributes["body"]["processed"]
    });
    assert_eq!(served.get(&node("story", CAT))["data"]["attributes"]["title"], "The keeper's cat");
}

#[test]
fn a_site_can_be_served_as_a_plain_database() {
    let mut served = Served::with(&Options::args(&["--as", "sql"]));
    let base = served.server.base_path().to_owned();
    let users = served.get(&format!("{base}/users_field_data"));
    assert_eq!(users["data"].as_array().unwrap().len(), 5);
    assert_eq!(served.ask("/jsonapi/node/story", None).status, 404);
}

#[test]
fn somebody_has_to_vouch_for_modules_that_are_not_known() {
    let coast = Coast::new();
    coast.install_tide();
    let refused = Server::try_start(&coast.location(), &Options::default()).unwrap_err();
    assert!(!refused.status.success());
    assert!(refused.stderr.contains("--allow-unproven tide"), "{}", refused.stderr);
    let trusting = Options::args(&["--allow-unproven", "tide"]);
    let server = Server::start(&coast.location(), &trusting);
    assert_eq!(server.client().get(&node("story", CAT)).status, 200);
}
