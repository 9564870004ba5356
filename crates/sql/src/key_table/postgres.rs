//! The statements on the table of keys as PostgreSQL takes them.

use super::statements::Texts;

pub(super) const TEXTS: Texts = Texts {
    look: "SELECT (to_regclass('docent_idempotency_keys') IS NOT NULL)::int",
    make: &[
        "CREATE TABLE docent_idempotency_keys (
            scope text NOT NULL,
            name text NOT NULL,
            digest bytea NOT NULL,
            claim bigint NOT NULL,
            -- Of the claim, later of the answer.
            noted_at timestamptz NOT NULL,
            -- The request ends before.
            runs_until timestamptz NOT NULL,
            -- Without one nobody knows how the request ended.
            head text,
            body bytea,
            PRIMARY KEY (scope, name)
        )",
        "CREATE INDEX docent_idempotency_keys_by_age ON docent_idempotency_keys (noted_at)",
    ],
    claim: "
        INSERT INTO docent_idempotency_keys AS k (scope, name, digest, claim, noted_at, runs_until)
        VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + $5::bigint * interval '1 millisecond')
        ON CONFLICT (scope, name) DO UPDATE
        SET digest = excluded.digest, claim = excluded.claim, noted_at = excluded.noted_at,
            runs_until = excluded.runs_until, head = NULL, body = NULL
        WHERE k.noted_at <= clock_timestamp() - $6::bigint * interval '1 millisecond'
            AND k.runs_until <= clock_timestamp()",
    known: "
        SELECT digest, claim, head, body, runs_until > clock_timestamp()
        FROM docent_idempotency_keys WHERE scope = $1 AND name = $2",
    keep: "
        INSERT INTO docent_idempotency_keys AS k (scope, name, digest, claim, noted_at, runs_until, head, body)
        VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp(), $5, $6)
        ON CONFLICT (scope, name) DO UPDATE
        SET noted_at = excluded.noted_at, runs_until = excluded.runs_until, head = excluded.head,
            body = excluded.body
        WHERE k.claim = excluded.claim",
    release: "
        DELETE FROM docent_idempotency_keys WHERE scope = $1 AND name = $2 AND claim = $3 AND head IS NULL",
    abandon: "
        UPDATE docent_idempotency_keys SET runs_until = clock_timestamp()
        WHERE scope = $1 AND name = $2 AND claim = $3 AND head IS NULL",
    forget: "
        DELETE FROM docent_idempotency_keys WHERE (scope, name) IN (
            SELECT scope, name FROM docent_idempotency_keys
            WHERE noted_at <= clock_timestamp() - $1::bigint * interval '1 millisecond'
                AND runs_until <= clock_timestamp()
            ORDER BY noted_at LIMIT 4096 FOR UPDATE SKIP LOCKED
        )",
    measure: [
        "SELECT (SELECT noted_at FROM docent_idempotency_keys ORDER BY noted_at DESC OFFSET 1000000 LIMIT 1)",
        "SELECT max(noted_at) FROM (
            SELECT noted_at, sum(octet_length(body)) OVER (ORDER BY noted_at DESC, scope, name) AS bytes
            FROM docent_idempotency_keys WHERE body IS NOT NULL
                AND (SELECT pg_total_relation_size('docent_idempotency_keys')) > 268435456
        ) AS bodies WHERE bytes > 268435456",
    ],
    too_much: [
        "DELETE FROM docent_idempotency_keys WHERE noted_at <= $1 AND runs_until <= clock_timestamp()",
        "UPDATE docent_idempotency_keys SET body = NULL WHERE noted_at <= $1 AND body IS NOT NULL",
    ],
};
