//! Which columns look like secrets by their names alone.

/// Whether a column of that name is hidden until configuration shows it.
///
/// The name is read as words: `passwordHash`, `password-hash` and `PASSWORD_HASH` are all `password`, `hash`.
/// Secret is a name that
/// - contains `password`, `passwd` or `token` anywhere, or begins with `secret`,
/// - has a word `secret` or `secrets`, or the words `api` `key` (`apikey`) together,
/// - has `pass` or `salt` as its only or last word (`user_pass`, but not `bypass` or `pass_mark`),
/// - has `hash` as its last word after others (`file_hash`, but not `hash` alone).
pub(super) fn looks_secret(column: &str) -> bool {
    let words = words(column);
    let joined = words.concat();
    let has = |word: &str| words.iter().any(|one| one == word);
    let last = words.last().map_or("", String::as_str);
    ["password", "passwd", "token"].iter().any(|part| joined.contains(part))
        || joined.starts_with("secret")
        || ["secret", "secrets", "apikey"].iter().any(|word| has(word))
        || words.windows(2).any(|pair| pair[0] == "api" && pair[1] == "key")
        || matches!(last, "pass" | "salt")
        || (last == "hash" && words.len() > 1)
}

/// The words of a name, in lower case: parted where letters and digits end, before an upper-case letter after a
/// lower-case one, and before the last letter of a run of capitals that goes on in lower case (`APIKey`).
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    let characters: Vec<char> = name.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            inside = false;
            continue;
        }
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1);
        let starts = character.is_uppercase()
            && (before.is_some_and(|before| !before.is_uppercase())
                || after.is_some_and(|after| after.is_lowercase()));
        if !inside || starts {
            words.push(String::new());
        }
        inside = true;
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::looks_secret;

    #[test]
    fn secrets_are_recognised() {
        for name in [
            "password",
            "Password",
            "user_password",
            "password_digest",
            "encryptedPassword",
            "PASSWD",
            "pass",
            "user_pass",
            "passwordHash",
            "password_hash",
            "fileHash",
            "FILE_HASH",
            "secret",
            "secret_key",
            "secretKey",
            "client_secret",
            "clientSecret",
            "token",
            "api_token",
            "tokenValue",
            "refreshtoken",
            "api_key",
            "apiKey",
            "APIKey",
            "API_KEY",
            "apikey",
            "stripe_api_key",
            "api-key",
            "salt",
            "password_salt",
            "user salt",
        ] {
            assert!(looks_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for name in [
            "passage",
            "bypass",
            "compass",
            "pass_mark",
            "passenger",
            "hash",
            "hashtag",
            "key",
            "api",
            "api_version",
            "saltiness",
            "basalt",
            "name",
            "undersecretary",
            "monkey",
            "",
            "_",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
