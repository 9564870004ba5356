//! The grammar of media ranges: RFC 9110, sections 5.6 and 12.5.1.

use std::borrow::Cow;

use super::MEDIA_TYPE;

/// Full weight, in thousandths.
pub(super) const FULL_WEIGHT: u16 = 1000;

/// One media type or media range with its parameters.
#[derive(Debug)]
pub(super) struct MediaRange<'a> {
    /// `type/subtype` as given.
    pub(super) essence: &'a str,
    /// Parameters but the weight: name in lower case, value without quotes.
    pub(super) parameters: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Thousandths of `q`, if given.
    pub(super) weight: Option<u16>,
    /// Whether the parameters break the grammar.
    pub(super) broken: bool,
}

impl<'a> MediaRange<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let (essence, mut rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        let mut range = Self { essence: trim(essence), parameters: Vec::new(), weight: None, broken: false };
        while !rest.is_empty() {
            let Some((given, after)) = parameter(rest) else {
                range.broken = true;
                break;
            };
            rest = after;
            if let Some((name, value)) = given {
                range.add(name, value);
            }
        }
        range
    }

    fn add(&mut self, name: &'a str, value: Cow<'a, str>) {
        if !name.eq_ignore_ascii_case("q") {
            let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                Cow::Owned(name.to_ascii_lowercase())
            } else {
                Cow::Borrowed(name)
            };
            self.parameters.push((name, value));
            return;
        }
        let weight = weight(&value);
        self.broken |= weight.is_none() || self.weight.is_some();
        self.weight = self.weight.or(weight);
    }

    pub(super) fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    pub(super) fn is_json_api(&self) -> bool {
        self.is(MEDIA_TYPE)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_ref())
    }
}

/// The elements of a comma-separated list; commas inside quoted strings do not separate (NEG-30).
pub(super) fn elements(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = unquoted_comma(rest).unwrap_or(rest.len());
        let element = trim(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or("");
        Some(element)
    })
    .filter(|element| !element.is_empty())
}

fn unquoted_comma(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    text.bytes().position(|byte| {
        if escaped {
            escaped = false;
        } else if quoted {
            escaped = byte == b'\\';
            quoted = byte != b'"';
        } else {
            quoted = byte == b'"';
        }
        byte == b',' && !quoted
    })
}

/// A parameter's name and value; `None` for an empty parameter, which is legal.
type Parameter<'a> = Option<(&'a str, Cow<'a, str>)>;

/// One `;` with an optional parameter behind it, and what follows.
fn parameter(text: &str) -> Option<(Parameter<'_>, &str)> {
    let text = trim_start(trim_start(text).strip_prefix(';')?);
    if text.is_empty() || text.starts_with(';') {
        return Some((None, text));
    }
    let (name, value) = text.split_at(token_length(text));
    let value = value.strip_prefix('=').filter(|_| !name.is_empty())?;
    let (value, rest) = if let Some(quoted) = value.strip_prefix('"') {
        quoted_string(quoted)?
    } else {
        let (token, rest) = value.split_at(token_length(value));
        (Cow::Borrowed(token), rest)
    };
    let rest = trim_start(rest);
    let complete = rest.is_empty() || rest.starts_with(';');
    complete.then_some((Some((name, value)), rest))
}

/// The content of a quoted string, given from behind its opening quote, and what follows its closing one.
fn quoted_string(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let end = text.find(['"', '\\'])?;
    if text[end..].starts_with('"') {
        return Some((Cow::Borrowed(&text[..end]), &text[end + 1..]));
    }
    let mut content = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((Cow::Owned(content), &text[at + 1..])),
            '\\' => content.push(characters.next()?.1),
            _ => content.push(character),
        }
    }
    None
}

fn token_length(text: &str) -> usize {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    text.bytes().position(|byte| !is_token(byte)).unwrap_or(text.len())
}

/// A quality value in thousandths; digits beyond the third are ignored.
fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digit = |at: usize| fraction.as_bytes().get(at).map_or(0, |byte| u16::from(byte - b'0'));
    let thousandths = digit(0) * 100 + digit(1) * 10 + digit(2);
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(FULL_WEIGHT),
        _ => None,
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}
