//! Names and passwords from a file.

use super::commands::hash_password;
use super::{BCRYPT, BCRYPT_PASSWORD, Site, basic, is_error, lines};

const USERS: &str = "[auth.basic]\nusers_file = \"{dir}/users.toml\"\n";

fn site() -> Site {
    let users = format!(
        "[users.ann]\npassword = \"{}\"\nroles = [\"author\"]\nclaims = {{ team = 7 }}\n\
         [users.bob]\npassword = \"{BCRYPT}\"\n",
        hash_password("correct horse")
    );
    Site::start(USERS, &[("users.toml", &users)])
}

#[test]
fn argon2id_and_bcrypt() {
    let site = site();
    assert_eq!(site.with_password("ann", "correct horse"), "200 ann");
    assert_eq!(site.with_password("bob", BCRYPT_PASSWORD), "200 bob");
    for (login, password) in [
        ("ann", "Correct horse"),
        ("ann", BCRYPT_PASSWORD),
        ("ann", ""),
        ("Ann", "correct horse"),
        ("nobody", "correct horse"),
        ("ann' OR '1'='1' --", "x"),
        ("../ann", "correct horse"),
    ] {
        assert_eq!(site.with_password(login, password), "401 -", "{login}");
    }
    let answer = site.get(&[("Authorization", &basic("ann", "wrong"))]);
    is_error(&answer, 401, "invalid-credentials");
    assert_eq!(lines(&answer, "www-authenticate"), ["Basic realm=\"docent\", charset=\"UTF-8\""]);
    let unknown = site.get(&[("Authorization", &basic("nobody", "wrong"))]);
    let detail = |answer: &crate::harness::http::Response| answer.json()["errors"][0]["detail"].clone();
    assert_eq!(detail(&answer), detail(&unknown), "it does not tell who is known");
}

#[test]
fn guessing_locks_out_for_a_while() {
    let site = site();
    let wrong = basic("ann", "guess");
    for _ in 0..10 {
        is_error(&site.get(&[("Authorization", &wrong)]), 401, "invalid-credentials");
    }
    let answer = site.get(&[("Authorization", &basic("ann", "correct horse"))]);
    is_error(&answer, 429, "too-many-attempts");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    assert_eq!(site.with_password("bob", BCRYPT_PASSWORD), "200 bob");
    std::thread::sleep(std::time::Duration::from_secs(wait));
    assert_eq!(site.with_password("ann", "correct horse"), "200 ann");
    assert_eq!(site.with_password("ann", "guess"), "401 -", "a success lets one start anew");
}

#[test]
fn clients_behind_a_proxy_are_told_apart() {
    let users = format!("[users.bob]\npassword = \"{BCRYPT}\"\n");
    let config = format!("{USERS}[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    let site = Site::start(&config, &[("users.toml", &users)]);
    let guess = basic("bob", "guess");
    let from = |address: &str, authorization: &str| {
        let headers = [("Authorization", authorization), ("X-Forwarded-For", address)];
        site.get(&headers).status
    };
    for number in 0..10 {
        // What a client claims of itself stands in front of what the proxy has seen.
        assert_eq!(from(&format!("198.51.100.{number}, 192.0.2.1"), &guess), 401);
    }
    assert_eq!(from("198.51.100.99, 192.0.2.1", &guess), 429);
    assert_eq!(from("192.0.2.2", &basic("bob", BCRYPT_PASSWORD)), 200);
}

#[test]
fn a_password_changed_on_reload_counts_at_once() {
    let site = site();
    assert_eq!(site.with_password("ann", "correct horse"), "200 ann");
    let users = format!("[users.ann]\npassword = \"{BCRYPT}\"\n");
    std::fs::write(site.file("users.toml"), users).unwrap();
    site.server.signal("HUP");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while site.with_password("ann", "correct horse") != "401 -" {
        assert!(std::time::Instant::now() < deadline, "{}", site.server.stderr());
    }
    assert_eq!(site.with_password("ann", BCRYPT_PASSWORD), "200 ann");
}

#[test]
fn a_broken_file_changes_nothing_on_reload() {
    let site = site();
    std::fs::write(site.file("users.toml"), "[users.ann]\npassword = \"plain\"\n").unwrap();
    site.server.signal("HUP");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !site.server.stderr().contains("users.toml:2:12") {
        assert!(std::time::Instant::now() < deadline, "{}", site.server.stderr());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(site.with_password("ann", "correct horse"), "200 ann");
}

#[test]
fn many_requests_cost_one_verification() {
    let site = site();
    let header = basic("ann", "correct horse");
    let mut client = site.client();
    let start = std::time::Instant::now();
    for _ in 0..300 {
        let answer = client.send("GET", "/api/customers/1", &[("Authorization", &header)], None);
        assert_eq!(answer.status, 200);
    }
    // Three hundred verifications take several times as long on any machine.
    assert!(start.elapsed() < std::time::Duration::from_secs(5), "{:?}", start.elapsed());
}
