//! Query strings, as PHP reads them.
//!
//! `filter[a][value][]=x` is a tree: brackets lead into it, empty ones append, what is said twice is said last.

use std::cmp::Ordering;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use super::page::Page;
use crate::error::Refusal;

/// What PHP reads at most; it passes over the rest.
const COUNT_MAX: usize = 1000;
/// How many brackets a name may have; PHP passes over those that have more.
const DEPTH_MAX: usize = 64;

/// What stays as it is in a link.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// In values slashes stay as well.
const KEPT_IN_VALUES: &AsciiSet = &KEPT.remove(b'/');

/// The query string of a request.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Parameters {
    items: Vec<(String, Given)>,
}

/// What is given for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A text.
    One(String),
    /// Names and what is given for them, in order.
    Many(Vec<(String, Given)>),
}

impl Given {
    /// The text it is.
    pub fn text(&self) -> Option<&str> {
        match self {
            Given::One(text) => Some(text),
            Given::Many(_) => None,
        }
    }

    /// What is given for a name within.
    pub fn get(&self, name: &str) -> Option<&Given> {
        match self {
            Given::One(_) => None,
            Given::Many(items) => find(items, name),
        }
    }
}

impl Parameters {
    /// Reads a query string, without its question mark.
    pub fn read(query: &str) -> Self {
        let mut items = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()).take(COUNT_MAX) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let name = decoded(name);
            if let Some(path) = path_of(name.trim_start_matches(' ')) {
                put(&mut items, &path, decoded(value));
            }
        }
        Self { items }
    }

    /// What is given for a name.
    pub fn get(&self, name: &str) -> Option<&Given> {
        find(&self.items, name)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The text given for a name, if any is.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Given::One(text)) => Ok(Some(text)),
            Some(Given::Many(_)) => {
                Err(Refusal::bad_request(format!("Input value \"{name}\" contains a non-scalar value.")))
            }
        }
    }

    /// The names and values given for a name, if any are.
    pub fn many(&self, name: &str) -> Result<Option<&[(String, Given)]>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Given::Many(items)) => Ok(Some(items)),
            Some(Given::One(_)) => Err(Refusal::bad_request(format!(
                "Unexpected value for parameter \"{name}\": expecting \"array\", got \"string\"."
            ))),
        }
    }

    /// The format asked for, if it is not JSON:API. Drupal refuses it while it looks for a route.
    pub fn other_format(&self) -> Result<Option<&str>, Refusal> {
        Ok(self.text("_format")?.filter(|format| !matches!(*format, "" | "api_json")))
    }

    /// Refuses names that the specification keeps for itself. `url` is the request's, without its query string.
    pub fn check_names(&self, url: &str) -> Result<(), Refusal> {
        const RESERVED: [&str; 5] = ["filter", "sort", "page", "fields", "include"];
        let names = self.items.iter().map(|(name, _)| name.as_str());
        let wrong: Vec<&str> =
            names.filter(|name| !RESERVED.contains(name) && !may_be_custom(name)).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        if wrong.contains(&"_format") {
            let detail = "JSON:API does not need that ugly '_format' query string! \u{1f918} \
                          Use the URL provided in 'links' \u{1f64f}";
            return Err(Refusal { info: Some(url.to_owned()), ..Refusal::bad_request(detail) });
        }
        let detail =
            format!("The following query parameters violate the JSON:API spec: '{}'.", wrong.join("', '"));
        let info = Some("http://jsonapi.org/format/#query-parameters".to_owned());
        Err(Refusal { info, ..Refusal::bad_request(detail) })
    }

    /// The query string of the link to what was asked for.
    pub fn normalised(&self) -> String {
        let mut sorted: Vec<&(String, Given)> = self.items.iter().collect();
        sorted.sort_by(|(left, _), (right, _)| compare_keys(left, right));
        let mut out = String::new();
        for (name, given) in sorted {
            write(&mut out, &encoded(name, KEPT), given);
        }
        out
    }

    /// The query string of a link to another page, which begins at `offset`.
    pub fn paged(&self, page: &Page, offset: &str) -> String {
        let page = [("offset", offset), ("limit", page.limit_given.as_str())];
        let page = page.map(|(name, value)| (name.to_owned(), Given::One(value.to_owned())));
        let page = Given::Many(page.to_vec());
        let mut out = String::new();
        let mut is_written = false;
        for (name, given) in &self.items {
            let is_page = name == "page";
            is_written |= is_page;
            write(&mut out, &encoded(name, KEPT), if is_page { &page } else { given });
        }
        if !is_written {
            write(&mut out, "page", &page);
        }
        out
    }
}

