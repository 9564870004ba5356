//! Accounts found in a database like a site's.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use docent_sql::{Database, sqlite};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::{Account, Credentials, Identification};
use crate::access::fixture::{map, site};
use crate::php::Php;
use crate::site::Site;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const COOKIE: &str = "SESS0123456789abcdef0123456789abcdef";

const TABLES: &str = "
    CREATE TABLE users (uid INTEGER PRIMARY KEY, uuid TEXT NOT NULL, langcode TEXT NOT NULL);
    CREATE TABLE users_field_data (uid INTEGER NOT NULL, langcode TEXT NOT NULL, name TEXT COLLATE NOCASE NOT NULL,
        pass TEXT, status INTEGER, preferred_langcode TEXT, default_langcode INTEGER NOT NULL, PRIMARY KEY (uid, langcode));
    CREATE TABLE user__roles (bundle TEXT, deleted INTEGER NOT NULL, entity_id INTEGER NOT NULL, delta INTEGER NOT NULL,
        langcode TEXT NOT NULL, roles_target_id TEXT NOT NULL, PRIMARY KEY (entity_id, deleted, delta, langcode));
    CREATE TABLE sessions (uid INTEGER NOT NULL, sid TEXT PRIMARY KEY, timestamp INTEGER NOT NULL, session BLOB);
    CREATE TABLE shortcut_set_users (uid INTEGER PRIMARY KEY, set_name TEXT NOT NULL);
    INSERT INTO users VALUES (0, 'none', 'en'), (1, 'first', 'en'), (2, 'second', 'en'), (3, 'third', 'en');
    INSERT INTO user__roles VALUES ('user', 0, 2, 0, 'en', 'editor'), ('user', 0, 2, 1, 'en', 'author'),
        ('user', 1, 2, 2, 'en', 'administrator');
    INSERT INTO shortcut_set_users VALUES (2, 'mine');";

struct Fixture {
    _folder: TempDir,
    writer: rusqlite::Connection,
    database: Database,
    site: Arc<Site>,
    identification: Identification,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("site.sqlite");
        let writer = rusqlite::Connection::open(&path).unwrap();
        writer.execute_batch(TABLES).unwrap();
        let hash = bcrypt::hash("secret", 4).unwrap();
        let users = [(0, "", 0), (1, "admin", 1), (2, "Ann", 1), (3, "gone", 0)];
        for (uid, name, status) in users {
            let insert = "INSERT INTO users_field_data VALUES (?, ?, ?, ?, ?, 'es', ?)";
            writer.execute(insert, (uid, "en", name, &hash, status, 1)).unwrap();
            writer.execute(insert, (uid, "es", name, "", status, 0)).unwrap();
        }
        let mut site = site(&["basic_auth", "shortcut"], &[], &[]);
        let flood = map([("user_limit", Php::Integer(3)), ("ip_limit", Php::Integer(6))]);
        site.config.insert("user.flood".to_owned(), flood);
        Self {
            database: Database::Sqlite(sqlite::Adapter::open(sqlite::Settings::new(path)).unwrap()),
            _folder: folder,
            writer,
            site: Arc::new(site),
            identification: Identification::new().unwrap(),
        }
    }

    fn who(&self, authorization: Option<&str>, cookie: Option<&str>) -> Account {
        let credentials = Credentials::of(&self.site, authorization, cookie);
        let deadline = Instant::now() + Duration::from_secs(10);
        let identified =
            self.identification.identify(&self.database, &self.site, &credentials, HERE, deadline);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(identified).unwrap()
    }

    fn with_password(&self, name: &str, password: &str) -> Account {
        let encoded = BASE64_STANDARD.encode(format!("{name}:{password}"));
        self.who(Some(&format!("Basic {encoded}")), None)
    }

    fn has_session(&self, uid: i64, id: &str, age_seconds: u64) {
        let id = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(id));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let time = i64::try_from(now - age_seconds).unwrap();
        let insert = "INSERT INTO sessions VALUES (?, ?, ?, NULL)";
        self.writer.execute(insert, (uid, id, time)).unwrap();
    }
}

#[test]
fn names_and_passwords() {
    let fixture = Fixture::new();
    let ann = fixture.with_password("ann", "secret");
    assert_eq!((ann.id, ann.uuid.as_str(), ann.shortcut_set.as_deref()), (2, "second", Some("mine")));
    assert_eq!(ann.preferred_langcode, "es");
    assert_eq!(ann.roles, ["authenticated", "editor", "author"]);
    assert!(!ann.is_admin && fixture.with_password("admin", "secret").is_admin);
    for (name, password) in
        [("ann", "wrong"), ("ann", ""), ("", "secret"), ("gone", "secret"), ("nobody", "x")]
    {
        let nobody = fixture.with_password(name, password);
        assert!(nobody.is_anonymous(), "{name}");
        assert_eq!(nobody.roles, ["anonymous"]);
    }
}

#[test]
fn accounts_are_closed_after_failures() {
    let fixture = Fixture::new();
    for _ in 0..3 {
        assert!(fixture.with_password("ann", "wrong").is_anonymous());
    }
    assert!(fixture.with_password("ann", "secret").is_anonymous(), "too many failures");
    assert_eq!(fixture.with_password("admin", "secret").id, 1, "of another account");
    for _ in 0..3 {
        assert!(fixture.with_password("nobody", "wrong").is_anonymous());
    }
    assert_eq!(fixture.with_password("admin", "secret").id, 1, "remembered");
    fixture
        .writer
        .execute("UPDATE users_field_data SET pass = ?", [bcrypt::hash("new", 4).unwrap()])
        .unwrap();
    assert!(fixture.with_password("admin", "secret").is_anonymous(), "no longer");
    assert!(fixture.with_password("admin", "new").is_anonymous(), "and the address is closed");
}

#[test]
fn sessions() {
    let fixture = Fixture::new();
    fixture.has_session(2, "of-ann", 1000);
    fixture.has_session(2, "of-ann-once", 300_000);
    fixture.has_session(3, "of-gone", 1000);
    fixture.has_session(0, "of-nobody", 1000);
    let with = |cookie: &str| fixture.who(None, Some(cookie)).id;
    assert_eq!(with(&format!("{COOKIE}=of-ann")), 2);
    assert_eq!(with(&format!("a=b; S{COOKIE}=other; {COOKIE}=of-ann")), 2);
    for id in ["of-ann-once", "of-gone", "of-nobody", "other"] {
        assert_eq!(with(&format!("{COOKIE}={id}")), 0, "{id}");
    }
    let both = fixture.who(Some("Basic YW5uOndyb25n"), Some(&format!("{COOKIE}=of-ann")));
    assert!(both.is_anonymous(), "a wrong password is not made up for by a cookie");
    assert_eq!(fixture.who(Some("Bearer abc"), Some(&format!("{COOKIE}=of-ann"))).id, 2);
}

#[test]
fn no_session_was_ever_begun() {
    let fixture = Fixture::new();
    fixture.writer.execute_batch("DROP TABLE sessions").unwrap();
    assert!(fixture.who(None, Some(&format!("{COOKIE}=any"))).is_anonymous());
}

#[test]
fn passwords_are_taken_where_the_site_takes_them() {
    let closed = site(&[], &[], &[]);
    let header = Some("Basic YW5uOnNlY3JldA==");
    assert_eq!(Credentials::of(&closed, header, None), Credentials::None);
    let open = site(&["basic_auth"], &[], &[]);
    let credentials = Credentials::of(&open, header, None);
    assert!(credentials.are_given());
    assert_eq!(format!("{credentials:?}"), "Basic");
}
