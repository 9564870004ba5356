//! Requests that one caller may send.

use super::token::{Key, claims};
use super::{Site, is_error};

#[test]
fn callers_are_counted_each_for_themselves() {
    let key = Key::secret();
    let config = "[limits]\nrequests_per_minute = 3\n[auth.jwt]\nsecret_file = \"{dir}/key\"\n\
                  [server]\ntrusted_proxies = [\"127.0.0.1\"]\n";
    let site = Site::start(config, &[("key", &key.file())]);
    let from = |address: &str, user: Option<&str>| {
        let token =
            user.map(|user| format!("Bearer {}", key.token(&claims(&serde_json::json!({"sub": user})))));
        let mut headers = vec![("X-Forwarded-For", address)];
        headers.extend(token.as_deref().map(|token| ("Authorization", token)));
        site.get(&headers)
    };
    for _ in 0..3 {
        assert_eq!(from("192.0.2.1", None).status, 200);
        assert_eq!(from("192.0.2.1", Some("ann")).status, 200);
    }
    let answer = from("192.0.2.1", None);
    is_error(&answer, 429, "too-many-requests");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    is_error(&from("192.0.2.9", Some("ann")), 429, "too-many-requests");
    assert_eq!(from("192.0.2.1", Some("bob")).status, 200);
    assert_eq!(from("192.0.2.2", None).status, 200);
    for host in 1..=3 {
        assert_eq!(from(&format!("2001:db8::{host}"), None).status, 200);
    }
    assert_eq!(from("2001:db8::ffff", None).status, 429);
    assert_eq!(from("2001:db8:0:1::1", None).status, 200);
    assert_eq!(site.client().get("/health/live").status, 200, "probes are not counted");
}

#[test]
fn without_the_setting_nobody_is_counted() {
    let site = Site::start("", &[]);
    let mut client = site.client();
    assert!((0..300).all(|_| client.get("/api/customers/1").status == 200));
}
