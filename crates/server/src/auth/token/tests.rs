//! Tokens of every kind, made by hand: good ones, and what attackers send.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use aws_lc_rs::{hmac, signature::RsaEncoding};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token with that header, signed by a function.
fn token_with(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", base64(signature))
}

fn mac(algorithm: hmac::Algorithm, secret: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = hmac::Key::new(algorithm, secret);
    move |message| hmac::sign(&key, message).as_ref().to_vec()
}

fn hs256(claims: &Value) -> String {
    token_with(&json!({"alg": "HS256", "typ": "JWT"}), claims, mac(hmac::HMAC_SHA256, SECRET))
}

fn now() -> u64 {
    get_current_timestamp()
}

/// Claims that are good, with changes.
#[expect(clippy::needless_pass_by_value, reason = "what is passed is written in place")]
fn claims(changes: Value) -> Value {
    let mut claims = json!({"sub": "ann", "exp": now() + 300});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn algorithms(names: &[&str]) -> Vec<SigningAlgorithm> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn with_secret(rules: TokenRules) -> Tokens {
    Tokens::new(&KeyFile::Secret(SECRET.to_vec()), rules).unwrap()
}

#[track_caller]
fn refuses(tokens: &Tokens, token: &str, why: &str) {
    let fault = tokens.verify(token).unwrap_err();
    assert!(fault.internal.contains(why), "{fault:?}");
}

fn pem(der: &[u8]) -> Vec<u8> {
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der)).into_bytes()
}

fn rsa_key() -> (RsaKeyPair, Vec<u8>) {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: PublicKeyX509Der = pair.public_key().as_der().unwrap();
    let pem = pem(der.as_ref());
    (pair, pem)
}

fn rsa(pair: &RsaKeyPair, padding: &'static dyn RsaEncoding) -> impl Fn(&[u8]) -> Vec<u8> {
    move |message| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }
}

fn ecdsa(pair: &EcdsaKeyPair) -> impl Fn(&[u8]) -> Vec<u8> {
    move |message| pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}

#[test]
fn a_good_token_tells_who_sends_it() {
    let claims = claims(json!({"roles": ["author", "editor"], "team": 7, "iat": now()}));
    let user = with_secret(TokenRules::default()).verify(&hs256(&claims)).unwrap();
    assert_eq!(user.id, "ann");
    assert_eq!(user.roles, ["author", "editor"]);
    assert_eq!(Value::Object(user.claims.clone()), claims);
}

