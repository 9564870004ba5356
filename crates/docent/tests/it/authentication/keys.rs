//! API keys.

use super::commands::{new_key, run};
use super::token::{Key, claims};
use super::{Site, is_error, lines};

const KEYS: &str = "[auth.api_keys]\nfile = \"{dir}/keys.toml\"\n";

#[test]
fn keys_come_in_either_header() {
    let (key, entry) = new_key(&["--user", "importer", "--role", "editor"]);
    let site = Site::start(KEYS, &[("keys.toml", &entry)]);
    assert_eq!(site.with_token(&key), "200 importer");
    assert_eq!(site.who(&[("X-Api-Key", &key)]), "200 importer");
    let (other, _) = new_key(&[]);
    for wrong in [&other, "docent_", "x", &key[..key.len() - 1], &key.to_uppercase()] {
        assert_eq!(site.with_token(wrong), "401 -", "{wrong}");
        assert_eq!(site.who(&[("X-Api-Key", wrong)]), "401 -", "{wrong}");
    }
    let answer = site.get(&[("X-Api-Key", &key), ("Authorization", &format!("Bearer {key}"))]);
    is_error(&answer, 400, "ambiguous-credentials");
    is_error(&site.get(&[("X-Api-Key", &key), ("X-Api-Key", &key)]), 400, "ambiguous-credentials");
    assert!(
        !entry.contains(&key[7..]) || entry.lines().all(|line| line.starts_with('#') || !line.contains(&key))
    );
}

#[test]
fn keys_end() {
    let ((old, old_entry), (new, new_entry)) = (new_key(&[]), new_key(&[]));
    let file = format!("{old_entry}expires = 2020-01-31\n{new_entry}expires = 2999-01-31T00:00:00Z\n");
    let site = Site::start(KEYS, &[("keys.toml", &file)]);
    assert_eq!(site.with_token(&new), "200 api");
    assert_eq!(site.with_token(&old), "401 -");
    let answer = site.get(&[("X-Api-Key", &old)]);
    assert_eq!(answer.json()["errors"][0]["detail"], "The API key has expired.");
    assert_eq!(answer.header("vary"), Some("Accept, Authorization, X-Api-Key"));
}

#[test]
fn keys_and_tokens_share_the_scheme() {
    let ((key, entry), secret) = (new_key(&["--user", "bot"]), Key::secret());
    let config = format!("{KEYS}[auth.jwt]\nsecret_file = \"{{dir}}/key\"\n");
    let site = Site::start(&config, &[("keys.toml", &entry), ("key", &secret.file())]);
    assert_eq!(site.with_token(&key), "200 bot");
    assert_eq!(site.with_token(&secret.token(&claims(&serde_json::json!({})))), "200 ann");
    let answer = site.get(&[("Authorization", "Bearer docent_unknown")]);
    assert_eq!(lines(&answer, "www-authenticate"), ["Bearer realm=\"docent\", error=\"invalid_token\""]);
}

#[test]
fn without_keys_their_header_means_nothing() {
    let secret = Key::secret();
    let config = "[auth.jwt]\nsecret_file = \"{dir}/key\"\n";
    let site = Site::start(config, &[("key", &secret.file())]);
    assert_eq!(site.who(&[("X-Api-Key", "whatever")]), "200 -");
}

#[test]
fn every_key_is_new() {
    let (one, other) = (run(&["new-key"], ""), run(&["new-key"], ""));
    assert_ne!(one, other);
}
