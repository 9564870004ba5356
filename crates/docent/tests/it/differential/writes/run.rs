//! Sends reads and writes in turn and judges the answers, with the database of the oracle kept in step.

use serde_json::{Value, json};

use super::super::generate::Generator;
use super::super::model::Model;
use super::super::random::Random;
use super::super::request::{Query, Target};
use super::super::run::{Asker, Failure};
use super::documents::{document, model};
use super::generate::WriteGenerator;
use super::generate::malformed::{ATOMIC, Malformed};
use super::judge::{Condition, Judge};
use super::problem::Expected;
use super::send::{Sent, Wire};
use super::store::Store;
use super::tags::Tags;
use super::write::Write;
use crate::harness::JSON_API;
use crate::harness::http::Response;
use crate::harness::links::encode;
use crate::harness::mirror::Reader;

/// Resources kept in mind as written lately.
const RECENT: usize = 12;

/// One client, and what it knows.
pub(super) struct Player<'a> {
    pub(super) wire: Wire<'a>,
    /// The types; rows in here do not count.
    pub(super) schema: &'a Model,
    pub(super) store: Store,
    pub(super) random: Random,
    pub(super) tags: Tags,
    /// Reads what is stored.
    pub(super) reader: Reader,
    /// Whether changes have to say what they change.
    requires_match: bool,
    /// The present content as a model, once it is needed.
    model: Option<Model>,
    recent: Vec<(usize, String)>,
}

