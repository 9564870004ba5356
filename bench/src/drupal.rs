//! What a Drupal site's page costs: processor time and requests per second of one compound document, and how many
//! statements pages of different sizes take.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::json;

use crate::Failure;
use crate::http::Client;
use crate::measure::{Figures, Plan, median};
use crate::report;
use crate::server::Server;

/// Processor time per request that is aimed at, in microseconds.
const CPU_MICROS_TARGET: f64 = 2_000.0;
/// What Drupal 10.5 needed for the first of [`URL`], as recorded with it: from nothing, and from its page cache.
const DRUPAL_CPU_MILLIS: [f64; 2] = [118.0, 5.0];
/// Sizes of pages whose statements are counted.
const SIZES: [usize; 3] = [1, 4, 50];
/// How long the log may take to tell of a request.
const LOG_TIME_MAX: Duration = Duration::from_secs(5);

/// Articles with their images, authors and tags: what the recorded site was asked for.
pub(crate) const URL: &str =
    "/jsonapi/node/article?include=field_media_image.field_media_image,uid,field_tags";

/// Measures a site's Docent under one URL, and prints what it found.
pub(crate) fn run(
    docent: &Path,
    database: &str,
    url: &str,
    plan: Plan,
    as_json: bool,
) -> Result<(), Failure> {
    let log = LogFile(std::env::temp_dir().join(format!("docent-bench-{}.log", std::process::id())));
    let server = Server::of_site(docent, database, url, &log.0)?;
    let statements = SIZES.map(|size| log.statements(&server, url, size));
    let mut figures = Figures::default();
    figures.measure_url(&server, url, Plan { duration: plan.duration / 6, ..plan })?;
    figures = Figures::default();
    for _ in 0..plan.rounds {
        figures.measure_url(&server, url, plan)?;
    }
    let cpu = median(&figures.cpu_micros);
    let met = if cpu <= CPU_MICROS_TARGET { "met" } else { "missed" };
    let statements = statements.into_iter().collect::<Result<Vec<_>, _>>()?;
    if as_json {
        let statements: Vec<_> = SIZES
            .iter()
            .zip(&statements)
            .map(|(size, count)| json!({ "page": size, "statements": count }))
            .collect();
        println!(
            "{:#}",
            json!({
                "url": url,
                "figures": report::figures_json(&figures),
                "cpu_micros_target": CPU_MICROS_TARGET,
                "verdict": met,
                "statements": statements,
            })
        );
        return Ok(());
    }
    println!("\nGET {url}");
    report::heading();
    report::row("docent", &figures);
    println!(
        "  CPU {:.2} ms per request, target {:.2}: {met}   (Drupal, as recorded: {:.0} ms, from its page cache {:.0} ms)",
        cpu / 1_000.0,
        CPU_MICROS_TARGET / 1_000.0,
        DRUPAL_CPU_MILLIS[0],
        DRUPAL_CPU_MILLIS[1],
    );
    for (size, count) in SIZES.iter().zip(&statements) {
        println!("  {count} statements for pages of at most {size}");
    }
    Ok(())
}

/// What a server says of the requests it has answered; removed when dropped.
struct LogFile(PathBuf);

impl LogFile {
    /// Asks for a page of a size, and reads from the log how many statements that took.
    fn statements(&self, server: &Server, url: &str, size: usize) -> Result<u32, Failure> {
        let separator = if url.contains('?') { '&' } else { '?' };
        let page = format!("{url}{separator}page%5Blimit%5D={size}");
        Client::connect(server.address)?.document(&page)?;
        let asked = Instant::now();
        loop {
            let text = fs::read_to_string(&self.0)?;
            let line = text.lines().rfind(|line| line.contains(&page));
            let count =
                line.and_then(|line| line.split("statements=").nth(1)?.split(' ').next()?.parse().ok());
            match count {
                Some(count) => return Ok(count),
                None if asked.elapsed() > LOG_TIME_MAX => {
                    return Err(format!("the log tells nothing of {page}").into());
                }
                None => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        // It may not be there yet.
        fs::remove_file(&self.0).ok();
    }
}
