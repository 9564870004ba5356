//! Encrypted connections: to the server that `DOCENT_TEST_POSTGRES_REPLICA` names, and unencrypted ones to the other.

use docent_sql::postgres::{Adapter, Settings};
use docent_sql::{Cost, Error};

use super::reading::Reading;
use crate::support::{authorities, in_seconds, not_believed};

/// A server with a certificate for `localhost` alone, and one with none.
struct Servers {
    with: String,
    without: String,
}

impl Servers {
    fn find() -> Self {
        let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("`./check` sets {name}"));
        let without = named("DOCENT_TEST_POSTGRES");
        let (without, _) = without.rsplit_once('/').unwrap();
        Self { with: named("DOCENT_TEST_POSTGRES_REPLICA"), without: without.to_owned() }
    }
}

/// Whether the connection to a server is encrypted.
async fn is_encrypted(server: &str, host: &str, parameters: &str) -> Result<bool, Error> {
    let url = format!("{}/postgres?{parameters}", server.replace("@127.0.0.1:", &format!("@{host}:")));
    let adapter = Adapter::open(Settings::new(url))?;
    let program = Reading::one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", vec![]);
    let (program, outcome) = adapter.read(program, Cost::Cheap, in_seconds(5), None).await;
    outcome.result?;
    Ok(program.unwrap().rows == ["0:1"])
}

#[tokio::test]
async fn connections_are_encrypted_where_the_server_can() {
    let Some(_) = authorities() else { return };
    let Servers { with, without } = Servers::find();
    for (mode, expected) in [("disable", false), ("prefer", true), ("require", true)] {
        let found = is_encrypted(&with, "127.0.0.1", &format!("sslmode={mode}")).await;
        assert_eq!(found.unwrap(), expected, "{mode}");
    }
    assert!(is_encrypted(&with, "127.0.0.1", "").await.unwrap());
    assert!(!is_encrypted(&without, "127.0.0.1", "").await.unwrap());
    not_believed(is_encrypted(&without, "127.0.0.1", "sslmode=require").await);
}

#[tokio::test]
async fn a_server_is_only_believed_as_it_was_asked_to_prove_itself() {
    let Some((trusted, other)) = authorities() else { return };
    let Servers { with, .. } = Servers::find();
    let full = |roots: &str| format!("sslmode=verify-full&sslrootcert={roots}");
    let ca = |roots: &str| format!("sslmode=verify-ca&sslrootcert={roots}");
    assert!(is_encrypted(&with, "localhost", &full(&trusted)).await.unwrap());
    assert!(is_encrypted(&with, "127.0.0.1", &ca(&trusted)).await.unwrap());
    not_believed(is_encrypted(&with, "127.0.0.1", &full(&trusted)).await);
    for parameters in [full(&other), ca(&other), "sslmode=verify-full".to_owned()] {
        not_believed(is_encrypted(&with, "localhost", &parameters).await);
    }
}