fn find<'a>(items: &'a [(String, Given)], name: &str) -> Option<&'a Given> {
    items.iter().find(|(known, _)| known == name).map(|(_, given)| given)
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned()
}

fn encoded(text: &str, kept: &'static AsciiSet) -> String {
    utf8_percent_encode(text, kept).to_string()
}

/// A step into the tree: a name, or to the end of a list.
type Step = Option<String>;

/// The steps that a name takes; none for one that PHP passes over.
fn path_of(name: &str) -> Option<Vec<Step>> {
    let plain = |text: &str| text.replace([' ', '.'], "_");
    let Some(open) = name.find('[') else {
        return (!name.is_empty()).then(|| vec![Some(plain(name))]);
    };
    let (first, mut rest) = name.split_at(open);
    if first.is_empty() {
        return None;
    }
    let mut path = vec![Some(plain(first))];
    while let Some(inner) = rest.strip_prefix('[') {
        let inner = inner.trim_start_matches([' ', '\t', '\n', '\r']);
        let Some((step, after)) = inner.split_once(']') else {
            // A bracket that is never closed is none.
            let whole = plain(name).replace('[', "_");
            return (path.len() == 1).then(|| vec![Some(whole)]).or(Some(path));
        };
        path.push((!step.is_empty()).then(|| step.to_owned()));
        rest = after;
    }
    (path.len() <= DEPTH_MAX).then_some(path)
}

fn put(items: &mut Vec<(String, Given)>, path: &[Step], value: String) {
    let Some((step, rest)) = path.split_first() else { return };
    let name = step.clone().unwrap_or_else(|| next_index(items));
    let place = items.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
        items.push((name, Given::Many(Vec::new())));
        items.len() - 1
    });
    let given = &mut items[place].1;
    if rest.is_empty() {
        *given = Given::One(value);
        return;
    }
    if matches!(given, Given::One(_)) {
        *given = Given::Many(Vec::new());
    }
    if let Given::Many(inner) = given {
        put(inner, rest, value);
    }
}

fn next_index(items: &[(String, Given)]) -> String {
    let highest = items.iter().filter_map(|(name, _)| index_of(name)).max();
    highest.map_or(0, |index| index.saturating_add(1).max(0)).to_string()
}

/// The number that PHP makes of a name.
fn index_of(name: &str) -> Option<i64> {
    let number: i64 = name.parse().ok()?;
    (number.to_string() == name).then_some(number)
}

