//! A request as the oracle understands it, and how it is written into a URL.

use super::compare::segment;
use super::filter::{Condition, Expression, Operator};
use super::model::{Member, Model};

/// A GET request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The type whose URL it is.
    pub(super) of: usize,
    pub(super) target: Target,
    pub(super) query: Query,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Collection,
    Individual { id: String },
    Related { id: String, relationship: usize },
    Relationship { id: String, relationship: usize },
}

/// The query parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    /// Paths of relationships from the primary data (on relationship URLs: from the parent).
    pub(super) include: Option<Vec<Vec<usize>>>,
    /// `page[path][limit]`.
    pub(super) limits: Vec<(Vec<usize>, usize)>,
    /// `fields[type]`, with names as written.
    pub(super) fields: Vec<(String, Vec<String>)>,
    pub(super) sort: Option<Vec<SortField>>,
    pub(super) page: Page,
    pub(super) count: Option<bool>,
    /// Filters written in the native grammar.
    pub(super) filter: Vec<Expression>,
    /// Filters written in Drupal's grammar; all of both kinds must hold.
    pub(super) drupal_filter: Vec<Expression>,
    /// Whether `Accept` asks for the cursor profile.
    pub(super) profile: bool,
}

impl Query {
    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_none() && self.fields.is_empty()
    }
}

/// The two ways to write filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grammar {
    Native,
    Drupal,
}

/// One field to sort by.
#[derive(Debug, Clone)]
pub(super) struct SortField {
    pub(super) descending: bool,
    pub(super) path: Vec<usize>,
    pub(super) member: Member,
}

/// The page asked for; what is not written is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Page {
    #[default]
    Default,
    Offset {
        limit: Option<usize>,
        offset: Option<usize>,
    },
    Number {
        number: usize,
        size: Option<usize>,
    },
    Cursor {
        size: Option<usize>,
        after: Option<String>,
        before: Option<String>,
    },
}

/// Names and values of query parameters, decoded.
pub(super) type Parameters = Vec<(String, String)>;

impl Request {
    /// The type of the primary data.
    pub(super) fn primary(&self, model: &Model) -> usize {
        match self.target {
            Target::Collection | Target::Individual { .. } => self.of,
            Target::Related { relationship, .. } | Target::Relationship { relationship, .. } => {
                model.types[self.of].relationships[relationship].target
            }
        }
    }

    /// Whether the primary data is a collection.
    pub(super) fn is_collection(&self, model: &Model) -> bool {
        match self.target {
            Target::Collection => true,
            Target::Individual { .. } => false,
            Target::Related { relationship, .. } | Target::Relationship { relationship, .. } => {
                model.types[self.of].relationships[relationship].many
            }
        }
    }

    /// The path below the base, in decoded segments.
    pub(super) fn segments(&self, model: &Model) -> Vec<String> {
        let owner = &model.types[self.of];
        let name = |index: usize| owner.relationships[index].name.clone();
        let mut segments = vec![owner.name.clone()];
        match &self.target {
            Target::Collection => {}
            Target::Individual { id } => segments.push(segment(id)),
            Target::Related { id, relationship } => segments.extend([segment(id), name(*relationship)]),
            Target::Relationship { id, relationship } => {
                segments.extend([segment(id), "relationships".to_owned(), name(*relationship)]);
            }
        }
        segments
    }

    /// The query parameters.
    pub(super) fn parameters(&self, model: &Model) -> Parameters {
        let query = &self.query;
        let primary = self.primary(model);
        let include_start =
            if matches!(self.target, Target::Relationship { .. }) { self.of } else { primary };
        let mut parameters = Parameters::new();
        let mut add = |name: &str, value: String| parameters.push((name.to_owned(), value));
        if let Some(include) = &query.include {
            let paths: Vec<_> = include.iter().map(|path| model.dotted(include_start, path, None)).collect();
            add("include", paths.join(","));
        }
        for (path, limit) in &query.limits {
            add(&format!("page[{}][limit]", model.dotted(include_start, path, None)), limit.to_string());
        }
        for (name, fields) in &query.fields {
            add(&format!("fields[{name}]"), fields.join(","));
        }
        if let Some(sort) = &query.sort {
            let field = |it: &SortField| {
                let sign = if it.descending { "-" } else { "" };
                format!("{sign}{}", model.dotted(primary, &it.path, Some(it.member)))
            };
            add("sort", sort.iter().map(field).collect::<Vec<_>>().join(","));
        }
        let mut page = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                add(&format!("page[{name}]"), value);
            }
        };
        match &query.page {
            Page::Default => {}
            Page::Offset { limit, offset } => {
                page("limit", limit.map(|it| it.to_string()));
                page("offset", offset.map(|it| it.to_string()));
            }
            Page::Number { number, size } => {
                page("number", Some(number.to_string()));
                page("size", size.map(|it| it.to_string()));
            }
            Page::Cursor { size, after, before } => {
                page("size", size.map(|it| it.to_string()));
                page("after", after.clone());
                page("before", before.clone());
            }
        }
        page("count", query.count.map(|it| it.to_string()));
        native(model, primary, "filter", &query.filter, &mut parameters);
        let mut writer = DrupalWriter { model, of: primary, next: 0, parameters: &mut parameters };
        writer.write(&query.drupal_filter, None);
        parameters
    }
}

