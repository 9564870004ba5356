//! How much memory the program needs when much is asked of it at once.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::program::Start;
use crate::harness::databases::Database;

const CLIENTS: usize = 64;
const PEAK_KIB_MAX: u64 = 200 * 1024;

/// The largest page of the widest rows with everything that can be included.
const LARGEST: &str =
    "/articles?page%5Blimit%5D=500&include=author,editor,comments.author,tags,comments.article.tags";

const SCRIPT: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT NOT NULL);
    CREATE TABLE articles (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL,
        author_id INTEGER NOT NULL REFERENCES people(id), editor_id INTEGER REFERENCES people(id));
    CREATE TABLE comments (
        id INTEGER PRIMARY KEY, body TEXT NOT NULL,
        article_id INTEGER NOT NULL REFERENCES articles(id), author_id INTEGER NOT NULL REFERENCES people(id));
    CREATE INDEX comments_article ON comments(article_id);
    CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE article_tags (
        article_id INTEGER NOT NULL REFERENCES articles(id), tag_id INTEGER NOT NULL REFERENCES tags(id),
        PRIMARY KEY (article_id, tag_id)) WITHOUT ROWID;
    CREATE TEMP TABLE n AS
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n;
    INSERT INTO people SELECT i, 'Person ' || i, printf('%.200c', 'b') FROM n WHERE i <= 200;
    INSERT INTO articles
        SELECT i, 'Article ' || i, printf('%.4000c', 'a'), 1 + i % 200, 1 + i % 7 FROM n WHERE i <= 500;
    INSERT INTO comments SELECT i, printf('%.200c', 'c'), 1 + i % 500, 1 + i % 200 FROM n;
    INSERT INTO tags SELECT i, 'Tag ' || i FROM n WHERE i <= 20;
    INSERT INTO article_tags SELECT a.i, t.i FROM n a JOIN n t ON t.i <= 5 WHERE a.i <= 500;
";

/// Asks, and reads to the end, keeping only the head and the number of bytes after it.
fn fetch(address: SocketAddr) -> (String, usize) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    write!(stream, "GET {LARGEST} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut buffer = vec![0; 64 * 1024];
    let mut head = Vec::new();
    let mut bytes = 0;
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        if head.len() < 4096 {
            head.extend(&buffer[..read.min(4096)]);
        }
        bytes += read;
    }
    (String::from_utf8_lossy(&head).split("\r\n\r\n").next().unwrap_or_default().to_owned(), bytes)
}

#[test]
fn many_large_pages_at_once_stay_within_bounds() {
    let database = Database::file(SCRIPT);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let address = program.address();
    let (head, whole) = fetch(address);
    assert!(head.starts_with("HTTP/1.1 200 ") && whole > 4_000_000, "{whole} bytes: {head}");
    let clients: Vec<_> = (0..CLIENTS).map(|_| std::thread::spawn(move || fetch(address))).collect();
    let answers: Vec<_> = clients.into_iter().map(|client| client.join().unwrap()).collect();
    let served = answers.iter().filter(|(head, _)| head.starts_with("HTTP/1.1 200 "));
    for (head, bytes) in served.clone() {
        assert!(bytes.abs_diff(whole) < 1000, "{bytes} of {whole} bytes: {head}");
    }
    // Who waits too long is told so; nobody is left without an answer.
    assert!(served.count() >= CLIENTS / 4);
    for (head, _) in &answers {
        assert!(head.starts_with("HTTP/1.1 200 ") || head.starts_with("HTTP/1.1 503 "), "{head}");
    }
    let peak = program.memory_peak_kib();
    assert!(peak < PEAK_KIB_MAX, "{peak} KiB for {CLIENTS} times {whole} bytes");
    assert_eq!(program.client().get("/articles/1").status, 200);
}
