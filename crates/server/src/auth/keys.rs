//! Keys that tokens are signed with: read from a file, of a known kind, long enough, and each for its own algorithms.
//!
//! A key only ever verifies algorithms of its kind, whatever a token says. So a public key can never be taken for a
//! shared secret.

use std::fmt;

use aws_lc_rs::signature::RsaSubjectPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};

use super::AuthError;

/// What a public key in PEM begins with, up to the point itself, for keys whose form is fixed (RFC 5480, RFC 8410).
const P256_START: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const P384_START: [u8; 23] = [
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
    0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
];
const ED25519_START: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// Bytes of a point on each curve: both coordinates and the byte before them, or one coordinate.
const P256_BYTES: usize = 65;
const P384_BYTES: usize = 97;
const ED25519_BYTES: usize = 32;
/// Shortest modulus of an RSA key.
const RSA_BITS_MIN: usize = 2048;

/// The content of a file with keys.
#[derive(Clone)]
pub enum KeyFile {
    /// A secret shared with whoever signs. The line end behind it does not belong to it.
    Secret(Vec<u8>),
    /// A public key in PEM.
    PublicKey(Vec<u8>),
    /// A JSON Web Key Set.
    Jwks(Vec<u8>),
}

/// A key and what it verifies.
pub(crate) struct Key {
    /// Its id, in a set of keys.
    pub(crate) id: Option<String>,
    /// Not empty, and all of one family.
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) decoding: DecodingKey,
}

/// What a key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Secret { bytes: usize },
    Rsa { bits: usize },
    P256,
    P384,
    Ed25519,
}

impl fmt::Debug for KeyFile {
    /// Which kind it is: secrets belong in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret",
            Self::PublicKey(_) => "PublicKey",
            Self::Jwks(_) => "Jwks",
        })
    }
}

impl KeyFile {
    /// The keys in the file, for those of these algorithms that they fit; for the usual one if none are named.
    pub(crate) fn keys(&self, algorithms: &[Algorithm]) -> Result<Vec<Key>, AuthError> {
        match self {
            Self::Secret(bytes) => {
                let decoding = DecodingKey::from_secret(without_line_end(bytes));
                Ok(vec![Key::new(None, decoding, algorithms)?])
            }
            Self::PublicKey(bytes) => Ok(vec![Key::new(None, from_pem(bytes)?, algorithms)?]),
            Self::Jwks(bytes) => from_set(bytes, algorithms),
        }
    }
}

impl Key {
    fn new(id: Option<String>, decoding: DecodingKey, algorithms: &[Algorithm]) -> Result<Self, AuthError> {
        let kind = Kind::of(&decoding)?;
        let usual = [kind.usual()];
        let wanted = if algorithms.is_empty() { &usual[..] } else { algorithms };
        // In a set of keys each has its own; where there is one key, it must fit all that is asked of it.
        if let Some(unfit) = wanted.iter().find(|algorithm| algorithm.family() != decoding.family()) {
            return Err(AuthError::new(format!("{unfit:?} cannot be verified with {}", kind.in_words())));
        }
        for algorithm in wanted {
            kind.check(*algorithm)?;
        }
        Ok(Self { id, algorithms: wanted.to_vec(), decoding })
    }
}

impl Kind {
    fn of(key: &DecodingKey) -> Result<Self, AuthError> {
        let bytes = match key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, .. } => return Ok(Self::Rsa { bits: bits(n) }),
            DecodingKeyKind::SecretOrDer(bytes) => bytes,
        };
        match (key.family(), bytes.len()) {
            (AlgorithmFamily::Hmac, bytes) => Ok(Self::Secret { bytes }),
            (AlgorithmFamily::Ec, P256_BYTES) => Ok(Self::P256),
            (AlgorithmFamily::Ec, P384_BYTES) => Ok(Self::P384),
            (AlgorithmFamily::Ed, ED25519_BYTES) => Ok(Self::Ed25519),
            (AlgorithmFamily::Rsa, _) => match RsaSubjectPublicKey::from_der(bytes) {
                Ok(key) => Ok(Self::Rsa { bits: bits(key.modulus().big_endian_without_leading_zero()) }),
                Err(_) => Err(AuthError::new("the RSA key cannot be read")),
            },
            _ => Err(AuthError::new("keys on curves are of P-256, P-384 or Ed25519")),
        }
    }

    /// What such a key is used with where nothing else is said.
    fn usual(self) -> Algorithm {
        match self {
            Self::Secret { .. } => Algorithm::HS256,
            Self::Rsa { .. } => Algorithm::RS256,
            Self::P256 => Algorithm::ES256,
            Self::P384 => Algorithm::ES384,
            Self::Ed25519 => Algorithm::EdDSA,
        }
    }

    /// Whether the key is good enough for an algorithm of its family.
    fn check(self, algorithm: Algorithm) -> Result<(), AuthError> {
        let hash_bytes = match algorithm {
            Algorithm::HS384 => 48,
            Algorithm::HS512 => 64,
            _ => 32,
        };
        match self {
            Self::Secret { bytes } if bytes < hash_bytes => Err(AuthError::new(format!(
                "the secret has {bytes} bytes; {algorithm:?} needs {hash_bytes} at least, made at random"
            ))),
            Self::Rsa { bits } if bits < RSA_BITS_MIN => Err(AuthError::new(format!(
                "the RSA key has {bits} bits; at least {RSA_BITS_MIN} are needed"
            ))),
            Self::P256 if algorithm != Algorithm::ES256 => Err(self.misfit(algorithm)),
            Self::P384 if algorithm != Algorithm::ES384 => Err(self.misfit(algorithm)),
            _ => Ok(()),
        }
    }

    fn misfit(self, algorithm: Algorithm) -> AuthError {
        AuthError::new(format!("{algorithm:?} cannot be verified with {}", self.in_words()))
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Secret { .. } => "a shared secret",
            Self::Rsa { .. } => "an RSA key",
            Self::P256 => "a key on P-256",
            Self::P384 => "a key on P-384",
            Self::Ed25519 => "an Ed25519 key",
        }
    }
}

