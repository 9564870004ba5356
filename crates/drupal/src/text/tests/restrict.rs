//! `filter_html` and `filter_html_escape`.

use super::{array, compare, context, format, plain, restricted, text};

#[test]
fn tags_that_are_not_listed_go_and_their_content_stays() {
    compare(
        &restricted("<p> <strong> <a href>"),
        &[
            ("", ""),
            ("plain", "plain"),
            ("<p>One <strong>two</strong></p>", "<p>One <strong>two</strong></p>"),
            ("<P>One</P>", "<p>One</p>"),
            ("<div><p>a</p></div>", "<p>a</p>"),
            ("<script>alert(1)</script>", "alert(1)"),
            ("<style>p { color: red }</style>x", "p { color: red }x"),
            ("a<!-- secret -->b", "ab"),
            ("a<!-- two\nlines -->b", "ab"),
            ("a<!-- <p>\nlines -->b", "a\nlines --&gt;b"),
            ("<![CDATA[x]]>y", "y"),
            ("<?php echo 1 ?>y", "&lt;?php echo 1 ?&gt;y"),
            ("<!DOCTYPE html>y", "y"),
            ("</ p>x</p >", "x"),
            ("<p", "<p></p>"),
            ("<p>unclosed <strong>strong", "<p>unclosed <strong>strong</strong></p>"),
            ("<p>one<p>two", "<p>one</p><p>two</p>"),
            ("<strong><p>wrong</strong> order</p>", "<strong><p>wrong</p></strong> order"),
            ("  <p>x</p> \n", "<p>x</p>"),
        ],
    );
}

#[test]
fn lone_brackets_and_ampersands_become_entities() {
    compare(
        &restricted("<p>"),
        &[
            ("1 < 2 > 1", "1 &lt; 2 &gt; 1"),
            ("a <", "a &lt;"),
            ("R & D", "R &amp; D"),
            ("&amp; &lt; &gt;", "&amp; &lt; &gt;"),
            ("&copy; &eacute; &#233; &#xe9; &#XE9;", "© é é é é"),
            ("&#x00e9; &#x1F600;", "é &amp;#x1F600;"),
            ("a&nbsp;b\u{a0}c", "a&nbsp;b&nbsp;c"),
            ("&bogus; &notanentity", "&amp;bogus; &amp;notanentity"),
            ("a&{alert(1)};b", "ab"),
            ("a& {open", "a"),
            ("null\0byte", "nullbyte"),
        ],
    );
}

#[test]
fn attributes_are_restricted_by_name_and_value() {
    compare(
        &restricted(
            "<a href hreflang> <ol start type='1 A'> <h2 id='jump-*'> <p data-*> <span class=\"one two-*\"> <br>",
        ),
        &[
            ("<a href='/x' target=_blank>x</a>", "<a href=\"/x\">x</a>"),
            ("<a href=/x class=y>x</a>", "<a href=\"/x\">x</a>"),
            ("<A HREF=\"/X\">x</A>", "<a href=\"/X\">x</a>"),
            ("<ol type='1' start=5><li>x</ol>", "<ol type=\"1\" start=\"5\">x</ol>"),
            ("<ol type='i'>x</ol>", "<ol>x</ol>"),
            ("<h2 id='jump-up'>x</h2>", "<h2 id=\"jump-up\">x</h2>"),
            ("<h2 id='other'>x</h2>", "<h2>x</h2>"),
            ("<p data-a=1 data-b>x</p>", "<p data-a=\"1\" data-b>x</p>"),
            ("<span class='two-b three one'>x</span>", "<span class=\"two-b one\">x</span>"),
            ("<span class='three'>x</span>", "<span>x</span>"),
            ("<p lang=de dir=rtl style='x' id=y>x</p>", "<p lang=\"de\" dir=\"rtl\">x</p>"),
            ("<p dir=up>x</p>", "<p>x</p>"),
            ("<p onclick='x()' ONLOAD=y>x</p>", "<p>x</p>"),
            ("<a href=\"a\"b>x</a>", "<a>x</a>"),
            ("<a href='it\"s'>x</a>", "<a href=\"it&quot;s\">x</a>"),
            ("<a href>x</a>", "<a href>x</a>"),
            ("<a title=\"a > b\" href=c>x</a>", "<a> b\" href=c&gt;x</a>"),
            ("one<br/>two<br />three", "one<br>two<br>three"),
        ],
    );
}

