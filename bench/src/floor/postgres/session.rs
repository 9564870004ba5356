//! Connections to PostgreSQL with every statement prepared, and who may use them.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::{Client, NoTls, Statement};

use crate::Failure;
use crate::floor::resources::{COLUMNS, PAGE_ROWS};

/// Connections of a thread on which one transaction runs at a time.
const EXCLUSIVE_MAX: usize = 2;

/// Reads one article by its id.
pub(crate) fn article_sql(id: &str) -> String {
    format!("SELECT {COLUMNS} FROM articles WHERE id = {id}")
}

/// Reads a page, and one article more.
pub(crate) fn page_sql() -> String {
    format!("SELECT {COLUMNS} FROM articles ORDER BY id LIMIT {}", PAGE_ROWS + 1)
}

/// A connection and what is prepared on it.
pub(super) struct Session {
    pub client: Client,
    pub article: Statement,
    pub page: Statement,
    pub comments: Statement,
    pub tags: Statement,
    pub people: Statement,
}

impl Session {
    /// Connects; the bytes are moved on the runtime of this thread.
    pub(super) async fn open(url: &str) -> Result<Self, Failure> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(async move {
            // Its end is seen by whoever asks next.
            connection.await.ok();
        });
        client.batch_execute("SET jit = off; SET default_transaction_read_only = on").await?;
        Ok(Self {
            article: client.prepare(&article_sql("$1")).await?,
            page: client.prepare(&page_sql()).await?,
            comments: client
                .prepare(
                    "SELECT article_id, id, body, created_at, author_id FROM comments
                     WHERE article_id = ANY ($1) ORDER BY article_id, id",
                )
                .await?,
            tags: client
                .prepare(
                    "SELECT l.article_id, t.id, t.name FROM article_tags l JOIN tags t ON t.id = l.tag_id
                     WHERE l.article_id = ANY ($1) ORDER BY l.article_id, t.id",
                )
                .await?,
            people: client
                .prepare("SELECT id, name, email, created_at FROM people WHERE id = ANY ($1)")
                .await?,
            client,
        })
    }
}

/// The connections of a thread: one that all single statements share, a few for transactions.
pub(super) struct Sessions {
    url: String,
    pub shared: Session,
    idle: Mutex<Vec<Session>>,
    places: Semaphore,
}

/// A connection for one transaction. It is not given back when something fails: then it is closed.
pub(super) struct Exclusive<'a> {
    pub session: Session,
    _place: SemaphorePermit<'a>,
    idle: &'a Mutex<Vec<Session>>,
}

impl Sessions {
    pub(super) async fn open(url: &str) -> Result<Self, Failure> {
        Ok(Self {
            url: url.to_owned(),
            shared: Session::open(url).await?,
            idle: Mutex::default(),
            places: Semaphore::new(EXCLUSIVE_MAX),
        })
    }

    pub(super) async fn exclusive(&self) -> Result<Exclusive<'_>, Failure> {
        let place = self.places.acquire().await?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let session = match idle {
            Some(session) => session,
            None => Session::open(&self.url).await?,
        };
        Ok(Exclusive { session, _place: place, idle: &self.idle })
    }
}

impl Exclusive<'_> {
    /// The next transaction may follow.
    pub(super) fn give_back(self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.session);
    }
}
