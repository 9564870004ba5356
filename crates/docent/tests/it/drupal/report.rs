//! What a replay came to: how many recordings of each topic, and each that differs.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::compare::Difference;
use super::recording::Recording;
use super::replay::Verdict;
use super::sites::Kind;

/// How many recordings may be waived, in percent.
const WAIVED_PERCENT_MAX: usize = 5;

/// Longest value shown, in characters.
const SHOWN_CHARS: usize = 300;

/// What became of all recordings.
pub(super) struct Report {
    kind: Kind,
    is_detailed: bool,
    /// Equal, different and waived ones of each topic.
    counts: BTreeMap<String, [usize; 3]>,
    different: Vec<(String, Vec<Difference>)>,
    waived: BTreeMap<&'static str, Vec<String>>,
    invalid: Vec<String>,
}

impl Report {
    pub(super) fn new(kind: Kind, is_detailed: bool) -> Self {
        Self {
            kind,
            is_detailed,
            counts: BTreeMap::new(),
            different: Vec::new(),
            waived: BTreeMap::new(),
            invalid: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, recorded: &Recording, verdict: Verdict) {
        let counts = self.counts.entry(recorded.topic().to_owned()).or_default();
        match verdict {
            Verdict::Equal => counts[0] += 1,
            Verdict::Different(differences) => {
                counts[1] += 1;
                let request = format!("{}: {} {}", recorded.name, recorded.method, recorded.target);
                self.different.push((request, differences));
            }
            Verdict::Waived(reason) => {
                counts[2] += 1;
                self.waived.entry(reason).or_default().push(recorded.name.clone());
            }
        }
    }

    /// Notes an answer that breaks the schema.
    pub(super) fn invalid(&mut self, recorded: &Recording) {
        self.invalid.push(recorded.name.clone());
    }

    fn sums(&self) -> [usize; 3] {
        self.counts.values().fold([0; 3], |sums, counts| [0, 1, 2].map(|at| sums[at] + counts[at]))
    }

    /// Whether nothing differs, hardly anything is waived, and every answer keeps to the schema.
    pub(super) fn is_good(&self) -> bool {
        let [equal, different, waived] = self.sums();
        let are_few = waived * 100 < (equal + different + waived) * WAIVED_PERCENT_MAX;
        // A choice of recordings may be of waived ones alone.
        different == 0 && (are_few || self.is_detailed) && self.invalid.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "\n{:?}: topic      equal different waived", self.kind)?;
        let line = |to: &mut fmt::Formatter<'_>, name: &str, [equal, different, waived]: [usize; 3]| {
            writeln!(to, "{name:>18} {equal:>7} {different:>9} {waived:>6}")
        };
        for (topic, counts) in &self.counts {
            line(to, topic, *counts)?;
        }
        line(to, "all", self.sums())?;
        for (reason, names) in &self.waived {
            writeln!(to, "waived, {reason}: {}", names.join(" "))?;
        }
        if !self.invalid.is_empty() {
            writeln!(to, "against the schema: {}", self.invalid.join(" "))?;
        }
        let (shown, chars) = if self.is_detailed { (usize::MAX, usize::MAX) } else { (2, SHOWN_CHARS) };
        for (request, differences) in &self.different {
            writeln!(to, "{request}")?;
            for difference in differences.iter().take(shown) {
                writeln!(to, "    {}", difference.pointer)?;
                writeln!(to, "        expected {}", short(difference.expected.as_ref(), chars))?;
                writeln!(to, "        got      {}", short(difference.found.as_ref(), chars))?;
            }
            if differences.len() > shown {
                writeln!(to, "    and {} more", differences.len() - shown)?;
            }
        }
        Ok(())
    }
}

fn short(value: Option<&Value>, chars: usize) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| value.to_string().chars().take(chars).collect())
}
