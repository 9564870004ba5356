//! Fenced blocks of a page.

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Everything behind the opening fence: `sh`, `sql added`.
    pub(super) language: String,
    /// Its content, each line with its end.
    pub(super) text: String,
    /// The line of the page its content begins on, from 1.
    pub(super) line: usize,
}

/// All fenced blocks of a page, in order.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match (line.trim_start().strip_prefix("```"), open.as_mut()) {
            (Some(language), None) => {
                let language = language.trim().to_owned();
                open = Some(Block { language, text: String::new(), line: number + 1 });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert_eq!(open, None, "a block is not closed");
    found
}

#[test]
fn blocks_are_found() {
    let page = "a\n```sh\none\n\n two\n```\nb\n\n  ```sql added\n  ```\n";
    let block = |language: &str, text: &str, line: usize| Block {
        language: language.to_owned(),
        text: text.to_owned(),
        line,
    };
    assert_eq!(blocks(page), [block("sh", "one\n\n two\n", 3), block("sql added", "", 10)]);
}