#[test]
fn shared_secrets() {
    let rules = TokenRules { algorithms: algorithms(&["HS256", "HS384", "HS512"]), ..TokenRules::default() };
    let tokens = with_secret(rules);
    for (name, algorithm) in
        [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
    {
        let header = json!({"alg": name});
        let good = token_with(&header, &claims(json!({})), mac(algorithm, SECRET));
        assert_eq!(tokens.verify(&good).unwrap().id, "ann", "{name}");
        let forged = token_with(&header, &claims(json!({})), mac(algorithm, b"another secret"));
        refuses(&tokens, &forged, "InvalidSignature");
        refuses(&tokens, &format!("{}x", &good[..good.len() - 1]), "");
    }
}

#[test]
fn rsa_keys() {
    let (pair, pem) = rsa_key();
    let names = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
    let rules = TokenRules { algorithms: algorithms(&names), ..TokenRules::default() };
    let tokens = Tokens::new(&KeyFile::PublicKey(pem), rules).unwrap();
    let paddings: [&'static dyn RsaEncoding; 6] = [
        &signature::RSA_PKCS1_SHA256,
        &signature::RSA_PKCS1_SHA384,
        &signature::RSA_PKCS1_SHA512,
        &signature::RSA_PSS_SHA256,
        &signature::RSA_PSS_SHA384,
        &signature::RSA_PSS_SHA512,
    ];
    for (name, padding) in names.iter().zip(paddings) {
        let good = token_with(&json!({"alg": name}), &claims(json!({})), rsa(&pair, padding));
        assert_eq!(tokens.verify(&good).unwrap().id, "ann", "{name}");
    }
    let (other, _) = rsa_key();
    let forged =
        token_with(&json!({"alg": "RS256"}), &claims(json!({})), rsa(&other, &signature::RSA_PKCS1_SHA256));
    refuses(&tokens, &forged, "InvalidSignature");
}

#[test]
fn keys_on_curves() {
    for (name, algorithm) in [
        ("ES256", &signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        ("ES384", &signature::ECDSA_P384_SHA384_FIXED_SIGNING),
    ] {
        let pair = EcdsaKeyPair::generate(algorithm).unwrap();
        let der: PublicKeyX509Der = pair.public_key().as_der().unwrap();
        let tokens = Tokens::new(&KeyFile::PublicKey(pem(der.as_ref())), TokenRules::default()).unwrap();
        let good = token_with(&json!({"alg": name}), &claims(json!({})), ecdsa(&pair));
        assert_eq!(tokens.verify(&good).unwrap().id, "ann", "{name}");
    }
    let pair = Ed25519KeyPair::generate().unwrap();
    let der: PublicKeyX509Der = pair.public_key().as_der().unwrap();
    let tokens = Tokens::new(&KeyFile::PublicKey(pem(der.as_ref())), TokenRules::default()).unwrap();
    let sign = |message: &[u8]| pair.sign(message).as_ref().to_vec();
    let good = token_with(&json!({"alg": "EdDSA"}), &claims(json!({})), sign);
    assert_eq!(tokens.verify(&good).unwrap().id, "ann");
}

#[test]
fn there_is_no_algorithm_called_none() {
    let tokens = with_secret(TokenRules::default());
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let unsigned = token_with(&json!({"alg": name}), &claims(json!({})), |_| Vec::new());
        refuses(&tokens, &unsigned, "refused");
        assert!(name.parse::<SigningAlgorithm>().is_err());
    }
    let message = hs256(&claims(json!({})));
    let (unsigned, _) = message.rsplit_once('.').unwrap();
    refuses(&tokens, &format!("{unsigned}."), "InvalidSignature");
    refuses(&tokens, unsigned, "");
}

#[test]
fn a_public_key_is_no_secret() {
    let (_, pem) = rsa_key();
    let tokens = Tokens::new(&KeyFile::PublicKey(pem.clone()), TokenRules::default()).unwrap();
    let trimmed = pem.strip_suffix(b"\n").unwrap();
    for secret in [&pem[..], trimmed] {
        let forged = token_with(&json!({"alg": "HS256"}), &claims(json!({})), mac(hmac::HMAC_SHA256, secret));
        refuses(&tokens, &forged, "no key");
    }
    let rules = TokenRules { algorithms: algorithms(&["RS256", "HS256"]), ..TokenRules::default() };
    let error = Tokens::new(&KeyFile::PublicKey(pem), rules).unwrap_err();
    assert!(error.to_string().contains("HS256 cannot be verified with an RSA key"), "{error}");
}

#[test]
fn only_the_algorithms_of_the_configuration_count() {
    let tokens = with_secret(TokenRules { algorithms: algorithms(&["HS256"]), ..TokenRules::default() });
    let other = token_with(&json!({"alg": "HS512"}), &claims(json!({})), mac(hmac::HMAC_SHA512, SECRET));
    refuses(&tokens, &other, "no key");
}

#[test]
fn times_are_checked() {
    let tokens = with_secret(TokenRules { leeway: Duration::from_secs(30), ..TokenRules::default() });
    let check = |changes: Value| tokens.verify(&hs256(&claims(changes))).map_err(|fault| fault.detail);
    assert_eq!(check(json!({"exp": now() - 60})).unwrap_err(), "The token has expired.");
    assert!(check(json!({"exp": now() - 10})).is_ok(), "clocks differ a little");
    assert!(check(json!({"exp": null})).is_err());
    assert!(check(json!({"exp": "tomorrow"})).is_err());
    assert_eq!(check(json!({"nbf": now() + 60})).unwrap_err(), "The token is not valid yet.");
    assert!(check(json!({"nbf": now() + 10})).is_ok());
    assert_eq!(check(json!({"iat": now() + 60})).unwrap_err(), "The token is not valid yet.");
    assert!(check(json!({"iat": now() + 10})).is_ok());
    assert!(check(json!({"iat": "today"})).is_err());
}

#[test]
fn issuer_and_audience_are_checked() {
    let tokens = with_secret(TokenRules {
        issuers: vec!["https://id.example".to_owned()],
        audiences: vec!["docent".to_owned(), "api".to_owned()],
        ..TokenRules::default()
    });
    let check = |changes: Value| tokens.verify(&hs256(&claims(changes))).is_ok();
    let issuer = "https://id.example";
    assert!(check(json!({"iss": issuer, "aud": "docent"})));
    assert!(check(json!({"iss": issuer, "aud": ["other", "api"]})));
    assert!(!check(json!({"iss": issuer})));
    assert!(!check(json!({"iss": issuer, "aud": "other"})));
    assert!(!check(json!({"iss": issuer, "aud": []})));
    assert!(!check(json!({"iss": "https://evil.example", "aud": "docent"})));
    assert!(!check(json!({"aud": "docent"})));
    let open = with_secret(TokenRules::default());
    assert!(open.verify(&hs256(&claims(json!({"aud": "other"})))).is_err(), "it is meant for somebody else");
}

#[test]
fn users_and_roles_come_from_claims() {
    let rules = TokenRules {
        user_claim: "profile.id".to_owned(),
        roles_claim: "realm_access.roles".to_owned(),
        ..TokenRules::default()
    };
    let tokens = with_secret(rules);
    let verify = |changes: Value| tokens.verify(&hs256(&claims(changes)));
    let user = verify(json!({"profile": {"id": 7}, "realm_access": {"roles": ["a"]}})).unwrap();
    assert_eq!((&*user.id, &user.roles[..]), ("7", &["a".to_owned()][..]));
    let user = verify(json!({"profile.id": "x", "realm_access.roles": "a b  c"})).unwrap();
    assert_eq!((&*user.id, user.roles.len()), ("x", 3));
    assert!(verify(json!({"profile.id": "x"})).unwrap().roles.is_empty());
    for id in [json!(""), json!("a\nb"), json!("x".repeat(256)), json!(true), json!(["x"])] {
        assert!(verify(json!({"profile.id": id})).is_err(), "{id}");
    }
    for roles in [json!([1]), json!({"a": true}), json!(7)] {
        assert!(verify(json!({"profile.id": "x", "realm_access": {"roles": roles}})).is_err());
    }
}

#[test]
fn what_is_in_claims_stays_text() {
    let id = "x'; DROP TABLE articles; --";
    let user = with_secret(TokenRules::default()).verify(&hs256(&claims(json!({"sub": id})))).unwrap();
    assert_eq!(user.id, id);
}

#[test]
fn sets_of_keys_are_chosen_from_by_id() {
    let (rsa_pair, _) = rsa_key();
    let modulus = rsa_pair.public_key().modulus().big_endian_without_leading_zero().to_vec();
    let ec_pair = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = ec_pair.public_key().as_ref();
    let set = json!({"keys": [
        {"kty": "RSA", "kid": "r", "alg": "RS256", "use": "sig", "n": base64(&modulus), "e": "AQAB"},
        {"kty": "EC", "kid": "e", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..])},
        {"kty": "RSA", "kid": "enc", "use": "enc", "n": base64(&modulus), "e": "AQAB"},
        {"kty": "EC", "kid": "p521", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "new", "kid": "unheard-of"},
    ]});
    let file = KeyFile::Jwks(set.to_string().into_bytes());
    let tokens = Tokens::new(&file, TokenRules::default()).unwrap();
    let by_rsa =
        |header: Value| token_with(&header, &claims(json!({})), rsa(&rsa_pair, &signature::RSA_PKCS1_SHA256));
    assert!(tokens.verify(&by_rsa(json!({"alg": "RS256", "kid": "r"}))).is_ok());
    assert!(tokens.verify(&by_rsa(json!({"alg": "RS256"}))).is_ok(), "only one can be meant");
    for kid in ["e", "enc", "unheard-of", "nobody", ""] {
        refuses(&tokens, &by_rsa(json!({"alg": "RS256", "kid": kid})), "no key");
    }
    let by_curve = token_with(&json!({"alg": "ES256", "kid": "e"}), &claims(json!({})), ecdsa(&ec_pair));
    assert!(tokens.verify(&by_curve).is_ok());
    let only = TokenRules { algorithms: algorithms(&["RS256"]), ..TokenRules::default() };
    refuses(&Tokens::new(&file, only).unwrap(), &by_curve, "no key");
    let rules = TokenRules { algorithms: algorithms(&["HS256"]), ..TokenRules::default() };
    assert!(Tokens::new(&file, rules).is_err());
}

