//! The writes on one connection: what they do, and the documents that tell of it.
//!
//! Each is a few prepared statements. Rows are read back by their ids, as the database then holds them, straight into
//! the document. `RETURNING` would make each statement twice as dear: SQLite then keeps copies of the pages it changes.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Result, Statement, params};

use super::documents::MMAP_BYTES;
use super::requests::{Identifier, Kind, NewResource};
use super::resources::{COLUMNS, article_document, separate, write_article, write_comment};
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
    connection: &'static Connection,
    insert_article: Statement<'static>,
    insert_tag: Statement<'static>,
    insert_comment: Statement<'static>,
    retitle: Statement<'static>,
    article: Statement<'static>,
    comment: Statement<'static>,
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
            connection,
            insert_article: connection.prepare(
                "INSERT INTO articles (title, body, published, created_at, author_id)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            insert_tag: connection
                .prepare("INSERT INTO article_tags (article_id, tag_id) VALUES (?1, ?2)")?,
            insert_comment: connection.prepare(
                "INSERT INTO comments (body, created_at, article_id, author_id) VALUES (?1, ?2, ?3, ?4)",
            )?,
            retitle: connection.prepare("UPDATE articles SET title = ?1 WHERE id = ?2")?,
            article: connection.prepare(&format!("SELECT {COLUMNS} FROM articles WHERE id = ?1"))?,
            comment: connection
                .prepare("SELECT article_id, id, body, created_at, author_id FROM comments WHERE id = ?1")?,
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
        let id = self.insert_article(resource)?;
        let document = self.article.query_one([id], |row| article_document(row, id, &self.shapes))?;
        Ok(Outcome::Done { id: Some(id), document })
    }

    /// W7: another title.
    fn retitle(&mut self, id: i64, title: &str) -> Result<Outcome> {
        if self.retitle.execute(params![title, id])? == 0 {
            return Ok(Outcome::Missing);
        }
        let document = self.article.query_one([id], |row| article_document(row, id, &self.shapes))?;
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
                    let id = self.insert_article(resource)?;
                    local.extend(resource.lid.as_deref().map(|lid| (lid, id)));
                    self.article.query_one([id], |row| {
                        write_article(&mut document, row, id, &self.shapes)?;
                        self.shapes.article.rest.write(&mut document, itoa::Buffer::new().format(id));
                        Ok(())
                    })?;
                }
                Kind::Comments => self.insert_comment(resource, &local, &mut document)?,
            }
            document.push(b'}');
        }
        document.extend_from_slice(b"]}");
        Ok(Outcome::Done { id: None, document })
    }

    /// Inserts an article and its tags.
    fn insert_article(&mut self, resource: &NewResource) -> Result<i64> {
        let NewResource { attributes, relationships, .. } = resource;
        self.insert_article.execute(params![
            attributes.title,
            attributes.body,
            attributes.published,
            attributes.created_at,
            relationships.author.data.id
        ])?;
        let id = self.connection.last_insert_rowid();
        for tag in relationships.tags.iter().flat_map(|tags| &tags.data) {
            self.insert_tag.execute(params![id, tag.id])?;
        }
        Ok(id)
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
        self.insert_comment.execute(params![attributes.body, attributes.created_at, article, author])?;
        let id = self.connection.last_insert_rowid();
        let mut digits = itoa::Buffer::new();
        self.comment.query_one([id], |row| write_comment(out, row, digits.format(id), &self.shapes))
    }
}

/// The key of an article, which may be known by its local id alone.
fn key(identifier: &Identifier, local: &[(&str, i64)]) -> Option<i64> {
    let named = || local.iter().find(|(lid, _)| Some(*lid) == identifier.lid.as_deref()).map(|(_, id)| *id);
    identifier.id.or_else(named)
}
