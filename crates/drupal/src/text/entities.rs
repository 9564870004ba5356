//! Entities: names and numbers for characters, and characters that have to be written as entities.

use std::borrow::Cow;

use html5ever::data::NAMED_ENTITIES;

/// The entity at the beginning of an HTML text, if there is one: its length and its characters.
pub(super) fn reference(text: &str) -> Option<(usize, Cow<'static, str>)> {
    let end = text.bytes().skip(1).position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#')? + 1;
    if text.as_bytes()[end] != b';' {
        return None;
    }
    let characters = match text[1..end].strip_prefix('#') {
        Some(number) => Cow::Owned(numbered(number)?),
        None => named(&text[1..=end])?,
    };
    Some((end + 1, characters))
}

/// The characters of an entity, by its name with the semicolon.
fn named(name: &str) -> Option<Cow<'static, str>> {
    let (first, second) = *NAMED_ENTITIES.get(name).filter(|(first, _)| *first != 0)?;
    let characters = [first, second].into_iter().filter(|code| *code != 0).filter_map(char::from_u32);
    Some(characters.collect::<String>().into())
}

/// The character of a number as PHP's multi-byte functions see it: beyond plane 2 the entity stays, in decimals.
fn numbered(number: &str) -> Option<String> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some("0") => return None,
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    Some(match u32::try_from(code) {
        Ok(0) => String::new(),
        Ok(code @ ..=0x2_ffff) => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER).into(),
        _ => format!("&#{code};"),
    })
}

/// A text with HTML 4's entities decoded, once, as PHP does it.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut decoded = String::with_capacity(text.len());
    decoded.push_str(&text[..first]);
    let mut rest = &text[first..];
    while !rest.is_empty() {
        if let Some((length, characters)) = reference_of_html_4(rest) {
            decoded.push_str(&characters);
            rest = &rest[length..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
        let next = rest.find('&').unwrap_or(rest.len());
        decoded.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(decoded)
}

fn reference_of_html_4(text: &str) -> Option<(usize, Cow<'static, str>)> {
    let end = text.bytes().skip(1).position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#')? + 1;
    if text.as_bytes()[end] != b';' {
        return None;
    }
    let name = &text[1..end];
    if let Some(number) = name.strip_prefix('#') {
        return Some((end + 1, Cow::Owned(html_4_number(number)?.into())));
    }
    let characters = match name {
        "lang" => Cow::Borrowed("\u{2329}"),
        "rang" => Cow::Borrowed("\u{232a}"),
        _ if HTML_4.split_ascii_whitespace().any(|known| known == name) => named(&text[1..=end])?,
        _ => return None,
    };
    Some((end + 1, characters))
}

fn html_4_number(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    let is_allowed = matches!(code, 0x20..=0x7e | 0x9 | 0xa | 0xd | 0xa0..);
    char::from_u32(code).filter(|_| is_allowed)
}

/// A text with the characters that mean something in HTML as entities.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#039;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// The names that HTML 4 knows.
const HTML_4: &str = "\
    quot amp lt gt nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 \
    sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml \
    Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
    times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
    egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave \
    uacute ucirc uuml yacute thorn yuml OElig oelig Scaron scaron Yuml fnof circ tilde Alpha Beta Gamma Delta Epsilon \
    Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega alpha beta gamma \
    delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega \
    thetasym upsih piv ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger \
    Dagger bull hellip permil prime Prime lsaquo rsaquo oline frasl euro image weierp real trade alefsym larr uarr \
    rarr darr harr crarr lArr uArr rArr dArr hArr forall part exist empty nabla isin notin ni prod sum minus lowast \
    radic prop infin ang and or cap cup int there4 sim cong asymp ne equiv le ge sub sup nsub sube supe oplus otimes \
    perp sdot lceil rceil lfloor rfloor loz spades clubs hearts diams";