#[test]
fn dangerous_protocols_are_cut_off() {
    compare(
        &restricted("<a href title> <img src alt>"),
        &[
            ("<a href=\"javascript:alert(1)\">x</a>", "<a href=\"alert(1)\">x</a>"),
            ("<a href=\"JaVaScRiPt:alert(1)\">x</a>", "<a href=\"alert(1)\">x</a>"),
            ("<a href=\"javascript&#58;alert(1)\">x</a>", "<a href=\"alert(1)\">x</a>"),
            ("<a href=\"java&#x0A;script:x\">x</a>", "<a href=\"x\">x</a>"),
            ("<a href=\"vbscript:data:x\">x</a>", "<a href=\"x\">x</a>"),
            ("<a href=\"javascript:http://a.b\">x</a>", "<a href=\"http://a.b\">x</a>"),
            ("<a href=\"HTTPS://a.b/?c=d&amp;e=f\">x</a>", "<a href=\"HTTPS://a.b/?c=d&amp;e=f\">x</a>"),
            ("<a href=\"mailto:a@b.c\">x</a>", "<a href=\"mailto:a@b.c\">x</a>"),
            ("<a href=\"/path:with\">x</a>", "<a href=\"/path:with\">x</a>"),
            ("<a href=\":x\">x</a>", "<a href=\":x\">x</a>"),
            ("<a title=\"note: this\">x</a>", "<a title=\"note: this\">x</a>"),
            ("<img src=x alt=''>", "<img src=\"x\" alt>"),
        ],
    );
}

#[test]
fn links_can_be_told_not_to_be_followed() {
    let settings =
        array([("allowed_html", text("<a href>")), ("filter_html_nofollow", crate::php::Php::Bool(true))]);
    compare(
        &format(&[("filter_html", settings)]),
        &[("<a href=x>y</a>", "<a href=\"x\" rel=\"nofollow\">y</a>")],
    );
}

#[test]
fn elements_with_raw_text_can_be_listed() {
    compare(
        &restricted("<iframe src> <p class>"),
        &[
            (
                "<iframe src='/v' width=1>a & b</iframe><p class=c>x",
                "<iframe src=\"/v\">a &amp; b</iframe><p class=\"c\">x</p>",
            ),
            ("<iframe></iframe>", "<iframe></iframe>"),
        ],
    );
}

#[test]
fn html_is_escaped() {
    compare(
        &plain(&["filter_html_escape"]),
        &[
            (" <b>\"a\" & 'b'</b>\n", "&lt;b&gt;&quot;a&quot; &amp; &#039;b&#039;&lt;/b&gt;"),
            ("&amp;", "&amp;amp;"),
        ],
    );
}

#[test]
fn formats_that_are_disabled_or_not_known_in_full() {
    let mut disabled = plain(&["filter_autop"]);
    disabled.enabled = false;
    assert_eq!(disabled.process("x", &context(None)).as_deref(), Ok(""));
    let unknown = plain(&["filter_autop", "geshi"]);
    assert_eq!(unknown.process("x", &context(None)), Err("geshi"));
    compare(&plain(&["filter_null"]), &[("x", "")]);
    compare(&plain(&[]), &[("<p>\r\nx\ry", "<p>\nx\ny")]);
}

#[test]
fn filters_are_ordered_by_weight_provider_and_id() {
    use crate::php::{Key, Php};
    let filter = |weight, provider: &str, status| {
        let status = Php::Bool(status);
        array([("status", status), ("weight", Php::Integer(weight)), ("provider", text(provider))])
    };
    let filters = [
        ("filter_url", filter(0, "filter", true)),
        ("filter_autop", filter(0, "filter", true)),
        ("filter_html_escape", filter(-10, "filter", true)),
        ("filter_null", filter(5, "filter", false)),
        ("media_embed", filter(0, "aaa", true)),
    ];
    let filters = filters.into_iter().map(|(id, filter)| (Key::Text(id.into()), filter)).collect();
    let format = super::Format::of(&array([("status", Php::Bool(true)), ("filters", Php::Array(filters))]));
    compare(
        &format,
        &[("a <http://a.bc>", "<p>a &lt;<a href=\"http://a.bc&amp;gt\">http://a.bc&amp;gt</a>;</p>\n")],
    );
}

#[test]
fn a_text_that_is_nested_too_deep_is_not_processed() {
    let deep = "<b>".repeat(1000);
    assert_eq!(restricted("<b>").process(&deep, &context(None)), Err("filter_html"));
    assert!(restricted("<b>").process(&deep[..900], &context(None)).is_ok());
}
