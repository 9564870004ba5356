//! Keys of requests on PostgreSQL.

use std::time::Duration;

use docent_sql::Database;

use super::reading::{opened, rows};
use super::server::Scratch;
use crate::key_table::{self, Served};

impl Served for Scratch {
    async fn two(&self) -> (Database, Database) {
        let often = Duration::from_millis(50);
        let one = opened(self, |settings| settings.watch_interval = often);
        let two = opened(self, |settings| {
            settings.watch_interval = often;
            settings.prepared = false;
        });
        (Database::Postgres(one), Database::Postgres(two))
    }

    async fn elsewhere(&self, sql: &str) {
        self.run(sql).await;
    }

    async fn seen(&self, sql: &str) -> String {
        rows(&opened(self, |_| {}), sql, vec![]).await.trim_matches('\'').to_owned()
    }
}

#[tokio::test]
async fn a_key_is_held_by_one_and_known_to_all() {
    key_table::a_key_is_held_by_one_and_known_to_all(&Scratch::new("").await).await;
}

#[tokio::test]
async fn a_key_let_go_of_is_free_at_once() {
    key_table::a_key_let_go_of_is_free_at_once(&Scratch::new("").await).await;
}

#[tokio::test]
async fn a_request_without_an_end_is_not_done_again() {
    key_table::a_request_without_an_end_is_not_done_again(&Scratch::new("").await).await;
}

#[tokio::test]
async fn what_has_expired_is_forgotten() {
    key_table::what_has_expired_is_forgotten(&Scratch::new("").await).await;
}

#[tokio::test]
async fn an_answer_is_kept_by_the_claim_alone() {
    key_table::an_answer_is_kept_by_the_claim_alone(&Scratch::new("").await).await;
}

#[tokio::test]
async fn of_many_at_once_one_holds_the_key() {
    key_table::of_many_at_once_one_holds_the_key(&Scratch::new("").await).await;
}

#[tokio::test]
async fn the_table_is_nobody_elses() {
    key_table::the_table_is_nobody_elses(&Scratch::new("").await).await;
}
