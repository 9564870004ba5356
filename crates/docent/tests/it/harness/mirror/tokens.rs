//! SQL as tokens: enough of it to find what PRAGMAs do not tell, and to say it again in the words of another engine.

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or keyword without quotes.
    Word(String),
    /// A name in quotes of any kind.
    Name(String),
    /// A text.
    Text(String),
    /// A number or another literal, an operator, a parenthesis, a comma.
    Other(String),
}

impl Token {
    /// Whether this is that keyword.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Whether this is that sign.
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self, Self::Other(other) if other == sign)
    }

    /// The name that this is, quoted or not.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Takes SQL apart; comments are left out.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let mut rest = sql;
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            _ if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\'' | '"' | '`' | '[' => {
                let (content, length) = quoted(rest, if first == '[' { ']' } else { first });
                tokens.push(if first == '\'' { Token::Text(content) } else { Token::Name(content) });
                length
            }
            _ if first.is_alphabetic() || first == '_' => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..length].to_owned()));
                length
            }
            _ if first.is_ascii_digit() => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '.').unwrap_or(rest.len());
                tokens.push(Token::Other(rest[..length].to_owned()));
                length
            }
            _ => {
                let two = ["||", "<=", ">=", "<>", "!=", "=="].into_iter().find(|it| rest.starts_with(it));
                let length = two.map_or(first.len_utf8(), str::len);
                tokens.push(Token::Other(rest[..length].to_owned()));
                length
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// What stands in quotes at the beginning, and how long it is with them. A quote in it is written twice.
fn quoted(sql: &str, end: char) -> (String, usize) {
    let mut content = String::new();
    let mut characters = sql.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        if character == end && characters.next_if(|(_, next)| *next == end && end != ']').is_none() {
            return (content, position + 1);
        }
        content.push(character);
    }
    panic!("a quote without end: {sql}");
}

/// The tokens between the parenthesis at this position and its counterpart, and the position behind that.
pub(super) fn group(tokens: &[Token], open: usize) -> (&[Token], usize) {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth -= 1;
            if depth == 0 {
                return (&tokens[open + 1..position], position + 1);
            }
        }
    }
    panic!("a parenthesis without end: {tokens:?}");
}

/// The parts between commas that stand in no parentheses of their own.
pub(super) fn items(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    let is_comma = |token: &Token| {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth -= 1;
        }
        depth == 0 && token.is_sign(",")
    };
    tokens.split(is_comma).collect()
}

#[test]
fn sql_is_taken_apart() {
    let sql = "CREATE TABLE [a b] (\"c\"\"d\" INT CHECK (x<=1.5), -- e, (\n `f` TEXT DEFAULT 'it''s')";
    let all = tokens(sql);
    assert_eq!(all[2], Token::Name("a b".to_owned()));
    let (inside, end) = group(&all, 3);
    assert_eq!(end, all.len());
    let columns = items(inside);
    assert_eq!(columns.iter().map(|it| it[0].name().unwrap()).collect::<Vec<_>>(), ["c\"d", "f"]);
    assert_eq!(columns[1].last(), Some(&Token::Text("it's".to_owned())));
    assert_eq!(columns[0][5], Token::Other("<=".to_owned()));
}
