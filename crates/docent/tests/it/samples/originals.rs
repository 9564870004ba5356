//! The sample databases as their authors wrote them for PostgreSQL and for MySQL: their own names and types.

use std::process::Command;

use serde_json::json;

use super::{crawl, getter, type_names};
use crate::harness::engine::{Engine, only_on};
use crate::harness::mirror::{Mirror, Use};
use crate::harness::server::{Options, Server};

const CHINOOK_POSTGRES: &str = include_str!("../../data/chinook/chinook_postgresql.sql");
const CHINOOK_MYSQL: &str = include_str!("../../data/chinook/chinook_mysql.sql");
const SAKILA_POSTGRES: &str = include_str!("../../data/sakila/sakila_postgresql_schema.sql");
const SAKILA_MYSQL: &str = include_str!("../../data/sakila/sakila_mysql_schema.sql");

/// The film rental comes without rows.
const FILM_POSTGRES: &str = "
    INSERT INTO language (language_id, name, last_update) VALUES (1, 'English', '2006-02-15 10:02:19');
    INSERT INTO film (film_id, title, description, release_year, language_id, rental_rate, length, replacement_cost, rating,
      last_update, special_features, fulltext)
      VALUES (1, 'ACADEMY DINOSAUR', 'A Drama', 2006, 1, 0.99, 86, 20.99, 'PG-13', '2006-02-15 05:03:42',
      ARRAY['Deleted Scenes', 'a\"b'], '');
    SET session_replication_role = replica;
    INSERT INTO payment_p2007_01 VALUES (7, 1, 1, 1, 5.90, '2007-01-24 21:40:19.996577');
    INSERT INTO staff VALUES (1, 'Mike', 'Hillyer', 3, NULL, 1, true, 'Mike', 'secret', '2006-05-16 16:13:11', '\\x89504e');
    SET session_replication_role = origin;
";

const FILM_MYSQL: &str = "
    SET time_zone = '+00:00', foreign_key_checks = 0;
    INSERT INTO language VALUES (1, 'English', '2006-02-15 10:02:19');
    INSERT INTO film (film_id, title, description, release_year, language_id, rental_rate, length, replacement_cost, rating,
      last_update, special_features)
      VALUES (1, 'ACADEMY DINOSAUR', 'A Drama', 2006, 1, 0.99, 86, 20.99, 'PG-13', '2006-02-15 05:03:42',
      'Trailers,Deleted Scenes');
    INSERT INTO staff (staff_id, first_name, last_name, address_id, picture, store_id, username, last_update)
      VALUES (1, 'Mike', 'Hillyer', 3, x'89504e', 1, 'Mike', '2006-05-16 16:13:11');
    SET foreign_key_checks = 1;
";

#[test]
fn chinook_for_postgresql_is_served() {
    if !only_on(&[Engine::Postgres], "the script is PostgreSQL's") {
        return;
    }
    let database = postgres(CHINOOK_POSTGRES, "");
    let server = Server::start(&database.url(), &Options::default());
    let types = [
        "album",
        "artist",
        "customer",
        "employee",
        "genre",
        "invoice",
        "invoice_line",
        "media_type",
        "playlist",
        "track",
    ];
    assert_eq!(type_names(&server), types.map(str::to_owned).into());
    let mut get = getter(&server);
    let employee = get("/employee/2");
    assert_eq!(employee["data"]["attributes"]["hire_date"], "2002-05-01T00:00:00");
    assert_eq!(employee["data"]["relationships"]["reports_to"]["data"]["id"], "1");
    assert_eq!(get("/track/1")["data"]["attributes"]["unit_price"], "0.99");
    assert_eq!(get("/playlist/18/track")["data"][0]["id"], "597");
    counts(
        &database,
        &server,
        &[
            ("track", "SELECT count(*) FROM track"),
            ("track?filter[unit_price][gt]=1", "SELECT count(*) FROM track WHERE unit_price > 1"),
            (
                "invoice?filter[customer.country]=Brazil",
                "SELECT count(*) FROM invoice JOIN customer USING (customer_id) WHERE country = 'Brazil'",
            ),
            (
                "invoice?filter[invoice_date][gte]=2023-05-01",
                "SELECT count(*) FROM invoice WHERE invoice_date >= '2023-05-01'",
            ),
            ("artist?filter[name][contains]=the", "SELECT count(*) FROM artist WHERE name ILIKE '%the%'"),
            ("playlist/1/track", "SELECT count(*) FROM playlist_track WHERE playlist_id = 1"),
        ],
    );
    assert!(crawl(&server) > 100);
}

