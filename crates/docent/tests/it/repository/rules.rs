//! The list of all rules: `tests/data/rules.tsv`.
//!
//! A line is a rule (id, level, text and, if nothing tests it, the reason, separated by tabs) or, after `# `, the
//! title of the section that follows.

use std::collections::HashSet;

/// Longest text of a rule, in characters.
const TEXT_CHARS_MAX: usize = 90;

const LEVELS: [&str; 10] =
    ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "REC", "DER", "NOTE", "HTTP", "GAP"];

/// A part of the specifications.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) rules: Vec<Rule>,
}

/// One rule of the specifications.
#[derive(Debug)]
pub(super) struct Rule {
    /// Such as `NEG-16`.
    pub(super) id: &'static str,
    /// How binding it is.
    pub(super) level: &'static str,
    /// What it says.
    pub(super) text: &'static str,
    /// Why nothing tests it; empty if something does.
    pub(super) reason: &'static str,
}

/// All sections in order.
pub(super) fn sections() -> Vec<Section> {
    let mut sections = Vec::new();
    for line in include_str!("../../data/rules.tsv").lines() {
        if let Some(title) = line.strip_prefix("# ") {
            sections.push(Section { title, rules: Vec::new() });
            continue;
        }
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        let rule = Rule { id: cell(), level: cell(), text: cell(), reason: cell() };
        assert_eq!(cell(), "", "more than four cells: {line}");
        let section: &mut Section = sections.last_mut().expect("a title comes first");
        section.rules.push(rule);
    }
    sections
}

#[test]
fn the_list_of_rules_is_well_formed() {
    let sections = sections();
    let rules: Vec<_> = sections.iter().flat_map(|section| &section.rules).collect();
    assert!(rules.len() > 400 && sections.iter().all(|section| !section.rules.is_empty()));
    let mut ids = HashSet::new();
    for Rule { id, level, text, .. } in rules {
        let (family, number) = id.split_once('-').unwrap();
        assert!(family.bytes().all(|it| it.is_ascii_uppercase()), "{id}");
        assert!(number.len() == 2 && number.bytes().all(|it| it.is_ascii_digit()), "{id}");
        assert!(ids.insert(id), "{id} stands twice");
        assert!(LEVELS.contains(level), "{id}: {level}");
        assert!(text.ends_with('.') && text.chars().count() <= TEXT_CHARS_MAX, "{id}: {text}");
    }
}
