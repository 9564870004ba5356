//! Requests with an `Idempotency-Key`: sent twice, done once.
//!
//! The key is claimed, durably, before the request is looked at any further. A request that holds its key runs to its
//! end even if the client goes away meanwhile, since whoever asks again under the key wants to know how it ended. Its
//! answer is kept before it is given, so that what was answered is answered again.
//!
//! Owns what a key and a kept answer look like and when which of them counts. Keeping them is the database's.

mod header;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use docent_jsonapi::error::{ErrorKind, ErrorObject, status_of};
use docent_jsonapi::media_type::{ATOMIC_EXTENSION, Applied};
use docent_sql::{Claimed, Database, Error, HeldKey, KeptAnswer, KeyClaim};

use self::header::{digest, key};
use super::perform::{Endpoint, perform};
use crate::access::Principal;
use crate::api::{Method, Received, Request, Timings};
use crate::error;
use crate::respond::{Answer, Failure};
use crate::route::Target;
use crate::serving::Serving;
use crate::settings::Settings;

/// The header, as errors name it.
const HEADER: &str = "Idempotency-Key";
/// Longer bodies are not kept.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Bytes of requests that run whether their client waits or not; further ones are refused as busy.
const COPIED_BYTES_MAX: usize = 64 << 20;

/// Makes the database ready for keys, if there may be any.
pub(crate) async fn prepare(database: &Database, settings: &Settings) -> Result<(), Error> {
    match settings.idempotency_keys {
        Some(remembered) if settings.writable => database.prepare_keys(remembered).await,
        _ => Ok(()),
    }
}

/// Performs a request, or gives the answer it was given before.
pub(crate) async fn perform_once(
    database: &Arc<Database>,
    serving: &Arc<Serving>,
    principal: &Principal,
    endpoint: Endpoint<'_>,
    request: &Request<'_>,
    timings: &mut Timings,
) -> Result<Answer, Failure> {
    match (request.idempotency_key, serving.settings.idempotency_keys) {
        (Some(header), Some(remembered)) if request.method == Method::Post => {
            let claim =
                KeyClaim { scope: scope(principal), key: key(header)?, digest: digest(request), remembered };
            Box::pin(perform_keyed(database, serving, claim, endpoint, request, timings)).await
        }
        _ => perform(database, serving, endpoint, request, timings).await,
    }
}

/// Whose keys they are: nobody is answered what another was.
fn scope(principal: &Principal) -> String {
    match principal {
        Principal::Anonymous => String::new(),
        Principal::User(user) => format!("user {}", user.id),
    }
}

async fn perform_keyed(
    database: &Arc<Database>,
    serving: &Arc<Serving>,
    claim: KeyClaim,
    endpoint: Endpoint<'_>,
    request: &Request<'_>,
    timings: &mut Timings,
) -> Result<Answer, Failure> {
    let copy = Copied::of(request)?;
    let held = match database.claim_key(claim, request.deadline).await {
        Ok(Claimed::Held(held)) => held,
        Ok(Claimed::Answered(kept)) => return again(kept),
        Ok(Claimed::Running) => {
            let detail = "The first request with this key is still being answered. Try again shortly.";
            return Err(refusal(&error::IDEMPOTENCY_IN_PROGRESS, detail));
        }
        Ok(Claimed::OtherRequest) => {
            let detail = "This key was given to a request with another URL, media type or body. Make a new key for a \
                          new request.";
            return Err(refusal(&error::IDEMPOTENCY_KEY_REUSED, detail));
        }
        Ok(Claimed::Unknown) => {
            let detail = "The first request with this key was interrupted, and the change may have been made or not. \
                          Read what it was about; if it was not made, send it with a new key.";
            return Err(refusal(&error::IDEMPOTENCY_OUTCOME_UNKNOWN, detail));
        }
        Err(error) => return Err(Failure::from(&error)),
    };
    let task = Keyed {
        database: Arc::clone(database),
        serving: Arc::clone(serving),
        target: match endpoint {
            Endpoint::Resources(target) => Some(target.clone()),
            Endpoint::Operations => None,
        },
        request: copy,
        held,
    };
    // Not part of this future, which is dropped when the client goes away.
    match tokio::spawn(task.run()).await {
        Ok((answer, taken)) => {
            *timings = taken;
            answer
        }
        Err(_) => Err(Failure::lost("a request with a key ended early")),
    }
}

fn refusal(kind: &'static ErrorKind, detail: &str) -> Failure {
    ErrorObject::new(kind, detail).with_header(HEADER).into()
}

/// Whether the client should ask again soon.
pub(crate) fn is_in_progress(errors: &[ErrorObject]) -> bool {
    errors.iter().any(|error| error.kind == &error::IDEMPOTENCY_IN_PROGRESS)
}

/// A request that holds its key.
struct Keyed {
    database: Arc<Database>,
    serving: Arc<Serving>,
    /// None is the URL of operations.
    target: Option<Target>,
    request: Copied,
    held: HeldKey,
}

