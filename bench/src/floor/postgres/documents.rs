//! The documents from PostgreSQL: one article, a page of them, the compound document.
//!
//! Rows come in binary form and are written as they come. What needs one statement shares a pipelined connection. The
//! compound document is one snapshot, as Docent's is: a transaction of three waves, BEGIN sent with the first; nobody
//! waits for its COMMIT.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use futures_util::{FutureExt as _, TryStreamExt as _};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row, RowStream};

use super::session::{Session, Sessions};
use crate::Failure;
use crate::floor::fields::Fields as _;
use crate::floor::gathering::Gathering;
use crate::floor::resources::{
    PAGE_ROWS, PageLinks, article_document, separate, start_collection, write_article,
};
use crate::floor::shape::Shapes;

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
const NOTHING: [i64; 0] = [];

/// Answers the workloads of one thread.
pub(super) struct Documents {
    sessions: Sessions,
    shapes: Shapes,
    links: PageLinks,
    gatherings: Mutex<Vec<Gathering>>,
}

impl Documents {
    /// Connects and prepares every statement.
    pub(super) async fn open(url: &str, base: &str) -> Result<Self, Failure> {
        Ok(Self {
            sessions: Sessions::open(url).await?,
            shapes: Shapes::new(base),
            links: PageLinks::new(base),
            gatherings: Mutex::default(),
        })
    }

    /// W1: one article; `None` if there is none.
    pub(super) async fn article(&self, id: i64) -> Result<Option<Vec<u8>>, Failure> {
        let Session { client, article, .. } = &self.sessions.shared;
        let mut rows = pin!(client.query_raw(article, [id]).await?);
        let Some(row) = rows.try_next().await? else { return Ok(None) };
        let document = article_document(&row, id, &self.shapes)?;
        // The answer is taken to its end: the driver holds back what nobody takes.
        while rows.try_next().await?.is_some() {}
        Ok(Some(document))
    }

    /// W2: a page of articles.
    pub(super) async fn page(&self) -> Result<Vec<u8>, Failure> {
        let Session { client, page, .. } = &self.sessions.shared;
        let mut out = Vec::with_capacity(32 << 10);
        start_collection(&mut out);
        let mut count = 0;
        let rows = client.query_raw(page, NOTHING).await?;
        each(rows, |row| {
            count += 1;
            if count <= PAGE_ROWS {
                separate(&mut out, count == 1);
                let id = row.integer(0)?;
                write_article(&mut out, row, id, &self.shapes)?;
                self.shapes.article.rest.write(&mut out, itoa::Buffer::new().format(id));
            }
            Ok(())
        })
        .await?;
        out.push(b']');
        self.links.plain.write(&mut out, count > PAGE_ROWS);
        out.push(b'}');
        Ok(out)
    }

    /// W3: a page of articles with author, comments, their authors, and tags.
    pub(super) async fn compound(&self) -> Result<Vec<u8>, Failure> {
        let mut gathering = self.lock().pop().unwrap_or_default();
        let exclusive = self.sessions.exclusive().await?;
        gathering.begin();
        self.gather(&exclusive.session, &mut gathering).await?;
        // Sent when it is first polled; whatever this connection is asked next comes behind it.
        exclusive.session.client.batch_execute("COMMIT").now_or_never();
        exclusive.give_back();
        let document = gathering.end(&self.shapes, &self.links);
        self.lock().push(gathering);
        Ok(document)
    }

    async fn gather(&self, session: &Session, gathering: &mut Gathering) -> Result<(), Error> {
        let Session { client, page, comments, tags, people, .. } = session;
        let shapes = &self.shapes;
        let ((), rows) =
            tokio::try_join!(biased; client.batch_execute(BEGIN), client.query_raw(page, NOTHING))?;
        each(rows, |row| gathering.add_article(row, shapes)).await?;
        let articles: Vec<i64> = gathering.articles().collect();
        // Both are sent before either is waited for, and taken in turn: the driver holds back what nobody takes.
        let mut asked = (pin!(ask(client, comments, &articles)), pin!(ask(client, tags, &articles)));
        let early = (asked.0.as_mut().now_or_never(), asked.1.as_mut().now_or_never());
        let comments = match early.0 {
            Some(comments) => comments?,
            None => asked.0.await?,
        };
        each(comments, |row| gathering.add_comment(row, shapes)).await?;
        let tags = match early.1 {
            Some(tags) => tags?,
            None => asked.1.await?,
        };
        each(tags, |row| gathering.add_tag(row, shapes)).await?;
        let rows = client.query_raw(people, [gathering.people()]).await?;
        each(rows, |row| gathering.add_person(row, shapes)).await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Gathering>> {
        self.gatherings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks for the rows of a list of keys.
async fn ask(
    client: &tokio_postgres::Client,
    statement: &tokio_postgres::Statement,
    keys: &[i64],
) -> Result<RowStream, Error> {
    client.query_raw(statement, [&keys as &(dyn ToSql + Sync)]).await
}

async fn each(rows: RowStream, mut take: impl FnMut(&Row) -> Result<(), Error>) -> Result<(), Error> {
    let mut rows = pin!(rows);
    while let Some(row) = rows.try_next().await? {
        take(&row)?;
    }
    Ok(())
}
