//! CRUD-17, CRUD-49 and CONTRACT where triggers have the last word: a success is never claimed for what they undid.

use serde_json::{Value, json};

use super::fixture::{Api, assert_error};
use super::writing::{assert_next_id, assert_refusal, data, update, writable_on};
use crate::harness::engine::{Engine, only_on};

/// What happens to a keepsake is what its text says. Where a trigger cannot skip a row, it refuses.
pub(in crate::conformance) const KEEPSAKES: &str = "
    CREATE TABLE keepsakes (id INTEGER PRIMARY KEY, text TEXT);
    INSERT INTO keepsakes VALUES (1, 'one'), (2, 'stays'), (3, 'three');
    CREATE TRIGGER insert_ignored BEFORE INSERT ON keepsakes WHEN NEW.text = 'ignored'
      BEGIN SELECT RAISE(IGNORE); END;
    CREATE TRIGGER insert_gone AFTER INSERT ON keepsakes WHEN NEW.text = 'gone'
      BEGIN DELETE FROM keepsakes WHERE id = NEW.id; END;
    CREATE TRIGGER insert_moved AFTER INSERT ON keepsakes WHEN NEW.text = 'moved'
      BEGIN UPDATE keepsakes SET id = id + 1000 WHERE id = NEW.id; END;
    CREATE TRIGGER insert_rolled_back BEFORE INSERT ON keepsakes WHEN NEW.text = 'rolled back'
      BEGIN SELECT RAISE(ROLLBACK, 'Not this one.'); END;
    CREATE TRIGGER insert_failed AFTER INSERT ON keepsakes WHEN NEW.text = 'failed'
      BEGIN SELECT RAISE(FAIL, 'Not this one.'); END;
    CREATE TRIGGER update_ignored BEFORE UPDATE ON keepsakes WHEN NEW.text = 'ignored'
      BEGIN SELECT RAISE(IGNORE); END;
    CREATE TRIGGER update_gone AFTER UPDATE ON keepsakes WHEN NEW.text = 'gone'
      BEGIN DELETE FROM keepsakes WHERE id = NEW.id; END;
    CREATE TRIGGER update_changed AFTER UPDATE ON keepsakes WHEN NEW.text = 'changed'
      BEGIN UPDATE keepsakes SET text = 'otherwise' WHERE id = NEW.id; END;
    CREATE TRIGGER delete_ignored BEFORE DELETE ON keepsakes WHEN OLD.text = 'stays'
      BEGIN SELECT RAISE(IGNORE); END;
/* PostgreSQL
    CREATE FUNCTION before() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF TG_OP = 'DELETE' THEN
        RETURN CASE WHEN OLD.text = 'stays' THEN NULL ELSE OLD END;
      ELSIF NEW.text = 'rolled back' THEN
        RAISE EXCEPTION 'Not this one.';
      END IF;
      RETURN CASE WHEN NEW.text = 'ignored' THEN NULL ELSE NEW END;
    END $$;
    CREATE FUNCTION after() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.text = 'gone' THEN
        DELETE FROM keepsakes WHERE id = NEW.id;
      ELSIF NEW.text = 'moved' THEN
        UPDATE keepsakes SET id = id + 1000 WHERE id = NEW.id AND id < 1000;
      ELSIF NEW.text = 'changed' THEN
        UPDATE keepsakes SET text = 'otherwise' WHERE id = NEW.id;
      ELSIF NEW.text = 'failed' THEN
        RAISE EXCEPTION 'Not this one.';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER before BEFORE INSERT OR UPDATE OR DELETE ON keepsakes FOR EACH ROW EXECUTE FUNCTION before();
    CREATE TRIGGER after AFTER INSERT OR UPDATE ON keepsakes FOR EACH ROW EXECUTE FUNCTION after();
*/
/* MariaDB
    CREATE TRIGGER inserting BEFORE INSERT ON keepsakes FOR EACH ROW
      IF NEW.text = 'rolled back' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Not this one.'; END IF;
    CREATE TRIGGER inserted AFTER INSERT ON keepsakes FOR EACH ROW
      IF NEW.text = 'failed' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Not this one.'; END IF;
    CREATE TRIGGER updating BEFORE UPDATE ON keepsakes FOR EACH ROW
      IF NEW.text = 'changed' THEN SET NEW.text = 'otherwise'; END IF;
    CREATE TRIGGER deleting BEFORE DELETE ON keepsakes FOR EACH ROW
      IF OLD.text = 'stays' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Not this one.'; END IF;
*/
";

