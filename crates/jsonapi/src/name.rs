//! Member names and names of query parameters: what is legal, and how to make a name legal.
//!
//! Whether a legal name is also *known* is for others to say.

/// Whether `name` is a legal member name (NAME-02 to NAME-04): not empty; `a`–`z`, `A`–`Z`, `0`–`9` and everything from
/// U+0080 on anywhere; `-`, `_` and space inside, neither first nor last.
///
/// ```
/// use docent_jsonapi::name::is_member_name;
///
/// assert!(is_member_name("created_at"));
/// assert!(!is_member_name("_created"));
/// assert!(!is_member_name("author.name"));
/// ```
pub fn is_member_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    match bytes {
        [] => false,
        [only] => stands_anywhere(*only),
        [first, inner @ .., last] => {
            stands_anywhere(*first)
                && stands_anywhere(*last)
                && inner.iter().all(|byte| stands_anywhere(*byte) || stands_inside(*byte))
        }
    }
}

/// Makes a legal member name of any text.
///
/// Every forbidden character becomes `_`; then `-`, `_` and spaces are taken from both ends; if nothing is left, the
/// name is `x`. A legal name stays as it is. Different texts may become the same name: telling them apart is up to the
/// caller.
///
/// ```
/// use docent_jsonapi::name::sanitize;
///
/// assert_eq!(sanitize("price ($)"), "price");
/// assert_eq!(sanitize("a.b"), "a_b");
/// assert_eq!(sanitize("_id"), "id");
/// assert_eq!(sanitize("%"), "x");
/// ```
pub fn sanitize(text: &str) -> String {
    let legal = |character: char| !character.is_ascii() || character.is_ascii_alphanumeric();
    let replaced: String = text
        .chars()
        .map(
            |character| {
                if legal(character) || matches!(character, '-' | '_' | ' ') { character } else { '_' }
            },
        )
        .collect();
    let trimmed = replaced.trim_matches(['-', '_', ' ']);
    if trimmed.is_empty() { "x".to_owned() } else { trimmed.to_owned() }
}

/// Whether `name` is the complete name of a query parameter that some family could have (QUERY-02): a base name, which
/// is a member name or an extension's `namespace:name`, and any number of `[]`, `[name]`, `[name.name]`.
///
/// ```
/// use docent_jsonapi::name::is_parameter_name;
///
/// assert!(is_parameter_name("filter[author.name][gte]"));
/// assert!(!is_parameter_name("page[size]x"));
/// ```
pub fn is_parameter_name(name: &str) -> bool {
    parameter_parts(name).is_some()
}

/// Whether `path` is one or more member names joined by dots.
pub fn is_path(path: &str) -> bool {
    path.split('.').all(is_member_name)
}

/// Base name and bracketed parts of a query parameter's name; `None` if no family can have such a name.
///
/// ```
/// use docent_jsonapi::name::parameter_parts;
///
/// assert_eq!(parameter_parts("filter[a.b][]"), Some(("filter", vec!["a.b", ""])));
/// ```
pub fn parameter_parts(name: &str) -> Option<(&str, Vec<&str>)> {
    parts_where(name, is_path)
}

/// The same with another idea of what may stand in brackets.
pub(crate) fn parts_where(name: &str, is_part: impl Fn(&str) -> bool) -> Option<(&str, Vec<&str>)> {
    let (base, mut rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    if !is_member_name(base) && !is_extension_name(base) {
        return None;
    }
    let mut parts = Vec::new();
    while let Some(opened) = rest.strip_prefix('[') {
        let (part, after) = opened.split_once(']')?;
        if !part.is_empty() && !is_part(part) {
            return None;
        }
        parts.push(part);
        rest = after;
    }
    rest.is_empty().then_some((base, parts))
}

/// `namespace:name`, with a name of a–z only (EXT-03).
fn is_extension_name(base: &str) -> bool {
    base.split_once(':').is_some_and(|(namespace, name)| {
        !namespace.is_empty()
            && !name.is_empty()
            && namespace.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && name.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

const fn stands_anywhere(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

const fn stands_inside(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b' ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn name_02_at_least_one_character() {
        assert!(!is_member_name(""));
    }

    #[test]
    fn name_03_allowed_characters() {
        for name in
            ["a", "Z", "0", "é", "a-b", "a_b", "a b", "a--b", "漢字", "\u{80}", "ü-ö", "node--article"]
        {
            assert!(is_member_name(name), "{name:?}");
        }
        for name in ["-", "_", " ", "-a", "a-", "_a", "a_", " a", "a "] {
            assert!(!is_member_name(name), "{name:?}");
        }
    }

    #[test]
    fn name_04_reserved_characters() {
        for reserved in "+,.[]!\"#$%&'()*/:;<=>?@\\^`{|}~\u{7f}\u{0}\u{1f}\n".chars() {
            assert!(!is_member_name(&reserved.to_string()), "{reserved:?}");
            assert!(!is_member_name(&format!("a{reserved}b")), "{reserved:?}");
        }
    }

    #[test]
    fn name_11_at_is_no_part_of_a_name() {
        assert!(!is_member_name("@foo"));
        assert!(!is_member_name("a@b"));
    }

    #[test]
    fn query_02_families() {
        for name in
            ["page", "page[size]", "filter[a.b]", "filter[a][]", "camelCase", "a-b", "atomic:x", "é[x]"]
        {
            assert!(is_parameter_name(name), "{name:?}");
        }
    }

    #[test]
    fn query_06_names_that_break_the_convention() {
        let bad = [
            "",
            "filter[_]",
            "page[size]x",
            "my.param",
            "_x",
            "-x",
            "fields[a+b]",
            "a:B",
            ":a",
            "a:",
            "page[",
            "page]",
            "page[a",
            "page[[a]]",
            "filter[a..b]",
            "filter[.]",
            "[a]",
            "a%",
        ];
        for name in bad {
            assert!(!is_parameter_name(name), "{name:?}");
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(sanitize(text), expected);
    }

    #[test]
    fn sanitized_names() {
        check("title", "title");
        check("a.b", "a_b");
        check("_id", "id");
        check("price ($)", "price");
        check("100%", "100");
        check("Straße (m²)", "Straße _m²");
        check("", "x");
        check("--", "x");
        check("[]", "x");
    }

    proptest! {
        #[test]
        fn sanitized_names_are_legal_and_stay(text in any::<String>()) {
            let name = sanitize(&text);
            prop_assert!(is_member_name(&name));
            prop_assert_eq!(sanitize(&name), name);
        }

        #[test]
        fn legal_names_are_not_changed(text in "[a-zé]([-_ a-z0-9]{0,8}[a-zé])?") {
            prop_assert!(is_member_name(&text));
            prop_assert_eq!(sanitize(&text), text);
        }

        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = parameter_parts(&text);
        }
    }
}
