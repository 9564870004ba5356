//! The floor on PostgreSQL: the same documents, rows read over tokio-postgres on the thread where the request arrived.

mod documents;
mod row;
mod session;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::extract::{Path as UrlPath, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use self::documents::Documents;
pub(crate) use self::session::{article_sql, page_sql};
use super::server::{accept, document, serve_connections, status};
use crate::Failure;
use crate::http::JSON_API;
use crate::workload::{COMPOUND, PAGE};

/// Serves until the process is ended.
pub(crate) fn serve(url: &str, listen: SocketAddr) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen)?;
    let base: Arc<str> = format!("http://{listen}", listen = listener.local_addr()?).into();
    let cores = thread::available_parallelism()?.get();
    let workers: Vec<_> = (0..cores).map(|_| start_worker(url.to_owned(), Arc::clone(&base))).collect();
    accept(&listener, &workers)
}

fn start_worker(url: String, base: Arc<str>) -> UnboundedSender<std::net::TcpStream> {
    let (sender, receiver) = unbounded_channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            // Nobody answers otherwise; the server counts as not started then.
            if let Ok(documents) = Documents::open(&url, &base).await {
                serve_connections(receiver, router(documents)).await;
            }
        });
    });
    sender
}

fn router(documents: Documents) -> Router {
    Router::new()
        .route("/articles/{id}", get(article))
        .route("/articles", get(collection))
        .with_state(Arc::new(documents))
}

async fn article(State(documents): State<Arc<Documents>>, UrlPath(id): UrlPath<i64>) -> Response {
    answer(documents.article(id).await)
}

async fn collection(State(documents): State<Arc<Documents>>, RawQuery(query): RawQuery) -> Response {
    match query.as_deref() {
        Some(PAGE) => answer(documents.page().await.map(Some)),
        Some(COMPOUND) => answer(documents.compound().await.map(Some)),
        _ => status(StatusCode::BAD_REQUEST),
    }
}

fn answer(read: Result<Option<Vec<u8>>, Failure>) -> Response {
    match read {
        Ok(Some(body)) => document(body, JSON_API),
        Ok(None) => status(StatusCode::NOT_FOUND),
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
