//! Resource objects and links, written from rows of any engine.

use super::fields::Fields;
use super::json::string;
use super::shape::Shapes;
use crate::workload::{COMPOUND, PAGE, SPARSE};

/// Articles on a page. The statements read one more, to know whether there is a next page.
pub(crate) const PAGE_ROWS: usize = 20;
/// What [`write_article`] reads.
pub(super) const COLUMNS: &str = "id, title, body, published, created_at, author_id, editor_id";

/// The top-level links of the three collection documents.
pub(super) struct PageLinks {
    pub plain: Links,
    pub sparse: Links,
    pub compound: Links,
}

/// The links of a page, ready to be copied.
pub(super) struct Links {
    with_next: String,
    without_next: String,
}

impl PageLinks {
    /// Builds all of them; once per thread.
    pub(super) fn new(base: &str) -> Self {
        Self {
            plain: Links::new(base, PAGE, ""),
            sparse: Links::new(base, SPARSE, "fields%5Barticles%5D=title%2Cauthor&"),
            compound: Links::new(base, COMPOUND, "include=author%2Ccomments.author%2Ctags&"),
        }
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
pub(super) fn article_document<F: Fields>(row: &F, id: i64, shapes: &Shapes) -> Result<Vec<u8>, F::Error> {
    let mut out = Vec::with_capacity(2 << 10);
    shapes.article.document.write(&mut out, itoa::Buffer::new().format(id));
    write_article(&mut out, row, id, shapes)?;
    shapes.article.rest.write(&mut out, itoa::Buffer::new().format(id));
    out.push(b'}');
    Ok(out)
}

/// An article up to and with its editor; what follows depends on whether its comments and tags are included.
pub(super) fn write_article<F: Fields>(
    out: &mut Vec<u8>,
    row: &F,
    id: i64,
    shapes: &Shapes,
) -> Result<(), F::Error> {
    let mut digits = itoa::Buffer::new();
    let id = digits.format(id);
    let shape = &shapes.article;
    shape.title.write(out, id);
    string(out, row.text(1)?);
    out.extend_from_slice(br#","body":"#);
    string(out, row.text(2)?);
    out.extend_from_slice(br#","published":"#);
    out.extend_from_slice(if row.boolean(3)? { b"true" } else { b"false" });
    out.extend_from_slice(br#","created_at":"#);
    row.write_timestamp(4, out)?;
    shape.author.write(out, id);
    integer(out, row.integer(5)?);
    shape.editor.write(out, id);
    if let Some(editor) = row.optional_integer(6)? {
        out.extend_from_slice(br#"{"type":"people","id":""#);
        integer(out, editor);
        out.extend_from_slice(br#""}"#);
    } else {
        out.extend_from_slice(b"null");
    }
    Ok(())
}

/// A comment, from a row of its article's id, its own id, `body`, `created_at` and its author's id.
pub(super) fn write_comment<F: Fields>(
    out: &mut Vec<u8>,
    row: &F,
    id: &str,
    shapes: &Shapes,
) -> Result<(), F::Error> {
    let shape = &shapes.comment;
    shape.body.write(out, id);
    string(out, row.text(2)?);
    out.extend_from_slice(br#","created_at":"#);
    row.write_timestamp(3, out)?;
    shape.article.write(out, id);
    integer(out, row.integer(0)?);
    shape.author.write(out, id);
    integer(out, row.integer(4)?);
    shape.rest.write(out, id);
    Ok(())
}

/// A person, from a row of id, `name`, `email` and `created_at`.
pub(super) fn write_person<F: Fields>(out: &mut Vec<u8>, row: &F, shapes: &Shapes) -> Result<(), F::Error> {
    let mut digits = itoa::Buffer::new();
    let id = digits.format(row.integer(0)?);
    shapes.person.name.write(out, id);
    string(out, row.text(1)?);
    out.extend_from_slice(br#","email":"#);
    string(out, row.text(2)?);
    out.extend_from_slice(br#","created_at":"#);
    row.write_timestamp(3, out)?;
    shapes.person.rest.write(out, id);
    Ok(())
}

pub(super) fn integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}
