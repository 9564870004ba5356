//! A user of the database who may do no more than `docs/how-to/drupal.md` grants: that is enough to serve a site.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::coast::{Coast, PASSWORD, uuid};
use super::operating::SESSIONS_CLOSED;
use crate::harness::connection::Connection;
use crate::harness::engine::{Engine, only_on};
use crate::harness::server::{Options, Server};
use crate::process::eventually;

/// The page that shows the statements, in a block of each engine's language.
const PAGE: &str = include_str!("../../../../../docs/how-to/drupal.md");

/// The session of a user, and how the table of sessions has it.
const SESSION: (&str, &str) = ("a-b,c", "en_CoL_66AVSpT8AoXD0Wdd3uLJ4V5k_1GOVD_5_y7c");

#[test]
fn a_user_who_may_only_read_is_enough() {
    if !only_on(&[Engine::Postgres, Engine::MariaDb], "it has no users") {
        return;
    }
    let coast = Coast::new();
    let user = Granted::new(&coast);
    let server = Server::start(&user.location, &Options::default());
    let mut client = server.client();
    let story = format!("/jsonapi/node/story/{}", uuid(4, 1));
    let included = client.get(&format!("{story}?include=uid,field_topics,field_picture,field_place"));
    assert_eq!(included.status, 200, "{}", included.text());
    assert_eq!(client.get(&format!("{story}?resourceVersion=id:1")).status, 200);
    assert_eq!(client.get("/jsonapi/node/place?filter[field_names]=M%C3%98LE&sort=title").status, 200);
    // Who asks is known by name and password, and by session.
    let fog = format!("/jsonapi/node/story/{}", uuid(4, 2));
    assert_eq!(client.get(&fog).status, 401);
    let basic = format!("Basic {}", STANDARD.encode(format!("wren:{PASSWORD}")));
    assert_eq!(client.send("GET", &fog, &[("Authorization", &basic)], None).status, 200);
    let (session, kept) = SESSION;
    coast.execute(&format!("INSERT INTO sessions (uid, sid, timestamp) VALUES (2, '{kept}', 2147483647)"));
    let cookie = format!("SESS0123456789abcdef0123456789abcdef={session}");
    assert_eq!(client.send("GET", &fog, &[("Cookie", &cookie)], None).status, 200);
    // A new field has a table of its own, made after the grant.
    coast.execute("CREATE TABLE node__field_tide (entity_id integer)");
    let mut connection = user.open();
    assert_eq!(connection.try_execute("SELECT entity_id FROM node__field_tide"), Ok(()));
    for write in
        ["DELETE FROM sessions", "UPDATE users_field_data SET status = 1", "CREATE TABLE t (i integer)"]
    {
        assert!(connection.try_execute(write).is_err(), "{write}");
    }
}

#[test]
fn a_user_without_the_sessions_knows_nobody_by_them() {
    if !only_on(&[Engine::Postgres, Engine::MariaDb], "it has no users") {
        return;
    }
    let coast = Coast::new();
    let user = Granted::new(&coast);
    user.close("sessions");
    let server = Server::start(&user.location, &Options::default());
    let mut client = server.client();
    let cookie = ("Cookie", "SESS0123456789abcdef0123456789abcdef=a-b,c");
    for _ in 0..3 {
        let story = format!("/jsonapi/node/story/{}", uuid(4, 1));
        assert_eq!(client.send("GET", &story, &[cookie], None).status, 200);
    }
    server.logs(SESSIONS_CLOSED);
    assert_eq!(server.stderr().matches(SESSIONS_CLOSED).count(), 1, "{}", server.stderr());
    // Without the configuration nobody knows who may see what.
    user.close("config");
    eventually("nobody is answered", Duration::from_secs(10), || client.get("/jsonapi").status == 503);
    assert_eq!(client.get("/health/ready").status, 503);
}

/// The user, removed when dropped. The site's database lives longer.
struct Granted<'a> {
    coast: &'a Coast,
    name: String,
    location: String,
}

impl<'a> Granted<'a> {
    /// Makes it with the statements of the page, in which only names are others.
    fn new(coast: &'a Coast) -> Self {
        let engine = Engine::under_test();
        let location = coast.location();
        let (scheme, rest) = location.split_once("://").unwrap();
        let (owner, server) = rest.split_once('@').unwrap();
        let (owner, _) = owner.split_once(':').unwrap();
        let (_, database) = server.rsplit_once('/').unwrap();
        let name = format!("reader_{}", std::process::id());
        let language = if engine == Engine::Postgres { "postgresql" } else { "mariadb" };
        let (_, block) = PAGE.split_once(&format!("```{language}\n")).expect("the page has the block");
        let (block, _) = block.split_once("```").unwrap();
        // Its own name first: the others may contain it.
        let statements = block
            .replace("docent", &name)
            .replace("DATABASE site", &format!("DATABASE {database}"))
            .replace("site.*", &format!("{database}.*"))
            .replace("FOR ROLE drupal", &format!("FOR ROLE {owner}"));
        coast.execute(&statements);
        let location = format!("{scheme}://{name}:secret@{server}");
        Self { coast, name, location }
    }

    /// Takes the right to read a table away.
    fn close(&self, table: &str) {
        let name = &self.name;
        if Engine::under_test() == Engine::Postgres {
            return self.coast.execute(&format!("REVOKE SELECT ON {table} FROM {name}"));
        }
        // A right to all tables cannot be taken away from one.
        let mut connection = self.open();
        let mut grants = format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM '{name}'@'%';");
        for other in connection.tables().iter().filter(|other| *other != table) {
            write!(grants, "GRANT SELECT ON `{other}` TO '{name}'@'%';").unwrap();
        }
        self.coast.execute(&grants);
    }

    fn open(&self) -> Connection {
        match Engine::under_test() {
            Engine::Postgres => Connection::postgres(&self.location),
            _ => Connection::mariadb(&self.location),
        }
    }
}

impl Drop for Granted<'_> {
    fn drop(&mut self) {
        let name = &self.name;
        self.coast.execute(&match Engine::under_test() {
            Engine::Postgres => format!("DROP OWNED BY {name}; DROP ROLE {name}"),
            _ => format!("DROP USER '{name}'@'%'"),
        });
    }
}
