//! `filter_url`.

use super::{array, compare, context, format, plain};
use crate::php::Php;

#[test]
fn urls_become_links() {
    compare(
        &plain(&["filter_url"]),
        &[
            ("http://example.com", "<a href=\"http://example.com\">http://example.com</a>"),
            ("see http://example.com/a.", "see <a href=\"http://example.com/a\">http://example.com/a</a>."),
            ("(http://example.com/a)", "(<a href=\"http://example.com/a\">http://example.com/a</a>)"),
            ("http://a.bc/d_(e)!", "<a href=\"http://a.bc/d_(e)\">http://a.bc/d_(e)</a>!"),
            (
                "https://a.bc/?d=e&amp;f=g#h, i",
                "<a href=\"https://a.bc/?d=e&amp;f=g#h\">https://a.bc/?d=e&amp;f=g#h</a>, i",
            ),
            ("ftp://u:p@127.0.0.1/x", "<a href=\"ftp://u:p@127.0.0.1/x\">ftp://u:p@127.0.0.1/x</a>"),
            ("http://localhost:8080/", "<a href=\"http://localhost:8080/\">http://localhost:8080/</a>"),
            ("http://münchen.de/ä", "<a href=\"http://münchen.de/ä\">http://münchen.de/ä</a>"),
            ("HTTP://example.com", "HTTP://example.com"),
            ("javascript:x", "javascript:x"),
            ("http://", "http://"),
        ],
    );
}

#[test]
fn addresses_without_protocol_become_links() {
    compare(
        &plain(&["filter_url"]),
        &[
            ("me@example.com.", "<a href=\"mailto:me@example.com\">me@example.com</a>."),
            ("me@localhost", "me@localhost"),
            ("www.example.com/x?", "<a href=\"http://www.example.com/x\">www.example.com/x</a>?"),
            (
                "www.example.com or a.b@c.org",
                "<a href=\"http://www.example.com\">www.example.com</a> or <a href=\"mailto:a.b@c.org\">a.b@c.org</a>",
            ),
            ("http://www.example.com", "<a href=\"http://www.example.com\">http://www.example.com</a>"),
            ("example.com", "example.com"),
        ],
    );
}

#[test]
fn tags_comments_and_some_elements_are_left_alone() {
    compare(
        &plain(&["filter_url"]),
        &[
            ("<a href=\"http://a.bc\">http://a.bc</a>", "<a href=\"http://a.bc\">http://a.bc</a>"),
            ("<img src=\"http://a.bc/d\">", "<img src=\"http://a.bc/d\">"),
            ("<code>www.a.bc</code> ", "<code>www.a.bc</code> "),
            ("<PRE class=x>www.a.bc</PRE>", "<PRE class=x>www.a.bc</PRE>"),
            ("<!-- www.a.bc <b> --> x", "<!-- www.a.bc <b> --> x"),
            ("<b>www.a.bc</b>", "<b><a href=\"http://www.a.bc\">www.a.bc</a></b>"),
            ("<pre>a.b@c.de", "<pre>a.b@c.de"),
        ],
    );
}

#[test]
fn texts_of_links_are_cut() {
    let length = |length| format(&[("filter_url", array([("filter_url_length", Php::Integer(length))]))]);
    compare(
        &length(12),
        &[
            ("http://a.bcd", "<a href=\"http://a.bcd\">http://a.bcd</a>"),
            ("http://a.bc/defg", "<a href=\"http://a.bc/defg\">http://a.bc…</a>"),
            ("http://abcd.ef", "<a href=\"http://abcd.ef\">http://abcd…</a>"),
            ("http://abc.defg", "<a href=\"http://abc.defg\">http://abc…</a>"),
        ],
    );
    let long = format!("http://a.bc/{}", "d".repeat(100));
    let processed = plain(&["filter_url"]).process(&long, &context(None)).unwrap();
    assert!(processed.ends_with(&format!(">{}…</a>", &long[..71])));
}