#[test]
fn chinook_for_mysql_is_served() {
    if !only_on(&[Engine::MariaDb], "the script is MySQL's") {
        return;
    }
    let database = mysql(CHINOOK_MYSQL, "");
    let server = Server::start(&database.url(), &Options::default());
    assert_eq!(type_names(&server).len(), 10);
    let mut get = getter(&server);
    let employee = get("/Employee/2");
    assert_eq!(employee["data"]["attributes"]["HireDate"], "2002-05-01T00:00:00");
    assert_eq!(employee["data"]["relationships"]["ReportsTo"]["data"]["id"], "1");
    assert_eq!(get("/Track/1")["data"]["attributes"]["UnitPrice"], "0.99");
    assert_eq!(get("/Playlist/18/Track")["data"][0]["id"], "597");
    counts(
        &database,
        &server,
        &[
            ("Track", "SELECT count(*) FROM Track"),
            ("Track?filter[UnitPrice][gt]=1", "SELECT count(*) FROM Track WHERE UnitPrice > 1"),
            (
                "Invoice?filter[Customer.Country]=Brazil",
                "SELECT count(*) FROM Invoice JOIN Customer USING (CustomerId) WHERE Country = 'Brazil'",
            ),
            (
                "Invoice?filter[InvoiceDate][gte]=2023-05-01",
                "SELECT count(*) FROM Invoice WHERE InvoiceDate >= '2023-05-01'",
            ),
            ("Playlist/1/Track", "SELECT count(*) FROM PlaylistTrack WHERE PlaylistId = 1"),
        ],
    );
    assert!(crawl(&server) > 100);
}

#[test]
fn sakila_for_postgresql_is_served() {
    if !only_on(&[Engine::Postgres], "the script is PostgreSQL's") {
        return;
    }
    let database = postgres(SAKILA_POSTGRES, FILM_POSTGRES);
    let server = Server::start(&database.url(), &Options::default());
    assert_eq!(type_names(&server).len(), 15);
    let left_out = left_out(&database);
    assert!(left_out.contains("view film_list: a view has no key of its own"), "{left_out}");
    assert!(
        left_out.contains("table payment_p2007_01: its rows are served as those of the table"),
        "{left_out}"
    );
    assert!(left_out.contains("column staff.password: its name looks like a secret"), "{left_out}");
    let mut get = getter(&server);
    let film = get("/film/1?include=language");
    let attributes = json!({
        "title": "ACADEMY DINOSAUR", "description": "A Drama", "release_year": 2006, "rental_duration": 3,
        "rental_rate": "0.99", "length": 86, "replacement_cost": "20.99", "rating": "PG-13",
        "last_update": "2006-02-15T05:03:42", "special_features": ["Deleted Scenes", "a\"b"],
        // What a trigger makes of title and description.
        "fulltext": "'academi':1 'dinosaur':2 'drama':4",
    });
    assert_eq!(film["data"]["attributes"], attributes);
    assert_eq!(film["included"][0]["attributes"]["name"].as_str().map(str::trim_end), Some("English"));
    assert_eq!(
        get("/payment/7")["data"]["attributes"],
        json!({"amount": "5.9", "payment_date": "2007-01-24T21:40:19.996577"})
    );
    let staff = get("/staff/1");
    assert_eq!(staff["data"]["attributes"]["picture"], "iVBO");
    assert_eq!(staff["data"]["attributes"]["active"], true);
    assert_eq!(get("/film?filter[rating]=PG-13&filter[title][starts]=academy")["data"][0]["id"], "1");
    assert!(crawl(&server) >= 15);
}