impl Keyed {
    async fn run(self) -> (Result<Answer, Failure>, Timings) {
        let Keyed { database, serving, target, request, mut held } = self;
        let endpoint = target.as_ref().map_or(Endpoint::Operations, Endpoint::Resources);
        let request = request.as_request();
        let mut timings = Timings::default();
        held.begin();
        let result = perform(&database, &serving, endpoint, &request, &mut timings).await;
        match &result {
            Ok(answer) => keep(held, answer, request.deadline).await,
            // Nobody knows what an accident has left: the key is not given out again.
            Err(failure) if status_of(&failure.errors) == 500 => drop(held),
            Err(_) => held.release(),
        }
        (result, timings)
    }
}

/// Keeps an answer. What fails to be kept is given all the same: the change was made, and the key is not free.
async fn keep(held: HeldKey, answer: &Answer, deadline: Instant) {
    let head = Head {
        status: answer.status,
        is_atomic: answer.applied.extensions.contains(&ATOMIC_EXTENSION),
        tagged: answer.tagged,
        location: answer.location.clone(),
        preference_applied: answer.preference_applied.is_some(),
        position: answer.position.map(|position| position.to_string()),
    };
    let head = serde_json::to_string(&head).unwrap_or_default();
    let has_body = answer.status != 204 && answer.body.len() <= BODY_BYTES_MAX;
    let body = has_body.then(|| answer.body.concat());
    match tokio::time::timeout_at(deadline.into(), held.keep(KeptAnswer { head, body })).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "an answer could not be kept for its key"),
        Err(_) => tracing::warn!("an answer was not kept for its key before the deadline"),
    }
}

/// What is kept of an answer besides its body.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Head {
    status: u16,
    is_atomic: bool,
    tagged: bool,
    location: Option<String>,
    preference_applied: bool,
    #[serde(default)]
    position: Option<String>,
}

/// The answer as it was given. Without its body there remains that it is done, and where.
fn again(kept: KeptAnswer) -> Result<Answer, Failure> {
    let head: Head =
        serde_json::from_str(&kept.head).map_err(|_| Failure::lost("a kept answer cannot be read"))?;
    let preference_applied = head.preference_applied.then_some("return=minimal");
    let position = head.position.and_then(|position| position.parse().ok());
    let Some(body) = kept.body else {
        return Ok(Answer { location: head.location, preference_applied, position, ..Answer::empty() });
    };
    let extensions = if head.is_atomic { vec![ATOMIC_EXTENSION] } else { Vec::new() };
    Ok(Answer {
        status: head.status,
        applied: Applied { extensions, ..Applied::default() },
        body: body.into(),
        tagged: head.tagged,
        location: head.location,
        preference_applied,
        position,
        ..Answer::default()
    })
}

/// A request that outlives the one who sent it.
struct Copied {
    query: String,
    path: String,
    base_url: String,
    accept: Option<String>,
    content_type: Option<String>,
    body: Vec<u8>,
    if_match: Option<String>,
    if_none_match: Option<String>,
    prefer: Option<String>,
    request_id: String,
    deadline: Instant,
}

static COPIED_BYTES: AtomicUsize = AtomicUsize::new(0);

impl Copied {
    fn of(request: &Request<'_>) -> Result<Self, Failure> {
        let others = COPIED_BYTES.fetch_add(request.body.len(), Ordering::AcqRel);
        if others + request.body.len() > COPIED_BYTES_MAX {
            COPIED_BYTES.fetch_sub(request.body.len(), Ordering::AcqRel);
            return Err(Failure::from(&Error::Busy("too many bytes of requests with keys".to_owned())));
        }
        Ok(Copied {
            query: request.query.to_owned(),
            path: request.path.to_owned(),
            base_url: request.base_url.to_owned(),
            accept: request.accept.map(str::to_owned),
            content_type: request.content_type.map(str::to_owned),
            body: request.body.to_vec(),
            if_match: request.if_match.map(str::to_owned),
            if_none_match: request.received.if_none_match.map(str::to_owned),
            prefer: request.prefer.map(str::to_owned),
            request_id: request.request_id.to_owned(),
            deadline: request.deadline,
        })
    }

    fn as_request(&self) -> Request<'_> {
        Request {
            method: Method::Post,
            path: &self.path,
            query: &self.query,
            base_url: &self.base_url,
            accept: self.accept.as_deref(),
            content_type: self.content_type.as_deref(),
            body: &self.body,
            if_match: self.if_match.as_deref(),
            prefer: self.prefer.as_deref(),
            idempotency_key: None,
            position: None,
            request_id: &self.request_id,
            deadline: self.deadline,
            received: Received { if_none_match: self.if_none_match.as_deref(), ..Received::default() },
        }
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        COPIED_BYTES.fetch_sub(self.body.len(), Ordering::AcqRel);
    }
}
