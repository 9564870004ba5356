//! How Docent's answers slow down as things grow: depth of the page, breadth of `include`, size of the collection.
//!
//! One client asks one request after another, so a figure is the time of one answer on an idle server, with the way
//! there and back (about 50 to 100 µs). What matters is the shape of a row, not its first value.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use serde_json::{Value, json};

use crate::Failure;
use crate::data::{DEEP_ROWS, GROUP_ROWS, SIZES, growth_table};
use crate::http::Client;
use crate::measure::median;
use crate::server::Server;

/// Rows skipped before the page.
const DEPTHS: [u64; 8] = [0, 1, 10, 100, 1_000, 7_000, 10_000, 100_000];
/// The depth whose ratio to the first page has a target.
const DEPTH_JUDGED: u64 = 7_000;
const DEPTH_RATIO_TARGET: f64 = 1.1;
const COLLECTION: &str = "/entries?sort=-created_at";
/// The largest page, to collect cursors with few requests.
const WALK_SIZE: u64 = 500;
/// The same point is asked for this long in all, but at least `REPEATS_MIN` times.
const POINT_MICROS: f64 = 400_000.0;
const REPEATS_MIN: usize = 7;
const INCLUDES: [&str; 5] = [
    "",
    "&include=author",
    "&include=author%2Ceditor",
    "&include=author%2Ceditor%2Ctags",
    "&include=author%2Ceditor%2Ctags%2Ccomments",
];

/// One figure: what was varied, and the median time.
struct Point {
    label: String,
    micros: f64,
}

/// A row of figures under one heading.
struct Curve {
    title: &'static str,
    points: Vec<Point>,
}

/// Measures and prints all curves: over the blog, then over the large tables.
pub(crate) fn run(blog: &Server, growth: &Server, as_json: bool) -> Result<(), Failure> {
    let cursors = cursors(growth.address)?;
    let cursor = curve(growth.address, "page depth by cursor, sort=-created_at", &cursors)?;
    let offsets = DEPTHS.map(|depth| {
        (depth.to_string(), format!("{COLLECTION}&page%5Blimit%5D=20&page%5Boffset%5D={depth}"))
    });
    let ratio = depth_ratio(&cursor);
    let curves = [
        cursor,
        curve(growth.address, "page depth by offset, sort=-created_at", &offsets)?,
        curve(blog.address, "include paths, 20 articles", &include_targets())?,
        curve(growth.address, "rows of the collection, filter on an indexed column", &filters("indexed"))?,
        curve(growth.address, "rows of the collection, filter on a column without index", &filters("plain"))?,
    ];
    if as_json {
        println!("{:#}", to_json(&curves, ratio));
        return Ok(());
    }
    for curve in &curves {
        println!("{}", curve.title);
        for point in &curve.points {
            println!("  {:>10}{:>12.0} µs", point.label, point.micros);
        }
    }
    let verdict = if ratio <= DEPTH_RATIO_TARGET { "met" } else { "MISSED" };
    println!(
        "cursor page at depth {DEPTH_JUDGED} / first page {ratio:.2}, target {DEPTH_RATIO_TARGET:.2}: {verdict}"
    );
    Ok(())
}

fn include_targets() -> Vec<(String, String)> {
    let target = |(paths, include): (usize, &str)| {
        (paths.to_string(), format!("/articles?page%5Blimit%5D=20{include}"))
    };
    INCLUDES.into_iter().enumerate().map(target).collect()
}

/// Every answer has the same number of rows, so only finding them can take longer.
fn filters(column: &str) -> Vec<(String, String)> {
    let target = |rows: u64| {
        let query = format!("filter%5B{column}%5D=7&page%5Blimit%5D={GROUP_ROWS}");
        (rows.to_string(), format!("/{}?{query}", growth_table(rows)))
    };
    SIZES.map(target).into()
}

/// The request for the page at each depth, by walking there once: a cursor can only come from an answer.
fn cursors(address: SocketAddr) -> Result<Vec<(String, String)>, Failure> {
    let mut client = Client::connect(address)?;
    let page = |size: u64, cursor: Option<&str>| {
        let after = cursor.map_or_else(String::new, |cursor| format!("&page%5Bafter%5D={cursor}"));
        format!("{COLLECTION}&page%5Bsize%5D={size}{after}")
    };
    let mut targets = Vec::new();
    let (mut row, mut last): (u64, Option<String>) = (0, None);
    for depth in DEPTHS.into_iter().filter(|depth| *depth < DEEP_ROWS) {
        while row < depth {
            let size = WALK_SIZE.min(depth - row);
            let document: Value = serde_json::from_slice(client.document(&page(size, last.as_deref()))?)?;
            let cursor =
                document.pointer(&format!("/data/{}/meta/page/cursor", size - 1)).and_then(Value::as_str);
            last = Some(percent_encode(cursor.ok_or("an item without cursor")?));
            row += size;
        }
        targets.push((depth.to_string(), page(20, last.as_deref())));
    }
    Ok(targets)
}

fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Asks for all points in turn, so that whatever else the machine does meets each of them alike.
fn curve(address: SocketAddr, title: &'static str, targets: &[(String, String)]) -> io::Result<Curve> {
    eprintln!("{title}");
    let mut client = Client::connect(address)?;
    // The first answers make the plan and warm the caches.
    for (_, target) in targets.iter().chain(targets) {
        client.document(target)?;
    }
    let mut times = vec![Vec::new(); targets.len()];
    let mut unfinished = true;
    while unfinished {
        unfinished = false;
        for ((_, target), times) in targets.iter().zip(&mut times) {
            if times.len() < REPEATS_MIN || times.iter().sum::<f64>() < POINT_MICROS {
                let asked = Instant::now();
                client.document(target)?;
                times.push(asked.elapsed().as_secs_f64() * 1e6);
                unfinished = true;
            }
        }
    }
    let points = targets
        .iter()
        .zip(&times)
        .map(|((label, _), times)| Point { label: label.clone(), micros: median(times) });
    Ok(Curve { title, points: points.collect() })
}

/// The judged depth over the first page.
fn depth_ratio(cursor: &Curve) -> f64 {
    let at = |depth: u64| {
        cursor.points.iter().find(|point| point.label == depth.to_string()).map(|point| point.micros)
    };
    at(DEPTH_JUDGED).zip(at(0)).map_or(f64::NAN, |(deep, first)| deep / first)
}

fn to_json(curves: &[Curve], ratio: f64) -> Value {
    let curves: Vec<_> = curves
        .iter()
        .map(|curve| {
            let points =
                curve.points.iter().map(|point| json!({"at": point.label, "median_us": point.micros}));
            json!({"title": curve.title, "points": points.collect::<Vec<_>>()})
        })
        .collect();
    json!({
        "curves": curves,
        "cursor_depth_ratio": ratio,
        "cursor_depth_ratio_target": DEPTH_RATIO_TARGET,
        "cursor_depth": DEPTH_JUDGED,
    })
}
