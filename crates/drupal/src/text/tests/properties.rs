//! What holds of every text.

use proptest::prelude::*;

use super::{Captions, context, plain, restricted};

/// Pieces that mean something to filters.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/",
    "=",
    "\"",
    "'",
    " ",
    "\n",
    "&",
    ";",
    "#",
    "!",
    "?",
    "-",
    ":",
    "a",
    "p",
    "é",
    "😀",
    "<p>",
    "</p>",
    "<br />",
    "<a href=",
    "<img src=",
    "onclick=",
    "style=",
    "javascript:",
    "data-align=left ",
    "data-caption=\"x <b>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<script>",
    "</script>",
    "<svg>",
    "</svg>",
    "<ul><li>",
    "<table><tr><td>",
    "</table>",
    "<blockquote>",
    "</blockquote>",
    "<textarea>",
    "<pre>",
    "</pre>",
    "&amp;",
    "&#x6a;",
    "&#0;",
    "&{",
    "}",
    "http://a.bc/",
    "www.",
    "@",
    ".de",
    "(",
    ")",
    "\0",
    "\r",
    "\t",
    "</body>",
    "<html>",
];

fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => proptest::sample::select(PIECES).prop_map(String::from), 1 => ".{0,4}"];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_text_can_be_processed(text in markup()) {
        let filters = [
            "filter_autop", "filter_url", "filter_align", "filter_caption", "filter_html_image_secure",
            "editor_file_reference", "filter_image_lazy_load", "filter_htmlcorrector", "media_embed",
        ];
        for filter in filters {
            let format = plain(&[filter]);
            let processed = format.process(&text, &context(Some(Captions::Plain)));
            prop_assert!(processed.is_ok() || processed == Err(filter));
        }
        let format = plain(&filters);
        let processed = format.process(&text, &context(Some(Captions::Classed)));
        prop_assert!(processed.is_ok() || processed.is_err_and(|filter| filters.contains(&filter)));
    }

    #[test]
    fn only_what_is_allowed_remains(text in markup()) {
        let format = restricted("<p> <a href> <img src alt> <ul> <li>");
        let html = format.process(&text, &context(None)).unwrap();
        for (at, _) in html.match_indices('<') {
            let tag = &html[at + 1..at + html[at..].find('>').unwrap()];
            let name = tag.trim_start_matches('/').split(' ').next().unwrap();
            prop_assert!(["p", "a", "img", "ul", "li"].contains(&name), "{tag:?} in {html:?}");
            for attribute in tag.split(' ').skip(1).filter(|part| part.contains('=')) {
                let name = attribute.split('=').next().unwrap();
                prop_assert!(!name.starts_with("on") && name != "style", "{tag:?} in {html:?}");
            }
            prop_assert!(!tag.contains("=\"javascript:"), "{tag:?} in {html:?}");
        }
    }

    #[test]
    fn correct_html_remains_as_it_is(text in markup()) {
        let format = restricted("<p> <a href> <img src alt> <ul> <li>");
        let once = format.process(&text, &context(None)).unwrap();
        prop_assert_eq!(format.process(&once, &context(None)).unwrap(), once);
    }
}
