//! Requests with credentials of every kind, and who they turn out to be from.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Map;

use super::*;

fn user(id: &str) -> User {
    User { id: id.to_owned(), roles: vec!["author".to_owned()], claims: Map::new() }
}

/// A hash that costs little.
fn hash(password: &str) -> PasswordHash {
    PasswordHash::parse(&bcrypt::hash(password, 4).unwrap()).unwrap()
}

fn with_users(users: &[(&str, &str)]) -> Authenticator {
    let users = users.iter().map(|(login, password)| ((*login).to_owned(), hash(password), user(login)));
    let passwords = Some(Passwords::of_users(users).unwrap());
    Authenticator::new(Schemes { passwords, ..Schemes::default() }).unwrap()
}

fn with_key(key: &str) -> Schemes {
    let mut keys = ApiKeys::default();
    keys.add(ApiKey { hash: KeyHash::of(key), user: user("bot"), expires: None }).unwrap();
    Schemes { api_keys: Some(keys), ..Schemes::default() }
}

fn secret() -> Tokens {
    Tokens::new(&KeyFile::Secret(vec![b'x'; 32]), TokenRules::default()).unwrap()
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn basic(login: &str, password: &str) -> HeaderMap {
    headers(&[("authorization", &format!("Basic {}", STANDARD.encode(format!("{login}:{password}"))))])
}

/// Who sends a request from an address: a name, or an error's code with how long to wait.
fn asks(auth: &Authenticator, memory: &Memory, from: &str, headers: &HeaderMap) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let asked = auth.authenticate(headers, from.parse().unwrap(), deadline, memory);
    match runtime.block_on(asked) {
        Ok(Principal::Anonymous) => "anonymous".to_owned(),
        Ok(Principal::User(user)) => user.id.clone(),
        Err(refusal) => refusal.error.status().to_string(),
    }
}

const HERE: &str = "192.0.2.1";

#[test]
fn passwords() {
    let (auth, memory) = (with_users(&[("ann", "secret"), ("Bob", "pass:word")]), Memory::new().unwrap());
    let who = |login: &str, password: &str| asks(&auth, &memory, HERE, &basic(login, password));
    assert_eq!(who("ann", "secret"), "ann");
    assert_eq!(who("Bob", "pass:word"), "Bob");
    for (login, password) in [
        ("ann", "Secret"),
        ("ann", ""),
        ("bob", "pass:word"),
        ("nobody", "secret"),
        ("ann' OR '1'='1", "secret"),
        ("ann' --", "x"),
    ] {
        assert_eq!(who(login, password), "401", "{login}");
    }
    assert_eq!(asks(&auth, &memory, HERE, &HeaderMap::new()), "anonymous");
}

#[test]
fn guessing_is_stopped_for_a_while() {
    let (auth, memory) = (with_users(&[("ann", "secret"), ("bob", "secret")]), Memory::new().unwrap());
    let who = |from: &str, login: &str, password: &str| asks(&auth, &memory, from, &basic(login, password));
    for _ in 0..9 {
        assert_eq!(who(HERE, "ann", "guess"), "401");
    }
    assert_eq!(who(HERE, "ann", "secret"), "ann", "a success lets one start anew");
    for _ in 0..10 {
        assert_eq!(who(HERE, "ann", "guess"), "401");
    }
    assert_eq!(who(HERE, "ann", "guess"), "429");
    assert_eq!(who(HERE, "bob", "secret"), "bob", "other accounts are free");
    assert_eq!(who("192.0.2.2", "ann", "guess"), "401", "and so are other addresses");
    assert_eq!(who(HERE, "ann", "secret"), "ann", "whoever was let in a moment ago stays in");
}

#[test]
fn guessing_at_names_is_stopped_too() {
    let (auth, memory) = (with_users(&[("ann", "secret")]), Memory::new().unwrap());
    for number in 0..100 {
        assert_eq!(asks(&auth, &memory, HERE, &basic(&format!("n{number}"), "x")), "401");
    }
    assert_eq!(asks(&auth, &memory, HERE, &basic("ann", "secret")), "429");
    assert_eq!(asks(&auth, &memory, "2001:db8::1", &basic("ann", "secret")), "ann");
}

#[test]
fn keys_and_tokens_share_a_scheme() {
    let key = new_key().unwrap();
    let memory = Memory::new().unwrap();
    let auth = Authenticator::new(Schemes { tokens: Some(secret()), ..with_key(&key) }).unwrap();
    let who = |lines: &[(&'static str, &str)]| asks(&auth, &memory, HERE, &headers(lines));
    assert_eq!(who(&[("authorization", &format!("Bearer {key}"))]), "bot");
    assert_eq!(who(&[("x-api-key", &key)]), "bot");
    assert_eq!(who(&[("authorization", "Bearer docent_unknown")]), "401");
    assert_eq!(who(&[("authorization", "Bearer a.b.c")]), "401");
    assert_eq!(who(&[("x-api-key", "a.b.c")]), "401");
    assert_eq!(who(&[("x-api-key", &key), ("authorization", "Bearer a.b.c")]), "400");
    assert_eq!(who(&[("authorization", "Basic YTpi")]), "401");
    assert_eq!(who(&[("authorization", "Negotiate abc")]), "401");
}

#[test]
fn nothing_but_credentials_names_a_user() {
    let (auth, memory) = (with_users(&[("ann", "secret")]), Memory::new().unwrap());
    for name in ["x-user", "x-forwarded-user", "x-remote-user", "remote-user", "x-authenticated-user", "from"]
    {
        assert_eq!(asks(&auth, &memory, HERE, &headers(&[(name, "ann")])), "anonymous", "{name}");
    }
}

#[test]
fn challenges_name_the_schemes() {
    let challenge = |schemes: Schemes, lines: &[(&'static str, &str)]| {
        let mut answer = HeaderMap::new();
        Authenticator::new(schemes).unwrap().challenge(&headers(lines), &mut answer);
        let lines = answer.get_all(WWW_AUTHENTICATE).iter();
        lines.map(|line| line.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let passwords = || Some(Passwords::of_users([]).unwrap());
    let all = Schemes { tokens: Some(secret()), passwords: passwords(), api_keys: None };
    let basic = "Basic realm=\"docent\", charset=\"UTF-8\"";
    assert_eq!(challenge(all, &[]), ["Bearer realm=\"docent\"", basic]);
    let bad = [("authorization", "Bearer a.b.c")];
    assert_eq!(challenge(with_key("k"), &bad), ["Bearer realm=\"docent\", error=\"invalid_token\""]);
    assert_eq!(challenge(Schemes { passwords: passwords(), ..Schemes::default() }, &[]), [basic]);
    assert!(Authenticator::new(Schemes::default()).is_none());
}

#[test]
fn requests_are_counted_for_users_and_addresses() {
    let memory = Memory::new().unwrap();
    let two = NonZeroU32::new(2).unwrap();
    let count = |principal: &Principal, from: &str| {
        memory.count_request(principal, from.parse().unwrap(), two).is_ok()
    };
    let anonymous = Principal::Anonymous;
    assert!(count(&anonymous, "2001:db8::1") && count(&anonymous, "2001:db8::2"));
    assert!(!count(&anonymous, "2001:db8::3"), "the same network");
    assert!(count(&anonymous, "2001:db8:0:1::1") && count(&anonymous, HERE));
    let ann = Principal::User(Arc::new(user("ann")));
    assert!(count(&ann, HERE) && count(&ann, "192.0.2.2"));
    assert!(!count(&ann, "192.0.2.3"), "wherever the user is");
    assert!(count(&Principal::User(Arc::new(user("bob"))), HERE));
}