/// Whether triggers can skip a row, or change their own table behind the statement's back.
pub(in crate::conformance) fn triggers_can_undo() -> bool {
    only_on(
        &[Engine::Sqlite, Engine::Postgres],
        "a trigger of MariaDB neither skips a row nor changes its own table",
    )
}

fn keepsake(text: &str) -> Value {
    data(json!({"type": "keepsakes", "attributes": {"text": text}}))
}

/// Sends what the triggers do not let happen.
#[track_caller]
fn refused(api: &mut Api, request: &str, document: &Value) -> Value {
    let before = api.rows();
    let response = api.write(request, document);
    let answer = assert_refusal(&response, 422, document, request);
    assert_eq!(answer["errors"][0]["code"], "refused", "{answer:#}");
    api.assert_unchanged(&before, request);
    answer
}

#[test]
fn crud_17_what_a_trigger_takes_away_was_not_created() {
    if !triggers_can_undo() {
        return;
    }
    let mut api = writable_on(KEEPSAKES);
    for text in ["ignored", "gone"] {
        refused(&mut api, "POST /keepsakes", &keepsake(text));
    }
    assert_next_id(&api.create("/keepsakes", &keepsake("four"))["data"], 4);
}

#[test]
fn crud_17_crud_20_nor_where_its_document_is_not_wanted() {
    if !triggers_can_undo() {
        return;
    }
    let mut api = writable_on(KEEPSAKES);
    let minimal = [("Prefer", "return=minimal")];
    let gone = update("keepsakes", "1", json!({"attributes": {"text": "gone"}}));
    for (request, document) in [("POST /keepsakes", keepsake("gone")), ("PATCH /keepsakes/1", gone)] {
        let before = api.rows();
        let response = api.write_with(request, &minimal, &document);
        assert_refusal(&response, 422, &document, request);
        api.assert_unchanged(&before, request);
    }
    let response = api.write_with("POST /keepsakes", &minimal, &keepsake("four"));
    assert_eq!((response.status, &response.body[..]), (204, &b""[..]), "{}", response.text());
    assert_eq!(response.header("preference-applied"), Some("return=minimal"));
}

#[test]
fn crud_17_what_a_trigger_moves_is_told_where_it_is_or_not_created() {
    if !triggers_can_undo() {
        return;
    }
    let mut api = writable_on(KEEPSAKES);
    let before = api.rows();
    let response = api.write("POST /keepsakes", &keepsake("moved"));
    if response.status == 201 {
        let location = response.header("location").unwrap().to_owned();
        assert_eq!(api.document(&location), response.json());
        assert_eq!(response.json()["data"]["attributes"]["text"], "moved");
    } else {
        assert_refusal(&response, 422, &keepsake("moved"), "POST /keepsakes");
        api.assert_unchanged(&before, "POST /keepsakes");
    }
}

#[test]
fn crud_02_triggers_that_end_statement_or_transaction_end_the_request() {
    let mut api = writable_on(KEEPSAKES);
    for text in ["rolled back", "failed"] {
        let answer = refused(&mut api, "POST /keepsakes", &keepsake(text));
        assert!(answer["errors"][0]["detail"].as_str().unwrap().contains("Not this one."), "{answer:#}");
    }
    api.create("/keepsakes", &keepsake("four"));
}

#[test]
fn crud_49_crud_54_what_a_trigger_does_not_let_change_is_not_missing() {
    let mut api = writable_on(KEEPSAKES);
    let undone: &[&str] = if triggers_can_undo() { &["ignored", "gone"] } else { &[] };
    for text in undone {
        let document = update("keepsakes", "1", json!({"attributes": {"text": text}}));
        refused(&mut api, "PATCH /keepsakes/1", &document);
    }
    let document = update("keepsakes", "1", json!({"attributes": {"text": "changed"}}));
    assert_eq!(api.update("/keepsakes/1", &document)["data"]["attributes"]["text"], "otherwise");
}

#[test]
fn crud_80_crud_83_what_a_trigger_does_not_let_go_is_not_missing() {
    let mut api = writable_on(KEEPSAKES);
    let before = api.rows();
    let answer = assert_error(&api.delete("/keepsakes/2"), 422, "DELETE /keepsakes/2");
    assert_eq!(answer["errors"][0]["code"], "refused", "{answer:#}");
    api.assert_unchanged(&before, "DELETE /keepsakes/2");
    api.remove("/keepsakes/1");
}
