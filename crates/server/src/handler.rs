//! What answers requests.

use docent_engine::{Engine, Principal, Request, Response};

/// What answers the requests that the edge lets through.
///
/// The future stays on the thread it was made on, so it need not be `Send`. It may be dropped at any time, also while a
/// write runs: when the client is gone, when the deadline is long over, or when the server stops.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request.
    fn handle(&self, principal: &Principal, request: Request<'_>) -> impl Future<Output = Response>;

    /// Whether requests can be answered right now; the text says why not, for the log.
    fn ready(&self) -> Result<(), String>;

    /// Whether it answers requests of every method, also of those that HTTP itself does not define. Else the edge
    /// answers those.
    fn takes_every_method(&self) -> bool {
        false
    }
}

impl Handler for Engine {
    async fn handle(&self, principal: &Principal, request: Request<'_>) -> Response {
        Engine::handle(self, principal, request).await
    }

    fn ready(&self) -> Result<(), String> {
        Engine::ready(self).map_err(|error| error.to_string())
    }
}
