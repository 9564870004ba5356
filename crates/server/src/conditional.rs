//! `If-None-Match`.

use docent_engine::{EntityTag, TagComparison, lists_tag};
use hyper::header::{HeaderMap, IF_NONE_MATCH};

/// Whether the client already has the representation with that tag (RFC 9110, 13.1.2).
pub(crate) fn client_has(headers: &HeaderMap, tag: &EntityTag) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().any(|line| lists_tag(line.as_bytes(), tag, TagComparison::Weak))
}

#[cfg(test)]
mod tests {
    use docent_engine::entity_tag;
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn http_09_lists_of_tags() {
        let tag = entity_tag(&b"{}".to_vec().into(), "");
        let ours = std::str::from_utf8(&tag).unwrap().to_owned();
        let mut headers = HeaderMap::new();
        assert!(!client_has(&headers, &tag));
        for (line, has) in [
            (ours.clone(), true),
            (format!("W/{ours}"), true),
            (format!("\"a,b\" ,\"c\",  {ours} "), true),
            ("*".to_owned(), true),
            ("\"x\"".to_owned(), false),
            (ours.trim_matches('"').to_owned(), false),
            (String::new(), false),
        ] {
            headers.insert(IF_NONE_MATCH, HeaderValue::from_str(&line).unwrap());
            assert_eq!(client_has(&headers, &tag), has, "{line}");
        }
    }
}
