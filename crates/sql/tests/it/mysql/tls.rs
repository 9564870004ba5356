//! Encrypted connections to a server with a certificate for `localhost` alone.

use docent_sql::mysql::{Adapter, Settings};
use docent_sql::{Cost, Error};

use super::reading::{Reading, query};
use super::server::Scratch;
use crate::support::{authorities, in_seconds, not_believed};

/// Whether the connection to the server is encrypted.
async fn is_encrypted(scratch: &Scratch, host: &str, parameters: &str) -> Result<bool, Error> {
    let url = format!("{}?{parameters}", scratch.url.replace("@127.0.0.1:", &format!("@{host}:")));
    let adapter = Adapter::open(Settings::new(url)).await?;
    let sql = "SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'";
    let program = Reading::new(vec![vec![query(sql, vec![])]]);
    let (program, outcome) = adapter.read(program, Cost::Cheap, in_seconds(5)).await;
    outcome.result?;
    Ok(program.unwrap().rows == ["0:1"])
}

#[tokio::test]
async fn connections_are_encrypted_where_that_is_asked_for() {
    let Some(_) = authorities() else { return };
    let scratch = Scratch::new("").await;
    for (parameters, expected) in [("", false), ("ssl-mode=disabled", false), ("ssl-mode=required", true)] {
        assert_eq!(is_encrypted(&scratch, "127.0.0.1", parameters).await.unwrap(), expected, "{parameters}");
    }
}

#[tokio::test]
async fn a_server_is_only_believed_as_it_was_asked_to_prove_itself() {
    let Some((trusted, other)) = authorities() else { return };
    let scratch = Scratch::new("").await;
    let identity = |roots: &str| format!("ssl-mode=verify-identity&ssl-ca={roots}");
    let ca = |roots: &str| format!("ssl-mode=verify-ca&ssl-ca={roots}");
    assert!(is_encrypted(&scratch, "localhost", &identity(&trusted)).await.unwrap());
    assert!(is_encrypted(&scratch, "localhost", &ca(&trusted)).await.unwrap());
    // The driver looks at the host with `verify-ca` as well (mysql_async issue 404). When it no longer does, the
    // documentation is to say so.
    for parameters in [identity(&trusted), ca(&trusted)] {
        not_believed(is_encrypted(&scratch, "127.0.0.1", &parameters).await);
    }
    for parameters in [identity(&other), ca(&other), "ssl-mode=verify-identity".to_owned()] {
        not_believed(is_encrypted(&scratch, "localhost", &parameters).await);
    }
}
