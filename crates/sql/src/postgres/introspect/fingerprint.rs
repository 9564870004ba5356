//! What tells cheaply whether the schema is still the same.

/// One text that changes when anything that introspection reads may have changed.
///
/// Rows of the system catalogs are known by the transaction that wrote them; those that maintenance or loading data
/// writes anew (TRUNCATE, VACUUM FULL, CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW) by what they hold. Indexes
/// count while they are valid: one made anew beside the old one takes its place in one step. Statistics do not count,
/// nor does Docent's own table. It looks at all schemas but those of the system, served or not.
pub(in crate::postgres) const FINGERPRINT: &str = "
    WITH tables AS MATERIALIZED (
        SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relacl, c.relrowsecurity
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
            AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            AND c.relname <> 'docent_idempotency_keys'
    )
    SELECT ROW(
        current_user, current_schema(),
        (SELECT sum(hashtextextended(tables::text, 0)) FROM tables),
        (
            SELECT sum(hashtextextended(a.xmin::text, (a.attrelid::int8 << 16) + a.attnum))
            FROM pg_attribute AS a JOIN tables AS t ON t.oid = a.attrelid WHERE a.attnum > 0
        ),
        (SELECT sum(hashtextextended(d.xmin::text, d.oid::int8)) FROM pg_attrdef AS d),
        (
            SELECT sum(hashtextextended(concat_ws(' ', c.relname, i.indisunique, i.indisprimary, i.indimmediate,
                i.indnkeyatts, i.indkey, i.indclass, i.indcollation, i.indexprs IS NULL, i.indpred IS NULL),
                i.indrelid::int8))
            FROM pg_index AS i
            JOIN tables AS t ON t.oid = i.indrelid
            JOIN pg_class AS c ON c.oid = i.indexrelid
            WHERE i.indisvalid AND i.indislive
        ),
        (
            SELECT sum(hashtextextended(k.xmin::text, k.oid::int8)) FROM pg_constraint AS k
            WHERE k.contype IN ('c', 'f')
        ),
        (
            SELECT sum(hashtextextended(y.xmin::text, y.oid::int8)) FROM pg_type AS y
            WHERE y.typtype IN ('d', 'e')
        ),
        (SELECT sum(hashtextextended(l.xmin::text, l.oid::int8)) FROM pg_enum AS l),
        (
            SELECT sum(hashtextextended(h.inhparent::text, h.inhrelid::int8))
            FROM pg_inherits AS h JOIN tables AS t ON t.oid = h.inhrelid
        ),
        (
            SELECT sum(hashtextextended(g.oid::text, g.tgrelid::int8))
            FROM pg_trigger AS g JOIN tables AS t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
        ),
        (
            SELECT sum(hashtextextended(w.oid::text, w.ev_class::int8))
            FROM pg_rewrite AS w JOIN tables AS t ON t.oid = w.ev_class WHERE w.ev_type <> '1'
        ),
        (
            SELECT sum(hashtextextended(d.xmin::text, (d.objoid::int8 << 16) + d.objsubid))
            FROM pg_description AS d JOIN tables AS t ON t.oid = d.objoid
            WHERE d.classoid = 'pg_class'::regclass
        ),
        (
            SELECT sum(hashtextextended(n.xmin::text, n.oid::int8)) FROM pg_namespace AS n
            WHERE n.nspname !~ '^pg_'
        ),
        (
            SELECT sum(hashtextextended(m.xmin::text, (m.roleid::int8 << 32) + m.member::int8))
            FROM pg_auth_members AS m
        )
    )::text";
