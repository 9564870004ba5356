//! Random requests that are valid, and (in `faults`) what makes them invalid.

pub(super) mod faults;
mod filters;

use super::answer::{Oracle, Rows};
use super::cells::Kind;
use super::include::Inclusion;
use super::model::{Member, Model};
use super::pages::Window;
use super::random::Random;
use super::request::{Grammar, Page, Query, Request, SortField, Target};

/// More included resources than that make a slow test, not a better one.
const INCLUDED_MAX: usize = 600;

/// Makes requests to one database.
pub(crate) struct Generator<'a> {
    pub(crate) model: &'a Model,
    pub(crate) random: Random,
}

impl Generator<'_> {
    /// A valid request.
    pub(super) fn request(&mut self) -> Request {
        loop {
            let request = self.attempt();
            let mut names: Vec<_> =
                request.parameters(self.model).into_iter().map(|(name, _)| name).collect();
            let count = names.len();
            names.sort();
            names.dedup_by(|a, b| a == b && !a.ends_with("[]"));
            if names.len() == count && self.is_small(&request) {
                return request;
            }
        }
    }

    /// `include` and `fields` for one resource of that type.
    pub(super) fn query_of_one(&mut self, of: usize) -> Query {
        let mut request =
            Request { of, target: Target::Individual { id: String::new() }, query: Query::default() };
        if self.random.percent(70) {
            let mut paths = Vec::new();
            for _ in 0..self.random.below(3) {
                let steps = 1 + self.random.below(2);
                paths.push(self.walk(of, steps, false));
            }
            paths.retain(|path| !path.is_empty());
            request.query.include = Some(paths);
        }
        if self.random.percent(50) {
            self.fields(&mut request, of);
        }
        request.query
    }

    fn is_small(&self, request: &Request) -> bool {
        let oracle = Oracle { model: self.model };
        if request.query.include.is_none() {
            return true;
        }
        let rows = match oracle.rows(request) {
            Rows::Many(rows) => {
                let window = Window::of(&request.query, rows.len());
                rows[window.start..window.end].to_vec()
            }
            Rows::One(row) => row.into_iter().collect(),
            Rows::NotFound => Vec::new(),
        };
        Inclusion::of(self.model, request, &rows).included.len() <= INCLUDED_MAX
    }

    fn attempt(&mut self) -> Request {
        let of = self.random.below(self.model.types.len());
        let target = self.target(of);
        let mut request = Request { of, target, query: Query::default() };
        let primary = request.primary(self.model);
        let is_collection = request.is_collection(self.model);
        if self.random.percent(40) {
            self.include(&mut request);
        }
        if self.random.percent(25) {
            self.fields(&mut request, primary);
        }
        if is_collection {
            if self.random.percent(45) {
                request.query.sort = Some(self.sort(primary));
            }
            if self.random.percent(55) {
                let grammars = self.random.below(8);
                if grammars >= 2 {
                    request.query.filter = self.filters(primary, Grammar::Native);
                }
                if grammars <= 2 {
                    request.query.drupal_filter = self.filters(primary, Grammar::Drupal);
                }
            }
            if self.random.percent(25) {
                request.query.count = Some(self.random.percent(70));
            }
            self.page(&mut request.query);
        }
        request
    }

    fn target(&mut self, of: usize) -> Target {
        let owner = &self.model.types[of];
        if owner.rows.is_empty() || self.random.percent(55) {
            return Target::Collection;
        }
        let id = owner.rows[self.random.below(owner.rows.len())].id.clone();
        if owner.relationships.is_empty() || self.random.percent(30) {
            return Target::Individual { id };
        }
        let relationship = self.random.below(owner.relationships.len());
        if self.random.percent(50) {
            Target::Related { id, relationship }
        } else {
            Target::Relationship { id, relationship }
        }
    }

    /// A random walk over relationships; `to_one` keeps to those that lead to one resource.
    fn walk(&mut self, mut here: usize, steps: usize, to_one: bool) -> Vec<usize> {
        let mut path = Vec::new();
        for _ in 0..steps {
            let relationships = &self.model.types[here].relationships;
            let open: Vec<usize> =
                (0..relationships.len()).filter(|it| !to_one || !relationships[*it].many).collect();
            if open.is_empty() {
                break;
            }
            let step = *self.random.pick(&open);
            path.push(step);
            here = relationships[step].target;
        }
        path
    }

    fn include(&mut self, request: &mut Request) {
        let mut paths = Vec::new();
        let (start, first) = match request.target {
            Target::Relationship { relationship, .. } => (request.of, Some(relationship)),
            _ => (request.primary(self.model), None),
        };
        for _ in 0..self.random.below(4) {
            let steps = 1 + self.random.below(3);
            let mut path: Vec<usize> = first.into_iter().collect();
            let here = self.model.end(start, &path);
            path.extend(self.walk(here, steps - path.len().min(steps), false));
            if !path.is_empty() {
                paths.push(path);
            }
        }
        self.limits(request, start, &paths);
        request.query.include = Some(paths);
    }

    /// Bounds for some of the included to-many relationships.
    fn limits(&mut self, request: &mut Request, start: usize, paths: &[Vec<usize>]) {
        let mut prefixes: Vec<Vec<usize>> =
            paths.iter().flat_map(|path| (1..=path.len()).map(|steps| path[..steps].to_vec())).collect();
        prefixes.sort();
        prefixes.dedup();
        if self.random.percent(50) {
            return;
        }
        let own = usize::from(matches!(request.target, Target::Relationship { .. }));
        for path in prefixes.into_iter().filter(|path| path.len() > own) {
            let (of, last) = {
                let (last, before) = path.split_last().unwrap();
                (self.model.end(start, before), *last)
            };
            if self.model.types[of].relationships[last].many && self.random.percent(60) {
                let limit = 1 + self.random.below(6);
                request.query.limits.push((path, limit));
            }
        }
    }

    fn fields(&mut self, request: &mut Request, primary: usize) {
        let mut types = vec![primary];
        if self.random.percent(50) {
            types.push(self.random.below(self.model.types.len()));
        }
        types.dedup();
        for of in types {
            let owner = &self.model.types[of];
            let mut names: Vec<String> = owner.attributes.iter().map(|it| it.name.clone()).collect();
            names.extend(owner.relationships.iter().map(|it| it.name.clone()));
            self.random.shuffle(&mut names);
            names.truncate(self.random.below(5));
            if self.random.percent(10) {
                names.push((*self.random.pick(&["nope", "id", "type"])).to_owned());
            }
            request.query.fields.push((owner.name.clone(), names));
        }
        if self.random.percent(5) {
            request.query.fields.push(("nopes".to_owned(), vec!["nope".to_owned()]));
        }
    }

    fn sort(&mut self, of: usize) -> Vec<SortField> {
        let mut fields = Vec::new();
        for _ in 0..=self.random.below(3) {
            let steps = *self.random.pick(&[0, 0, 0, 1, 2]);
            let path = self.walk(of, steps, true);
            let end = &self.model.types[self.model.end(of, &path)];
            let sortable = |it: &usize| {
                !matches!(end.columns[end.attributes[*it].column].kind, Kind::Json | Kind::Binary)
            };
            let mut members: Vec<_> =
                (0..end.attributes.len()).filter(sortable).map(Member::Attribute).collect();
            members.push(Member::Id);
            let member = *self.random.pick(&members);
            fields.push(SortField { descending: self.random.percent(50), path, member });
        }
        fields
    }

    fn page(&mut self, query: &mut Query) {
        let size = match self.random.below(10) {
            0 => 500,
            1 => 100,
            2 => 1,
            _ => 1 + self.random.below(20),
        };
        let place = *self.random.pick(&[0, 0, 1, 5, 20, 50, 500, 100_000]);
        query.page = match self.random.below(20) {
            0..=4 => Page::Default,
            5..=6 => Page::Offset { limit: Some(size), offset: None },
            7..=9 => Page::Offset { limit: Some(size), offset: Some(place + self.random.below(10)) },
            10 => Page::Offset { limit: None, offset: Some(place) },
            11..=12 => Page::Number { number: 1 + self.random.below(4), size: Some(size) },
            13 => Page::Number { number: 1 + self.random.below(3), size: None },
            _ => Page::Cursor { size: Some(size), after: None, before: None },
        };
        let may_name_profile = matches!(query.page, Page::Default | Page::Cursor { .. });
        query.profile = may_name_profile && self.random.percent(25);
    }
}