#[test]
fn keys_that_a_token_brings_along_are_ignored() {
    let (own, _) = rsa_key();
    let (_, pem) = rsa_key();
    let tokens = Tokens::new(&KeyFile::PublicKey(pem), TokenRules::default()).unwrap();
    let modulus = own.public_key().modulus().big_endian_without_leading_zero().to_vec();
    let jwk = json!({"kty": "RSA", "n": base64(modulus), "e": "AQAB"});
    let header = json!({"alg": "RS256", "jwk": jwk, "jku": "https://evil.example/keys.json"});
    let forged = token_with(&header, &claims(json!({})), rsa(&own, &signature::RSA_PKCS1_SHA256));
    refuses(&tokens, &forged, "InvalidSignature");
    let demanding = json!({"alg": "HS256", "crit": ["b64"], "b64": false});
    let demanding = token_with(&demanding, &claims(json!({})), mac(hmac::HMAC_SHA256, SECRET));
    refuses(&with_secret(TokenRules::default()), &demanding, "crit");
}

#[test]
fn weak_keys_are_refused() {
    let secret = |bytes: usize, names: &[&str]| {
        let rules = TokenRules { algorithms: algorithms(names), ..TokenRules::default() };
        Tokens::new(&KeyFile::Secret(vec![b'x'; bytes]), rules).map_err(|error| error.to_string())
    };
    assert!(secret(31, &[]).unwrap_err().contains("has 31 bytes; HS256 needs 32"));
    assert!(secret(32, &[]).is_ok());
    assert!(secret(63, &["HS256", "HS512"]).unwrap_err().contains("HS512 needs 64"));
    let ends_line = KeyFile::Secret([&[b'x'; 31][..], b"\r\n"].concat());
    assert!(Tokens::new(&ends_line, TokenRules::default()).is_err(), "the line end is not part of it");
    let short = json!({"keys": [{"kty": "RSA", "n": base64(vec![0xff; 128]), "e": "AQAB"}]}).to_string();
    let error = Tokens::new(&KeyFile::Jwks(short.into_bytes()), TokenRules::default()).unwrap_err();
    assert!(error.to_string().contains("1024 bits; at least 2048"), "{error}");
}

#[test]
fn files_that_are_no_keys_are_refused() {
    let refused = |file: KeyFile, word: &str| {
        let error = Tokens::new(&file, TokenRules::default()).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    };
    refused(KeyFile::PublicKey(b"hello".to_vec()), "no `PUBLIC KEY`");
    refused(KeyFile::PublicKey(pem(b"hello")), "none of RSA");
    refused(KeyFile::PublicKey(vec![0xff]), "no PEM");
    refused(KeyFile::PublicKey(b"-----BEGIN PRIVATE KEY-----".to_vec()), "private key");
    refused(KeyFile::Jwks(b"{}".to_vec()), "no JSON Web Key Set");
    refused(KeyFile::Jwks(br#"{"keys":[]}"#.to_vec()), "no key of the set");
    let twice = r#"{"keys":[{"kty":"oct","kid":"a","k":"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"},
        {"kty":"oct","kid":"a","k":"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"}]}"#;
    refused(KeyFile::Jwks(twice.as_bytes().to_vec()), "another key has this id");
    assert!(!format!("{:?}", KeyFile::Secret(b"top".to_vec())).contains("top"));
}
