//! The statements on the table of keys as MariaDB and MySQL take them. Moments are in UTC.
//!
//! Scopes and names are bytes: by most collations some different texts are equal, be it for spaces at their end.

use super::statements::Texts;

pub(super) const TEXTS: Texts = Texts {
    look: "SELECT COUNT(*) FROM information_schema.TABLES \
           WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'docent_idempotency_keys'",
    make: &["CREATE TABLE docent_idempotency_keys (
            scope varbinary(1024) NOT NULL,
            name varbinary(1024) NOT NULL,
            digest varbinary(16) NOT NULL,
            claim bigint NOT NULL,
            -- Of the claim, later of the answer.
            noted_at datetime(3) NOT NULL,
            -- The request ends before.
            runs_until datetime(3) NOT NULL,
            -- Without one nobody knows how the request ended.
            head text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
            body longblob,
            PRIMARY KEY (scope, name),
            INDEX docent_idempotency_keys_by_age (noted_at)
        ) ENGINE = InnoDB"],
    // Set in turn: once the claim is another one, what follows sees it.
    claim: "
        INSERT INTO docent_idempotency_keys (scope, name, digest, claim, noted_at, runs_until)
        VALUES ($1, $2, $3, $4, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ($5 * 1000) MICROSECOND)
        ON DUPLICATE KEY UPDATE
            claim = IF(
                noted_at <= UTC_TIMESTAMP(3) - INTERVAL ($6 * 1000) MICROSECOND
                    AND runs_until <= UTC_TIMESTAMP(3),
                VALUES(claim), claim
            ),
            digest = IF(claim = VALUES(claim), VALUES(digest), digest),
            noted_at = IF(claim = VALUES(claim), VALUES(noted_at), noted_at),
            runs_until = IF(claim = VALUES(claim), VALUES(runs_until), runs_until),
            head = IF(claim = VALUES(claim), NULL, head),
            body = IF(claim = VALUES(claim), NULL, body)",
    known: "
        SELECT digest, claim, head, body, runs_until > UTC_TIMESTAMP(3)
        FROM docent_idempotency_keys WHERE scope = $1 AND name = $2",
    keep: "
        INSERT INTO docent_idempotency_keys (scope, name, digest, claim, noted_at, runs_until, head, body)
        VALUES ($1, $2, $3, $4, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), $5, $6)
        ON DUPLICATE KEY UPDATE
            noted_at = IF(claim = VALUES(claim), VALUES(noted_at), noted_at),
            runs_until = IF(claim = VALUES(claim), VALUES(runs_until), runs_until),
            head = IF(claim = VALUES(claim), VALUES(head), head),
            body = IF(claim = VALUES(claim), VALUES(body), body)",
    release: "
        DELETE FROM docent_idempotency_keys WHERE scope = $1 AND name = $2 AND claim = $3 AND head IS NULL",
    abandon: "
        UPDATE docent_idempotency_keys SET runs_until = UTC_TIMESTAMP(3)
        WHERE scope = $1 AND name = $2 AND claim = $3 AND head IS NULL",
    forget: "
        DELETE FROM docent_idempotency_keys
        WHERE noted_at <= UTC_TIMESTAMP(3) - INTERVAL ($1 * 1000) MICROSECOND
            AND runs_until <= UTC_TIMESTAMP(3)
        ORDER BY noted_at LIMIT 4096",
    measure: [
        "SELECT (SELECT noted_at FROM docent_idempotency_keys ORDER BY noted_at DESC LIMIT 1 OFFSET 1000000)",
        "SELECT MAX(noted_at) FROM (
            SELECT noted_at, SUM(OCTET_LENGTH(body)) OVER (ORDER BY noted_at DESC, scope, name) AS bytes
            FROM docent_idempotency_keys WHERE body IS NOT NULL AND (
                SELECT DATA_LENGTH FROM information_schema.TABLES
                WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'docent_idempotency_keys'
            ) > 268435456
        ) AS bodies WHERE bytes > 268435456",
    ],
    too_much: [
        "DELETE FROM docent_idempotency_keys WHERE noted_at <= $1 AND runs_until <= UTC_TIMESTAMP(3)",
        "UPDATE docent_idempotency_keys SET body = NULL WHERE noted_at <= $1 AND body IS NOT NULL",
    ],
};