#[test]
fn sakila_for_mysql_is_served() {
    if !only_on(&[Engine::MariaDb], "the script is MySQL's") {
        return;
    }
    let database = mysql(SAKILA_MYSQL, FILM_MYSQL);
    let server = Server::start(&database.url(), &Options::default());
    assert_eq!(type_names(&server).len(), 16);
    let left_out = left_out(&database);
    assert!(left_out.contains("view film_list: a view has no key of its own"), "{left_out}");
    assert!(left_out.contains("column staff.password: its name looks like a secret"), "{left_out}");
    let mut get = getter(&server);
    let film = get("/film/1?include=language");
    let attributes = json!({
        "title": "ACADEMY DINOSAUR", "description": "A Drama", "release_year": 2006, "rental_duration": 3,
        "rental_rate": "0.99", "length": 86, "replacement_cost": "20.99", "rating": "PG-13",
        "last_update": "2006-02-15T05:03:42Z", "special_features": "Trailers,Deleted Scenes",
    });
    assert_eq!(film["data"]["attributes"], attributes);
    assert_eq!(film["included"][0]["attributes"]["name"], "English");
    // A trigger keeps the texts of films.
    assert_eq!(get("/film_text/1")["data"]["attributes"]["title"], "ACADEMY DINOSAUR");
    let staff = get("/staff/1");
    assert_eq!(staff["data"]["attributes"]["picture"], "iVBO");
    assert_eq!(staff["data"]["attributes"]["active"], true);
    assert_eq!(get("/film?filter[rating]=PG-13&filter[title][starts]=academy")["data"][0]["id"], "1");
    assert!(crawl(&server) >= 15);
}

/// A database made by a script for `psql`.
fn postgres(script: &str, rows: &str) -> Mirror {
    let is_meant = |line: &&str| {
        let is_about_others = ["\\", "CREATE DATABASE", "DROP DATABASE", "GRANT ", "REVOKE "];
        // That setting is gone, as is the role.
        let is_gone = line.starts_with("SET default_with_oids") || line.ends_with("OWNER TO postgres;");
        !is_gone && !is_about_others.iter().any(|start| line.starts_with(start))
    };
    let lines: Vec<&str> = script.trim_start_matches('\u{feff}').lines().filter(is_meant).collect();
    Mirror::original(Engine::Postgres, &(lines.join("\n") + rows), Use::Shared)
}

/// A database made by a script for the `mysql` client, whose commands set what statements end with.
fn mysql(script: &str, rows: &str) -> Mirror {
    let mut made = "SET sql_mode = 'STRICT_TRANS_TABLES';\n".to_owned();
    let mut delimiter = ";";
    for line in script.trim_start_matches('\u{feff}').lines() {
        if let Some(new) = line.strip_prefix("DELIMITER ") {
            delimiter = new.trim();
            continue;
        }
        let is_about_others = ["CREATE DATABASE", "DROP DATABASE", "CREATE SCHEMA", "DROP SCHEMA", "USE "];
        if is_about_others.iter().any(|start| line.starts_with(start)) {
            continue;
        }
        // One view names the database it expects.
        let line = line.replace("sakila.", "");
        match line.trim_end().strip_suffix(delimiter) {
            Some(statement) => made.extend([statement, ";\n"]),
            None => made.extend([&line, "\n"]),
        }
    }
    Mirror::original(Engine::MariaDb, &(made + rows), Use::Shared)
}

/// What `docent inspect` says is left out, and why.
fn left_out(database: &Mirror) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_docent")).args(["inspect", &database.url()]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_once("Left out:").unwrap_or_else(|| panic!("nothing is left out: {text}")).1.to_owned()
}

/// Compares numbers of resources with what the database itself counts.
#[track_caller]
fn counts(database: &Mirror, server: &Server, expected: &[(&str, &str)]) {
    let (mut connection, mut get) = (database.open(), getter(server));
    for (target, sql) in expected {
        let sign = if target.contains('?') { '&' } else { '?' };
        let document = get(&format!("/{target}{sign}page[count]=true&page[limit]=1"));
        let counted = connection.number(sql);
        assert!(counted > 0, "{sql}");
        assert_eq!(document["meta"]["count"], counted, "{target}: {document:#}");
    }
}
