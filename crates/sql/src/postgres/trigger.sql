-- Makes the database tell Docent at once when its schema changes. Without it, Docent finds out within seconds.
--
-- To be run once in the database, by a role that may create event triggers (a superuser):
--
--     docent sql-trigger | psql DATABASE
--
-- To remove it again:
--
--     DROP EVENT TRIGGER docent_schema_changed;
--     DROP EVENT TRIGGER docent_schema_dropped;
--     DROP FUNCTION docent_schema_changed();
--     DROP FUNCTION docent_schema_dropped();

BEGIN;

-- Temporary tables and new rows of materialized views change no schema.
CREATE OR REPLACE FUNCTION docent_schema_changed() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_event_trigger_ddl_commands()
        WHERE schema_name IS DISTINCT FROM 'pg_temp' AND command_tag <> 'REFRESH MATERIALIZED VIEW'
    ) THEN
        NOTIFY docent_schema;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION docent_schema_dropped() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() WHERE NOT is_temporary) THEN
        NOTIFY docent_schema;
    END IF;
END
$$;

DROP EVENT TRIGGER IF EXISTS docent_schema_changed;
CREATE EVENT TRIGGER docent_schema_changed ON ddl_command_end EXECUTE FUNCTION docent_schema_changed();

DROP EVENT TRIGGER IF EXISTS docent_schema_dropped;
CREATE EVENT TRIGGER docent_schema_dropped ON sql_drop EXECUTE FUNCTION docent_schema_dropped();

COMMIT;