/// Length of a number without leading zeros.
fn bits(number: &[u8]) -> usize {
    let digits: &[u8] = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    digits.first().map_or(0, |first| digits.len() * 8 - first.leading_zeros() as usize)
}

fn without_line_end(secret: &[u8]) -> &[u8] {
    let secret = secret.strip_suffix(b"\n").unwrap_or(secret);
    secret.strip_suffix(b"\r").unwrap_or(secret)
}

fn from_pem(bytes: &[u8]) -> Result<DecodingKey, AuthError> {
    let text = std::str::from_utf8(bytes).map_err(|_| AuthError::new("this is no PEM file"))?;
    if text.contains("PRIVATE KEY-----") {
        return Err(AuthError::new("this is a private key; only the public one belongs here"));
    }
    let block = |label: &str| {
        let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
        let (content, _) = rest.split_once(&format!("-----END {label}-----"))?;
        let content: String = content.split_whitespace().collect();
        STANDARD.decode(content).ok()
    };
    let Some(der) = block("PUBLIC KEY").or_else(|| block("RSA PUBLIC KEY")) else {
        return Err(AuthError::new("there is no `PUBLIC KEY` in this PEM file"));
    };
    if let Some(point) = der.strip_prefix(&P256_START).or_else(|| der.strip_prefix(&P384_START)) {
        return Ok(DecodingKey::from_ec_der(point));
    }
    if let Some(point) = der.strip_prefix(&ED25519_START) {
        return Ok(DecodingKey::from_ed_der(point));
    }
    match RsaSubjectPublicKey::from_der(&der) {
        Ok(key) => Ok(DecodingKey::from_rsa_der(key.as_ref())),
        Err(_) => Err(AuthError::new("the public key is none of RSA, P-256, P-384 or Ed25519")),
    }
}

/// The keys of a set that verify signatures. Those for other uses are passed over; a set may well have some.
fn from_set(bytes: &[u8], algorithms: &[Algorithm]) -> Result<Vec<Key>, AuthError> {
    let set: JwkSet = serde_json::from_slice(bytes)
        .map_err(|error| AuthError::new(format!("this is no JSON Web Key Set: {error}")))?;
    let mut keys: Vec<Key> = Vec::new();
    for (number, jwk) in (1..).zip(&set.keys) {
        let place = |error: AuthError| {
            let id = jwk.common.key_id.as_ref().map(|id| format!(" (`{id}`)")).unwrap_or_default();
            AuthError::new(format!("key {number}{id}: {error}"))
        };
        let Some((decoding, wanted)) = usable(jwk, algorithms).map_err(place)? else { continue };
        let key = Key::new(jwk.common.key_id.clone(), decoding, &wanted).map_err(place)?;
        if key.id.is_some() && keys.iter().any(|other| other.id == key.id) {
            return Err(place(AuthError::new("another key has this id")));
        }
        keys.push(key);
    }
    if keys.is_empty() { Err(AuthError::new("no key of the set fits the algorithms")) } else { Ok(keys) }
}

/// A key with the algorithms it is used for, unless it is for something else.
fn usable(jwk: &Jwk, algorithms: &[Algorithm]) -> Result<Option<(DecodingKey, Vec<Algorithm>)>, AuthError> {
    let is_for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let is_known = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(params) => {
            matches!(params.curve, EllipticCurve::P256 | EllipticCurve::P384)
        }
        AlgorithmParameters::OctetKeyPair(params) => matches!(params.curve, EllipticCurve::Ed25519),
        AlgorithmParameters::RSA(_) | AlgorithmParameters::OctetKey(_) => true,
        _ => false,
    };
    if !is_for_signatures || !is_known {
        return Ok(None);
    }
    let key = DecodingKey::from_jwk(jwk).map_err(|error| AuthError::new(error.to_string()))?;
    let kind = Kind::of(&key)?;
    let own: Vec<Algorithm> = match jwk.common.key_algorithm {
        Some(algorithm) => named(algorithm).into_iter().collect(),
        None if algorithms.is_empty() => vec![kind.usual()],
        None => algorithms.iter().copied().filter(|it| kind.takes(*it)).collect(),
    };
    let wanted: Vec<_> =
        own.into_iter().filter(|it| algorithms.is_empty() || algorithms.contains(it)).collect();
    Ok((!wanted.is_empty()).then_some((key, wanted)))
}

impl Kind {
    /// Whether the algorithm is one of such a key's.
    fn takes(self, algorithm: Algorithm) -> bool {
        match self {
            Self::P256 => algorithm == Algorithm::ES256,
            Self::P384 => algorithm == Algorithm::ES384,
            _ => algorithm.family() == self.usual().family(),
        }
    }
}

/// The algorithm for signatures that a set gives a key; none if it is for something else.
fn named(algorithm: KeyAlgorithm) -> Option<Algorithm> {
    format!("{algorithm:?}").parse().ok()
}
