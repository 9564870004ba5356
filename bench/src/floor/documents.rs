//! The documents of one table, from SQLite: one article, a page of them, a page with few fields.
//!
//! Nothing is looked up, allocated or decided that the reading requests do not need: this is what Docent's generality
//! is measured against. One thread owns one [`Documents`]: connection, statements, scratch space.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Result, Statement};

use super::compound::Compound;
use super::fields::Fields as _;
use super::json::string;
use super::resources::{
    COLUMNS, PAGE_ROWS, PageLinks, article_document, integer, separate, start_collection, write_article,
};
use super::shape::Shapes;

/// Far more than the file has: all of it is mapped.
pub(super) const MMAP_BYTES: i64 = 1 << 30;

/// Answers the workloads on one connection.
pub(crate) struct Documents {
    article: Statement<'static>,
    sparse: Statement<'static>,
    pub(super) page: Statement<'static>,
    pub(super) compound: Compound,
    pub(super) shapes: Shapes,
    pub(super) links: PageLinks,
}

impl Documents {
    /// Opens the database and prepares every statement.
    pub(crate) fn open(file: &Path, base: &str) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // The statements borrow the connection; both live as long as their thread, which is the whole process.
        let connection: &'static Connection = Box::leak(Box::new(Connection::open_with_flags(file, flags)?));
        connection.pragma_update(None, "mmap_size", MMAP_BYTES)?;
        rusqlite::vtab::array::load_module(connection)?;
        let limit = PAGE_ROWS + 1;
        Ok(Self {
            article: connection.prepare(&format!("SELECT {COLUMNS} FROM articles WHERE id = ?1"))?,
            page: connection.prepare(&format!("SELECT {COLUMNS} FROM articles ORDER BY id LIMIT {limit}"))?,
            sparse: connection
                .prepare(&format!("SELECT id, title, author_id FROM articles ORDER BY id LIMIT {limit}"))?,
            compound: Compound::prepare(connection)?,
            shapes: Shapes::new(base),
            links: PageLinks::new(base),
        })
    }

    /// W1: one article; `None` if there is none.
    pub(crate) fn article(&mut self, id: i64) -> Result<Option<Vec<u8>>> {
        let mut rows = self.article.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        article_document(row, id, &self.shapes).map(Some)
    }

    /// W2: a page of articles.
    pub(crate) fn page(&mut self) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(32 << 10);
        start_collection(&mut out);
        let mut rows = self.page.query([])?;
        for index in 0..PAGE_ROWS {
            let Some(row) = rows.next()? else { break };
            separate(&mut out, index == 0);
            let id = row.get(0)?;
            write_article(&mut out, row, id, &self.shapes)?;
            self.shapes.article.rest.write(&mut out, itoa::Buffer::new().format(id));
        }
        out.push(b']');
        self.links.plain.write(&mut out, rows.next()?.is_some());
        out.push(b'}');
        Ok(out)
    }

    /// W5: a page of articles, title and author alone.
    pub(crate) fn sparse(&mut self) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(8 << 10);
        start_collection(&mut out);
        let mut rows = self.sparse.query([])?;
        for index in 0..PAGE_ROWS {
            let Some(row) = rows.next()? else { break };
            separate(&mut out, index == 0);
            let mut digits = itoa::Buffer::new();
            let id = digits.format(row.get::<_, i64>(0)?);
            self.shapes.article.title.write(&mut out, id);
            string(&mut out, row.text(1)?);
            self.shapes.article.author.write(&mut out, id);
            integer(&mut out, row.get(2)?);
            self.shapes.article.rest_sparse.write(&mut out, id);
        }
        out.push(b']');
        self.links.sparse.write(&mut out, rows.next()?.is_some());
        out.push(b'}');
        Ok(out)
    }
}
