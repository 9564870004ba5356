//! The answer the contract demands: rows filtered, sorted and cut into a page, and the document around them.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::cells::Cell;
use super::compare::{any, any_of, optional, within};
use super::include::Inclusion;
use super::model::{Link as Linked, Model, Row};
use super::pages::Window;
use super::request::{Parameters, Query, Request, SortField, Target};
use crate::harness::links::Link;
use crate::harness::{CURSOR_PROFILE, JSON_API};

/// What a response must be like.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// The document, with links in the form of [`super::compare::link_text`]. Of errors only the parameters count.
    pub(super) document: Value,
}

/// Computes answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oracle<'a> {
    pub(super) model: &'a Model,
}

/// The rows of primary data.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rows {
    NotFound,
    One(Option<usize>),
    Many(Vec<usize>),
}

impl Oracle<'_> {
    /// The rows a request is about, before paging.
    pub(super) fn rows(self, request: &Request) -> Rows {
        let owner = &self.model.types[request.of];
        match &request.target {
            Target::Collection => Rows::Many(self.select(request, (0..owner.rows.len()).collect())),
            Target::Individual { id } => {
                owner.by_id.get(id).map_or(Rows::NotFound, |row| Rows::One(Some(*row)))
            }
            Target::Related { id, relationship } | Target::Relationship { id, relationship } => {
                let Some(row) = owner.by_id.get(id) else { return Rows::NotFound };
                let relationship = &owner.relationships[*relationship];
                let linked = relationship.links[*row].clone();
                if relationship.many {
                    Rows::Many(self.select(request, linked))
                } else {
                    Rows::One(linked.first().copied())
                }
            }
        }
    }

    fn select(self, request: &Request, mut rows: Vec<usize>) -> Vec<usize> {
        let of = request.primary(self.model);
        let Query { filter, drupal_filter, sort, .. } = &request.query;
        for expression in filter.iter().chain(drupal_filter) {
            let holding = expression.holding(self.model, of);
            rows.retain(|row| holding[*row]);
        }
        // Rows come in key order and the sort is stable, so the key is the last sort field.
        if let Some(sort) = sort {
            rows.sort_by(|a, b| {
                let mut orders = sort.iter().map(|field| self.compare(of, field, *a, *b));
                orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            });
        }
        rows
    }

    fn compare(self, of: usize, field: &SortField, a: usize, b: usize) -> Ordering {
        let (mut end, mut rows) = (of, [Some(a), Some(b)]);
        for step in &field.path {
            let relationship = &self.model.types[end].relationships[*step];
            rows = rows.map(|row| row.and_then(|row| relationship.links[row].first().copied()));
            end = relationship.target;
        }
        let end = &self.model.types[end];
        let columns = end.column_of(field.member).map_or_else(|| end.key.clone(), |column| vec![column]);
        let cell =
            |row: Option<usize>, column: usize| row.map_or(&Cell::Null, |row| &end.rows[row].cells[column]);
        let compare = |column: &usize| {
            cell(rows[0], *column).compare(cell(rows[1], *column), end.columns[*column].collation)
        };
        let order = columns.iter().map(compare).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        if field.descending { order.reverse() } else { order }
    }

    /// The answer to a valid request. `written` are its parameters as sent; `actual` is the answer to judge, whose
    /// cursors are taken over, since they are the server's to make; `window` is the page as rows, if it is a cursor page.
    pub(super) fn answer(
        self,
        request: &Request,
        written: &Parameters,
        rows: &Rows,
        window: &Window,
    ) -> Expected {
        if *rows == Rows::NotFound {
            return Expected { status: 404, document: json!({ "errors": any() }) };
        }
        let shown: Vec<usize> = match rows {
            Rows::Many(all) => all[window.start..window.end].to_vec(),
            Rows::One(row) => row.iter().copied().collect(),
            Rows::NotFound => Vec::new(),
        };
        let of = request.primary(self.model);
        let inclusion = Inclusion::of(self.model, request, &shown);
        let as_identifiers = matches!(request.target, Target::Relationship { .. });
        let item = |(index, row): (usize, &usize)| {
            let mut item = if as_identifiers {
                self.identifier(of, *row)
            } else {
                self.resource(request, of, *row, &inclusion, window.cursor_style)
            };
            if window.cursor_style {
                item["meta"] = json!({ "page": { "cursor": window.cursors.get(index) } });
            }
            item
        };
        let mut items: Vec<Value> = shown.iter().enumerate().map(item).collect();
        let data = match rows {
            Rows::Many(_) => Value::Array(items),
            _ => items.pop().unwrap_or(Value::Null),
        };
        let mut document = json!({
            "jsonapi": { "version": "1.1" },
            "links": self.top_links(request, written, window),
            "data": data,
        });
        if window.cursor_style {
            document["jsonapi"]["profile"] = json!([CURSOR_PROFILE]);
        }
        if request.query.include.is_some() {
            let resources = inclusion.included.iter();
            let resources =
                resources.map(|(of, row)| self.resource(request, *of, *row, &inclusion, window.cursor_style));
            document["included"] = within("set", Value::Array(resources.collect()));
        }
        if let Some(meta) = window.meta().filter(|_| request.is_collection(self.model)) {
            document["meta"] = meta;
        }
        Expected { status: 200, document }
    }

    fn top_links(self, request: &Request, written: &Parameters, window: &Window) -> Value {
        let here = Link { segments: request.segments(self.model), query: written.clone() };
        let mut links = Map::new();
        let own = here.text();
        let with_type = json!({ "href": own, "type": format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"") });
        links.insert("self".to_owned(), if window.cursor_style { with_type } else { json!(own) });
        let schema = |of: usize| Link::to(&["schemas", &self.model.types[of].name]).text();
        let primary = schema(request.primary(self.model));
        let described = if let Target::Relationship { id, relationship } = &request.target {
            let owner = &self.model.types[request.of];
            let related = Link::to(&[&owner.name, id, &owner.relationships[*relationship].name]);
            links.insert("related".to_owned(), optional(json!(related.text())));
            any_of(vec![json!(primary), json!(schema(request.of))])
        } else {
            json!(primary)
        };
        links.insert("describedby".to_owned(), described);
        if request.is_collection(self.model) {
            window.add_links(&here, &mut links);
        }
        Value::Object(links)
    }

    fn identifier(self, of: usize, row: usize) -> Value {
        json!({ "type": self.model.types[of].name, "id": self.model.types[of].rows[row].id })
    }

    fn resource(
        self,
        request: &Request,
        of: usize,
        row: usize,
        inclusion: &Inclusion,
        cursor_style: bool,
    ) -> Value {
        let owner = &self.model.types[of];
        let Row { id, cells } = &owner.rows[row];
        let fieldset: Option<BTreeSet<&str>> = {
            let mut fields = request.query.fields.iter();
            fields
                .find(|(name, _)| *name == owner.name)
                .map(|(_, names)| names.iter().map(String::as_str).collect())
        };
        let wanted = |name: &str| fieldset.as_ref().is_none_or(|names| names.contains(name));
        let mut resource = self.identifier(of, row);
        resource["links"] = json!({ "self": Link::to(&[&owner.name, id]).text() });
        for attribute in owner.attributes.iter().filter(|attribute| wanted(&attribute.name)) {
            let kind = owner.columns[attribute.column].kind;
            resource["attributes"][&attribute.name] = cells[attribute.column].served(kind);
        }
        for (index, relationship) in owner.relationships.iter().enumerate().filter(|(_, it)| wanted(&it.name))
        {
            let own = Link::to(&[&owner.name, id, "relationships", &relationship.name]);
            let mut object = json!({ "links": {
                "self": own.text(),
                "related": Link::to(&[&owner.name, id, &relationship.name]).text(),
            }});
            let limit = inclusion.shown.get(&(of, row)).and_then(|shown| shown.get(&index));
            let mut linked =
                relationship.links[row].iter().map(|linked| self.identifier(relationship.target, *linked));
            if !relationship.many {
                if matches!(relationship.link, Linked::ForeignKey { .. }) || limit.is_some() {
                    object["data"] = linked.next().unwrap_or(Value::Null);
                }
            } else if let Some(limit) = limit {
                let identifiers: Vec<Value> = linked.take(*limit).collect();
                let more = relationship.links[row].len() > *limit;
                if cursor_style {
                    object["links"]["prev"] = Value::Null;
                    object["links"]["next"] = if more { any() } else { Value::Null };
                } else if more {
                    let page = |name: &str| (format!("page[{name}]"), limit.to_string());
                    let next = Link { query: vec![page("limit"), page("offset")], ..own };
                    object["links"]["next"] = json!(next.text());
                }
                object["data"] =
                    if cursor_style { within("cursors", json!(identifiers)) } else { json!(identifiers) };
            }
            resource["relationships"][&relationship.name] = object;
        }
        resource
    }
}
