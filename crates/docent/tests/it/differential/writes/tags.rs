//! Entity tags that were read, with what they stood for.

use serde_json::Value;

use super::super::random::Random;

/// Tags kept at most.
const KEPT: usize = 200;

/// The tags of a client.
#[derive(Debug, Default)]
pub(super) struct Tags(Vec<(Vec<String>, String, Value)>);

impl Tags {
    /// Keeps the tag of a URL and the document it came with.
    pub(super) fn remember(&mut self, segments: Vec<String>, tag: String, document: Value) {
        self.0.push((segments, tag, document));
        self.0.drain(..self.0.len().saturating_sub(KEPT));
    }

    /// One of the tags of that URL.
    pub(super) fn some(&self, segments: &[String], random: &mut Random) -> Option<(String, Value)> {
        let known: Vec<_> = self.0.iter().filter(|(other, ..)| other == segments).collect();
        if known.is_empty() {
            return None;
        }
        let (_, tag, document) = random.pick(&known);
        Some((tag.clone(), document.clone()))
    }
}
