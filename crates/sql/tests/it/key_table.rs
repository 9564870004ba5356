//! Keys of requests on a server: claimed once, whichever process asks.

use std::sync::Arc;
use std::time::Duration;

use docent_sql::{Claimed, Database, HeldKey, KeptAnswer, KeyClaim};

use crate::support::in_seconds;

const DAY: Duration = Duration::from_hours(24);

/// A database on a server.
pub(crate) trait Served {
    /// Two processes that serve it.
    async fn two(&self) -> (Database, Database);

    /// Runs a statement as some other program.
    async fn elsewhere(&self, sql: &str);

    /// The first column of the first row, as some other program sees it.
    async fn seen(&self, sql: &str) -> String;
}

fn key(key: &str, digest: u128) -> KeyClaim {
    KeyClaim { scope: "ada".to_owned(), key: key.to_owned(), digest, remembered: DAY }
}

async fn claim(database: &Database, claim: KeyClaim) -> Claimed {
    database.claim_key(claim, in_seconds(10)).await.unwrap()
}

async fn held(database: &Database, name: &str) -> HeldKey {
    match claim(database, key(name, 1)).await {
        Claimed::Held(held) => held,
        other => panic!("{other:?}"),
    }
}

fn answer(body: Option<&[u8]>) -> KeptAnswer {
    KeptAnswer { head: "201".to_owned(), body: body.map(<[u8]>::to_vec) }
}

async fn ready(served: &impl Served) -> (Database, Database) {
    let databases = served.two().await;
    let (one, two) = tokio::join!(databases.0.prepare_keys(DAY), databases.1.prepare_keys(DAY));
    one.unwrap();
    two.unwrap();
    databases
}

/// The database is empty.
pub(crate) async fn a_key_is_held_by_one_and_known_to_all(served: &impl Served) {
    let (one, two) = ready(served).await;
    let mut first = held(&one, "a").await;
    for database in [&one, &two] {
        assert!(matches!(claim(database, key("a", 1)).await, Claimed::Running));
        assert!(matches!(claim(database, key("a", 2)).await, Claimed::OtherRequest));
    }
    let other = KeyClaim { scope: "bob".to_owned(), ..key("a", 1) };
    assert!(matches!(claim(&two, other).await, Claimed::Held(_)));
    for similar in ["A", "a ", "ä"] {
        assert!(matches!(claim(&two, key(similar, 1)).await, Claimed::Held(_)), "{similar}");
    }
    first.begin();
    first.keep(answer(Some(b"\0{}"))).await.unwrap();
    for database in [&one, &two] {
        let Claimed::Answered(kept) = claim(database, key("a", 1)).await else { panic!("no answer") };
        assert_eq!(kept, answer(Some(b"\0{}")));
        assert!(matches!(claim(database, key("a", 2)).await, Claimed::OtherRequest));
    }
    let mut without_body = held(&two, "b").await;
    without_body.begin();
    without_body.keep(answer(None)).await.unwrap();
    assert!(matches!(claim(&one, key("b", 1)).await, Claimed::Answered(kept) if kept == answer(None)));
    assert_eq!(one.introspect().await.unwrap().tables, []);
}

