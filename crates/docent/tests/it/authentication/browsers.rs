//! What browsers are told: other sites' pages, what may be kept, what may run.

use super::token::{Key, claims};
use super::{Site, is_error};
use crate::harness::JSON_API;

const APP: &str = "https://app.example";
const LISTED: &str = "[server]\ncors_origins = [\"https://app.example\", \"http://localhost:3000\"]\n";
const ANY: &str = "[server]\ncors_origins = [\"*\"]\n";

#[test]
fn listed_origins_may_ask() {
    let site = Site::start(LISTED, &[]);
    for origin in [APP, "http://localhost:3000"] {
        let answer = site.get(&[("Origin", origin)]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        for name in ["ETag", "Location", "Docent-Position", "Retry-After", "X-Request-Id", "Allow"] {
            assert!(exposed.contains(name), "{name}");
        }
        assert_eq!(answer.header("vary"), Some("Accept, Origin"));
    }
    for origin in ["null", "https://evil.example", "https://app.example.evil.example", "http://app.example"] {
        let answer = site.get(&[("Origin", origin)]);
        assert_eq!((answer.status, answer.header("vary")), (200, Some("Accept, Origin")));
        assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{origin}");
    }
}

#[test]
fn pages_ask_before_they_write() {
    let site = Site::start(LISTED, &[]);
    let ask = |origin: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "PATCH"),
            ("Access-Control-Request-Headers", "authorization,content-type,if-match"),
        ];
        site.client().send("OPTIONS", "/api/customers/1", &headers, None)
    };
    let answer = ask(APP);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(answer.header("access-control-allow-origin"), Some(APP));
    let methods = answer.header("access-control-allow-methods").unwrap();
    assert!(["GET", "POST", "PATCH", "DELETE"].iter().all(|method| methods.contains(method)), "{methods}");
    let headers = answer.header("access-control-allow-headers").unwrap();
    for name in [
        "Content-Type",
        "Accept",
        "Authorization",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Prefer",
        "X-HTTP-Method-Override",
        "X-Api-Key",
        "Docent-Position",
    ] {
        assert!(headers.contains(name), "{name}");
    }
    assert!(answer.header("access-control-max-age").is_some());
    let refused = ask("https://evil.example");
    assert!(!refused.headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{refused:?}");
}

#[test]
fn anybody_may_ask_without_credentials() {
    let site = Site::start(ANY, &[]);
    for origin in ["https://wherever.example", "null"] {
        let answer = site.get(&[("Origin", origin)]);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("vary"), Some("Accept"));
    }
}

#[test]
fn without_configuration_nobody_may() {
    let site = Site::start("", &[]);
    let answer = site.get(&[("Origin", APP)]);
    assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{answer:?}");
}

#[test]
fn errors_can_be_read_by_pages_too() {
    let key = Key::secret();
    let config = format!("{LISTED}[auth.jwt]\nsecret_file = \"{{dir}}/key\"\n");
    let site = Site::start(&config, &[("key", &key.file())]);
    let mut client = site.client();
    for (target, headers, status) in [
        ("/api/nothing", vec![], 404),
        ("/elsewhere", vec![], 404),
        ("/api/customers/1", vec![("Authorization", "Bearer a.b.c")], 401),
        ("/api/customers?page%5Bsize%5D=x", vec![], 400),
    ] {
        let headers = [vec![("Origin", APP)], headers].concat();
        let answer = client.send("GET", target, &headers, None);
        assert_eq!(answer.status, status, "{target}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(APP), "{target}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
    }
    let preflight = [("Origin", APP), ("Access-Control-Request-Method", "GET")];
    assert_eq!(client.send("OPTIONS", "/api/customers", &preflight, None).status, 204, "without credentials");
}

#[test]
fn answers_to_somebody_are_theirs() {
    let key = Key::secret();
    let site = Site::start("[auth.jwt]\nsecret_file = \"{dir}/key\"\n", &[("key", &key.file())]);
    let ann = format!("Bearer {}", key.token(&claims(&serde_json::json!({}))));
    let answer = site.get(&[("Authorization", &ann)]);
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(answer.header("vary"), Some("Accept, Authorization"));
    let tag = answer.header("etag").unwrap();
    let again = site.get(&[("Authorization", &ann), ("If-None-Match", tag)]);
    assert_eq!((again.status, again.header("cache-control")), (304, Some("private, no-cache")));
    let anonymous = site.get(&[]);
    assert_eq!(
        (anonymous.header("cache-control"), anonymous.header("vary")),
        (None, Some("Accept, Authorization"))
    );
    let bad = site.get(&[("Authorization", "Bearer x"), ("If-None-Match", tag)]);
    is_error(&bad, 401, "invalid-credentials");
    assert_eq!(bad.header("cache-control"), Some("private, no-cache"));
}

#[test]
fn the_explorer_page_runs_nothing_else() {
    let site = Site::start("", &[]);
    let answer = site.get(&[("Accept", "text/html")]);
    let policy = answer.header("content-security-policy").unwrap();
    for part in ["default-src 'none'", "script-src 'nonce-", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(site.get(&[("Accept", JSON_API)]).header("x-content-type-options"), Some("nosniff"));
}
