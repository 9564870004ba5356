//! What Drupal was asked, and what it answered.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The folder when `DOCENT_RECORDINGS` names none, below the root of the project.
const DEFAULT_FOLDER: &str = "../shared/drupal";

/// One exchange with Drupal.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) name: String,
    /// The setting it was made in.
    pub(super) state: String,
    pub(super) method: String,
    /// Path and query, as they were sent.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) sent: Option<Vec<u8>>,
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) answered: Vec<(String, String)>,
    pub(super) body: Value,
}

/// The folder with the recordings. Nothing if there is none, which is printed, and allowed only where no continuous
/// integration relies on it.
#[allow(
    clippy::print_stdout,
    reason = "whoever reads the output of a test wants to know that it did nothing"
)]
pub(super) fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let named = std::env::var_os("DOCENT_RECORDINGS").filter(|value| !value.is_empty());
    let folder = named.as_ref().map_or_else(|| root.join(DEFAULT_FOLDER), PathBuf::from);
    if folder.join("golden").is_dir() {
        return Some(folder);
    }
    assert!(
        named.is_none() && std::env::var_os("CI").is_none(),
        "no recordings of Drupal in {}",
        folder.display()
    );
    println!("\n*** NOTHING WAS REPLAYED: no recordings of Drupal in {} ***\n", folder.display());
    None
}

/// All reads, in the order in which they were made, whose names contain this text.
pub(super) fn reads(folder: &Path, part: &str) -> Vec<Recording> {
    let entries = std::fs::read_dir(folder.join("golden")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    paths.sort();
    let read = |path: &PathBuf| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let recordings = paths.iter().map(read).filter(|recorded| recorded["kind"] == "read");
    recordings.map(|recorded| Recording::new(&recorded)).filter(|it| it.name.contains(part)).collect()
}

impl Recording {
    fn new(recorded: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
        let fields = |value: &Value| -> Vec<(String, String)> {
            value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect()
        };
        let (request, response) = (&recorded["request"], &recorded["response"]);
        let mut headers = fields(&request["headers"]);
        headers.extend(credentials(request["auth"].as_str().unwrap_or("anonymous")));
        let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
        Self {
            name: text(&recorded["name"]),
            state: text(&recorded["state"]),
            method: text(&request["method"]),
            target: text(&request["path"]),
            headers,
            sent: sent(&request["body"]),
            status: response["status"].as_u64().and_then(|it| it.try_into().ok()).unwrap(),
            answered: fields(&response["headers"]).into_iter().map(lower).collect(),
            body: response["body"].clone(),
        }
    }

    /// What its name begins with: what it is about.
    pub(super) fn topic(&self) -> &str {
        self.name.split('-').next().unwrap_or_default()
    }

    /// A header field of the answer.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.answered.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether it asked for a collection, which is in no order unless it asked for one.
    pub(super) fn is_unordered_collection(&self) -> bool {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let inside = path.split_once("/jsonapi/").map_or("", |(_, inside)| inside);
        let is_collection = inside.split('/').filter(|segment| !segment.is_empty()).count() == 2;
        let is_sorted = query.split('&').any(|parameter| parameter.starts_with("sort"));
        is_collection && !is_sorted
    }
}

/// The users of the recordings have passwords named after them, except who sends a wrong one.
fn credentials(user: &str) -> Option<(String, String)> {
    let pair = match user {
        "anonymous" => return None,
        "badpass" => "editor:wrong".to_owned(),
        name => format!("{name}:{name}-pass"),
    };
    Some(("Authorization".to_owned(), format!("Basic {}", STANDARD.encode(pair))))
}

fn sent(body: &Value) -> Option<Vec<u8>> {
    match body {
        Value::Null => None,
        Value::String(text) => Some(text.clone().into_bytes()),
        other => Some(match other["base64"].as_str() {
            Some(encoded) => STANDARD.decode(encoded).unwrap(),
            None => serde_json::to_vec(other).unwrap(),
        }),
    }
}