/// Writes a conjunction below `prefix`: `prefix[path][operator]=…`, `prefix[or][0]…`, `prefix[not]…`.
fn native(model: &Model, of: usize, prefix: &str, parts: &[Expression], parameters: &mut Parameters) {
    for part in parts {
        match part {
            Expression::Condition(condition) => {
                parameters.push(native_condition(model, of, prefix, condition));
            }
            Expression::Any(branches) => {
                for (index, branch) in branches.iter().enumerate() {
                    native(model, of, &format!("{prefix}[or][{index}]"), conjunction(branch), parameters);
                }
            }
            Expression::Not(group) => {
                native(model, of, &format!("{prefix}[not]"), conjunction(group), parameters);
            }
            Expression::All(group) => native(model, of, prefix, group, parameters),
        }
    }
}

fn conjunction(expression: &Expression) -> &[Expression] {
    match expression {
        Expression::All(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

fn native_condition(model: &Model, of: usize, prefix: &str, condition: &Condition) -> (String, String) {
    let Condition { path, member, operator, operands } = condition;
    let name = model.dotted(of, path, Some(*member));
    let is_relationship = matches!(member, Member::Relationship(_));
    let value = if operator.takes_list() || (is_relationship && *operator != Operator::Null) {
        operands.iter().map(|text| escape(text)).collect::<Vec<_>>().join(",")
    } else {
        operands[0].clone()
    };
    // A condition without an operator means `eq`, and is the common way to write it.
    let plain = *operator == Operator::Eq && operands[0].len() % 2 == 0;
    let suffix = if plain { String::new() } else { format!("[{}]", operator.native()) };
    (format!("{prefix}[{name}]{suffix}"), value)
}

/// An item of a comma-separated list.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,")
}

/// Writes an expression without negation in Drupal's grammar, which names every group and condition.
struct DrupalWriter<'a> {
    model: &'a Model,
    of: usize,
    next: usize,
    parameters: &'a mut Parameters,
}

impl DrupalWriter<'_> {
    fn write(&mut self, parts: &[Expression], group: Option<&str>) {
        for part in parts {
            self.next += 1;
            let key = format!("k{}", self.next);
            match part {
                Expression::Condition(condition) => self.condition(&key, condition, group),
                Expression::All(parts) => self.group(&key, "AND", parts, group),
                Expression::Any(parts) => self.group(&key, "OR", parts, group),
                Expression::Not(_) => unreachable!("the grammar has no negation"),
            }
        }
    }

    fn add(&mut self, name: String, value: &str) {
        self.parameters.push((name, value.to_owned()));
    }

    fn group(&mut self, key: &str, conjunction: &str, parts: &[Expression], group: Option<&str>) {
        self.add(format!("filter[{key}][group][conjunction]"), conjunction);
        if let Some(group) = group {
            self.add(format!("filter[{key}][group][memberOf]"), group);
        }
        self.write(parts, Some(key));
    }

    fn condition(&mut self, key: &str, condition: &Condition, group: Option<&str>) {
        let Condition { path, member, operator, operands } = condition;
        let name = self.model.dotted(self.of, path, Some(*member));
        let symbol = drupal(*operator, operands);
        // The single value of a relationship is a list of ids, as in the native grammar.
        let value = match member {
            Member::Relationship(_) => escape(&operands[0]),
            _ => operands[0].clone(),
        };
        // At the root a single value may be written in short.
        let short = group.is_none()
            && *operator != Operator::Null
            && !operator.takes_list()
            && self.next.is_multiple_of(3);
        if short && !self.parameters.iter().any(|(other, _)| other.starts_with(&format!("filter[{name}]"))) {
            self.add(format!("filter[{name}][operator]"), symbol);
            self.add(format!("filter[{name}][value]"), &value);
            return;
        }
        self.add(format!("filter[{key}][condition][path]"), &name);
        if *operator != Operator::Eq || self.next.is_multiple_of(2) {
            self.add(format!("filter[{key}][condition][operator]"), symbol);
        }
        if operator.takes_list() {
            for (index, operand) in operands.iter().enumerate() {
                let place = if self.next.is_multiple_of(2) { String::new() } else { index.to_string() };
                self.add(format!("filter[{key}][condition][value][{place}]"), operand);
            }
        } else if *operator != Operator::Null {
            self.add(format!("filter[{key}][condition][value]"), &value);
        }
        if let Some(group) = group {
            self.add(format!("filter[{key}][condition][memberOf]"), group);
        }
    }
}

fn drupal(operator: Operator, operands: &[String]) -> &'static str {
    match operator {
        Operator::Eq => "=",
        Operator::Ne => "<>",
        Operator::Gt => ">",
        Operator::Gte => ">=",
        Operator::Lt => "<",
        Operator::Lte => "<=",
        Operator::In => "IN",
        Operator::Nin => "NOT IN",
        Operator::Between => "BETWEEN",
        Operator::Nbetween => "NOT BETWEEN",
        Operator::Contains => "CONTAINS",
        Operator::Starts => "STARTS_WITH",
        Operator::Ends => "ENDS_WITH",
        Operator::Null if operands == ["true"] => "IS NULL",
        Operator::Null => "IS NOT NULL",
    }
}
