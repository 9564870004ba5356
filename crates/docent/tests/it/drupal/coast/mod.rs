//! A small site as Drupal keeps it: a magazine of the coast, with stories and places. All of it is made here,
//! down to what PHP would have serialised.
//!
//! `core_types` is what Drupal defines, `entity_types` and `fields` how it notes that, `configuration` what an editor
//! would have set up, `content` what was written; here it is put into tables of SQLite, which other engines mirror.

mod configuration;
mod content;
mod core_types;
mod entity_types;
mod fields;
mod php;

use std::fmt::Write as _;
use std::path::PathBuf;

use rusqlite::types::Value;
use tempfile::TempDir;

use crate::harness::engine::Engine;
use crate::harness::mirror::{Mirror, Use};

use entity_types::ContentType;
use fields::{AddedField, Column};
use php::{Php, map_of};

pub(super) use content::{PASSWORD, uuid};

/// How the list of modules begins, and how it does with one more.
const MODULES: &str = "s:6:\"module\";a:25:{";
const MODULES_WITH_TIDE: &str = "s:6:\"module\";a:26:{s:4:\"tide\";i:0;";

/// The site's database, removed when dropped.
pub(crate) struct Coast {
    /// The SQLite file: the one under test, or what the mirror mirrors.
    directory: TempDir,
    mirror: Option<Mirror>,
}

impl Coast {
    /// On the engine under test.
    pub(crate) fn new() -> Self {
        let mut coast = Self { directory: tempfile::tempdir().unwrap(), mirror: None };
        let connection = coast.file();
        connection.execute_batch("BEGIN").unwrap();
        let maker = Maker { connection };
        maker.create_tables();
        maker.define();
        configuration::write(&maker);
        content::write(&maker);
        maker.connection.execute_batch("COMMIT").unwrap();
        let engine = Engine::under_test();
        if engine.is_strict() {
            let mirror = Mirror::new(engine, "coast", &maker.connection, Use::Once);
            if engine == Engine::MariaDb {
                ignore_case(&mirror);
            }
            coast.mirror = Some(mirror);
        }
        coast
    }

    /// What `docent serve` is given: a file or a URL.
    pub(crate) fn location(&self) -> String {
        match &self.mirror {
            Some(mirror) => mirror.url(),
            None => self.path().to_str().unwrap().to_owned(),
        }
    }

    /// Runs a statement. `⟨…⟩` in it stands for the bytes with these digits.
    #[track_caller]
    pub(super) fn execute(&self, sql: &str) {
        let (open, close) = match Engine::under_test() {
            Engine::Postgres => ("decode('", "', 'hex')"),
            Engine::Sqlite | Engine::MariaDb => ("x'", "'"),
        };
        let sql = sql.replace('⟨', open).replace('⟩', close);
        match &self.mirror {
            Some(mirror) => mirror.open().execute(&sql),
            None => self.file().execute_batch(&sql).unwrap(),
        }
    }

    /// Replaces a part of a configuration object, as PHP has serialised it.
    #[track_caller]
    pub(super) fn configure(&self, name: &str, from: &str, to: &str) {
        self.configure_all(name, &[(from, to)]);
    }

    /// Replaces several parts of a configuration object.
    #[track_caller]
    pub(super) fn configure_all(&self, name: &str, parts: &[(&str, &str)]) {
        let sql = "SELECT data FROM config WHERE collection = '' AND name = ?1";
        let data: Vec<u8> = self.file().query_row(sql, [name], |row| row.get(0)).unwrap();
        let mut data = String::from_utf8(data).unwrap();
        for (from, to) in parts {
            assert_eq!(data.matches(from).count(), 1, "{data}");
            data = data.replace(from, to);
        }
        let hex = data.bytes().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        // What is replaced next stands in the file, whatever is under test.
        let update = "UPDATE config SET data = ?2 WHERE collection = '' AND name = ?1";
        self.file().execute(update, (name, data.as_bytes())).unwrap();
        self.execute(&format!("UPDATE config SET data = ⟨{hex}⟩ WHERE collection = '' AND name = '{name}'"));
    }