fn compare_keys(left: &str, right: &str) -> Ordering {
    match (index_of(left), index_of(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.cmp(right),
    }
}

fn write(out: &mut String, name: &str, given: &Given) {
    match given {
        Given::One(text) => {
            out.push_str(if out.is_empty() { "" } else { "&" });
            out.push_str(name);
            out.push('=');
            out.push_str(&encoded(text, KEPT_IN_VALUES));
        }
        Given::Many(items) => {
            for (inner, given) in items {
                write(out, &format!("{name}%5B{}%5D", encoded(inner, KEPT)), given);
            }
        }
    }
}

/// Whether the specification leaves a name to others: a member name with something besides `a` to `z`.
fn may_be_custom(name: &str) -> bool {
    let is_global = |character: char| character.is_ascii_alphanumeric() || !character.is_ascii();
    let is_inner = |character: char| is_global(character) || matches!(character, '-' | '_' | ' ');
    name.starts_with(is_global)
        && name.ends_with(is_global)
        && name.chars().all(is_inner)
        && name.contains(|character: char| !character.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(query: &str) -> String {
        Parameters::read(query).normalised()
    }

    #[test]
    fn names_lead_into_a_tree() {
        let cases = [
            ("", ""),
            ("a", "a="),
            ("&&a=1&", "a=1"),
            ("b=1&a=2", "a=2&b=1"),
            ("a[b]=1&a[c][]=2&a[c][]=3", "a%5Bb%5D=1&a%5Bc%5D%5B0%5D=2&a%5Bc%5D%5B1%5D=3"),
            ("a[5]=x&a[]=y", "a%5B5%5D=x&a%5B6%5D=y"),
            ("a=1&a[b]=2", "a%5Bb%5D=2"),
            ("a[b]=2&a=1", "a=1"),
            ("a[x]=1&b=2&a[x]=3", "a%5Bx%5D=3&b=2"),
            ("a.b c=1", "a_b_c=1"),
            ("a[b.c d]=1", "a%5Bb.c%20d%5D=1"),
            ("a[b=1", "a_b=1"),
            ("a[b]c=1", "a%5Bb%5D=1"),
            ("[a]=1&=2", ""),
            ("a=x+y%2Fz%26", "a=x%20y/z%26"),
            ("a%5Bb%5D=%C3%A9@:~", "a%5Bb%5D=%C3%A9%40%3A~"),
            ("b=1&10=2&9=3&a=4", "9=3&10=2&a=4&b=1"),
        ];
        for (query, expected) in cases {
            assert_eq!(normalised(query), expected, "{query}");
        }
    }

    #[test]
    fn there_are_bounds() {
        let deep = format!("a{}=1", "[b]".repeat(64));
        assert!(Parameters::read(&deep).is_empty());
        let many: Vec<String> = (0..2000).map(|number| format!("a{number}=")).collect();
        assert_eq!(Parameters::read(&many.join("&")).items.len(), COUNT_MAX);
    }

    #[test]
    fn links_to_pages_keep_the_order() {
        let parameters = Parameters::read("sort=a&page[limit]=2&page[x]=1&filter[b]=1");
        let page = Page::read(&parameters).unwrap();
        assert_eq!(
            parameters.paged(&page, "4"),
            "sort=a&page%5Boffset%5D=4&page%5Blimit%5D=2&filter%5Bb%5D=1"
        );
        let parameters = Parameters::read("z=1");
        let page = Page::read(&parameters).unwrap();
        assert_eq!(parameters.paged(&page, "50"), "z=1&page%5Boffset%5D=50&page%5Blimit%5D=50");
    }

    #[test]
    fn names_of_the_specification_are_its_own() {
        let checked = |query: &str| Parameters::read(query).check_names("http://x/jsonapi");
        for query in ["filter=1&sort=1&page=1&fields=1&include=1", "fooBar=1", "foo-bar=1", "a1=", "é=1"] {
            assert_eq!(checked(query), Ok(()), "{query}");
        }
        let refusal = checked("foo=1&resourceVersion=1&bar=2&-a=3").unwrap_err();
        assert_eq!(
            refusal.detail,
            "The following query parameters violate the JSON:API spec: 'foo', 'bar', '-a'."
        );
        assert_eq!(refusal.info.as_deref(), Some("http://jsonapi.org/format/#query-parameters"));
        let refusal = checked("_format=api_json&foo=1").unwrap_err();
        assert!(refusal.detail.starts_with("JSON:API does not need"));
        assert_eq!(refusal.info.as_deref(), Some("http://x/jsonapi"));
        assert_eq!(Parameters::read("_format=api_json").other_format(), Ok(None));
        assert_eq!(Parameters::read("_format=json").other_format(), Ok(Some("json")));
    }

    #[test]
    fn kinds_are_told_apart() {
        let parameters = Parameters::read("include[]=a&page=2");
        assert_eq!(
            parameters.text("include").unwrap_err().detail,
            "Input value \"include\" contains a non-scalar value."
        );
        assert_eq!(
            parameters.many("page").unwrap_err().detail,
            "Unexpected value for parameter \"page\": expecting \"array\", got \"string\"."
        );
        assert_eq!(parameters.text("page"), Ok(Some("2")));
        assert_eq!(parameters.text("sort"), Ok(None));
    }
}
