//! Every request in the documentation is made.

use super::answers::differences;
use super::shell::{Curl, commands};
use super::{Page, Served, assert_none, pages};
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};

/// The address that examples ask. Tests send it as `Host`, so that links are as the documentation shows them.
const AUTHORITY: &str = "127.0.0.1:8080";

#[test]
fn requests_are_answered_as_shown() {
    let mut faults = Vec::new();
    let mut made = 0;
    for page in pages() {
        made += ask(&page, &mut faults);
    }
    assert!(made > 100, "only {made} requests were found");
    assert_none(&faults);
}

/// Makes the requests of a page, and tells how many there were.
fn ask(page: &Page, faults: &mut Vec<String>) -> usize {
    let mut asking = Asking { page, server: None, configuration: None, last: None, etag: String::new() };
    let mut made = 0;
    for (number, block) in page.blocks.iter().enumerate() {
        match block.language.as_str() {
            "toml" | "toml added" => {
                asking.configuration = page.configuration_at(number);
                asking.server = None;
            }
            "sh" => {
                asking.last = None;
                for command in commands(&block.text) {
                    let Some(curl) = command.curl().filter(|curl| curl.url.contains(AUTHORITY)) else {
                        continue;
                    };
                    let place = page.at(block.line + command.line);
                    let response = asking.send(&curl);
                    if response.status != command.status() {
                        let (status, expected) = (response.status, command.status());
                        faults.push(format!(
                            "{place}: {} is answered with {status}, not {expected}: {}",
                            curl.url,
                            response.text()
                        ));
                    }
                    asking.last = Some((place, response));
                    made += 1;
                }
            }
            "json" => {
                if let Some((place, response)) = asking.last.take() {
                    let shown = serde_json::from_str(&block.text).unwrap_or_else(|error| {
                        panic!("{} shows no JSON: {error}", page.at(block.line));
                    });
                    let differences = differences(&shown, &response.json());
                    faults.extend(differences.iter().map(|it| format!("{place}: in the answer {it}")));
                } else {
                    faults.push(format!("{}: to which request is this the answer?", page.at(block.line)));
                }
            }
            _ => {}
        }
    }
    made
}

/// What the requests of a page need.
struct Asking<'a> {
    page: &'a Page,
    /// Started when first needed.
    server: Option<(Server, Client, Served)>,
    /// The last configuration shown.
    configuration: Option<String>,
    /// The last answer, and where it was asked for.
    last: Option<(String, Response)>,
    /// The last `ETag` that was kept.
    etag: String,
}

impl Served {
    fn start(&self, options: Options) -> Server {
        match self {
            Self::Database(database) => {
                let args = vec!["--writable".to_owned()];
                Server::start(&database.location(), &Options { args, ..options })
            }
            Self::Site(coast) => Server::start(&coast.location(), &options),
        }
    }
}

impl Asking<'_> {
    fn send(&mut self, curl: &Curl) -> Response {
        let (_, client, _) = self.server.get_or_insert_with(|| {
            let config = self.configuration.clone();
            let options = Options { config, files: self.page.files(), ..Options::default() };
            let served = Served::of(self.page);
            let server = served.start(options);
            let client = server.client();
            (server, client, served)
        });
        let headers: Vec<(&str, String)> = curl
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.replace("$etag", &self.etag)))
            .collect();
        let mut headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.push(("Host", AUTHORITY));
        let response =
            client.send(&curl.method, &curl.url, &headers, curl.body.as_ref().map(String::as_bytes));
        if curl.keeps_etag {
            response.header("etag").expect("the answer has an `ETag`").clone_into(&mut self.etag);
        }
        response
    }
}
