//! Requests that mean something: paths and parameters made of the schema's words, mostly as the contract wants them.

use super::constants::{ACCEPTS, CONTENT_TYPES, DRUPAL, METHODS, NATIVE, NUMBERS, VALUES};
use super::random::Random;
use super::text::Draft;
use super::words::{TypeWords, Words};

/// Makes requests and their parts.
pub(super) struct Generator<'a> {
    pub(super) random: Random,
    pub(super) words: &'a Words,
    pub(super) cursors: &'a [String],
}

impl<'a> Generator<'a> {
    /// A request from nothing.
    pub(super) fn draft(&mut self) -> Draft {
        let mut draft = Draft { method: "GET".to_owned(), path: self.path(), ..Draft::default() };
        for _ in 0..self.random.below(5) {
            self.add_parameter(&mut draft);
        }
        if self.random.percent(30) {
            draft.accept = Some(self.accept());
        }
        if self.random.percent(10) {
            draft.method = self.method();
        }
        draft
    }

    pub(super) fn method(&mut self) -> String {
        self.random.pick(&METHODS).to_owned()
    }

    pub(super) fn accept(&mut self) -> String {
        self.random.pick(&ACCEPTS).to_owned()
    }

    pub(super) fn content_type(&mut self) -> String {
        self.random.pick(&CONTENT_TYPES).to_owned()
    }

