//! CRUD-11, CRUD-46 and RUP where foreign keys refer to other columns than those that make the id, and to several.

use serde_json::{Value, json};

use super::fixture::Api;
use super::writing::{assert_refusal, data, many, one, update, writable_on};
use crate::harness::connection::Stored;

/// `badge_code` refers to a unique column that may be NULL; `seats` to a key of two parts.
const GUESTS: &str = "
    CREATE TABLE badges (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
    INSERT INTO badges VALUES (1, 'gold'), (2, 'silver'), (3, NULL);
    CREATE TABLE seats (line INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (line, number));
    INSERT INTO seats VALUES (1, 1), (1, 2), (2, 1);
    CREATE TABLE guests (
      id INTEGER PRIMARY KEY, badge_code TEXT REFERENCES badges(code), seat_line INTEGER, seat_number INTEGER,
      FOREIGN KEY (seat_line, seat_number) REFERENCES seats(line, number)
    );
    INSERT INTO guests VALUES (1, 'gold', 1, 1), (2, 'gold', NULL, NULL), (3, NULL, 1, NULL);
    CREATE TABLE perks (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
    INSERT INTO perks VALUES (1, 'tea'), (2, 'cake');
    CREATE TABLE badge_perks (
      badge TEXT NOT NULL REFERENCES badges(code), perk TEXT NOT NULL REFERENCES perks(code), PRIMARY KEY (badge, perk)
    );
    INSERT INTO badge_perks VALUES ('gold', 'tea');
";

/// One row of columns of a guest.
fn stored(api: &Api, id: u32) -> (Option<String>, Option<i64>, Option<i64>) {
    let sql = format!("SELECT badge_code, seat_line, seat_number FROM guests WHERE id = {id}");
    let rows = api.database().open().query(&sql);
    let number = |column: usize| Some(&rows[0][column]).filter(|it| !it.is_null()).map(Stored::number);
    let code = Some(&rows[0][0]).filter(|it| !it.is_null()).map(|it| it.text().to_owned());
    (code, number(1), number(2))
}

#[test]
fn crud_11_crud_46_rup_01_the_column_referred_to_is_stored() {
    let mut api = writable_on(GUESTS);
    let relationships =
        json!({"badge_code": {"data": one("badges", "2")}, "seats": {"data": one("seats", "1~2")}});
    let created = data(json!({"type": "guests", "relationships": relationships}));
    let created = api.create("/guests", &created);
    assert_eq!(created["data"]["relationships"]["badge_code"]["data"], one("badges", "2"));
    assert_eq!(created["data"]["relationships"]["seats"]["data"], one("seats", "1~2"));
    assert_eq!(stored(&api, 4), (Some("silver".to_owned()), Some(1), Some(2)));
    let other = json!({"badge_code": {"data": one("badges", "1")}, "seats": {"data": null}});
    api.update("/guests/4", &update("guests", "4", json!({"relationships": other})));
    assert_eq!(stored(&api, 4), (Some("gold".to_owned()), None, None));
    api.relate("PATCH /guests/4/relationships/badge_code", one("badges", "2"));
    api.relate("PATCH /guests/4/relationships/seats", one("seats", "2~1"));
    assert_eq!(stored(&api, 4), (Some("silver".to_owned()), Some(2), Some(1)));
    api.relate("PATCH /guests/4/relationships/badge_code", json!(null));
    assert_eq!(stored(&api, 4), (None, Some(2), Some(1)));
    // Half a reference is none; setting it whole makes it one.
    api.relate("PATCH /guests/3/relationships/seats", json!(null));
    assert_eq!(api.linked("/guests/3/relationships/seats"), Vec::<String>::new());
    api.relate("PATCH /guests/3/relationships/seats", one("seats", "1~1"));
    assert_eq!(stored(&api, 3), (None, Some(1), Some(1)));
}

#[test]
fn rup_04_rup_05_rup_07_their_inverses() {
    let mut api = writable_on(GUESTS);
    let guests = "/badges/2/relationships/guests";
    api.relate(&format!("POST {guests}"), many("guests", &["1", "3"]));
    assert_eq!(api.linked(guests), ["1", "3"]);
    assert_eq!(stored(&api, 1).0.as_deref(), Some("silver"));
    assert_eq!(api.linked("/badges/1/relationships/guests"), ["2"]);
    api.relate(&format!("DELETE {guests}"), many("guests", &["1", "2"]));
    assert_eq!(api.linked(guests), ["3"]);
    api.relate(&format!("PATCH {guests}"), many("guests", &["2"]));
    assert_eq!((stored(&api, 2).0.as_deref(), stored(&api, 3).0), (Some("silver"), None));
    let seats = "/seats/1~2/relationships/guests";
    api.relate(&format!("POST {seats}"), many("guests", &["1", "2"]));
    assert_eq!(stored(&api, 2), (Some("silver".to_owned()), Some(1), Some(2)));
    api.relate(&format!("PATCH {seats}"), many("guests", &["2"]));
    assert_eq!((stored(&api, 1).1, stored(&api, 1).2), (None, None));
}

#[test]
fn rup_04_rup_05_rup_07_their_join_tables() {
    let mut api = writable_on(GUESTS);
    let perks = "/badges/1/relationships/perks";
    api.relate(&format!("POST {perks}"), many("perks", &["1", "2"]));
    assert_eq!(api.linked(perks), ["1", "2"]);
    api.relate(&format!("PATCH {perks}"), many("perks", &["2"]));
    api.relate("POST /perks/1/relationships/badges", many("badges", &["2"]));
    assert_eq!(
        (api.linked(perks), api.linked("/badges/2/relationships/perks")),
        (vec!["2".into()], vec!["1".into()])
    );
    api.relate(&format!("DELETE {perks}"), many("perks", &["1", "2"]));
    assert_eq!(api.linked(perks), Vec::<String>::new());
}

/// Sends what cannot be stored.
#[track_caller]
fn refused(api: &mut Api, request: &str, document: &Value) {
    let before = api.rows();
    let response = api.write(request, document);
    assert!((400..500).contains(&response.status), "{request}: {}", response.text());
    assert_refusal(&response, response.status, document, request);
    api.assert_unchanged(&before, request);
}

#[test]
fn resources_without_the_value_referred_to_cannot_be_linked() {
    let mut api = writable_on(GUESTS);
    refused(&mut api, "PATCH /guests/1/relationships/badge_code", &data(one("badges", "3")));
    refused(&mut api, "POST /badges/3/relationships/guests", &data(many("guests", &["1"])));
    refused(&mut api, "PATCH /badges/3/relationships/guests", &data(many("guests", &["3", "1"])));
    refused(&mut api, "POST /badges/3/relationships/perks", &data(many("perks", &["1"])));
    refused(&mut api, "POST /perks/1/relationships/badges", &data(many("badges", &["2", "3"])));
    let created = json!({"type": "badges", "relationships": {"guests": {"data": many("guests", &["1"])}}});
    refused(&mut api, "POST /badges", &data(created));
    // Nothing is linked, so nothing has to be refused.
    api.relate("PATCH /badges/3/relationships/guests", json!([]));
    api.relate("DELETE /badges/3/relationships/guests", many("guests", &["1"]));
    assert_eq!(stored(&api, 1).0.as_deref(), Some("gold"));
}

#[test]
fn crud_24_crud_55_linkage_to_what_is_not_there() {
    let mut api = writable_on(GUESTS);
    for (name, linkage) in
        [("badge_code", one("badges", "9")), ("seats", one("seats", "2~2")), ("seats", one("seats", "2"))]
    {
        let relationships = json!({"relationships": {name: {"data": linkage}}});
        let pointer = format!("/data/relationships/{name}/data");
        let refusal = (404, "related-resource-not-found", pointer.as_str());
        api.refuse("PATCH /guests/1", &update("guests", "1", relationships), refusal);
    }
}

#[test]
fn relationships_that_share_a_column_agree() {
    let mut api = writable_on(
        "CREATE TABLE houses (id INTEGER PRIMARY KEY);
         INSERT INTO houses VALUES (1), (2);
         CREATE TABLE rooms (house_id INTEGER NOT NULL REFERENCES houses(id), number INTEGER NOT NULL, PRIMARY KEY (house_id, number));
         INSERT INTO rooms VALUES (1, 1), (2, 1);
         CREATE TABLE parties (
           id INTEGER PRIMARY KEY, house_id INTEGER NOT NULL REFERENCES houses(id), room_number INTEGER,
           FOREIGN KEY (house_id, room_number) REFERENCES rooms(house_id, number)
         );
         INSERT INTO parties VALUES (1, 1, 1);",
    );
    let party = |house: &str, room: &str| {
        json!({"type": "parties", "relationships": {
            "house": {"data": one("houses", house)}, "rooms": {"data": one("rooms", room)}}})
    };
    api.create("/parties", &data(party("2", "2~1")));
    refused(&mut api, "POST /parties", &data(party("1", "2~1")));
    let mut contradiction = data(party("1", "2~1"));
    contradiction["data"]["id"] = json!("1");
    refused(&mut api, "PATCH /parties/1", &contradiction);
    // One of them alone says it for both.
    api.relate("PATCH /parties/1/relationships/rooms", one("rooms", "2~1"));
    assert_eq!(api.linked("/parties/1/relationships/house"), ["2"]);
    api.relate("PATCH /parties/1/relationships/rooms", json!(null));
    assert_eq!(api.linked("/parties/1/relationships/house"), ["2"], "what needs a value keeps it");
}
