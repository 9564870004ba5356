//! The `docent` command.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::sync::Arc;
use docent_sql::{Database, sqlite};
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value = |name: &str| args.iter().position(|a| a == name).map(|i| args[i + 1].clone());
    let listener = docent_server::Listener::bind(&value("--listen").unwrap_or("127.0.0.1:8080".into())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let database = Database::Sqlite(sqlite::Adapter::open(sqlite::Settings::new(args[2].clone().into())).unwrap());
    let (engine, _) = runtime.block_on(docent_engine::Engine::start(database, docent_engine::Configuration::default())).unwrap();
    let engine = Arc::new(engine);
    let base = docent_server::Settings::base_path(&value("--base-path").unwrap_or_default()).unwrap();
    println!("Docent listens on http://{}{base}", listener.address());
    let config = docent_server::ServerConfig { settings: docent_server::Settings { base_path: base, ..Default::default() }, ..Default::default() };
    let server = docent_server::Server::start(listener, config, Arc::clone(&engine)).unwrap();
    runtime.block_on(engine.follow_schema());
    server.wait();
}
