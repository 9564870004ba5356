//! Requests with a fault, and what the error document must name.

use super::Generator;
use crate::differential::cells::Kind;
use crate::differential::filter::Operator;
use crate::differential::model::Member;
use crate::differential::request::{Page, Parameters, Query, Request, Target};

/// A request that must be refused.
#[derive(Debug)]
pub(in crate::differential) struct Faulty {
    /// What is wrong, for the report.
    pub(in crate::differential) what: &'static str,
    pub(in crate::differential) segments: Vec<String>,
    pub(in crate::differential) parameters: Parameters,
    pub(in crate::differential) status: u16,
    /// The query parameters the errors must name; `None` if that is left open.
    pub(in crate::differential) named: Option<Vec<String>>,
}

/// A parameter to add, with what is wrong with it.
type Wrong = (&'static str, String, String);

impl Generator<'_> {
    /// A request with one fault, sometimes two.
    pub(in crate::differential) fn faulty(&mut self) -> Faulty {
        if self.random.percent(20) {
            return self.missing();
        }
        let mut request = self.request();
        request.query.profile = false;
        if !request.is_collection(self.model) && self.random.percent(40) {
            return self.not_for_one(&request);
        }
        if self.random.percent(15) {
            return self.repeated(&request);
        }
        if request.is_collection(self.model) && self.random.percent(20) {
            return if self.random.percent(50) {
                self.mixed_styles(request)
            } else {
                self.wrong_drupal(request)
            };
        }
        let mut wrong = vec![self.wrong(&request)];
        if self.random.percent(25) {
            let second = self.wrong(&request);
            if second.1.split('[').next() != wrong[0].1.split('[').next() {
                wrong.push(second);
            }
        }
        let mut parameters = request.parameters(self.model);
        for (_, name, _) in &wrong {
            // The fault takes the place of what it would otherwise contradict.
            let base = name.split('[').next().unwrap().to_owned();
            parameters.retain(|(other, _)| {
                let family = other.split('[').next().unwrap();
                family != base && !(base == "include" && other.ends_with("][limit]"))
            });
        }
        let mut named: Vec<String> = wrong.iter().map(|(_, name, _)| name.clone()).collect();
        named.sort();
        let what = wrong[0].0;
        parameters.extend(wrong.into_iter().map(|(_, name, value)| (name, value)));
        Faulty { what, segments: request.segments(self.model), parameters, status: 400, named: Some(named) }
    }

    fn wrong(&mut self, request: &Request) -> Wrong {
        let always: [fn(&mut Self, &Request) -> Wrong; 3] =
            [Self::unknown, Self::wrong_include, Self::wrong_fields];
        let of_collections: [fn(&mut Self, &Request) -> Wrong; 3] =
            [Self::wrong_page, Self::wrong_sort, Self::wrong_filter];
        let choices: Vec<_> = if request.is_collection(self.model) {
            always.into_iter().chain(of_collections).chain(of_collections).collect()
        } else {
            always.to_vec()
        };
        self.random.pick(&choices)(self, request)
    }

    fn one_of(&mut self, choices: &[(&'static str, &str, &str)]) -> Wrong {
        let (what, name, value) = self.random.pick(choices);
        (what, (*name).to_owned(), (*value).to_owned())
    }

    fn unknown(&mut self, _: &Request) -> Wrong {
        self.one_of(&[
            ("unknown parameter", "foo", "1"),
            ("unknown parameter", "limit", "5"),
            ("unknown parameter", "fooBar", "1"),
            ("illegal parameter name", "_x", "1"),
            ("illegal parameter name", "my.param", "1"),
            ("illegal parameter name", "a:b", "1"),
        ])
    }

    fn wrong_include(&mut self, request: &Request) -> Wrong {
        let of = request.primary(self.model);
        let owner = &self.model.types[of];
        if let Target::Relationship { .. } = request.target {
            return ("include that starts elsewhere", "include".to_owned(), "nope".to_owned());
        }
        let attribute =
            owner.attributes.first().map_or("nope", |attribute| attribute.name.as_str()).to_owned();
        let relationship = owner.relationships.first().map_or("nope", |it| it.name.as_str()).to_owned();
        let (what, value) = match self.random.below(6) {
            0 => ("include of an unknown path", "nope".to_owned()),
            1 => ("include of an attribute", attribute),
            2 => ("include of an unknown second step", format!("{relationship}.nope")),
            3 => ("include with an empty item", format!("{relationship},,{relationship}")),
            4 => ("include of one known and one unknown path", format!("{relationship},nope")),
            _ => return ("bound of a path not included", "page[nope][limit]".to_owned(), "3".to_owned()),
        };
        (what, "include".to_owned(), value)
    }

    fn wrong_fields(&mut self, _: &Request) -> Wrong {
        self.one_of(&[
            ("fields without type", "fields", "name"),
            ("fields with two brackets", "fields[a][b]", "name"),
            ("include with brackets", "include[]", "name"),
            ("sort with brackets", "sort[name]", "1"),
        ])
    }

    fn wrong_page(&mut self, _: &Request) -> Wrong {
        self.one_of(&[
            ("page size of zero", "page[size]", "0"),
            ("page size over the maximum", "page[size]", "501"),
            ("page size that is no number", "page[size]", "abc"),
            ("page size with a sign", "page[size]", "+5"),
            ("page size that overflows", "page[size]", "99999999999999999999"),
            ("empty page size", "page[size]", ""),
            ("page limit over the maximum", "page[limit]", "501"),
            ("page limit of zero", "page[limit]", "0"),
            ("negative offset", "page[offset]", "-1"),
            ("offset that is no number", "page[offset]", "1.5"),
            ("page number of zero", "page[number]", "0"),
            ("unknown page parameter", "page[nope]", "1"),
            ("count that is no boolean", "page[count]", "maybe"),
            ("invalid cursor", "page[after]", "garbage"),
            ("invalid cursor", "page[before]", "\u{0}"),
            ("empty cursor", "page[after]", ""),
        ])
    }

    fn wrong_sort(&mut self, request: &Request) -> Wrong {
        let of = request.primary(self.model);
        let owner = &self.model.types[of];
        let unsortable = owner
            .attributes
            .iter()
            .find(|attribute| matches!(owner.columns[attribute.column].kind, Kind::Json | Kind::Binary));
        let many = owner.relationships.iter().find(|relationship| relationship.many);
        let value = match self.random.below(7) {
            0 => "nope".to_owned(),
            1 => String::new(),
            2 => "id,,id".to_owned(),
            3 => "--id".to_owned(),
            4 => owner.relationships.first().map_or("nope", |it| it.name.as_str()).to_owned(),
            5 => many.map_or("nope".to_owned(), |it| format!("{}.id", it.name)),
            _ => unsortable.map_or("id,nope", |it| it.name.as_str()).to_owned(),
        };
        ("sort that is not possible", "sort".to_owned(), value)
    }

    fn wrong_filter(&mut self, request: &Request) -> Wrong {
        let of = request.primary(self.model);
        let steps = self.random.below(2);
        let path = self.walk(of, steps, false);
        let end = &self.model.types[self.model.end(of, &path)];
        let typed: Vec<usize> = (0..end.attributes.len())
            .filter(|it| {
                matches!(
                    end.columns[end.attributes[*it].column].kind,
                    Kind::Integer | Kind::Decimal | Kind::Timestamp
                )
            })
            .collect();
        let whole = |member| self.model.dotted(of, &path, Some(member));
        match self.random.below(7) {
            0 => ("filter on an unknown member", "filter[nope]".to_owned(), "1".to_owned()),
            1 => ("filter on an unknown path", "filter[nope.id][gt]".to_owned(), "1".to_owned()),
            2 => ("unknown operator", format!("filter[{}][like]", whole(Member::Id)), "1".to_owned()),
            3 => (
                "null that is no boolean",
                format!("filter[{}][null]", whole(Member::Id)),
                "maybe".to_owned(),
            ),
            4 if !end.relationships.is_empty() => {
                let name = whole(Member::Relationship(self.random.below(end.relationships.len())));
                ("operator that relationships lack", format!("filter[{name}][gt]"), "1".to_owned())
            }
            5 if !typed.is_empty() => {
                let name = whole(Member::Attribute(*self.random.pick(&typed)));
                let operator = self.random.pick(&[Operator::Gt, Operator::Eq, Operator::Lte]).native();
                ("value of the wrong type", format!("filter[{name}][{operator}]"), "abc".to_owned())
            }
            6 if !typed.is_empty() => {
                let name = whole(Member::Attribute(*self.random.pick(&typed)));
                ("operator of another type", format!("filter[{name}][contains]"), "1".to_owned())
            }
            _ => ("unknown operator", format!("filter[{}][=]", whole(Member::Id)), "1".to_owned()),
        }
    }

    /// Something that does not exist: 404, without parameters.
    fn missing(&mut self) -> Faulty {
        let of = self.random.below(self.model.types.len());
        let owner = &self.model.types[of];
        let path = |parts: &[&str]| parts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let id = owner.rows.first().map_or("1", |row| row.id.as_str());
        let relationship = owner.relationships.first().map_or("nope", |it| it.name.as_str());
        let name = owner.name.as_str();
        let (what, segments) = match self.random.below(8) {
            0 => ("unknown type", path(&["nopes"])),
            1 => ("unknown id", path(&[name, "987654321"])),
            2 => ("id of another form", path(&[name, "no such~id"])),
            3 => ("related resources of nothing", path(&[name, "987654321", relationship])),
            4 => ("linkage of nothing", path(&[name, "987654321", "relationships", relationship])),
            5 => ("unknown relationship", path(&[name, id, "nope"])),
            6 => ("unknown relationship", path(&[name, id, "relationships", "nope"])),
            _ => ("too long a path", path(&[name, id, "relationships", relationship, "more"])),
        };
        Faulty { what, segments, parameters: Vec::new(), status: 404, named: Some(vec![String::new()]) }
    }

    /// Parameters for collections on a URL of one resource.
    fn not_for_one(&mut self, request: &Request) -> Faulty {
        let (what, name, value) = self.one_of(&[
            ("sort on one resource", "sort", "id"),
            ("page on one resource", "page[size]", "3"),
            ("page on one resource", "page[limit]", "3"),
            ("filter on one resource", "filter[id]", "1"),
        ]);
        let mut parameters = request.parameters(self.model);
        parameters.push((name.clone(), value));
        let segments = request.segments(self.model);
        Faulty { what, segments, parameters, status: 400, named: Some(vec![name]) }
    }

    fn repeated(&mut self, request: &Request) -> Faulty {
        let mut parameters = request.parameters(self.model);
        let mut names: Vec<_> =
            parameters.iter().filter(|(name, _)| !name.ends_with("[]")).cloned().collect();
        if names.is_empty() {
            names.push(("include".to_owned(), String::new()));
            parameters.extend(names.clone());
        }
        let (name, value) = self.random.pick(&names).clone();
        parameters.push((name.clone(), value));
        let segments = request.segments(self.model);
        Faulty { what: "repeated parameter", segments, parameters, status: 400, named: Some(vec![name]) }
    }

    fn mixed_styles(&mut self, mut request: Request) -> Faulty {
        request.query = Query { page: Page::Default, ..Query::default() };
        let mut parameters = request.parameters(self.model);
        let mixtures =
            [["page[limit]", "page[number]"], ["page[limit]", "page[size]"], ["page[offset]", "page[size]"]];
        parameters.extend(self.random.pick(&mixtures).map(|name| (name.to_owned(), "3".to_owned())));
        let segments = request.segments(self.model);
        Faulty { what: "mixed page styles", segments, parameters, status: 400, named: None }
    }

    fn wrong_drupal(&mut self, mut request: Request) -> Faulty {
        request.query = Query { filter: Vec::new(), drupal_filter: Vec::new(), ..request.query };
        let mut parameters = request.parameters(self.model);
        let (what, at, value) = *self.random.pick(&[
            ("unknown operator of a condition", "operator", "LIKE"),
            ("unknown group of a condition", "memberOf", "nope"),
            ("unknown path of a condition", "path", "nope"),
        ]);
        let correct = [("path", "id"), ("operator", "="), ("value", "1")];
        for (name, value) in correct.into_iter().filter(|(name, _)| *name != at).chain([(at, value)]) {
            parameters.push((format!("filter[k][condition][{name}]"), value.to_owned()));
        }
        let segments = request.segments(self.model);
        let named = Some(vec![format!("filter[k][condition][{at}]")]);
        Faulty { what, segments, parameters, status: 400, named }
    }
}
