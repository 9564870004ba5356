//! What becomes of keys.

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Bounds, Side};
use crate::error::Error;
use crate::keys::{Claimed, HeldKey, KeptAnswer, KeyClaim};

const DAY: Duration = Duration::from_hours(24);

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.db"), "").unwrap();
    folder
}

fn side(folder: &TempDir) -> Side {
    Side::new(Bounds::new(folder.path().join("shop.db")))
}

fn file(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("shop.db-docent")
}

async fn claim_for(side: &Side, key: &str, digest: u128, remembered: Duration) -> Result<Claimed, Error> {
    let claim = KeyClaim { scope: "me".to_owned(), key: key.to_owned(), digest, remembered };
    side.claim(claim, Instant::now() + Duration::from_secs(10)).await
}

async fn claim(side: &Side, key: &str) -> Claimed {
    claim_for(side, key, 1, DAY).await.unwrap()
}

async fn held(side: &Side, key: &str) -> HeldKey {
    match claim(side, key).await {
        Claimed::Held(held) => held,
        other => panic!("{other:?}"),
    }
}

fn answer(text: &str) -> KeptAnswer {
    KeptAnswer { head: format!("head of {text}"), body: Some(text.as_bytes().to_vec()) }
}

async fn keep(side: &Side, key: &str, text: &str) {
    let mut held = held(side, key).await;
    held.begin();
    held.keep(answer(text)).await.unwrap();
}

