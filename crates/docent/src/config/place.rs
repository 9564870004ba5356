//! Where in the configuration file something is.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The text of a configuration file and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Source {
    /// The folder that relative paths in the file start from.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Line and column of a byte, counted from one.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line_start = self.line_start(at);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(&self.text);
        before.rfind('\n').map_or(0, |at| at + 1)
    }

    /// The message with its place: file, line, column, and the line itself with a mark below.
    ///
    /// ```text
    /// docent.toml:3:1: unknown field `lisen`, expected …
    ///   3 | lisen = "127.0.0.1:80"
    ///     | ^^^^^
    /// ```
    pub(crate) fn describe(&self, span: Option<Range<usize>>, message: &str) -> String {
        let path = self.path.display();
        let Some(span) = span else { return format!("{path}: {message}") };
        let line_start = self.line_start(span.start);
        let (number, column) = self.place(span.start);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let marked = self.text.get(span).and_then(|text| text.lines().next()).unwrap_or_default();
        // Tabs are shown as one space, so that the mark stands below what it marks.
        let line = line.replace('\t', " ");
        let mut out = format!("{path}:{number}:{column}: {message}\n");
        let margin = number.to_string();
        let blank = " ".repeat(margin.len());
        let indent = " ".repeat(column - 1);
        let mark = "^".repeat(marked.chars().count().max(1));
        // Writing to a string cannot fail.
        let _ = write!(out, "  {margin} | {line}\n  {blank} | {indent}{mark}");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let text = "[server]\n\tlisten = 1\n".to_owned();
        let source = Source { path: "a/docent.toml".into(), text };
        let start = source.text.find('1').unwrap();
        let expected = "a/docent.toml:2:11: wrong\n  2 |  listen = 1\n    |           ^";
        assert_eq!(source.describe(Some(start..start + 1), "wrong"), expected);
        assert_eq!(source.describe(None, "wrong"), "a/docent.toml: wrong");
        assert!(source.describe(Some(20..25), "wrong").starts_with("a/docent.toml:2:12: wrong"));
        assert_eq!(source.folder(), Path::new("a"));
    }

    #[test]
    fn a_span_of_several_lines_marks_the_first() {
        let source = Source { path: "d".into(), text: "ä = [\n1,\n]".to_owned() };
        assert_eq!(source.describe(Some(5..11), "m"), "d:1:5: m\n  1 | ä = [\n    |     ^");
    }
}
