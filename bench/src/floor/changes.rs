//! The writes on one connection: what they do, and the documents that tell of it.
//!
//! Each is a few prepared statements. Rows come back by `RETURNING` as the database then holds them, and go into the
//! document at once.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Result, Statement, params};

use super::documents::{COLUMNS, MMAP_BYTES, article_document, separate, write_article, write_comment};
use super::requests::{Identifier, Kind, NewResource};
use super::shape::Shapes;

/// As much of the file in memory as Docent keeps.
const CACHE_KIBIBYTES: i64 = 8 << 10;

/// What is to be done.
pub(crate) enum Change {
    /// A new article.
    Create(NewResource),
    /// A new title for an article.
    Retitle { id: i64, title: String },
    /// Articles and comments, all or none.
    Add(Vec<NewResource>),
}

/// What has become of it.
pub(crate) enum Outcome {
    /// It is done. The id is that of the article; of many there is none.
    Done { id: Option<i64>, document: Vec<u8> },
    /// The article to be changed is not there.
    Missing,
}

/// Statements, reused by every write.
pub(crate) struct Changes {
    article: Statement<'static>,
    tag: Statement<'static>,
    comment: Statement<'static>,
    retitle: Statement<'static>,
    shapes: Shapes,
}

impl Changes {
    /// Opens the database for writes that are durable, and prepares every statement.
    pub(super) fn open(file: &Path, base: &str) -> Result<(Self, &'static Connection)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // The statements borrow the connection; both live as long as their thread, which is the whole process.
        let connection: &'static Connection = Box::leak(Box::new(Connection::open_with_flags(file, flags)?));
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
        connection.pragma_update(None, "mmap_size", MMAP_BYTES)?;
        // What a savepoint may have to restore goes there, page by page.
        connection.pragma_update(None, "temp_store", "memory")?;
        let changes = Self {
            article: connection.prepare(&format!(
                "INSERT INTO articles (title, body, published, created_at, author_id)
                 VALUES (?1, ?2, ?3, ?4, ?5) RETURNING {COLUMNS}"
            ))?,
            tag: connection.prepare("INSERT INTO article_tags (article_id, tag_id) VALUES (?1, ?2)")?,
            comment: connection.prepare(
                "INSERT INTO comments (body, created_at, article_id, author_id)
                 VALUES (?1, ?2, ?3, ?4) RETURNING article_id, id, body, created_at, author_id",
            )?,
            retitle: connection
                .prepare(&format!("UPDATE articles SET title = ?1 WHERE id = ?2 RETURNING {COLUMNS}"))?,
            shapes: Shapes::new(base),
        };
        Ok((changes, connection))
    }

    /// Does it, within the transaction that is open.
    pub(super) fn perform(&mut self, change: &Change) -> Result<Outcome> {
        match change {
            Change::Create(resource) => self.create(resource),
            Change::Retitle { id, title } => self.retitle(*id, title),
            Change::Add(resources) => self.add(resources),
        }
    }

    /// W6: an article with its author and tags.
    fn create(&mut self, resource: &NewResource) -> Result<Outcome> {
        let (id, document) = self.insert_article(resource, article_document)?;
        Ok(Outcome::Done { id: Some(id), document })
    }

    /// W7: another title.
    fn retitle(&mut self, id: i64, title: &str) -> Result<Outcome> {
        let mut rows = self.retitle.query(params![title, id])?;
        let Some(row) = rows.next()? else { return Ok(Outcome::Missing) };
        let document = article_document(row, id, &self.shapes)?;
        rows.next()?;
        Ok(Outcome::Done { id: Some(id), document })
    }

    /// W8: one resource after another.
    fn add(&mut self, resources: &[NewResource]) -> Result<Outcome> {
        let mut document = Vec::with_capacity(resources.len() * (2 << 10));
        document
            .extend_from_slice(br#"{"jsonapi":{"version":"1.1","ext":["https://jsonapi.org/ext/atomic"]}"#);
        document.extend_from_slice(br#","atomic:results":["#);
        let mut local: Vec<(&str, i64)> = Vec::new();
        for (index, resource) in resources.iter().enumerate() {
            separate(&mut document, index == 0);
            document.extend_from_slice(br#"{"data":"#);
            match resource.kind {
                Kind::Articles => {
                    let out = &mut document;
                    let (id, ()) = self.insert_article(resource, |row, id, shapes| {
                        write_article(out, row, id, shapes)?;
                        shapes.article.rest.write(out, itoa::Buffer::new().format(id));
                        Ok(())
                    })?;
                    local.extend(resource.lid.as_deref().map(|lid| (lid, id)));
                }
                Kind::Comments => self.insert_comment(resource, &local, &mut document)?,
            }
            document.push(b'}');
        }
        document.extend_from_slice(b"]}");
        Ok(Outcome::Done { id: None, document })
    }

    /// Inserts an article and its tags; `write` makes what is wanted of the row.
    fn insert_article<T>(
        &mut self,
        resource: &NewResource,
        write: impl FnOnce(&rusqlite::Row, i64, &Shapes) -> Result<T>,
    ) -> Result<(i64, T)> {
        let NewResource { attributes, relationships, .. } = resource;
        let mut rows = self.article.query(params![
            attributes.title,
            attributes.body,
            attributes.published,
            attributes.created_at,
            relationships.author.data.id
        ])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let id = row.get(0)?;
        let written = write(row, id, &self.shapes)?;
        // Foreign keys are checked when the statement ends.
        rows.next()?;
        for tag in relationships.tags.iter().flat_map(|tags| &tags.data) {
            self.tag.execute(params![id, tag.id])?;
        }
        Ok((id, written))
    }

    fn insert_comment(
        &mut self,
        resource: &NewResource,
        local: &[(&str, i64)],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let NewResource { attributes, relationships, .. } = resource;
        let article = relationships.article.as_ref().and_then(|article| key(&article.data, local));
        let author = relationships.author.data.id;
        let mut rows =
            self.comment.query(params![attributes.body, attributes.created_at, article, author])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        write_comment(out, row, itoa::Buffer::new().format::<i64>(row.get(1)?), &self.shapes)?;
        rows.next()?;
        Ok(())
    }
}

/// The key of an article, which may be known by its local id alone.
fn key(identifier: &Identifier, local: &[(&str, i64)]) -> Option<i64> {
    let named = || local.iter().find(|(lid, _)| Some(*lid) == identifier.lid.as_deref()).map(|(_, id)| *id);
    identifier.id.or_else(named)
}
