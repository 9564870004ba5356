//! The filter that restricts HTML to a list of tags with their attributes and values.

use hashbrown::HashMap;

use super::dom::{self, Dom, NodeId};
use super::xss;

/// The tags, attributes and values that are allowed.
#[derive(Debug)]
pub(super) struct Restrictions {
    tags: HashMap<String, Names<Values>>,
    nofollow: bool,
}

/// Names, some of which stand for all names that begin with them.
#[derive(Debug)]
struct Names<T> {
    exact: Vec<(String, T)>,
    /// Later ones in the alphabet first, so that longer ones come before shorter ones.
    prefixes: Vec<(String, T)>,
}

#[derive(Debug)]
enum Values {
    Any,
    Listed(Names<()>),
}

/// Stands for `*` while the list is parsed, since the parser would refuse it.
const ANY: &str = "__any__";

impl Restrictions {
    /// Reads the list, which is written as HTML: `<a href hreflang> <ol start type='1 A'> <h2 id='jump-*'>`.
    pub(super) fn new(allowed: &str, nofollow: bool) -> Self {
        let allowed = dom::normalise(allowed).replace('*', ANY);
        let mut tags = HashMap::new();
        if let Some(dom) = dom::parse_tags(&allowed) {
            for element in dom.elements(|_, id| id != Dom::BODY).into_iter().skip(1) {
                let tag = dom.name(element).unwrap_or_default().to_owned();
                allow_attributes(&dom, element, tags.entry(tag).or_default());
            }
        }
        for attributes in tags.values_mut() {
            attributes.allow_everywhere();
        }
        Restrictions { tags, nofollow }
    }

    /// The text without what is not allowed, as well-formed HTML. None if it is nested too deep.
    pub(super) fn process(&self, text: &str) -> Option<String> {
        let text = xss::filter(text, |tag| self.tags.contains_key(tag));
        let mut dom = dom::parse(&text)?;
        for element in dom.elements(|dom, id| !dom.attributes(id).is_empty()) {
            if let Some(allowed) = self.tags.get(dom.name(element).unwrap_or_default()) {
                restrict(&mut dom, element, allowed);
            }
        }
        if self.nofollow {
            for link in dom.elements(|dom, id| dom.name(id) == Some("a")) {
                dom.set_attribute(link, "rel", "nofollow".into());
            }
        }
        let mut html = dom::serialise(&dom, text.len());
        trim(&mut html);
        Some(html)
    }
}

fn allow_attributes(dom: &Dom<'_>, element: NodeId, allowed: &mut Names<Values>) {
    for attribute in dom.attributes(element) {
        let name = attribute.name.replace(ANY, "*");
        let values = attribute.value.replace(ANY, "*");
        let values: Vec<&str> =
            values.split(xss::is_blank).filter(|value| !matches!(*value, "" | "*")).collect();
        let known = allowed.entry(&name);
        match known {
            Values::Listed(listed) if !values.is_empty() => {
                for value in values {
                    listed.entry(value);
                }
            }
            _ => *known = Values::Any,
        }
    }
}

impl Names<Values> {
    /// Two attributes are allowed on every element.
    fn allow_everywhere(&mut self) {
        self.exact.retain(|(name, _)| !matches!(&**name, "lang" | "dir" | "style"));
        self.exact.push(("lang".into(), Values::Any));
        let mut directions = Names::default();
        directions.entry("ltr");
        directions.entry("rtl");
        self.exact.push(("dir".into(), Values::Listed(directions)));
    }
}

impl Default for Values {
    fn default() -> Self {
        Values::Listed(Names::default())
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Names { exact: Vec::new(), prefixes: Vec::new() }
    }
}

impl<T: Default> Names<T> {
    /// What belongs to a name, which may end in `*`.
    fn entry(&mut self, name: &str) -> &mut T {
        let (names, name) = match name.strip_suffix('*') {
            Some(prefix) if !name.starts_with('*') => (&mut self.prefixes, prefix.replace('*', "")),
            _ => (&mut self.exact, name.to_owned()),
        };
        let at = names.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            names.push((name.clone(), T::default()));
            names.sort_by(|(a, _), (b, _)| b.cmp(a));
            names.iter().position(|(known, _)| *known == name).unwrap_or_default()
        });
        &mut names[at].1
    }

    fn find(&self, name: &str) -> Option<&T> {
        let exact = self.exact.iter().find(|(known, _)| known == name);
        let found = exact.or_else(|| self.prefixes.iter().find(|(prefix, _)| name.starts_with(&**prefix)));
        found.map(|(_, known)| known)
    }
}

fn restrict(dom: &mut Dom<'_>, element: NodeId, allowed: &Names<Values>) {
    let Some(attributes) = dom.attributes_mut(element) else { return };
    attributes.retain_mut(|attribute| match allowed.find(&attribute.name) {
        None => false,
        Some(Values::Any) => true,
        Some(Values::Listed(listed)) => {
            let values = attribute.value.split(xss::is_blank).filter(|value| !value.is_empty());
            let values: Vec<&str> = values.filter(|value| listed.find(value).is_some()).collect();
            let is_kept = !values.is_empty();
            attribute.value = values.join(" ").into();
            is_kept
        }
    });
}

/// Takes away what PHP takes for blanks at both ends.
pub(super) fn trim(text: &mut String) {
    let is_blank = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r' | '\0' | '\u{b}');
    text.truncate(text.trim_end_matches(is_blank).len());
    let leading = text.len() - text.trim_start_matches(is_blank).len();
    text.drain(..leading);
}