async fn kept(side: &Side, key: &str) -> Option<KeptAnswer> {
    match claim(side, key).await {
        Claimed::Answered(answer) => Some(answer),
        Claimed::Held(_) => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_is_given_again_also_by_a_later_process() {
    let folder = folder();
    let first = side(&folder);
    keep(&first, "a", "created").await;
    assert_eq!(kept(&first, "a").await, Some(answer("created")));
    assert!(matches!(claim_for(&first, "a", 2, DAY).await, Ok(Claimed::OtherRequest)));
    drop(first);
    let second = side(&folder);
    assert_eq!(kept(&second, "a").await, Some(answer("created")));
    assert!(matches!(claim_for(&second, "a", 2, DAY).await, Ok(Claimed::OtherRequest)));
}

#[tokio::test]
async fn a_key_is_held_once() {
    let folder = folder();
    let side = side(&folder);
    let mut first = held(&side, "a").await;
    assert!(matches!(claim(&side, "a").await, Claimed::Running));
    assert!(matches!(claim_for(&side, "a", 2, DAY).await, Ok(Claimed::OtherRequest)));
    // What runs does not expire.
    assert!(matches!(claim_for(&side, "a", 1, Duration::ZERO).await, Ok(Claimed::Running)));
    first.begin();
    first.release();
    drop(held(&side, "a").await);
    drop(held(&side, "a").await);
}

#[tokio::test]
async fn claims_at_the_same_time_give_the_key_to_one() {
    let folder = folder();
    let side = side(&folder);
    let got = tokio::join!(claim(&side, "a"), claim(&side, "a"), claim(&side, "a"), claim(&side, "a"));
    let got = [got.0, got.1, got.2, got.3];
    assert_eq!(got.iter().filter(|claimed| matches!(claimed, Claimed::Held(_))).count(), 1, "{got:?}");
    assert_eq!(got.iter().filter(|claimed| matches!(claimed, Claimed::Running)).count(), 3, "{got:?}");
}

#[tokio::test]
async fn what_was_begun_and_lost_is_not_done_again() {
    let folder = folder();
    let first = side(&folder);
    let mut lost = held(&first, "a").await;
    lost.begin();
    drop(lost);
    assert!(matches!(claim(&first, "a").await, Claimed::Unknown));
    let mut running = held(&first, "b").await;
    running.begin();
    drop(first);
    // Too late: the thread has ended, as it does with the process.
    drop(running);
    let second = side(&folder);
    for key in ["a", "b"] {
        assert!(matches!(claim(&second, key).await, Claimed::Unknown), "{key}");
        assert!(matches!(claim_for(&second, key, 2, DAY).await, Ok(Claimed::OtherRequest)), "{key}");
    }
    assert!(
        matches!(claim_for(&second, "a", 1, Duration::ZERO).await, Ok(Claimed::Held(_))),
        "it has expired"
    );
}

#[tokio::test]
async fn scopes_have_keys_of_their_own() {
    let folder = folder();
    let side = side(&folder);
    keep(&side, "a", "mine").await;
    let other = KeyClaim { scope: "you".to_owned(), key: "a".to_owned(), digest: 1, remembered: DAY };
    let claimed = side.claim(other, Instant::now() + DAY).await;
    assert!(matches!(claimed, Ok(Claimed::Held(_))));
}

#[tokio::test]
async fn keys_expire() {
    let folder = folder();
    let side = side(&folder);
    keep(&side, "a", "old").await;
    keep(&side, "b", "young").await;
    let other = rusqlite::Connection::open(file(&folder)).unwrap();
    let made_older = "UPDATE request_keys SET noted_at = noted_at - 7200000 WHERE key = 'a'";
    other.execute_batch(made_older).unwrap();
    side.prepare(Duration::from_hours(1)).await.unwrap();
    assert_eq!((rows(&file(&folder)), kept(&side, "a").await), (1, None));
    assert!(kept(&side, "b").await.is_some());
}

#[tokio::test]
async fn the_oldest_make_room() {
    let folder = folder();
    let bounds = Bounds { served: folder.path().join("shop.db"), keys_max: 4, body_bytes_max: 20 };
    let side = Side::new(bounds);
    for key in ["a", "b", "c", "d", "e"] {
        keep(&side, key, "ten bytes.").await;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    side.prepare(DAY).await.unwrap();
    assert_eq!(rows(&file(&folder)), 4);
    assert_eq!(kept(&side, "a").await, None, "forgotten");
    for key in ["b", "c"] {
        assert_eq!(kept(&side, key).await.unwrap().body, None, "only the body had to go");
    }
    for key in ["d", "e"] {
        assert_eq!(kept(&side, key).await, Some(answer("ten bytes.")));
    }
}

#[tokio::test]
async fn a_file_that_was_taken_away_is_made_again() {
    let folder = folder();
    let side = side(&folder);
    let mut running = held(&side, "a").await;
    running.begin();
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(folder.path().join(format!("shop.db-docent{suffix}"))).unwrap();
    }
    assert!(matches!(claim(&side, "a").await, Claimed::Running));
    running.keep(answer("done")).await.unwrap();
    assert_eq!(kept(&side, "a").await, Some(answer("done")));
    assert_eq!(rows(&file(&folder)), 1);
}

#[tokio::test]
async fn a_file_of_others_is_left_alone() {
    let folder = folder();
    let file = file(&folder);
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let before = std::fs::read(&file).unwrap();
    let side = side(&folder);
    assert!(matches!(side.prepare(DAY).await, Err(Error::Unavailable(_))));
    assert!(matches!(claim_for(&side, "a", 1, DAY).await, Err(Error::Unavailable(_))));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_failure_holds_no_key() {
    let folder = folder();
    let side = side(&folder);
    let first = held(&side, "a").await;
    let other = rusqlite::Connection::open(file(&folder)).unwrap();
    other.execute_batch("ALTER TABLE request_keys RENAME TO away").unwrap();
    assert!(claim_for(&side, "b", 1, DAY).await.is_err());
    first.release();
    assert!(claim_for(&side, "b", 1, DAY).await.is_err());
    other.execute_batch("ALTER TABLE away RENAME TO request_keys").unwrap();
    for key in ["a", "b"] {
        drop(held(&side, key).await);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn it_is_for_those_who_may_read_the_served_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let served = folder.path().join("shop.db");
    std::fs::set_permissions(&served, std::fs::Permissions::from_mode(0o640)).unwrap();
    side(&folder).prepare(DAY).await.unwrap();
    assert_eq!(std::fs::metadata(file(&folder)).unwrap().permissions().mode() & 0o777, 0o640);
}

fn rows(file: &Path) -> u64 {
    let connection = rusqlite::Connection::open(file).unwrap();
    let rows: i64 = connection.query_row("SELECT count(*) FROM request_keys", [], |row| row.get(0)).unwrap();
    u64::try_from(rows).unwrap()
}