/// How a write is sent beside its document.
struct Manner {
    if_match: Option<String>,
    condition: Condition,
    minimal: bool,
    overridden: bool,
    query: Query,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        wire: Wire<'a>,
        schema: &'a Model,
        store: Store,
        random: Random,
        reader: Reader,
        requires_match: bool,
    ) -> Self {
        let (tags, recent) = (Tags::default(), Vec::new());
        Self { wire, schema, store, random, tags, reader, requires_match, model: None, recent }
    }

    /// Plays one sequence of reads and writes.
    pub(super) fn sequence(&mut self) -> Result<(), Failure> {
        for _ in 0..3 + self.random.below(6) {
            match self.random.below(100) {
                0..18 => self.read()?,
                18..24 => self.look()?,
                24..32 => self.malformed()?,
                _ => self.write()?,
            }
        }
        Ok(())
    }

    /// The present content.
    pub(super) fn model(&mut self) -> &Model {
        self.model.get_or_insert_with(|| model(&self.store))
    }

    /// Asks as the oracle of reads does.
    fn read(&mut self) -> Result<(), Failure> {
        self.model();
        let generator = Generator { model: self.model.as_ref().unwrap(), random: self.random.clone() };
        let client = self.wire.take_client();
        let mut asker =
            Asker { generator, client, base: self.wire.base, base_path: self.wire.base_path, asked: 0 };
        let outcome = asker.case();
        self.random = asker.generator.random;
        self.wire.put_client(asker.client);
        outcome
    }

    /// Reads a resource or a relationship to know its tag.
    fn look(&mut self) -> Result<(), Failure> {
        let (of, id) = self.generator().existing();
        let relationships = self.schema.types[of].relationships.len();
        let relationship =
            (relationships > 0 && self.random.percent(40)).then(|| self.random.below(relationships));
        self.look_at(of, &id, relationship).map(drop)
    }

    /// Reads it and returns its tag, if it is there.
    fn look_at(
        &mut self,
        of: usize,
        id: &str,
        relationship: Option<usize>,
    ) -> Result<Option<String>, Failure> {
        let target = target(id, relationship);
        let expected = document(self.model(), of, target.clone(), Query::default());
        let segments = segments(self.schema, of, &target);
        let response = self.wire.send("GET", &segments, "", &[("Accept", JSON_API)], None);
        let Some(expected) = expected else {
            return if response.status == 404 {
                Ok(None)
            } else {
                Err(self.wire.failure(&response, "expected 404"))
            };
        };
        if response.status != 200 {
            return Err(self.wire.failure(&response, "expected 200"));
        }
        self.same(&expected, &response)?;
        let Some(tag) = response.header("etag") else { return Err(self.wire.failure(&response, "no ETag")) };
        self.tags.remember(segments, tag.to_owned(), expected);
        Ok(Some(tag.to_owned()))
    }

    fn generator(&mut self) -> WriteGenerator<'_> {
        let Self { schema, store, random, recent, .. } = self;
        WriteGenerator { schema, store, random, recent }
    }

    fn malformed(&mut self) -> Result<(), Failure> {
        let Malformed { what, method, segments, query, headers, body, expected } =
            self.generator().malformed();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let response = self.wire.send(method, &segments, query, &headers, Some(&body));
        self.judge(&expected, &response, &Query::default(), false)
            .map_err(|Failure(it)| Failure(format!("{what}: {it}")))
    }

    fn write(&mut self) -> Result<(), Failure> {
        // What failed may have used up numbers.
        self.store.greatest.extend(self.reader.generated());
        let write = self.generator().write();
        let manner = self.manner(&write)?;
        let judge = Judge { schema: self.schema, store: &self.store, condition: manner.condition };
        let (expected, after) = judge.judge(&write);
        let response = self.send(&write, &manner);
        if let Some(after) = after {
            self.store = after;
            self.model = None;
        }
        if let Expected::Created { of, id } | Expected::Updated { of, id } = &expected {
            self.recent.push((*of, id.clone()));
            self.recent.drain(..self.recent.len().saturating_sub(RECENT));
        }
        self.judge(&expected, &response, &manner.query, manner.minimal)
    }

    /// Chooses headers and query.
    fn manner(&mut self, write: &Write) -> Result<Manner, Failure> {
        let (method, segments, _) = write.parts(self.wire.base, self.wire.base_path);
        let is_resource = matches!(write, Write::Create { .. } | Write::Update { .. });
        let mut manner = Manner {
            if_match: None,
            condition: Condition::Holds,
            minimal: is_resource && self.random.percent(8),
            overridden: method == "PATCH" && self.random.percent(4),
            query: Query::default(),
        };
        let type_name = &segments[0];
        if let Some(of) = self.schema.types.iter().position(|it| it.name == *type_name) {
            if is_resource && self.random.percent(20) {
                manner.query = self.query(of);
            }
            let chance = if self.requires_match { 80 } else { 25 };
            if segments.len() > 1 && self.random.percent(chance) {
                let relationship =
                    segments.get(3).map(|name| self.schema.types[of].relationship(name).unwrap());
                self.condition(&mut manner, of, &segments, relationship)?;
            }
            if segments.len() > 1 && self.requires_match && manner.if_match.is_none() {
                manner.condition = Condition::Missing;
            }
        }
        Ok(manner)
    }

    /// Chooses an `If-Match`: a tag just read, one read earlier, any, or none of the server's.
    fn condition(
        &mut self,
        manner: &mut Manner,
        of: usize,
        segments: &[String],
        relationship: Option<usize>,
    ) -> Result<(), Failure> {
        let id = segments[1].clone();
        match self.random.below(10) {
            0 => manner.if_match = Some("*".to_owned()),
            1 => {
                manner.if_match = Some("\"00000000000000000000000000000000\", W/\"1\"".to_owned());
                manner.condition = Condition::Fails;
            }
            2..6 => manner.if_match = self.look_at(of, &id, relationship)?,
            _ => {
                let Some((tag, before)) = self.tags.some(segments, &mut self.random) else { return Ok(()) };
                let now = document(self.model(), of, target(&id, relationship), Query::default());
                let holds = now.as_ref() == Some(&before);
                manner.condition = if holds { Condition::Holds } else { Condition::Fails };
                manner.if_match = Some(format!("\"x\",{tag}"));
            }
        }
        Ok(())
    }

    /// `include` and `fields` of an answer.
    fn query(&mut self, of: usize) -> Query {
        self.model();
        let mut generator = Generator { model: self.model.as_ref().unwrap(), random: self.random.clone() };
        let query = generator.query_of_one(of);
        self.random = generator.random;
        query
    }

    fn send(&mut self, write: &Write, manner: &Manner) -> Response {
        let (method, segments, body) = write.parts(self.wire.base, self.wire.base_path);
        let is_atomic = matches!(write, Write::Operations(_));
        let media_type = if is_atomic { ATOMIC } else { JSON_API };
        let mut headers = vec![("Accept", media_type)];
        if body.is_some() {
            headers.push(("Content-Type", media_type));
        }
        if let Some(tag) = &manner.if_match {
            headers.push(("If-Match", tag));
        }
        if manner.minimal {
            headers.push(("Prefer", "return=minimal"));
        }
        if manner.overridden {
            headers.push(("X-HTTP-Method-Override", method));
        }
        let method = if manner.overridden { "POST" } else { method };
        let of = self.schema.types.iter().position(|it| it.name == segments[0]).unwrap_or_default();
        let query = self.query_text(of, &manner.query);
        let body = body.map(|body| self.with_noise(body).to_string());
        self.wire.send(method, &segments, &query, &headers, body.as_deref())
    }

    /// Adds members that mean nothing: to be ignored wherever they stand.
    fn with_noise(&mut self, mut body: Value) -> Value {
        let places =
            ["", "/data", "/data/attributes", "/data/relationships", "/data/0", "/atomic:operations/0"];
        let place = *self.random.pick(&places);
        if self.random.percent(10)
            && let Some(object) = body.pointer_mut(place).and_then(Value::as_object_mut)
        {
            object.insert("@note".to_owned(), json!({ "type": 1 }));
            if !place.ends_with('s') {
                object.insert("meta".to_owned(), json!({ "nobody": "reads this" }));
                object.insert("comment".to_owned(), json!([1]));
            }
        }
        body
    }

    fn query_text(&self, of: usize, query: &Query) -> String {
        let target = Target::Individual { id: String::new() };
        let request = super::super::request::Request { of, target, query: query.clone() };
        let pairs = request.parameters(self.schema);
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        pairs.join("&")
    }

    /// Everything sent so far.
    pub(super) fn sent(&self) -> &[Sent] {
        self.wire.sent()
    }
}

fn target(id: &str, relationship: Option<usize>) -> Target {
    let id = id.to_owned();
    match relationship {
        Some(relationship) => Target::Relationship { id, relationship },
        None => Target::Individual { id },
    }
}

/// The path of a resource or relationship below the entry point.
pub(super) fn segments(schema: &Model, of: usize, target: &Target) -> Vec<String> {
    let request = super::super::request::Request { of, target: target.clone(), query: Query::default() };
    request.segments(schema)
}
