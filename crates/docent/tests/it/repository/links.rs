//! Links between the documents of the project.

use std::path::Path;

use super::{files_below, root, shown};

#[test]
fn every_link_in_a_document_resolves() {
    let mut documents = files_below(&root().join("docs"), "md");
    for entry in std::fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "md") {
            documents.push(path);
        }
    }
    let mut dead = Vec::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        for target in targets(&text) {
            if !resolves(&document, &text, &target) {
                dead.push(format!("{}: {target}", shown(&document)));
            }
        }
    }
    assert_eq!(dead, Vec::<String>::new());
}

/// Whether a link from that document leads to a file, and to a heading if it names one. Other sites are not asked.
fn resolves(document: &Path, text: &str, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = document.parent().unwrap().join(file);
    let is_document = file.is_empty() || path.extension().is_some_and(|it| it == "md");
    if anchor.is_empty() || !is_document {
        return path.exists();
    }
    let other = if file.is_empty() { Ok(text.to_owned()) } else { std::fs::read_to_string(path) };
    other.is_ok_and(|text| outside_code(&text).any(|line| anchor_of(line).is_some_and(|it| it == anchor)))
}

/// The targets of all inline links and of all reference definitions, code aside.
fn targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    for line in outside_code(text) {
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for (position, _) in prose.match_indices("](") {
            let rest = &prose[position + 2..];
            let target = rest.split([')', ' ']).next().unwrap_or_default();
            targets.push(target.trim_matches(['<', '>']).to_owned());
        }
        if let Some((_, target)) = prose.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            targets.push(target.trim().to_owned());
        }
    }
    targets
}

/// The lines that stand in no fenced code.
fn outside_code(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// The anchor of a heading: lower case, spaces as hyphens, punctuation gone.
fn anchor_of(line: &str) -> Option<String> {
    let title = line.starts_with('#').then(|| line.trim_start_matches('#').trim())?;
    let kept = title
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect::<String>();
    Some(kept.replace(' ', "-"))
}

#[test]
fn links_are_found_and_judged() {
    let text = "# One two: `three`\n[a](b.md) and `[no](c)` ![d](e.png \"t\")\n```\n[no](f)\n# No\n```\n[g]: h.md#i\n";
    assert_eq!(targets(text), ["b.md", "e.png", "h.md#i"]);
    let here = root().join("Cargo.toml");
    assert!(resolves(&here, text, "#one-two-three") && resolves(&here, text, "crates"));
    assert!(!resolves(&here, text, "#no") && !resolves(&here, text, "crates/nothing.md"));
}