    /// Notes that a module is installed that nobody knows.
    #[track_caller]
    pub(super) fn install_tide(&self) {
        self.configure("core.extension", MODULES, MODULES_WITH_TIDE);
    }

    /// Notes that it is not any more.
    #[track_caller]
    pub(super) fn uninstall_tide(&self) {
        self.configure("core.extension", MODULES_WITH_TIDE, MODULES);
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("coast.sqlite")
    }

    /// A connection to the file that knows the site's collation.
    fn file(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        connection
            .create_collation("NOCASE_UTF8", |left, right| left.to_lowercase().cmp(&right.to_lowercase()))
            .unwrap();
        connection
    }
}

/// Client libraries ask the site, too: `tests/clients/run` says in `DOCENT_COAST` where it wants the file.
#[test]
fn the_site_is_written_where_it_is_wanted() {
    if let Some(wanted) = std::env::var_os("DOCENT_COAST") {
        std::fs::copy(Coast::new().path(), wanted).unwrap();
    }
}

/// Lets MariaDB compare texts as it does for Drupal.
fn ignore_case(mirror: &Mirror) {
    let mut connection = mirror.open();
    for table in connection.tables() {
        connection.execute(&format!(
            "ALTER TABLE \"{table}\" CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
        ));
    }
}

/// Puts rows into tables.
struct Maker {
    connection: rusqlite::Connection,
}

/// Which of its revisions and translations a row of an entity is.
#[derive(Debug, Clone, Copy)]
struct Place {
    is_default_revision: bool,
    is_default_translation: bool,
}

/// The only revision in the only language.
const ONLY: Place = Place { is_default_revision: true, is_default_translation: true };

/// Which items of an entity's field are written.
#[derive(Debug, Clone, Copy)]
struct Host {
    id: i64,
    revision: i64,
    bundle: &'static str,
    langcode: &'static str,
    is_default_revision: bool,
}

