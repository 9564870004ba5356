//! HTTP: one acceptor hands connections in turn to one single-threaded runtime per core; queries run where the
//! request arrived, on that thread's own connection. Writes wait for the one thread that writes.

use std::cell::RefCell;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::changes::{Change, Outcome};
use super::documents::Documents;
use super::requests::{Document, NewResource, Operations, Retitled};
use super::writer::Writer;
use crate::Failure;
use crate::http::{ATOMIC, JSON_API};
use crate::workload::{COMPOUND, PAGE, SPARSE};

/// Where the links start, known before the first request.
static BASE: OnceLock<String> = OnceLock::new();

thread_local! {
    static DOCUMENTS: RefCell<Option<Documents>> = const { RefCell::new(None) };
}

/// Serves until the process is ended.
pub(crate) fn serve(file: &Path, listen: SocketAddr, writable: bool) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen)?;
    BASE.get_or_init(|| format!("http://{listen}"));
    // Fails here, before anyone connects, rather than in each thread.
    drop(Documents::open(file, base())?);
    let writer = if writable { Some(Writer::start(file, base())?) } else { None };
    let cores = thread::available_parallelism()?.get();
    let workers: Vec<_> = (0..cores).map(|_| start_worker(file.to_owned(), writer.clone())).collect();
    accept(&listener, &workers)
}

/// Hands connections in turn to the workers.
pub(super) fn accept(
    listener: &TcpListener,
    workers: &[UnboundedSender<std::net::TcpStream>],
) -> Result<(), Failure> {
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

fn start_worker(file: PathBuf, writer: Option<Writer>) -> UnboundedSender<std::net::TcpStream> {
    let (sender, receiver) = unbounded_channel();
    thread::spawn(move || {
        if let Ok(documents) = Documents::open(&file, base()) {
            DOCUMENTS.set(Some(documents));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(serve_connections(receiver, router(writer)));
        }
    });
    sender
}

fn router(writer: Option<Writer>) -> Router {
    match writer {
        None => Router::new().route("/articles/{id}", get(article)).route("/articles", get(collection)),
        Some(writer) => Router::new()
            .route("/articles/{id}", get(article).patch(retitle))
            .route("/articles", get(collection).post(create))
            .route("/operations", post(operations))
            .with_state(writer),
    }
}

/// Serves what one worker is handed, on its runtime.
pub(super) async fn serve_connections(
    mut connections: UnboundedReceiver<std::net::TcpStream>,
    router: Router,
) {
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
    answer(|documents| documents.article(id))
}

async fn collection(RawQuery(query): RawQuery) -> Response {
    match query.as_deref() {
        Some(PAGE) => answer(|documents| documents.page().map(Some)),
        Some(COMPOUND) => answer(|documents| documents.compound().map(Some)),
        Some(SPARSE) => answer(|documents| documents.sparse().map(Some)),
        _ => status(StatusCode::BAD_REQUEST),
    }
}

async fn create(State(writer): State<Writer>, body: Bytes) -> Response {
    let Ok(Document { data }) = serde_json::from_slice::<Document<NewResource>>(&body) else {
        return status(StatusCode::BAD_REQUEST);
    };
    write(&writer, Change::Create(data), StatusCode::CREATED, JSON_API).await
}

async fn retitle(State(writer): State<Writer>, UrlPath(id): UrlPath<i64>, body: Bytes) -> Response {
    let Ok(Document { data }) = serde_json::from_slice::<Document<Retitled>>(&body) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let change = Change::Retitle { id, title: data.attributes.title };
    write(&writer, change, StatusCode::OK, JSON_API).await
}

async fn operations(State(writer): State<Writer>, body: Bytes) -> Response {
    let Ok(Operations { list }) = serde_json::from_slice(&body) else {
        return status(StatusCode::BAD_REQUEST);
    };
    let resources = list.into_iter().map(|operation| operation.data).collect();
    write(&writer, Change::Add(resources), StatusCode::OK, ATOMIC).await
}

/// Answers when it is durable.
async fn write(writer: &Writer, change: Change, done: StatusCode, media_type: &'static str) -> Response {
    match writer.write(change).await {
        Some(Ok(Outcome::Done { id, document: body })) => {
            let mut response = document(body, media_type);
            *response.status_mut() = done;
            let created = id.filter(|_| done == StatusCode::CREATED);
            if let Some(Ok(url)) =
                created.map(|id| HeaderValue::try_from(format!("{}/articles/{id}", base())))
            {
                response.headers_mut().insert(LOCATION, url);
            }
            response
        }
        Some(Ok(Outcome::Missing)) => status(StatusCode::NOT_FOUND),
        Some(Err(error)) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
            status(StatusCode::CONFLICT)
        }
        Some(Err(_)) | None => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn answer(read: impl FnOnce(&mut Documents) -> rusqlite::Result<Option<Vec<u8>>>) -> Response {
    let body = DOCUMENTS.with_borrow_mut(|documents| documents.as_mut().map(read));
    match body {
        Some(Ok(Some(body))) => document(body, JSON_API),
        Some(Ok(None)) => status(StatusCode::NOT_FOUND),
        Some(Err(_)) | None => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

pub(super) fn document(body: Vec<u8>, media_type: &'static str) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(body)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(VARY, HeaderValue::from_static("Accept"));
    response
}

pub(super) fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