    fn any_type(&mut self) -> &'a TypeWords {
        &self.words.types[self.random.below(self.words.types.len())]
    }

    /// A path that is likely to exist.
    pub(super) fn path(&mut self) -> String {
        let served = self.any_type();
        let id = self.id(served);
        let individual = format!("{}/{}", served.path, segment(&id));
        let relationship = self.random.one_of(&served.relationships);
        match (self.random.below(100), relationship) {
            (0..=1, _) => "/".to_owned(),
            (2, _) => "/openapi.json".to_owned(),
            (3..=4, _) => format!("/schemas/{}", segment(&served.name)),
            (5..=19, _) => individual,
            (20..=39, Some(one)) => format!("{individual}/{}", segment(&one.name)),
            (40..=59, Some(one)) => format!("{individual}/relationships/{}", segment(&one.name)),
            (60..=61, _) => format!("{individual}/nothing/at/all"),
            _ => served.path.clone(),
        }
    }

    /// Adds one parameter, or the several that make one condition of Drupal's grammar.
    pub(super) fn add_parameter(&mut self, draft: &mut Draft) {
        let words = self.words;
        let primary =
            words.primary(&draft.path).map(|(owner, one)| one.map_or(owner, |one| words.target(one)));
        let primary = primary.unwrap_or_else(|| self.any_type());
        let on_linkage = draft.path.contains("/relationships/");
        let made = match self.random.below(100) {
            0..=19 => self.include(draft, primary, on_linkage),
            20..=29 => self.fields(),
            30..=44 => self.sort(primary),
            45..=64 => self.page(),
            65..=71 => self.included_page(draft),
            72..=88 => self.native(primary),
            89 => {
                let count = self.random.below(80);
                let many: Vec<String> = (0..=count).map(|_| self.native(primary)).collect();
                many.join("&")
            }
            90..=97 => return self.drupal(draft, primary),
            _ => pair(&self.value(None), &self.value(None)),
        };
        let at = self.random.below(draft.parameters.len() + 1);
        draft.parameters.insert(at, made);
    }

    fn include(&mut self, draft: &Draft, primary: &'a TypeWords, on_linkage: bool) -> String {
        let start = if on_linkage {
            draft.path.rsplit('/').next().and_then(docent_jsonapi::link::decode_segment)
        } else {
            None
        };
        let mut paths = Vec::new();
        for _ in 0..self.random.below(4) {
            let mut steps: Vec<String> = start.iter().map(|name| name.clone().into_owned()).collect();
            let length_max = if self.random.percent(10) { 8 } else { 3 };
            let length = 1 + self.random.below(length_max);
            self.walk(primary, length, |name| steps.push(name.to_owned()));
            paths.push(steps.join("."));
        }
        pair("include", &paths.join(","))
    }

    /// Follows relationships for up to `length` steps; the type at the end.
    fn walk(&mut self, start: &'a TypeWords, length: usize, mut step: impl FnMut(&'a str)) -> &'a TypeWords {
        let mut current = start;
        for _ in 0..length {
            let Some(one) = self.random.one_of(&current.relationships) else { break };
            step(&one.name);
            current = self.words.target(one);
        }
        current
    }

    fn fields(&mut self) -> String {
        let served = self.any_type();
        let mut names = Vec::new();
        for _ in 0..self.random.below(4) {
            names.push(self.field(served));
        }
        pair(&format!("fields[{}]", served.name), &names.join(","))
    }

    fn field(&mut self, served: &TypeWords) -> String {
        let attribute = self.random.one_of(&served.attributes).map(|one| one.name.clone());
        let relationship = self.random.one_of(&served.relationships).map(|one| one.name.clone());
        let name = match self.random.below(10) {
            0..=5 => attribute,
            6..=8 => relationship,
            _ => None,
        };
        name.unwrap_or_else(|| self.random.pick(&["id", "type", "nothing", ""]).to_owned())
    }

    /// A path to an attribute or `id`, over relationships; rarely a very long one.
    fn field_path(&mut self, start: &'a TypeWords) -> (String, &'a TypeWords, String) {
        let length = match self.random.below(200) {
            0..=119 => 0,
            120..=194 => 1 + self.random.below(3),
            195..=198 => self.random.below(40),
            _ => self.random.below(400),
        };
        let mut path = String::new();
        let end = self.walk(start, length, |name| {
            path.push_str(name);
            path.push('.');
        });
        let field = if self.random.percent(15) { "id".to_owned() } else { self.field(end) };
        path.push_str(&field);
        (path, end, field)
    }

    fn sort(&mut self, primary: &'a TypeWords) -> String {
        let mut fields = Vec::new();
        let count = if self.random.percent(2) { 80 } else { 1 + self.random.below(3) };
        for _ in 0..count {
            let (path, ..) = self.field_path(primary);
            fields.push(format!("{}{path}", if self.random.percent(40) { "-" } else { "" }));
        }
        pair("sort", &fields.join(","))
    }

    fn page(&mut self) -> String {
        let member =
            self.random.pick(&["limit", "offset", "number", "size", "size", "after", "before", "count"]);
        let value = match member {
            "count" => self.random.pick(&["true", "true", "false", ""]).to_owned(),
            "after" | "before" => {
                self.random.one_of(self.cursors).cloned().unwrap_or_else(|| self.value(None))
            }
            _ => self.number(),
        };
        pair(&format!("page[{member}]"), &value)
    }

    fn number(&mut self) -> String {
        if self.random.percent(60) {
            (1 + self.random.below(9)).to_string()
        } else {
            self.random.pick(&NUMBERS).to_owned()
        }
    }

    /// `page[PATH][limit]` of a path that is included, if there is one.
    fn included_page(&mut self, draft: &Draft) -> String {
        let included: Vec<&str> = draft
            .parameters
            .iter()
            .filter_map(|text| text.strip_prefix("include="))
            .flat_map(|list| list.split("%2C"))
            .collect();
        let path = self.random.one_of(&included).copied().unwrap_or("comments");
        let cut = path.match_indices('.').nth(self.random.below(4)).map_or(path.len(), |(at, _)| at);
        format!("page[{}][limit]={}", &path[..cut], self.number())
    }

    fn native(&mut self, primary: &'a TypeWords) -> String {
        let (path, end, field) = self.field_path(primary);
        let mut name = "filter".to_owned();
        let depth_max = if self.random.percent(3) { 20 } else { 3 };
        for _ in 0..self.random.below(depth_max) {
            match self.random.below(4) {
                0 => name.push_str("[not]"),
                1 => name.extend(["[and][", self.random.pick(&["0", "1", "2"]), "]"]),
                _ => name.extend(["[or][", self.random.pick(&["0", "1", "2"]), "]"]),
            }
        }
        name.extend(["[", &path, "]"]);
        let operator = self.random.pick(&NATIVE);
        if self.random.percent(70) {
            name.extend(["[", operator, "]"]);
        }
        let value = self.operand(operator, end, &field);
        pair(&name, &value)
    }

    fn operand(&mut self, operator: &str, served: &TypeWords, field: &str) -> String {
        let about = Some((served, field));
        match operator {
            "null" => self.random.pick(&["true", "false"]).to_owned(),
            "between" | "nbetween" => format!("{},{}", self.value(about), self.value(about)),
            "in" | "nin" => {
                let count = self.random.below(5);
                let values: Vec<String> =
                    (0..=count).map(|_| self.value(about).replace(',', "\\,")).collect();
                values.join(",")
            }
            _ => self.value(about),
        }
    }

    /// A value of a field, or any.
    fn value(&mut self, about: Option<(&TypeWords, &str)>) -> String {
        let Some((served, field)) = about.filter(|_| self.random.percent(85)) else {
            return self.random.pick(&VALUES).to_owned();
        };
        if field == "id" {
            return self.id(served);
        }
        if let Some(one) = served.relationship(field) {
            return self.id(self.words.target(one));
        }
        let known = served.attributes.iter().find(|one| one.name == field);
        let value = known.and_then(|one| self.random.one_of(&one.values)).cloned();
        let value = value.unwrap_or_else(|| self.random.pick(&VALUES).to_owned());
        if self.random.percent(20) { value.chars().take(2).collect() } else { value }
    }

    fn id(&mut self, served: &TypeWords) -> String {
        if self.random.percent(8) {
            return self.random.pick(&VALUES).to_owned();
        }
        self.random.one_of(&served.ids).cloned().unwrap_or_else(|| "1".to_owned())
    }

    fn drupal(&mut self, draft: &mut Draft, primary: &'a TypeWords) {
        let key = self.random.pick(&["a", "b", "c", "d", "title", "not", "or", "@root"]);
        if self.random.percent(30) {
            let conjunction = self.random.pick(&["AND", "OR", "OR", "and"]);
            draft.parameters.push(pair(&format!("filter[{key}][group][conjunction]"), conjunction));
        } else {
            let (path, end, field) = self.field_path(primary);
            let form = self.random.pick(&["", "[condition]"]);
            let index = self.random.pick(&["", "", "", "[]", "[0]", "[18446744073709551615]"]);
            let value = self.value(Some((end, &field)));
            draft.parameters.push(pair(&format!("filter[{key}]{form}[path]"), &path));
            draft.parameters.push(pair(&format!("filter[{key}]{form}[value]{index}"), &value));
            if self.random.percent(70) {
                let operator = self.random.pick(&DRUPAL);
                draft.parameters.push(pair(&format!("filter[{key}]{form}[operator]"), operator));
            }
        }
        if self.random.percent(40) {
            let group = self.random.pick(&["a", "b", "c", "d", "@root"]);
            let form = self.random.pick(&["condition", "group"]);
            draft.parameters.push(pair(&format!("filter[{key}][{form}][memberOf]"), group));
        }
    }
}

/// One parameter, encoded; brackets of its name stay as people type them.
fn pair(name: &str, value: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let name = encoded.replace("%5B", "[").replace("%5D", "]");
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("{name}={value}")
}

fn segment(text: &str) -> String {
    let mut out = Vec::new();
    docent_jsonapi::link::path_segment(&mut out, if text.is_empty() { "\0" } else { text });
    String::from_utf8(out).unwrap_or_default()
}
