//! The documents of one table: one article, a page of them, a page with few fields.
//!
//! Nothing is looked up, allocated or decided that the reading requests do not need: this is what Docent's generality
//! is measured against. One thread owns one [`Documents`]: connection, statements, scratch space.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Result, Row, Statement};

use super::compound::Compound;
use super::json::{string, timestamp};
use super::shape::Shapes;
use crate::workload::{COMPOUND, PAGE, SPARSE};

/// Articles on a page. The statements read one more, to know whether there is a next page.
pub(crate) const PAGE_ROWS: usize = 20;
/// Far more than the file has: all of it is mapped.
pub(super) const MMAP_BYTES: i64 = 1 << 30;
/// What [`write_article`] reads.
pub(super) const COLUMNS: &str = "id, title, body, published, created_at, author_id, editor_id";

/// Answers the workloads on one connection.
pub(crate) struct Documents {
    article: Statement<'static>,
    sparse: Statement<'static>,
    pub(super) page: Statement<'static>,
    pub(super) compound: Compound,
    pub(super) shapes: Shapes,
    pub(super) links: PageLinks,
}

/// The top-level links of the three collection documents.
pub(crate) struct PageLinks {
    plain: Links,
    sparse: Links,
    pub(super) compound: Links,
}

/// The links of a page, ready to be copied.
pub(crate) struct Links {
    with_next: String,
    without_next: String,
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
            links: PageLinks {
                plain: Links::new(base, PAGE, ""),
                sparse: Links::new(base, SPARSE, "fields%5Barticles%5D=title%2Cauthor&"),
                compound: Links::new(base, COMPOUND, "include=author%2Ccomments.author%2Ctags&"),
            },
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
            string(&mut out, bytes(row, 1)?);
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

impl Links {
    /// `asked` is the query string of the request; `others` what of it is not about the page.
    fn new(base: &str, asked: &str, others: &str) -> Self {
        let url = format!("{base}/articles?");
        let page = format!("{others}page%5Blimit%5D={PAGE_ROWS}&page%5Boffset%5D=");
        let open = format!(
            r#","links":{{"self":"{url}{asked}","describedby":"{base}/schemas/articles","first":"{url}{page}0""#
        );
        Self { with_next: format!(r#"{open},"next":"{url}{page}{PAGE_ROWS}"}}"#), without_next: open + "}" }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>, more: bool) {
        out.extend_from_slice(if more { &self.with_next } else { &self.without_next }.as_bytes());
    }
}

pub(super) fn start_collection(out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"jsonapi":{"version":"1.1"},"data":["#);
}

pub(super) fn separate(out: &mut Vec<u8>, first: bool) {
    if !first {
        out.push(b',');
    }
}

/// The document of one article.
pub(super) fn article_document(row: &Row, id: i64, shapes: &Shapes) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(2 << 10);
    shapes.article.document.write(&mut out, itoa::Buffer::new().format(id));
    write_article(&mut out, row, id, shapes)?;
    shapes.article.rest.write(&mut out, itoa::Buffer::new().format(id));
    out.push(b'}');
    Ok(out)
}

/// An article up to and with its editor; what follows depends on whether its comments and tags are included.
pub(super) fn write_article(out: &mut Vec<u8>, row: &Row, id: i64, shapes: &Shapes) -> Result<()> {
    let mut digits = itoa::Buffer::new();
    let id = digits.format(id);
    let shape = &shapes.article;
    shape.title.write(out, id);
    string(out, bytes(row, 1)?);
    out.extend_from_slice(br#","body":"#);
    string(out, bytes(row, 2)?);
    out.extend_from_slice(br#","published":"#);
    let published: i64 = row.get(3)?;
    out.extend_from_slice(if published == 0 { b"false" } else { b"true" });
    out.extend_from_slice(br#","created_at":"#);
    timestamp(out, bytes(row, 4)?);
    shape.author.write(out, id);
    integer(out, row.get(5)?);
    shape.editor.write(out, id);
    if let ValueRef::Integer(editor) = row.get_ref(6)? {
        out.extend_from_slice(br#"{"type":"people","id":""#);
        integer(out, editor);
        out.extend_from_slice(br#""}"#);
    } else {
        out.extend_from_slice(b"null");
    }
    Ok(())
}

/// A comment, from a row of its article's id, its own id, `body`, `created_at` and its author's id.
pub(super) fn write_comment(out: &mut Vec<u8>, row: &Row, id: &str, shapes: &Shapes) -> Result<()> {
    let shape = &shapes.comment;
    shape.body.write(out, id);
    string(out, bytes(row, 2)?);
    out.extend_from_slice(br#","created_at":"#);
    timestamp(out, bytes(row, 3)?);
    shape.article.write(out, id);
    integer(out, row.get(0)?);
    shape.author.write(out, id);
    integer(out, row.get(4)?);
    shape.rest.write(out, id);
    Ok(())
}

pub(super) fn integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// The text of a column, where it lies in SQLite's own memory.
pub(super) fn bytes<'a>(row: &'a Row, column: usize) -> Result<&'a [u8]> {
    Ok(row.get_ref(column)?.as_bytes()?)
}
