//! What an answer must be like, and whether errors are the expected ones.

use serde_json::Value;

/// The answer the contract demands.
#[derive(Debug)]
pub(super) enum Expected {
    /// 201 with the resource of that type and id.
    Created {
        of: usize,
        id: String,
    },
    /// 200 with it.
    Updated {
        of: usize,
        id: String,
    },
    /// 204.
    Done,
    /// 200 with results; each is the resource object it has to be, or nothing.
    Results(Vec<Option<Value>>),
    Refused(Refusal),
    /// One of these statuses, whatever is said of it.
    Status(Vec<u16>),
}

/// Why a request is refused.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub(super) problems: Vec<Problem>,
    /// Whether all of them have to be reported; one at least has to be anyway, and no other.
    pub(super) all: bool,
}

/// An error object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: u16,
    /// Empty if it is left open.
    pub(super) code: &'static str,
    pub(super) source: Source,
    /// Whether it may be reported together with others, or instead of them.
    pub(super) is_optional: bool,
}

/// What an error object points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Pointer(String),
    /// A value in there, or the whole of it.
    Within(String),
    Header(&'static str),
    Parameter(String),
    Nothing,
    Open,
}

impl Problem {
    /// At exactly that value.
    pub(super) fn at(status: u16, code: &'static str, pointer: &str) -> Self {
        Self::of(status, code, Source::Pointer(pointer.to_owned()))
    }

    /// At that value, or somewhere in it.
    pub(super) fn within(status: u16, code: &'static str, pointer: &str) -> Self {
        Self::of(status, code, Source::Within(pointer.to_owned()))
    }

    /// Anywhere.
    pub(super) fn anywhere(status: u16, code: &'static str) -> Self {
        Self::of(status, code, Source::Open)
    }

    /// With that source.
    pub(super) fn of(status: u16, code: &'static str, source: Source) -> Self {
        Self { status, code, source, is_optional: false }
    }

    /// The same, if the server looks at it so early.
    pub(super) fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    /// Whether the error object tells of this problem.
    fn is_told_by(&self, error: &Value) -> bool {
        let source = &error["source"];
        error["status"].as_str() == Some(&self.status.to_string())
            && (self.code.is_empty() || error["code"] == self.code)
            && match &self.source {
                Source::Pointer(pointer) => source["pointer"] == **pointer,
                Source::Within(pointer) => {
                    source["pointer"].as_str().is_some_and(|it| is_within(it, pointer))
                }
                Source::Header(name) => {
                    source["header"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name))
                }
                Source::Parameter(name) => source["parameter"] == **name,
                Source::Nothing => source.is_null(),
                Source::Open => true,
            }
    }
}

fn is_within(pointer: &str, whole: &str) -> bool {
    pointer.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Refusal {
    /// All of these.
    pub(super) fn all(problems: Vec<Problem>) -> Self {
        Self { problems, all: true }
    }

    /// Some of these: one is enough to end a transaction.
    pub(super) fn some(problems: Vec<Problem>) -> Self {
        Self { problems, all: false }
    }

    /// What is wrong with the answer, if it is not this refusal.
    pub(super) fn fault(&self, status: u16, document: &Value) -> Option<String> {
        let errors = document["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        if errors.is_empty() {
            return Some(format!("status {status} without errors"));
        }
        let unknown = errors.iter().find(|error| !self.problems.iter().any(|it| it.is_told_by(error)));
        if let Some(unknown) = unknown {
            return Some(format!("unexpected error {unknown}"));
        }
        let untold = self.problems.iter().find(|it| !errors.iter().any(|error| it.is_told_by(error)));
        if let Some(untold) = untold.filter(|_| self.all) {
            return Some(format!("not reported: {untold:?}"));
        }
        let statuses: Vec<&str> = errors.iter().filter_map(|error| error["status"].as_str()).collect();
        let general = if statuses.iter().all(|it| *it == statuses[0]) { statuses[0] } else { "400" };
        (general.parse() != Ok(status)).then(|| format!("status {status} for errors of status {general}"))
    }
}

#[test]
fn errors_are_told_apart() {
    let refusal = |all| Refusal {
        problems: vec![
            Problem::at(422, "required", "/data"),
            Problem::within(403, "", "/data/a"),
            Problem::anywhere(409, "x"),
        ],
        all,
    };
    let document = |errors: &str| serde_json::from_str(&format!("{{\"errors\":[{errors}]}}")).unwrap();
    let required = r#"{"status":"422","code":"required","source":{"pointer":"/data"}}"#;
    let within = r#"{"status":"403","code":"y","source":{"pointer":"/data/a/0"}}"#;
    let anywhere = r#"{"status":"409","code":"x"}"#;
    assert_eq!(refusal(false).fault(422, &document(required)), None);
    assert_eq!(refusal(true).fault(400, &document(&[required, within, anywhere].join(","))), None);
    for (all, status, errors) in [
        (true, 422, required.to_owned()),
        (false, 400, required.to_owned()),
        (false, 422, format!("{required},{anywhere}")),
        (false, 403, within.replace("/data/a", "/data/ab")),
        (false, 422, required.replace("/data", "/data/attributes")),
        (false, 422, String::new()),
    ] {
        assert_ne!(refusal(all).fault(status, &document(&errors)), None, "{errors}");
    }
}
