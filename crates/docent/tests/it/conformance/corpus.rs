//! Documents of every kind of URL and every kind of failure: what a rule about each document is checked on.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;

use super::anatomy::{Kind, parts};
use super::fixture::{ATOMIC, Api, UNKNOWN_EXTENSION, api};
use crate::harness::JSON_API;
use crate::harness::http::Response;
use crate::harness::links::href;

/// Where an answer with 200 is expected, and how: each kind of URL, empty and not, each parameter.
pub(super) const FOUND: &[&str] = &[
    "/",
    "/albums",
    "/albums?page[limit]=2",
    "/albums?page[limit]=3&page[offset]=3",
    "/albums?page[number]=2&page[size]=3",
    "/albums?page[count]=true&page[limit]=1",
    "/albums?page[size]=3",
    "/albums?page[size]=5&include=artist&sort=-year",
    "/albums/1",
    "/albums/1?include=tags",
    "/albums/2?include=tracks,tags,artist.albums,producer",
    "/albums?include=artist,tracks.writer",
    "/albums?include=tracks&page[tracks][limit]=2",
    "/albums?fields[albums]=title",
    "/albums?fields[albums]=",
    "/albums?include=artist&fields[albums]=title",
    "/albums?sort=-year,title",
    "/albums?filter[year]=1998",
    "/albums?filter[title]=none&include=artist",
    "/albums/1/artist",
    "/albums/1/artist?include=albums",
    "/albums/1/producer",
    "/albums/1/producer?include=albums",
    "/albums/1/tracks",
    "/albums/1/tracks?include=writer",
    "/albums/1/tags",
    "/albums/2/tracks",
    "/albums/2/tracks?page[size]=10",
    "/albums/2/tracks?sort=-seconds&page[limit]=7",
    "/albums/1/relationships/artist",
    "/albums/1/relationships/producer",
    "/albums/1/relationships/tracks",
    "/albums/1/relationships/tracks?include=tracks.writer",
    "/albums/1/relationships/tags",
    "/albums/2/relationships/tracks",
    "/albums/2/relationships/tracks?page[size]=10",
    "/albums/2/relationships/tags",
    "/artists",
    "/artists/5?include=albums.artist,biographies",
    "/artists/5/biographies",
    "/artists/7/biographies",
    "/artists/7/relationships/biographies",
    "/biographies?include=artist",
    "/people",
    "/people/1?include=people.people,mentor",
    "/people/5?include=mentor.people",
    "/l%C3%A4nder",
    "/l%C3%A4nder/%E6%97%A5?include=artists",
    "/chart_entries?include=chart,album",
    "/chart_entries/1~1",
    "/chart_entries/1~%257E%2525?include=album",
    "/charts/1?include=chart_entries.album",
    "/labels",
    "/labels?include=founder",
    "/tags?include=albums",
    "/tags/a%2Fb/albums",
    "/tracks?page[offset]=60",
    "/words",
];

/// What fails, and with which status.
pub(super) const FAILING: &[(&str, u16)] = &[
    ("/nope", 404),
    ("/albums/999", 404),
    ("/albums/999?include=artist", 404),
    ("/albums/999/artist", 404),
    ("/albums/1/nope", 404),
    ("/albums/999/relationships/tracks", 404),
    ("/albums/1/relationships/nope", 404),
    ("/albums?include=nope", 400),
    ("/albums/1?include=tracks.nope", 400),
    ("/albums?sort=nope", 400),
    ("/albums/1?sort=title", 400),
    ("/albums?filter[nope]=1", 400),
    ("/albums?filter[year]=abc", 400),
    ("/albums?page[nope]=1", 400),
    ("/albums?page[size]=100000", 400),
    ("/albums?page[size]=abc", 400),
    ("/albums?fields=title", 400),
    ("/albums?foo=1", 400),
    ("/albums?foo=1&bar=2&include=artist", 400),
];

/// An answer of the server.
#[derive(Debug)]
pub(super) struct Answer {
    /// What was asked.
    pub(super) request: String,
    /// The status that is expected.
    pub(super) expected: u16,
    /// What came back.
    pub(super) response: Response,
    /// Its body, `null` if it is no JSON.
    pub(super) document: Value,
}

/// The answers to everything in [`FOUND`] that was found: a wrong status shall fail one test, not all.
pub(super) fn found() -> Vec<&'static Answer> {
    asked().iter().filter(|answer| answer.response.status == answer.expected).collect()
}

/// The answers to everything in [`FOUND`].
pub(super) fn asked() -> &'static [Answer] {
    static ANSWERS: OnceLock<Vec<Answer>> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let mut api = api();
        FOUND.iter().map(|target| get(&mut api, target, 200)).collect()
    })
}

/// The answers to everything in [`FAILING`], to other methods, and to headers that must be refused.
pub(super) fn failed() -> &'static [Answer] {
    static ANSWERS: OnceLock<Vec<Answer>> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let mut api = api();
        let mut answers: Vec<_> =
            FAILING.iter().map(|(target, status)| get(&mut api, target, *status)).collect();
        let mut add = |method: &str, header: (&str, &str), status| {
            let headers = [("Accept", JSON_API), header];
            let headers = if header.0 == "Accept" { &headers[1..] } else { &headers[..] };
            let response = api.send(method, "/albums/1", headers);
            answers.push(Answer::new(&format!("{method} /albums/1 {header:?}"), response, status));
        };
        add("PUT", ("X-Test", "1"), 405);
        add("GET", ("Accept", &format!("{JSON_API};charset=utf-8")), 406);
        add("GET", ("Accept", &format!("{JSON_API};ext=\"{UNKNOWN_EXTENSION}\"")), 406);
        add("GET", ("Content-Type", &format!("{JSON_API};charset=utf-8")), 415);
        add("GET", ("Content-Type", &format!("{JSON_API};ext=\"{ATOMIC} {UNKNOWN_EXTENSION}\"")), 415);
        answers
    })
}

/// All answers.
pub(super) fn all() -> impl Iterator<Item = &'static Answer> {
    found().into_iter().chain(failed())
}

/// URLs of links of that name in parts of that kind, each once.
pub(super) fn links(parents: Kind, name: &str) -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    for answer in found() {
        for part in parts(&answer.document).iter().filter(|part| part.kind == parents) {
            urls.extend(part.value["links"].get(name).and_then(href).map(str::to_owned));
        }
    }
    urls
}

fn get(api: &mut Api, target: &str, status: u16) -> Answer {
    Answer::new(target, api.get(target), status)
}

impl Answer {
    fn new(request: &str, response: Response, expected: u16) -> Self {
        let document = serde_json::from_slice(&response.body).unwrap_or_default();
        Self { request: request.to_owned(), expected, response, document }
    }

    /// The media type of the body.
    pub(super) fn content_type(&self) -> &str {
        self.response.header("content-type").unwrap_or_default()
    }
}
