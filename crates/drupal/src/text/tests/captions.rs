//! Filters that change elements by their attributes.

use super::{Captions, compare, context, plain};

#[test]
fn elements_are_aligned() {
    compare(
        &plain(&["filter_align"]),
        &[
            ("<img data-align='left' src=x>", "<img src=\"x\" class=\"align-left\">"),
            ("<p class='a b' data-align=center>x", "<p class=\"a b align-center\">x</p>"),
            ("<p data-align=top>x", "<p>x</p>"),
            ("<P Data-Align=right>x", "<p class=\"align-right\">x</p>"),
            ("data-align & <b>", "data-align &amp; <b></b>"),
            ("R & D <b>", "R & D <b>"),
        ],
    );
}

#[test]
fn elements_with_captions_go_into_figures() {
    let format = plain(&["filter_align", "filter_caption"]);
    compare(
        &format,
        &[
            (
                "a<img src=x alt='' data-caption='b <em>c</em> <u>d</u>'>e",
                "a<figure role=\"group\">\n<img alt src=\"x\">\n<figcaption>b <em>c</em> d</figcaption>\n</figure>\ne",
            ),
            (
                "<img src=x data-align=left class=z data-caption=b>",
                "<figure role=\"group\" class=\"z align-left\">\n<img src=\"x\">\n<figcaption>b</figcaption>\n</figure>\n",
            ),
            ("<img src=x data-caption=''>", "<img src=\"x\">"),
            (
                "<img src=x data-caption=' '>",
                "<figure role=\"group\">\n<img src=\"x\">\n<figcaption></figcaption>\n</figure>\n",
            ),
            (
                "<a href=y title='1 & 2'><img src=x data-caption='&amp;lt;'></a>",
                "<figure role=\"group\">\n<a href=\"y\" title=\"1 &amp; 2\"><img src=\"x\"></a>\n\
                 <figcaption>&lt;</figcaption>\n</figure>\n",
            ),
            (
                "<blockquote data-caption=b>x<!-- y --> &amp; z</blockquote>",
                "<figure role=\"group\">\n<blockquote>x &amp; z</blockquote>\n<figcaption>b</figcaption>\n</figure>\n",
            ),
        ],
    );
    let classed = format.process("<img data-align=right data-caption=b>", &context(Some(Captions::Classed)));
    let figure = "<figure role=\"group\" class=\"caption caption-img align-right\">\n<img>\n\
                  <figcaption>b</figcaption>\n</figure>\n";
    assert_eq!(classed.as_deref(), Ok(figure));
    assert_eq!(format.process("<img data-caption=b>", &context(None)), Err("filter_caption"));
    let twice = "<a href=x><img data-caption=b><img data-caption=c></a>";
    assert_eq!(format.process(twice, &context(Some(Captions::Plain))), Err("filter_caption"));
}

#[test]
fn the_themes_of_which_captions_are_known() {
    assert_eq!(Captions::of_theme("umami"), Some(Captions::Classed));
    assert_eq!(Captions::of_theme("olivero"), Some(Captions::Plain));
    assert_eq!(Captions::of_theme("our_own"), None);
}

#[test]
fn images_from_elsewhere_are_replaced() {
    let removed = "<img src=\"/core/misc/icons/e32700/error.svg\" alt=\"Image removed.\" title=\"Only our own.\" \
                   height=\"16\" width=\"16\" class=\"filter-image-invalid\">";
    compare(
        &plain(&["filter_html_image_secure"]),
        &[
            ("<img src='http://example.com/files/an%20image.png'>", "<img src=\"/files/an%20image.png\">"),
            ("<img src=/files/none.txt>", removed),
            ("<img src=http://example.org/files/an%20image.png>", removed),
            ("<img src=http://example.com:8080/files/an%20image.png>", removed),
            ("<img>", removed),
            ("a & b<br />", "a &amp; b<br>"),
        ],
    );
    let format = plain(&["filter_html_image_secure"]);
    assert_eq!(format.process("<img src=/unknown.png>", &context(None)), Err("filter_html_image_secure"));
}

#[test]
fn images_whose_size_is_known_load_late() {
    compare(
        &plain(&["filter_image_lazy_load"]),
        &[
            ("<img src=x width=1 height=2>", "<img src=\"x\" width=\"1\" height=\"2\" loading=\"lazy\">"),
            ("<img loading=eager width=1 height=2>", "<img loading=\"eager\" width=\"1\" height=\"2\">"),
            ("<img loading=auto width=1 height=2>", "<img loading=\"lazy\" width=\"1\" height=\"2\">"),
            ("<img src=x width=1>", "<img src=\"x\" width=\"1\">"),
            ("R & D <br /><img\nsrc=x>", "R & D <br /><img\nsrc=x>"),
        ],
    );
}

#[test]
fn files_have_their_present_urls() {
    let format = plain(&["editor_file_reference"]);
    let kind = "data-entity-type=\"file\"";
    compare(
        &format,
        &[
            (
                &format!("<img {kind} data-entity-uuid=image src=old>"),
                &format!(
                    "<img {kind} data-entity-uuid=\"image\" src=\"/files/image.png\" width=\"4\" height=\"3\">"
                ),
            ),
            (
                &format!("<img {kind} data-entity-uuid=image src=old width=9>"),
                &format!(
                    "<img {kind} data-entity-uuid=\"image\" src=\"/files/image.png\" width=\"9\" height=\"3\">"
                ),
            ),
            (
                &format!("<img {kind} data-entity-uuid=large src=old width=9 height=9>"),
                &format!(
                    "<img {kind} data-entity-uuid=\"large\" src=\"/files/large.png\" width=\"9\" height=\"9\">"
                ),
            ),
            (
                &format!("<img {kind} data-entity-uuid=text src=old>"),
                &format!("<img {kind} data-entity-uuid=\"text\" src=\"/files/text.png\">"),
            ),
            (
                &format!("<img {kind} data-entity-uuid=gone src=old>"),
                &format!("<img {kind} data-entity-uuid=\"gone\" src=\"old\">"),
            ),
            (
                "<img data-entity-type=file data-entity-uuid=image>",
                "<img data-entity-type=file data-entity-uuid=image>",
            ),
        ],
    );
    for unknown in ["elsewhere", "large"] {
        let text = format!("<img {kind} data-entity-uuid=\"{unknown}\" src=old>");
        assert_eq!(format.process(&text, &context(None)), Err("editor_file_reference"));
        assert_eq!(format.files_in(&text), [unknown]);
    }
    assert!(plain(&["filter_align"]).files_in("<img data-entity-uuid=x>").is_empty());
}

#[test]
fn media_are_not_shown() {
    let format = plain(&["media_embed"]);
    compare(&format, &[("a & <b>", "a & <b>")]);
    assert_eq!(format.process("a<Drupal-Media data-entity-uuid=x>", &context(None)), Err("media_embed"));
}
