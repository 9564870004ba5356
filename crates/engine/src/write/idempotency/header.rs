//! The key in the header, and what makes two requests the same.

use docent_jsonapi::error::ErrorObject;
use twox_hash::xxhash3_128::Hasher;

use super::HEADER;
use crate::api::Request;
use crate::error;

/// Characters of a key.
const KEY_LENGTH_MAX: usize = 255;

/// The key: as it stands there, or within the quotes of a structured field.
pub(super) fn key(header: &str) -> Result<String, ErrorObject> {
    let header = header.trim_matches([' ', '\t']);
    let key = if let Some(quoted) = header.strip_prefix('"') {
        unquoted(quoted)
            .ok_or_else(|| wrong("The quotes do not match, or `\\` stands before another character."))?
    } else {
        header.to_owned()
    };
    if !key.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(wrong("A key is made of printable ASCII characters."));
    }
    match key.len() {
        0 => Err(wrong("The key is empty.")),
        1..=KEY_LENGTH_MAX => Ok(key),
        length => {
            Err(wrong(&format!("A key has {KEY_LENGTH_MAX} characters at most, and this one has {length}.")))
        }
    }
}

/// The text of a string (RFC 9651, 3.3.3) without its first quote.
fn unquoted(text: &str) -> Option<String> {
    let mut key = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(key),
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            plain => key.push(plain),
        }
    }
}

fn wrong(detail: &str) -> ErrorObject {
    ErrorObject::new(&error::INVALID_IDEMPOTENCY_KEY, detail).with_header(HEADER)
}

/// Equal for requests that ask for the same: method, URL below the base, media type and body. What shapes the answer
/// alone is left out: a request sent again by another part of a client asks for the same.
pub(super) fn digest(request: &Request<'_>) -> u128 {
    let mut hash = Hasher::new();
    let content_type = request.content_type.unwrap_or_default();
    for part in [request.path.as_bytes(), request.query.as_bytes(), content_type.as_bytes(), request.body] {
        // With the lengths no two different requests are the same bytes. The method is always POST.
        hash.write(&(part.len() as u64).to_be_bytes());
        hash.write(part);
    }
    hash.finish_128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_both_forms() {
        for (header, expected) in [
            ("8e03978e-40d5", "8e03978e-40d5"),
            ("\"8e03978e-40d5\"", "8e03978e-40d5"),
            (" a b ", "a b"),
            ("a\"b", "a\"b"),
            (r#""a\"b\\c d""#, "a\"b\\c d"),
        ] {
            assert_eq!(key(header).as_deref(), Ok(expected), "{header}");
        }
        assert!(key(&"k".repeat(255)).is_ok());
    }

    #[test]
    fn other_keys_are_refused() {
        let long = "k".repeat(256);
        for header in
            ["", " ", "\"\"", "\"", "\"a", "\"a\"b", r#""a\n""#, r#""a\"#, "é", "\u{7f}", "a\tb", &long]
        {
            let error = key(header).unwrap_err();
            assert_eq!(error.kind.code, "invalid-idempotency-key", "{header}");
        }
    }
}
