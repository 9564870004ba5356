//! `filter_htmlcorrector`: how a text is parsed and printed.

use super::{compare, plain};

#[test]
fn elements_are_closed() {
    compare(
        &plain(&["filter_htmlcorrector"]),
        &[
            ("<b>a <i>b</b> c</i>", "<b>a <i>b</i></b> c"),
            ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c"),
            ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
            ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
            ("<p>a<div>b</div>c</p>d", "<p>a</p><div>b</div>cd"),
            (
                "<p>a<table><tr><td>b<td>c<tr><td>d</table>",
                "<p>a</p><table><tr><td>b</td><td>c</td></tr><tr><td>d</td></tr></table>",
            ),
            (
                "<table><thead><tr><th>a<tbody><tr><td>b</table>",
                "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
            ),
            ("<select><option>a<option>b</select>", "<select><option>a</option><option>b</option></select>"),
            ("a</b>c</p>", "ac"),
            ("a</br>b", "a<br>b"),
            ("a<br></br>b", "a<br><br>b"),
            ("<div/>a", "<div>a</div>"),
            ("<my-element/>a", "<my-element></my-element>a"),
            ("<span><p>a</span>b</p>", "<span><p>a</p></span>b"),
            ("a</body>b", "a"),
        ],
    );
}

#[test]
fn text_and_attributes_are_printed_alike() {
    compare(
        &plain(&["filter_htmlcorrector"]),
        &[
            ("a & b &amp; c &copy; &hearts;", "a &amp; b &amp; c © ♥"),
            ("a < b", "a  b"),
            ("a <b c", "a <b c></b>"),
            ("&#128; &#x1F600; &#0; &#x0;", "\u{80} 😀  &amp;x0;"),
            ("&copy &am;", "&amp;copy &amp;am;"),
            ("<a href=x title='a \"b\" <c>'>", "<a href=\"x\" title=\"a &quot;b&quot; &lt;c&gt;\"></a>"),
            ("<a href=x/>y</a>", "<a href=\"x/\">y</a>"),
            ("<a A=1 a=2 b = 3>x</a>", "<a a=\"2\" b=\"3\">x</a>"),
            ("<input disabled value=''>", "<input disabled value>"),
            ("<a 1=x @b=y c$=z _d:e=f>x</a>", "<a _d:e=\"f\">x</a>"),
            ("<a href=\"b<i>c</i>", "<a href=\"b&lt;i&gt;c&lt;/i&gt;\"></a>"),
            ("<a b <i>c</i>", "<a b><i>c</i></a>"),
            ("<image src=a>b", "<image src=\"a\"></image>b"),
            ("x\u{a0}y", "x&nbsp;y"),
        ],
    );
}

#[test]
fn what_is_neither_element_nor_text() {
    compare(
        &plain(&["filter_htmlcorrector"]),
        &[
            ("a<!-- b -- c -->d", "a<!-- b -- c -->d"),
            ("a<!---->b<!-->c", "a<!---->b<!---->c"),
            ("a<!-- b", "a<!-- b-->"),
            ("a<!-- b --!>c", "a<!-- b -->c"),
            ("a<![CDATA[b & <c>]]>d", "a<![CDATA[b & <c>]]>d"),
            ("a<![CDATA[b", "a<!--<![CDATA[b-->"),
            ("a<!b>c", "a<!--<!b>-->c"),
            ("a</ b>c", "a<!--</ b>-->c"),
            ("a<!DOCTYPE html>b", "ab"),
            ("a<!doctype html PUBLIC \"x\" \"y\">b", "ab"),
            ("a<?b c?>d", "a<?b c?>d"),
            ("a<?b>c", "a<!--<?bb>-->c"),
            ("a<", "a"),
            ("a</", "a"),
        ],
    );
}

#[test]
fn raw_text_is_not_parsed() {
    compare(
        &plain(&["filter_htmlcorrector"]),
        &[
            ("<script>a < b && c</script>d", "<script>a < b && c</script>d"),
            ("<script></script><b>c", "<script></script><b>c</b>"),
            ("<style>a > b</STYLE>c", "<style>a > b</style>c"),
            ("<iframe src=a><b></iframe>c", "<iframe src=\"a\"><b></iframe>c"),
            ("<textarea><b>&amp;</textarea>c", "<textarea>&lt;b&gt;&amp;</textarea>c"),
            ("<textarea>a", "<textarea>a</textarea>"),
            ("<script>a", "<script>a</script>"),
        ],
    );
}

#[test]
fn svg_keeps_its_names_and_closes_empty_elements() {
    compare(
        &plain(&["filter_htmlcorrector"]),
        &[
            (
                "<svg viewbox='0 0 1 1'><lineargradient id=a></lineargradient></svg><b>c",
                "<svg viewBox=\"0 0 1 1\"><linearGradient id=\"a\" /></svg><b>c</b>",
            ),
            (
                "<svg><use xlink:href='#a'/></svg>",
                "<svg><use xlink:href=\"#a\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" /></svg>",
            ),
            ("<math><mi>x</mi></math>", "<math><mi>x</mi></math>"),
        ],
    );
}
