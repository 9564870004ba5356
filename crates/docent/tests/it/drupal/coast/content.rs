//! What the site's writers wrote.

use rusqlite::types::Value;

use super::php::{Php, map};
use super::{Host, Maker, ONLY, Place};

/// The password of all users.
pub(in super::super) const PASSWORD: &str = "lantern";

/// [`PASSWORD`] as Drupal keeps it.
const HASH: &str = "$2y$04$abcdefghijklmnopqrstuuAC2WVTPZqIA6EgKRU9sDB3Gi6R8MgOG";

/// When everything was written.
const WHEN: i64 = 1_700_000_000;

/// The UUID of the entity of that number of a kind: 1 users, 2 files, 3 terms, 4 nodes, 5 comments, 12 configuration.
pub(in super::super) fn uuid(kind: u16, number: i64) -> String {
    format!("c0a57000-0000-4000-8{kind:03x}-{number:012x}")
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn blob(value: &Php) -> Value {
    Value::Blob(value.bytes())
}

pub(super) fn write(maker: &Maker) {
    users(maker);
    file(maker);
    terms(maker);
    places(maker);
    stories(maker);
    remarks(maker);
    alias(maker);
}

/// Nobody, the keeper who may do everything, Wren who writes, Otto who reads, and Gale who is blocked.
fn users(maker: &Maker) {
    for (uid, name, status) in [(0, "", 0), (1, "keeper", 1), (2, "wren", 1), (3, "otto", 1), (4, "gale", 0)]
    {
        let values = [
            ("uid", uid.into()),
            ("uuid", text(&uuid(1, uid))),
            ("langcode", text("en")),
            ("preferred_langcode", text("en")),
            ("name", text(name)),
            ("pass", if uid == 0 { Value::Null } else { text(HASH) }),
            ("mail", if uid == 0 { Value::Null } else { text(&format!("{name}@coast.example")) }),
            ("timezone", text("Europe/Berlin")),
            ("status", Value::Integer(status)),
            ("created", WHEN.into()),
            ("changed", WHEN.into()),
            ("access", 0.into()),
            ("login", 0.into()),
            ("init", text("")),
            ("default_langcode", 1.into()),
        ];
        maker.entity("user", ONLY, &values);
    }
    let host = Host { id: 2, revision: 2, bundle: "user", langcode: "en", is_default_revision: true };
    maker.item("user", "roles", host, 0, &[("target_id", text("writer"))]);
}

fn file(maker: &Maker) {
    let values = [
        ("fid", 1.into()),
        ("uuid", text(&uuid(2, 1))),
        ("langcode", text("en")),
        ("uid", 2.into()),
        ("filename", text("grey cat.png")),
        ("uri", text("public://pictures/grey cat.png")),
        ("filemime", text("image/png")),
        ("filesize", 4_711.into()),
        ("status", 1.into()),
        ("created", WHEN.into()),
        ("changed", WHEN.into()),
    ];
    maker.entity("file", ONLY, &values);
}

/// Harbour, weather (Wetter) below it, and wrecks, which are not published.
fn terms(maker: &Maker) {
    let term = |tid: i64, langcode: &str, name: &str, status: i64| {
        let is_default = langcode == "en";
        let values = [
            ("tid", tid.into()),
            ("uuid", text(&uuid(3, tid))),
            ("revision_id", tid.into()),
            ("langcode", text(langcode)),
            ("vid", text("topics")),
            ("revision_created", WHEN.into()),
            ("status", status.into()),
            ("name", text(name)),
            ("weight", 0.into()),
            ("changed", WHEN.into()),
            ("default_langcode", i64::from(is_default).into()),
            ("revision_default", 1.into()),
            ("revision_translation_affected", 1.into()),
        ];
        maker.entity(
            "taxonomy_term",
            Place { is_default_revision: true, is_default_translation: is_default },
            &values,
        );
    };
    term(1, "en", "Harbour", 1);
    term(2, "en", "Weather", 1);
    term(2, "de", "Wetter", 1);
    term(3, "en", "Wrecks", 0);
    for (tid, parent) in [(1, 0), (2, 1), (3, 0)] {
        let host =
            Host { id: tid, revision: tid, bundle: "topics", langcode: "en", is_default_revision: true };
        maker.item("taxonomy_term", "parent", host, 0, &[("target_id", Value::Integer(parent))]);
    }
}

/// A revision of a node in one language.
struct Node {
    nid: i64,
    vid: i64,
    bundle: &'static str,
    langcode: &'static str,
    title: String,
    owner: i64,
    is_published: bool,
    is_default_revision: bool,
}

impl Node {
    fn host(&self) -> Host {
        Host {
            id: self.nid,
            revision: self.vid,
            bundle: self.bundle,
            langcode: self.langcode,
            is_default_revision: self.is_default_revision,
        }
    }

    fn write(&self, maker: &Maker) {
        let is_default_translation = self.langcode == "en";
        let values = [
            ("nid", self.nid.into()),
            ("vid", self.vid.into()),
            ("uuid", text(&uuid(4, self.nid))),
            ("type", text(self.bundle)),
            ("langcode", text(self.langcode)),
            ("revision_timestamp", (WHEN + self.vid).into()),
            ("revision_uid", self.owner.into()),
            ("status", i64::from(self.is_published).into()),
            ("uid", self.owner.into()),
            ("title", text(&self.title)),
            ("created", (WHEN + self.nid).into()),
            ("changed", (WHEN + self.vid).into()),
            ("promote", 0.into()),
            ("sticky", 0.into()),
            ("default_langcode", i64::from(is_default_translation).into()),
            ("revision_default", i64::from(self.is_default_revision).into()),
            ("revision_translation_affected", 1.into()),
        ];
        let place = Place { is_default_revision: self.is_default_revision, is_default_translation };
        maker.entity("node", place, &values);
        if self.bundle == "story" {
            self.write_state(maker, place);
        }
    }

    /// The state that its revision has in the workflow.
    fn write_state(&self, maker: &Maker, place: Place) {
        let values = [
            ("id", self.nid.into()),
            ("uuid", text(&uuid(6, self.nid))),
            ("revision_id", self.vid.into()),
            ("langcode", text(self.langcode)),
            ("uid", self.owner.into()),
            ("workflow", text("desk")),
            ("moderation_state", text(if self.is_published { "published" } else { "draft" })),
            ("content_entity_type_id", text("node")),
            ("content_entity_id", self.nid.into()),
            ("content_entity_revision_id", self.vid.into()),
            ("default_langcode", i64::from(place.is_default_translation).into()),
            ("revision_default", i64::from(place.is_default_revision).into()),
            ("revision_translation_affected", 1.into()),
        ];
        maker.entity("content_moderation_state", place, &values);
    }
}

/// North Pier (4), Old Quay (5), which is not published, and buoys 0 to 11 (10 to 21).
fn places(maker: &Maker) {
    let place = |nid: i64, title: String, is_published: bool, depth: i64| {
        let (bundle, langcode) = ("place", "en");
        let node = Node {
            nid,
            vid: nid * 10,
            bundle,
            langcode,
            title,
            owner: 1,
            is_published,
            is_default_revision: true,
        };
        node.write(maker);
        maker.item("node", "field_depth", node.host(), 0, &[("value", Value::Integer(depth))]);
        node.host()
    };
    let pier = place(4, "North Pier".to_owned(), true, 12);
    place(5, "Old Quay".to_owned(), false, 3);
    for number in 0..12 {
        place(10 + number, format!("Buoy {number}"), true, number % 3);
    }
    maker.item("node", "field_height", pier, 0, &[("value", Value::Real(2.5))]);
    let open = [("value", text("2024-04-01")), ("end_value", text("2024-10-31"))];
    maker.item("node", "field_open", pier, 0, &open);
    for (delta, name) in [(0, "Long Pier"), (1, "Møle")] {
        maker.item("node", "field_names", pier, delta, &[("value", text(name))]);
    }
}

/// The keeper's cat (1, also German), fog that Wren has not published (2), and a storm warning with a newer draft (3).
fn stories(maker: &Maker) {
    let story = |nid, vid, langcode, title: &str, is_published, is_default_revision| {
        let (bundle, owner) = ("story", 2);
        let title = title.to_owned();
        let node = Node { nid, vid, bundle, langcode, title, owner, is_published, is_default_revision };
        node.write(maker);
        maker.item("node", "field_remarks", node.host(), 0, &[("status", 2.into())]);
        node.host()
    };
    let cat = story(1, 1, "en", "The keeper's cat", true, true);
    let katze = story(1, 1, "de", "Die Katze des Wärters", true, true);
    let fog = story(2, 2, "en", "Fog over the pier", false, true);
    let storm = story(3, 3, "en", "Storm warning", true, true);
    story(3, 4, "en", "Storm warning, again", false, false);
    let item = |host, field, delta, values: &[(&str, Value)]| maker.item("node", field, host, delta, values);
    let body = |host, value: &str| {
        item(host, "body", 0, &[("value", text(value)), ("summary", text("")), ("format", text("simple"))]);
    };
    body(cat, "She is <em>grey</em> & <script>quick</script>.");
    body(katze, "Sie ist grau.");
    body(fog, "Nobody sees anything.");
    for (delta, tid) in [(0, 1), (1, 2)] {
        item(cat, "field_topics", delta, &[("target_id", tid.into())]);
    }
    // One that is not there any more.
    for (delta, tid) in [(0, 2), (1, 99)] {
        item(storm, "field_topics", delta, &[("target_id", tid.into())]);
    }
    item(cat, "field_place", 0, &[("target_id", 4.into())]);
    item(storm, "field_place", 0, &[("target_id", 5.into())]);
    let picture = [
        ("target_id", 1.into()),
        ("alt", text("A grey cat")),
        ("title", Value::Null),
        ("width", 640.into()),
        ("height", 480.into()),
    ];
    item(cat, "field_picture", 0, &picture);
    item(cat, "field_rating", 0, &[("value", Value::Real(4.5))]);
    // In January Berlin is an hour ahead.
    item(cat, "field_seen", 0, &[("value", text("2024-01-05T18:30:00"))]);
    item(cat, "field_mood", 0, &[("value", text("calm"))]);
    let options = map([("attributes", map([("target", "_blank".into())]))]);
    for (delta, uri, options) in [(0, "https://cats.example/", options), (1, "internal:/about", map([]))] {
        let link = [("uri", text(uri)), ("title", text("More")), ("options", blob(&options))];
        item(cat, "field_links", delta, &link);
    }
}

/// Two remarks on the cat, of which one waits to be published.
fn remarks(maker: &Maker) {
    for (cid, uid, name, status) in [(1, 3, None, 1), (2, 0, Some("Pip"), 0)] {
        let values = [
            ("cid", cid.into()),
            ("uuid", text(&uuid(5, cid))),
            ("langcode", text("en")),
            ("comment_type", text("remark")),
            ("status", Value::Integer(status)),
            ("uid", Value::Integer(uid)),
            ("entity_id", 1.into()),
            ("subject", text("Miaow")),
            ("name", name.map_or(Value::Null, text)),
            ("created", (WHEN + cid).into()),
            ("changed", (WHEN + cid).into()),
            ("thread", text(&format!("{cid:02}/"))),
            ("entity_type", text("node")),
            ("field_name", text("field_remarks")),
            ("default_langcode", 1.into()),
        ];
        maker.entity("comment", ONLY, &values);
        let host =
            Host { id: cid, revision: cid, bundle: "remark", langcode: "en", is_default_revision: true };
        maker.item(
            "comment",
            "comment_body",
            host,
            0,
            &[("value", text("Miaow!")), ("format", text("simple"))],
        );
    }
    let count = "INSERT INTO comment_entity_statistics VALUES (1, 'node', 'field_remarks', 1, ?1, '', 3, 1)";
    maker.connection.execute(count, [WHEN + 1]).unwrap();
}

fn alias(maker: &Maker) {
    let values = [
        ("id", 1.into()),
        ("uuid", text(&uuid(7, 1))),
        ("revision_id", 1.into()),
        ("langcode", text("en")),
        ("path", text("/node/1")),
        ("alias", text("/cat")),
        ("status", 1.into()),
        ("revision_default", 1.into()),
    ];
    maker.entity("path_alias", ONLY, &values);
}