pub(crate) async fn a_key_let_go_of_is_free_at_once(served: &impl Served) {
    let (one, two) = ready(served).await;
    for _ in 0..20 {
        held(&one, "a").await.release();
        drop(held(&one, "a").await);
        let mut begun = held(&one, "a").await;
        begun.begin();
        begun.release();
    }
    drop(held(&one, "a").await);
    while !matches!(claim(&two, key("a", 1)).await, Claimed::Held(_)) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn a_request_without_an_end_is_not_done_again(served: &impl Served) {
    let (one, two) = ready(served).await;
    let mut abandoned = held(&one, "a").await;
    abandoned.begin();
    drop(abandoned);
    // A process that died, and with it what it knew.
    std::mem::forget(held(&one, "b").await);
    assert!(matches!(claim(&two, key("b", 1)).await, Claimed::Running));
    served.elsewhere("UPDATE docent_idempotency_keys SET runs_until = noted_at WHERE name = 'b'").await;
    for name in ["a", "b"] {
        while matches!(claim(&two, key(name, 1)).await, Claimed::Running) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(matches!(claim(&one, key(name, 1)).await, Claimed::Unknown));
        assert!(matches!(claim(&two, key(name, 2)).await, Claimed::OtherRequest));
    }
}

pub(crate) async fn what_has_expired_is_forgotten(served: &impl Served) {
    let (one, two) = ready(served).await;
    for name in ["a", "b", "c"] {
        let mut key = held(&one, name).await;
        key.begin();
        key.keep(answer(Some(b"old"))).await.unwrap();
    }
    let age = "UPDATE docent_idempotency_keys SET noted_at = '2001-01-01 00:00:00' WHERE name <> 'c'";
    served.elsewhere(age).await;
    let mut again = held(&two, "a").await;
    assert!(matches!(claim(&one, key("a", 1)).await, Claimed::Running));
    one.prepare_keys(DAY).await.unwrap();
    assert_eq!(served.seen("SELECT CONCAT(MIN(name), MAX(name)) FROM docent_idempotency_keys").await, "ac");
    again.begin();
    again.keep(answer(Some(b"new"))).await.unwrap();
    let Claimed::Answered(kept) = claim(&one, key("a", 1)).await else { panic!("no answer") };
    assert_eq!(kept, answer(Some(b"new")));
}

/// A claim that took longer than keys are remembered has lost its row, or even its key.
pub(crate) async fn an_answer_is_kept_by_the_claim_alone(served: &impl Served) {
    let (one, two) = ready(served).await;
    let (mut forgotten, mut taken) = (held(&one, "a").await, held(&one, "b").await);
    forgotten.begin();
    taken.begin();
    served.elsewhere("DELETE FROM docent_idempotency_keys").await;
    let mut taker = held(&two, "b").await;
    taker.begin();
    forgotten.keep(answer(Some(b"kept"))).await.unwrap();
    taken.keep(answer(Some(b"late"))).await.unwrap();
    assert!(
        matches!(claim(&two, key("a", 1)).await, Claimed::Answered(kept) if kept == answer(Some(b"kept")))
    );
    assert!(matches!(claim(&one, key("b", 1)).await, Claimed::Running));
    taker.keep(answer(Some(b"right"))).await.unwrap();
    assert!(
        matches!(claim(&one, key("b", 1)).await, Claimed::Answered(kept) if kept == answer(Some(b"right")))
    );
}

pub(crate) async fn of_many_at_once_one_holds_the_key(served: &impl Served) {
    let (one, two) = ready(served).await;
    let databases = [Arc::new(one), Arc::new(two)];
    let claims: Vec<_> = (0..16)
        .map(|n| {
            let database = Arc::clone(&databases[n % 2]);
            tokio::spawn(async move { claim(&database, key("a", 1)).await })
        })
        .collect();
    let mut holders = Vec::new();
    for claim in claims {
        match claim.await.unwrap() {
            Claimed::Held(held) => holders.push(held),
            Claimed::Running => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(holders.len(), 1);
}

/// Making the table is no change of the schema.
pub(crate) async fn the_table_is_nobody_elses(served: &impl Served) {
    let (one, two) = served.two().await;
    let mut changes = two.schema_changes();
    changes.mark_unchanged();
    one.prepare_keys(DAY).await.unwrap();
    let changed = tokio::time::timeout(Duration::from_millis(400), changes.changed()).await;
    assert!(changed.is_err());
    served.elsewhere("CREATE TABLE t(id integer PRIMARY KEY)").await;
    tokio::time::timeout(Duration::from_secs(10), changes.changed()).await.unwrap().unwrap();
    let tables = two.introspect().await.unwrap().tables;
    assert_eq!(tables.iter().map(|table| table.name.to_string()).collect::<Vec<_>>(), ["t"]);
}
