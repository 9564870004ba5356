//! JSON Web Tokens.

use serde_json::json;

use super::token::{Key, base64, claims, now};
use super::{Site, is_error, lines};

const BY_SECRET: &str = "[auth.jwt]\nsecret_file = \"{dir}/key\"\n";
const BY_PUBLIC_KEY: &str = "[auth.jwt]\npublic_key_file = \"{dir}/key\"\n";

fn with_secret(more: &str) -> (Site, Key) {
    let key = Key::secret();
    (Site::start(&format!("{BY_SECRET}{more}"), &[("key", &key.file())]), key)
}

#[test]
fn every_family_of_algorithms() {
    for key in [Key::secret(), Key::rsa(), Key::p256(), Key::p384(), Key::ed25519()] {
        let config = if matches!(key, Key::Secret(_)) { BY_SECRET } else { BY_PUBLIC_KEY };
        let site = Site::start(config, &[("key", &key.file())]);
        let algorithm = key.algorithm();
        let token = key.token(&claims(&json!({})));
        assert_eq!(site.with_token(&token), "200 ann", "{algorithm}");
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let other = base64(claims(&json!({"sub": "root"})).to_string());
        assert_eq!(site.with_token(&format!("{header}.{other}.{signature}")), "401 -", "{algorithm}");
        assert_eq!(site.who(&[]), "200 -");
    }
}

#[test]
fn unsigned_tokens() {
    let (site, key) = with_secret("");
    let payload = base64(claims(&json!({})).to_string());
    for algorithm in ["none", "None", "NONE", "nOnE"] {
        let header = base64(json!({"alg": algorithm, "typ": "JWT"}).to_string());
        for token in [format!("{header}.{payload}."), format!("{header}.{payload}.AAAA")] {
            assert_eq!(site.with_token(&token), "401 -", "{token}");
        }
    }
    let good = key.token(&claims(&json!({})));
    let unsigned = good.rsplit_once('.').unwrap().0;
    assert_eq!(site.with_token(unsigned), "401 -");
    assert_eq!(site.with_token(&format!("{unsigned}.")), "401 -");
}

#[test]
fn a_public_key_used_as_a_secret() {
    let key = Key::rsa();
    let site = Site::start(BY_PUBLIC_KEY, &[("key", &key.file())]);
    let pem = key.file();
    for secret in [pem.clone(), pem.trim_end().to_owned(), pem.replace('\n', "\r\n")] {
        let forger = Key::Secret(secret.into_bytes());
        let forged = forger.token(&claims(&json!({"sub": "root"})));
        assert_eq!(site.with_token(&forged), "401 -");
    }
}

#[test]
fn times() {
    let (site, key) = with_secret("leeway = \"5s\"\n");
    let check = |more: serde_json::Value| site.with_token(&key.token(&claims(&more)));
    assert_eq!(check(json!({"iat": now(), "nbf": now()})), "200 ann");
    assert_eq!(check(json!({"exp": now() - 20})), "401 -");
    assert_eq!(check(json!({"nbf": now() + 20})), "401 -");
    assert_eq!(check(json!({"iat": now() + 20})), "401 -");
    assert_eq!(site.with_token(&key.token(&json!({"sub": "ann"}))), "401 -", "it never ends");
    let expired = key.token(&claims(&json!({"exp": now() - 20})));
    let answer = site.get(&[("Authorization", &format!("Bearer {expired}"))]);
    is_error(&answer, 401, "invalid-credentials");
    assert_eq!(answer.json()["errors"][0]["detail"], "The token has expired.");
    assert_eq!(lines(&answer, "www-authenticate"), ["Bearer realm=\"docent\", error=\"invalid_token\""]);
}

#[test]
fn issuers_and_audiences() {
    let rules = "issuer = \"https://id.example\"\naudience = [\"docent\", \"shop\"]\n";
    let (site, key) = with_secret(rules);
    let check = |more: serde_json::Value| site.with_token(&key.token(&claims(&more)));
    let issuer = "https://id.example";
    assert_eq!(check(json!({"iss": issuer, "aud": "docent"})), "200 ann");
    assert_eq!(check(json!({"iss": issuer, "aud": ["x", "shop"]})), "200 ann");
    assert_eq!(check(json!({"iss": issuer, "aud": "x"})), "401 -");
    assert_eq!(check(json!({"iss": issuer})), "401 -");
    assert_eq!(check(json!({"iss": "https://evil.example", "aud": "docent"})), "401 -");
    assert_eq!(check(json!({"aud": "docent"})), "401 -");
}

