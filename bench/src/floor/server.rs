//! HTTP: one acceptor hands connections in turn to one single-threaded runtime per core; queries run where the
//! request arrived, on that thread's own connection.

use std::cell::RefCell;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, RawQuery};
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::documents::Documents;
use crate::Failure;
use crate::workload::{COMPOUND, PAGE, SPARSE};

/// Where the links start, known before the first request.
static BASE: OnceLock<String> = OnceLock::new();

thread_local! {
    static DOCUMENTS: RefCell<Option<Documents>> = const { RefCell::new(None) };
}

/// Serves until the process is ended.
pub(crate) fn serve(file: &Path, listen: SocketAddr) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen)?;
    BASE.get_or_init(|| format!("http://{listen}"));
    // Fails here, before anyone connects, rather than in each thread.
    drop(Documents::open(file, base())?);
    let workers: Vec<_> =
        (0..thread::available_parallelism()?.get()).map(|_| start_worker(file.to_owned())).collect();
    for (connection, worker) in listener.incoming().zip(workers.iter().cycle()) {
        let Ok(connection) = connection else { continue };
        connection.set_nodelay(true)?;
        connection.set_nonblocking(true)?;
        worker.send(connection).ok();
    }
    Ok(())
}

fn base() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

fn start_worker(file: PathBuf) -> UnboundedSender<std::net::TcpStream> {
    let (sender, receiver) = unbounded_channel();
    thread::spawn(move || {
        if let Ok(documents) = Documents::open(&file, base()) {
            DOCUMENTS.set(Some(documents));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(serve_connections(receiver));
        }
    });
    sender
}

async fn serve_connections(mut connections: UnboundedReceiver<std::net::TcpStream>) {
    let router: Router =
        Router::new().route("/articles/{id}", get(article)).route("/articles", get(collection));
    let service = TowerToHyperService::new(router);
    while let Some(connection) = connections.recv().await {
        let Ok(connection) = tokio::net::TcpStream::from_std(connection) else { continue };
        let serving = http1::Builder::new().serve_connection(TokioIo::new(connection), service.clone());
        tokio::spawn(async move {
            // A client that goes away is no news.
            serving.await.ok();
        });
    }
}

async fn article(UrlPath(id): UrlPath<i64>) -> Response {
    answer(|documents| documents.article(id, base()))
}

async fn collection(RawQuery(query): RawQuery) -> Response {
    match query.as_deref() {
        Some(PAGE) => answer(|documents| documents.page().map(Some)),
        Some(COMPOUND) => answer(|documents| documents.compound().map(Some)),
        Some(SPARSE) => answer(|documents| documents.sparse().map(Some)),
        _ => status(StatusCode::BAD_REQUEST),
    }
}

fn answer(read: impl FnOnce(&mut Documents) -> rusqlite::Result<Option<Vec<u8>>>) -> Response {
    let body = DOCUMENTS.with_borrow_mut(|documents| documents.as_mut().map(read));
    match body {
        Some(Ok(Some(body))) => document(body),
        Some(Ok(None)) => status(StatusCode::NOT_FOUND),
        Some(Err(_)) | None => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn document(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(body)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/vnd.api+json"));
    headers.insert(VARY, HeaderValue::from_static("Accept"));
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