/// Tables that belong to no entity type.
const OTHER_TABLES: &str = "
    CREATE TABLE config (collection VARCHAR(255) NOT NULL DEFAULT '', name VARCHAR(255) NOT NULL DEFAULT '',
        data BLOB NULL DEFAULT NULL, PRIMARY KEY (collection, name));
    CREATE TABLE key_value (collection VARCHAR(128) NOT NULL DEFAULT '', name VARCHAR(128) NOT NULL DEFAULT '',
        value BLOB NOT NULL, PRIMARY KEY (collection, name));
    CREATE TABLE comment_entity_statistics (entity_id INTEGER NOT NULL DEFAULT 0,
        entity_type VARCHAR(32) NOT NULL DEFAULT 'node', field_name VARCHAR(32) NOT NULL DEFAULT '',
        cid INTEGER NOT NULL DEFAULT 0, last_comment_timestamp INTEGER NOT NULL DEFAULT 0,
        last_comment_name VARCHAR(60) NULL DEFAULT NULL, last_comment_uid INTEGER NOT NULL DEFAULT 0,
        comment_count INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (entity_id, entity_type, field_name));
    CREATE TABLE node_access (nid INTEGER NOT NULL DEFAULT 0, langcode VARCHAR(12) NOT NULL DEFAULT '',
        fallback INTEGER NOT NULL DEFAULT 1, gid INTEGER NOT NULL DEFAULT 0, realm VARCHAR(255) NOT NULL DEFAULT '',
        grant_view INTEGER NOT NULL DEFAULT 0, grant_update INTEGER NOT NULL DEFAULT 0,
        grant_delete INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (nid, gid, realm, langcode));
    INSERT INTO node_access VALUES (0, '', 1, 0, 'all', 1, 0, 0);
    CREATE TABLE file_usage (fid INTEGER NOT NULL, module VARCHAR(50) NOT NULL DEFAULT '',
        type VARCHAR(64) NOT NULL DEFAULT '', id VARCHAR(64) NOT NULL DEFAULT 0, count INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (fid, type, id, module));
    CREATE TABLE sessions (uid INTEGER NOT NULL, sid VARCHAR(128) NOT NULL, hostname VARCHAR(128) NOT NULL DEFAULT '',
        timestamp INTEGER NOT NULL DEFAULT 0, session BLOB NULL DEFAULT NULL, PRIMARY KEY (sid));
    CREATE TABLE flood (fid INTEGER PRIMARY KEY AUTOINCREMENT, event VARCHAR(64) NOT NULL DEFAULT '',
        identifier VARCHAR(128) NOT NULL DEFAULT '', timestamp INTEGER NOT NULL DEFAULT 0,
        expiration INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE cachetags (tag VARCHAR(255) NOT NULL DEFAULT '', invalidations INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (tag));
";

impl Maker {
    fn create_tables(&self) {
        let mut script = OTHER_TABLES.to_owned();
        for it in &core_types::CONTENT {
            for (table, columns) in it.tables() {
                let columns: Vec<String> =
                    columns.iter().map(|(name, sql)| format!("\"{name}\" {sql}")).collect();
                let key = if Some(table) == it.data {
                    format!(", PRIMARY KEY (\"{}\", langcode)", it.key("id").unwrap())
                } else if Some(table) == it.revision_data {
                    format!(", PRIMARY KEY (\"{}\", langcode)", it.key("revision").unwrap())
                } else {
                    String::new()
                };
                writeln!(script, "CREATE TABLE \"{table}\" ({}{key});\n", columns.join(", ")).unwrap();
            }
            writeln!(script, "CREATE UNIQUE INDEX {0}_uuid ON {0} (uuid);", it.base).unwrap();
            for field in it.fields().iter().filter(|field| field.many) {
                script += &own_tables(it, field.name, &field.columns());
            }
        }
        for field in &configuration::FIELDS {
            let it = entity_types::content(field.entity_type);
            script += &own_tables(it, field.name, &field.columns());
        }
        self.connection.execute_batch(&script).unwrap();
    }

    /// Writes the definitions that Drupal keeps of entity types and fields.
    fn define(&self) {
        let installed = "entity.definitions.installed";
        for (id, definition) in entity_types::configuration() {
            self.key_value(installed, &format!("{id}.entity_type"), &definition);
        }
        for it in &core_types::CONTENT {
            self.key_value(installed, &format!("{}.entity_type", it.id), &it.definition());
            let fields = it.field_definitions(&configuration::FIELDS);
            self.key_value(installed, &format!("{}.field_storage_definitions", it.id), &fields);
            for field in it.fields() {
                let specs: Vec<(String, Php)> = field
                    .columns()
                    .iter()
                    .map(|column| {
                        (
                            if field.many { own_name(field.name, column) } else { field.column_name(column) },
                            column.spec(),
                        )
                    })
                    .collect();
                let own = own_table_names(it, field.name);
                let tables = if field.many {
                    own
                } else {
                    it.tables_of(&field).into_iter().map(str::to_owned).collect()
                };
                self.schema(it, field.name, tables, specs);
            }
        }
        for field in &configuration::FIELDS {
            let it = entity_types::content(field.entity_type);
            let columns = field.columns();
            let specs = columns.iter().map(|column| (own_name(field.name, column), column.spec())).collect();
            self.schema(it, field.name, own_table_names(it, field.name), specs);
        }
        for it in &core_types::CONTENT {
            let fields = configuration::FIELDS.iter().filter(|field| field.entity_type == it.id);
            let one = |field: &AddedField| {
                let bundles = field.bundles.iter().map(|&name| (name.to_owned(), name.into()));
                let entry = php::map([("type", field.kind.into()), ("bundles", map_of(bundles))]);
                (field.name.to_owned(), entry)
            };
            let fields: Vec<_> = fields.map(one).collect();
            if !fields.is_empty() {
                self.key_value("entity.definitions.bundle_field_map", it.id, &map_of(fields));
            }
        }
    }

    /// Which columns a field has in which tables.
    fn schema(&self, it: &ContentType, field: &str, tables: Vec<String>, specs: Vec<(String, Php)>) {
        let fields = php::map([("fields", map_of(specs))]);
        let tables = map_of(tables.into_iter().map(|table| (table, fields.clone())));
        let name = format!("{}.field_schema_data.{field}", it.id);
        self.key_value("entity.storage_schema.sql", &name, &tables);
    }

    fn key_value(&self, collection: &str, name: &str, value: &Php) {
        let sql = "INSERT INTO key_value (collection, name, value) VALUES (?1, ?2, ?3)";
        self.connection.execute(sql, (collection, name, value.bytes())).unwrap();
    }

    fn configuration(&self, collection: &str, name: &str, data: &Php) {
        let sql = "INSERT INTO config (collection, name, data) VALUES (?1, ?2, ?3)";
        self.connection.execute(sql, (collection, name, data.bytes())).unwrap();
    }

    /// Writes a translation of a revision of an entity into the tables where it belongs.
    fn entity(&self, id: &str, place: Place, values: &[(&str, Value)]) {
        let it = entity_types::content(id);
        for (table, columns) in it.tables() {
            let belongs = if table == it.base {
                place.is_default_revision && place.is_default_translation
            } else if Some(table) == it.data {
                place.is_default_revision
            } else {
                Some(table) == it.revision_data || place.is_default_translation
            };
            if !belongs {
                continue;
            }
            let given =
                |name: &str| values.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone());
            let row: Vec<(String, Value)> =
                columns.into_iter().filter_map(|(name, _)| Some((name.clone(), given(&name)?))).collect();
            self.row(table, &row);
        }
    }

    /// Writes an item of a field that has tables of its own.
    fn item(&self, entity_type: &str, field: &str, host: Host, delta: i64, values: &[(&str, Value)]) {
        let it = entity_types::content(entity_type);
        let tables = own_table_names(it, field);
        for (position, table) in tables.iter().enumerate() {
            if position == 0 && !host.is_default_revision {
                continue;
            }
            let mut row: Vec<(String, Value)> = vec![
                ("bundle".to_owned(), host.bundle.to_owned().into()),
                ("entity_id".to_owned(), host.id.into()),
                ("revision_id".to_owned(), host.revision.into()),
                ("langcode".to_owned(), host.langcode.to_owned().into()),
                ("delta".to_owned(), delta.into()),
            ];
            row.extend(values.iter().map(|(property, value)| (format!("{field}_{property}"), value.clone())));
            self.row(table, &row);
        }
    }

    fn row(&self, table: &str, row: &[(String, Value)]) {
        let names: Vec<String> = row.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let places = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO \"{table}\" ({}) VALUES ({places})", names.join(", "));
        let values = rusqlite::params_from_iter(row.iter().map(|(_, value)| value));
        self.connection.execute(&sql, values).unwrap_or_else(|error| panic!("{table}: {error}"));
    }
}