#[test]
fn keys_are_chosen_by_id_and_change_on_reload() {
    let (old, new) = (Key::p256(), Key::p256());
    let set = |keys: &[serde_json::Value]| json!({"keys": keys}).to_string();
    let site = Site::start(
        "[auth.jwt]\njwks_file = \"{dir}/keys.json\"\n",
        &[("keys.json", &set(&[old.jwk("old")]))],
    );
    let by = |key: &Key, id: &str| {
        site.with_token(&key.token_with(&json!({"alg": "ES256", "kid": id}), &claims(&json!({}))))
    };
    assert_eq!(by(&old, "old"), "200 ann");
    assert_eq!(by(&new, "new"), "401 -");
    assert_eq!(by(&new, "old"), "401 -");
    assert_eq!(by(&old, "unknown"), "401 -");
    std::fs::write(site.file("keys.json"), set(&[old.jwk("old"), new.jwk("new")])).unwrap();
    site.server.signal("HUP");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while by(&new, "new") != "200 ann" {
        assert!(std::time::Instant::now() < deadline, "{}", site.server.stderr());
    }
    assert_eq!(by(&old, "old"), "200 ann");
}

#[test]
fn what_claims_say_is_only_text() {
    let (site, key) = with_secret("roles_claim = \"realm_access.roles\"\n");
    for id in ["x'; DROP TABLE customers; --", "1 OR 1=1", "$user.id", "%00", "*"] {
        let token = key.token(&claims(&json!({"sub": id, "realm_access": {"roles": [id]}})));
        assert_eq!(site.with_token(&token), format!("200 {id}"));
    }
    assert_eq!(site.with_token(&key.token(&claims(&json!({"sub": "a\r\nx: y"})))), "401 -");
    assert_eq!(site.with_token(&key.token(&claims(&json!({"sub": {"$ne": 1}})))), "401 -");
    assert_eq!(site.get(&[]).json()["data"]["attributes"]["name"], "Ada");
}

#[test]
fn one_set_of_credentials() {
    let (site, key) = with_secret("");
    let good = format!("Bearer {}", key.token(&claims(&json!({}))));
    let bob = format!("Bearer {}", key.token(&claims(&json!({"sub": "bob"}))));
    for headers in [
        [("Authorization", &*good), ("Authorization", &bob)],
        [("Authorization", &good), ("authorization", &good)],
        [("Authorization", &good), ("AUTHORIZATION", "")],
    ] {
        let answer = site.get(&headers);
        is_error(&answer, 400, "ambiguous-credentials");
    }
    let joined = format!("{good}, {bob}");
    assert_eq!(site.who(&[("Authorization", &joined)]), "401 -");
}

#[test]
fn headers_that_name_a_user_name_nobody() {
    let (site, key) = with_secret("[server]\ntrusted_proxies = [\"127.0.0.1\"]\n");
    let good = format!("Bearer {}", key.token(&claims(&json!({}))));
    for name in
        ["X-User", "X-Forwarded-User", "X-Remote-User", "Remote-User", "X-Auth-Request-User", "X-Docent-User"]
    {
        assert_eq!(site.who(&[(name, "root")]), "200 -", "{name}");
        assert_eq!(site.who(&[(name, "root"), ("Authorization", &good)]), "200 ann", "{name}");
    }
}

#[test]
fn other_kinds_of_credentials_are_refused() {
    let (site, _) = with_secret("");
    for value in ["Basic YW5uOnNlY3JldA==", "Digest username=\"ann\"", "Negotiate abc", "ann", ""] {
        let answer = site.get(&[("Authorization", value)]);
        is_error(&answer, 401, "invalid-credentials");
        assert_eq!(lines(&answer, "www-authenticate"), ["Bearer realm=\"docent\""], "{value}");
    }
    let open = Site::start("", &[]);
    assert_eq!(open.who(&[("Authorization", "Basic YW5uOnNlY3JldA==")]), "200 -", "nothing is configured");
}
