//! Every processed text in recordings of a real site, if there are some: `DOCENT_RECORDINGS` names their folder.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Captions, Format, array, context, format, text};
use crate::gather::ShownFiles;
use crate::text::Context;

type Sample = (String, String, String);

fn collect(value: &Value, samples: &mut BTreeSet<Sample>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, samples)),
        Value::Object(members) => {
            let member = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
            if let (Some(value), Some(processed)) = (member("value"), member("processed")) {
                let format = member("format").unwrap_or_else(|| "plain_text".into());
                samples.insert((format, value, processed));
            }
            members.values().for_each(|member| collect(member, samples));
        }
        _ => {}
    }
}

fn format_of(id: &str) -> Format {
    let lists = "<a href hreflang> <em> <strong> <cite> <blockquote cite> <ul type> <ol start type> <li> <dl> <dt> \
                 <dd> <h2 id> <h3 id> <h4 id> <h5 id> <h6 id>";
    let media =
        "<drupal-media data-entity-type data-entity-uuid data-view-mode data-align data-caption alt title>";
    let image =
        "<img src alt loading height width data-entity-type data-entity-uuid data-align data-caption>";
    let allowed = |more: &str| array([("allowed_html", text(&format!("{lists} {more}")))]);
    let none = || array([]);
    match id {
        "basic_html" => format(&[
            ("filter_html", allowed(&format!("<p> <br> {image} {media}"))),
            ("filter_autop", none()),
            ("filter_align", none()),
            ("filter_caption", none()),
            ("filter_html_image_secure", none()),
            ("editor_file_reference", none()),
            ("filter_image_lazy_load", none()),
            ("media_embed", none()),
        ]),
        "restricted_html" => {
            format(&[("filter_html", allowed("<code>")), ("filter_autop", none()), ("filter_url", none())])
        }
        "full_html" => format(&[
            ("filter_align", none()),
            ("filter_caption", none()),
            ("filter_htmlcorrector", none()),
            ("editor_file_reference", none()),
            ("filter_image_lazy_load", none()),
            ("media_embed", none()),
        ]),
        "plain_text" => {
            format(&[("filter_html_escape", none()), ("filter_autop", none()), ("filter_url", none())])
        }
        other => panic!("a text has the format {other:?}"),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests should know what was not tested")]
fn recorded_texts_are_processed_alike() {
    let Some(folder) = std::env::var_os("DOCENT_RECORDINGS") else {
        eprintln!("SKIPPED: DOCENT_RECORDINGS does not name a folder of recordings");
        return;
    };
    let mut samples = BTreeSet::new();
    for entry in std::fs::read_dir(std::path::Path::new(&folder).join("golden")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let recording: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            collect(&recording["response"], &mut samples);
        }
    }
    assert!(!samples.is_empty());
    let mut different = Vec::new();
    for (id, value, expected) in &samples {
        let files = ShownFiles::default();
        let context = Context { files: &files, ..context(Some(Captions::Classed)) };
        let format = format_of(id);
        let processed = format.process(value, &context);
        if processed.as_deref() != Ok(expected.as_str()) {
            different.push(format!("{id}: {value:?}\n  expected {expected:?}\n  but got  {processed:?}"));
        }
    }
    eprintln!("{} of {} texts are equal", samples.len() - different.len(), samples.len());
    assert!(different.is_empty(), "{}", different.join("\n"));
}
