//! Query strings of links: the client's own parameters, serialized again (QUERY-13).

use form_urlencoded::Serializer;

use super::page::MEMBERS;

/// The client's parameters in their order, urlencoded: the query of `links.self` (DOC-11).
///
/// ```
/// use docent_jsonapi::query::self_query;
///
/// assert_eq!(self_query("sort=-year&fields[albums]=title"), "sort=-year&fields%5Balbums%5D=title");
/// ```
pub fn self_query(raw: &str) -> String {
    if raw.is_empty() {
        return String::new();
    }
    let mut serializer = Serializer::new(String::with_capacity(raw.len() + raw.len() / 2));
    serializer.extend_pairs(form_urlencoded::parse(raw.as_bytes()));
    serializer.finish()
}

/// The client's parameters with another page of the primary data: the query of a pagination link (PAGE-07).
///
/// `page[limit]`, `[offset]`, `[number]`, `[size]`, `[after]` and `[before]` are taken out, all others stay as they
/// are, and `page` is appended, given without `page[…]` around its names.
///
/// ```
/// use docent_jsonapi::query::replace_page;
///
/// let next = replace_page("page[limit]=10&sort=year&page[count]=true", &[("limit", "10"), ("offset", "10")]);
/// assert_eq!(next, "sort=year&page%5Bcount%5D=true&page%5Blimit%5D=10&page%5Boffset%5D=10");
/// ```
pub fn replace_page(raw: &str, page: &[(&str, &str)]) -> String {
    let mut serializer = Serializer::new(String::with_capacity(raw.len() + 32 * page.len()));
    serializer.extend_pairs(form_urlencoded::parse(raw.as_bytes()).filter(|(name, _)| !chooses_page(name)));
    for (name, value) in page {
        serializer.append_pair(&format!("page[{name}]"), value);
    }
    serializer.finish()
}

fn chooses_page(name: &str) -> bool {
    name.strip_prefix("page[")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|member| MEMBERS.contains(&member))
}
