//! The engine under test: the suites are one source, and run on SQLite, PostgreSQL and MariaDB in turn.
//!
//! `DOCENT_TEST_ENGINE` chooses; where the others are is said by `DOCENT_TEST_POSTGRES` and `DOCENT_TEST_MARIADB`, which
//! `tests/servers` sets.

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    MariaDb,
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Engine {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MariaDb];

    /// The one this run is about.
    pub(crate) fn under_test() -> Self {
        match std::env::var("DOCENT_TEST_ENGINE").as_deref() {
            Err(_) | Ok("" | "sqlite") => Self::Sqlite,
            Ok("postgres") => Self::Postgres,
            Ok("mariadb") => Self::MariaDb,
            Ok(other) => panic!("DOCENT_TEST_ENGINE is sqlite, postgres or mariadb, not {other}"),
        }
    }

    /// Its name as people write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        }
    }

    /// Whether its columns hold values of their own type alone.
    pub(crate) fn is_strict(self) -> bool {
        self != Self::Sqlite
    }

    /// Whether a number that was made for a row that has been undone is made again. Where it is not, numbers are made
    /// outside of transactions, which leave gaps.
    pub(crate) fn makes_undone_numbers_again(self) -> bool {
        self == Self::Sqlite
    }

    /// The URL of an administrator, if there is a server for the tests.
    pub(crate) fn administrator(self) -> Option<String> {
        let variable = match self {
            Self::Sqlite => return None,
            Self::Postgres => "DOCENT_TEST_POSTGRES",
            Self::MariaDb => "DOCENT_TEST_MARIADB",
        };
        std::env::var(variable).ok().filter(|url| !url.is_empty())
    }

    /// The URL of an administrator; fails the test if there is no server.
    #[track_caller]
    pub(crate) fn needed_administrator(self) -> String {
        let name = self.name();
        self.administrator().unwrap_or_else(|| panic!("no {name} server: eval \"$(tests/servers start)\""))
    }
}

/// Whether the engine under test is among these. If not, the test has to end: what it is about does not exist elsewhere,
/// for the reason given, which it prints.
#[must_use]
#[allow(
    clippy::print_stdout,
    reason = "whoever reads the output of a test wants to know that it did nothing"
)]
pub(crate) fn only_on(engines: &[Engine], reason: &str) -> bool {
    let engine = Engine::under_test();
    let is_meant = engines.contains(&engine);
    if !is_meant {
        println!("left out on {}: {reason}", engine.name());
    }
    is_meant
}