/// The name of a column in a field's own tables.
fn own_name(field: &str, column: &Column) -> String {
    format!("{field}_{}", column.property)
}

/// The tables of a field's own: of current items, and of those of all revisions where there are some.
fn own_table_names(it: &ContentType, field: &str) -> Vec<String> {
    let mut names = vec![format!("{}__{field}", it.id)];
    if it.revision.is_some() {
        names.push(format!("{}_revision__{field}", it.id));
    }
    names
}

fn own_tables(it: &ContentType, field: &str, columns: &[Column]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = own_name(field, column);
            format!("\"{name}\" {}", column.sql(&name))
        })
        .collect();
    let tables = own_table_names(it, field);
    let table = |(position, name): (usize, &String)| {
        let first = if position == 0 { "entity_id" } else { "entity_id, revision_id" };
        format!(
            "CREATE TABLE \"{name}\" (bundle VARCHAR(128) NOT NULL DEFAULT '', deleted INTEGER NOT NULL DEFAULT 0,
             entity_id INTEGER NOT NULL, revision_id INTEGER NOT NULL, langcode VARCHAR(32) NOT NULL DEFAULT '',
             delta INTEGER NOT NULL, {}, PRIMARY KEY ({first}, deleted, delta, langcode));\n",
            columns.join(", ")
        )
    };
    tables.iter().enumerate().map(table).collect()
}
