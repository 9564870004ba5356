//! `filter_autop`.

use super::{compare, plain};

#[test]
fn blank_lines_make_paragraphs_and_line_ends_make_breaks() {
    compare(
        &plain(&["filter_autop"]),
        &[
            ("one", "<p>one</p>\n"),
            ("one\ntwo", "<p>one<br />\ntwo</p>\n"),
            ("one\r\ntwo", "<p>one<br />\ntwo</p>\n"),
            ("one\n\ntwo", "<p>one</p>\n<p>two</p>\n"),
            ("one\n \n\n\ntwo\n\n", "<p>one</p>\n<p>two</p>\n"),
            ("\n\none", "<p>\none</p>\n"),
            ("one  \n  two", "<p>one<br />\n  two</p>\n"),
            ("one<br />\ntwo", "<p>one<br />\ntwo</p>\n"),
            ("one<br />\n<br />two", "<p>one</p>\n<p>two</p>\n"),
            ("one<br>\ntwo", "<p>one<br><br />\ntwo</p>\n"),
            (" ", ""),
            ("\n", ""),
        ],
    );
}

#[test]
fn blocks_stand_outside_of_paragraphs() {
    compare(
        &plain(&["filter_autop"]),
        &[
            ("<p>one</p>", "<p>one</p>\n"),
            ("<p>one</p>\n\n<p>two</p>", "<p>one</p>\n<p>two</p>\n"),
            ("<p class=\"x\">one\ntwo</p>", "<p class=\"x\">one<br />\ntwo</p>\n"),
            ("before<div>in</div>after", "<p>before\n<div>in</div>\n<p>after</p>\n"),
            ("<h2>one</h2>\ntwo", "<h2>one</h2>\n<p>two</p>\n"),
            ("<ul>\n  <li>one</li>\n  <li>two</li>\n</ul>", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
            (
                "<ul><li>one<ul><li>two</li></ul></li></ul>",
                "<ul>\n<li>one\n<ul>\n<li>two</li>\n</ul>\n</li>\n</ul>\n",
            ),
            ("<blockquote>one\n\ntwo</blockquote>", "<blockquote><p>one</p>\n<p>two</p></blockquote>\n"),
            ("<table><tr><td>a</td></tr></table>", "<table>\n<tr>\n<td>a</td>\n</tr>\n</table>\n"),
            ("a <strong>b</strong>", "<p>a <strong>b</strong></p>\n"),
            ("<hr />\nx", "<hr />\nx</p>\n"),
        ],
    );
}

#[test]
fn some_elements_and_comments_are_kept_as_they_are() {
    compare(
        &plain(&["filter_autop"]),
        &[
            ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
            ("x\n<pre>a\n\nb</pre>\ny", "<p>x</p>\n<pre>a\n\nb</pre><p>y</p>\n"),
            ("<script>a\n\n<pre>b</script>c", "<script>a\n\n<pre>b</script><p>c</p>\n"),
            ("<pre>a\n\nb", "<pre>a\n\nb"),
            ("a <!-- b\nc --> d", "<p>a </p>\n<!-- b\nc --><p> d</p>\n"),
            ("<textarea>a\nb</textarea>", "<p><textarea>a<br />\nb</textarea></p>\n"),
        ],
    );
}

#[test]
fn ampersands_that_begin_no_entity_are_escaped() {
    compare(
        &plain(&["filter_autop"]),
        &[
            ("R & D", "<p>R &amp; D</p>\n"),
            ("&lt; &eacute; &#233;", "<p>&lt; &eacute; &#233;</p>\n"),
            ("a&b;", "<p>a&amp;b;</p>\n"),
            ("&é &", "<p>&amp;é &amp;</p>\n"),
        ],
    );
}
