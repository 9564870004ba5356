//! What is a URL or an e-mail address in running text, and where it ends.

use super::PROTOCOLS;

/// Calls back with the beginning and the end of each thing found.
pub(super) type Finder = fn(&str, &mut dyn FnMut(usize, usize));

/// URLs with a protocol.
pub(super) fn full(text: &str, found: &mut dyn FnMut(usize, usize)) {
    let mut scan = Scan::default();
    let mut at = 0;
    let mut from = 0;
    while let Some(colon) = text[from..].find(':').map(|length| from + length) {
        from = colon + 1;
        let is_at_end = |protocol: &&&str| text[at..colon].ends_with(**protocol);
        let Some(protocol) = PROTOCOLS.iter().filter(is_at_end).max_by_key(|protocol| protocol.len()) else {
            continue;
        };
        let address = if text[from..].starts_with("//") { from + 2 } else { from };
        let behind_user = scan.user(text, address).and_then(|start| scan.server(text, start));
        let Some(end) = behind_user.or_else(|| scan.server(text, address)) else { continue };
        let end = location(text, end);
        found(colon - protocol.len(), end);
        (at, from) = (end, end);
    }
}

/// E-mail addresses.
pub(super) fn email(text: &str, found: &mut dyn FnMut(usize, usize)) {
    const LONGEST: usize = 254;
    let mut at = 0;
    let mut from = 0;
    while let Some(sign) = text[from..].find('@').map(|length| from + length) {
        from = sign + 1;
        let name = text[at..sign].char_indices().rev().take(LONGEST).take_while(|(_, c)| is_host(*c)).last();
        let Some((start, _)) = name else { continue };
        let end = Scan::default().dotted(text, from);
        if let Some(end) = end {
            found(at + start, end);
            (at, from) = (end, end);
        }
    }
}

/// Addresses that begin with `www.`.
pub(super) fn www(text: &str, found: &mut dyn FnMut(usize, usize)) {
    let mut scan = Scan::default();
    let mut from = 0;
    while let Some(start) = text[from..].find("www.").map(|length| from + length) {
        from = start + 4;
        if let Some(end) = scan.host(text, from) {
            from = location(text, end);
            found(start, from);
        }
    }
}

/// What is known of the text ahead, so that it is looked at once only.
#[derive(Default)]
struct Scan {
    /// Up to there a user's name goes on.
    user_end: usize,
    /// Up to there no dot has a top-level domain behind it.
    no_domain_until: usize,
}

impl Scan {
    /// Where the host begins, if a user's name stands before it.
    fn user(&mut self, text: &str, at: usize) -> Option<usize> {
        if self.user_end <= at {
            let is_user = |c: char| is_letter_or_number(c) || ":%_+*~#?&=.,/;-".contains(c);
            self.user_end = at + text[at..].find(|c| !is_user(c)).unwrap_or(text.len() - at);
        }
        (self.user_end > at && text[self.user_end..].starts_with('@')).then_some(self.user_end + 1)
    }

    /// Where a host or its number ends.
    fn server(&mut self, text: &str, at: usize) -> Option<usize> {
        self.host(text, at).or_else(|| number(text, at))
    }

    /// Where a host ends: a top-level domain, with or without something before it.
    fn host(&mut self, text: &str, at: usize) -> Option<usize> {
        self.dotted(text, at).or_else(|| top_level(text, at))
    }

    /// Where a host with a dot in it ends.
    fn dotted(&mut self, text: &str, at: usize) -> Option<usize> {
        if at < self.no_domain_until {
            return None;
        }
        let run = &text[at..at + text[at..].find(|c| !is_host(c)).unwrap_or(text.len() - at)];
        let dots = run.match_indices('.').map(|(dot, _)| dot).filter(|dot| *dot > 0);
        let end = dots.rev().find_map(|dot| top_level(text, at + dot + 1));
        if end.is_none() {
            self.no_domain_until = at + run.len();
        }
        end
    }
}

/// Where a top-level domain ends: some letters, and no word goes on behind them.
fn top_level(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let mut letters = 0;
    for (length, character) in rest.char_indices() {
        if !is_letter(character) || letters == 64 {
            let is_end = !is_letter_or_number(character) && character != '_';
            return (letters >= 2 && is_end).then_some(at + length);
        }
        letters += 1;
    }
    (letters >= 2).then_some(text.len())
}

/// Where an address of four numbers ends.
fn number(text: &str, at: usize) -> Option<usize> {
    let mut at = at;
    for part in 0..4 {
        let digits = text[at..].bytes().take(3).take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        at += digits;
        if part < 3 {
            if !text[at..].starts_with('.') {
                return None;
            }
            at += 1;
        }
    }
    Some(at)
}

/// Where a path and a query behind a host end.
fn location(text: &str, at: usize) -> usize {
    let slash = at + usize::from(text[at..].starts_with('/'));
    let end = path(text, slash);
    query(text, end).unwrap_or(end)
}

/// Where a path ends. It ends with a character that does not end a sentence, or with something in brackets.
fn path(text: &str, at: usize) -> usize {
    let is_path = |c: char| is_letter_or_number(c) || "!*';:=+,.$/%#[]-_~@&".contains(c);
    let mut end = at;
    let mut from = at;
    while let Some(character) = text[from..].chars().next() {
        if is_path(character) {
            from += character.len_utf8();
            if is_letter_or_number(character) || ":_+~#=/".contains(character) {
                end = from;
            }
        } else if character == '(' {
            let inner = &text[from + 1..];
            let length = inner.find(|c| !is_path(c)).unwrap_or(inner.len());
            if length == 0 || !inner[length..].starts_with(')') {
                break;
            }
            from += length + 2;
            end = from;
        } else {
            break;
        }
    }
    end
}

/// Where a query ends.
fn query(text: &str, at: usize) -> Option<usize> {
    let query = text[at..].strip_prefix('?')?;
    let is_query = |byte: u8| byte.is_ascii_alphanumeric() || b"!?*'@();:&=+$/%#[]-_.,~|".contains(&byte);
    let length = query.bytes().take_while(|byte| is_query(*byte)).count();
    let is_last = |c: char| c.is_ascii_alphanumeric() || "_&=#/".contains(c);
    let last = query[..length].rfind(is_last)?;
    Some(at + 1 + last + 1)
}

fn is_host(character: char) -> bool {
    is_letter_or_number(character) || "._+-".contains(character)
}

fn is_letter(character: char) -> bool {
    character.is_alphabetic() || is_mark(character)
}

fn is_letter_or_number(character: char) -> bool {
    character.is_alphanumeric() || is_mark(character)
}

/// Marks that are put on letters.
fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}'
        | '\u{93c}' | '\u{94d}' | '\u{9cd}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}
