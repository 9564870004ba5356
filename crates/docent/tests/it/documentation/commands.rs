//! Every `docent` command in the documentation exists, with its options, and prints what is shown.

use std::process::Command;

use super::blocks::Block;
use super::shell::commands;
use super::{Page, assert_none, pages};

const COMMANDS: [&str; 7] = ["serve", "demo", "inspect", "check", "openapi", "hash-password", "new-key"];

#[test]
fn commands_and_options_exist() {
    let mut faults = Vec::new();
    let mut found = 0;
    for page in pages() {
        for block in page.blocks.iter().filter(|block| block.language == "sh") {
            for command in commands(&block.text).iter().filter_map(|command| arguments(&command.words)) {
                found += 1;
                let place = page.at(block.line);
                match command.split_first() {
                    Some((name, rest)) if COMMANDS.contains(&name.as_str()) => {
                        let help = run(&[name, "--help"]);
                        let options = rest.iter().filter(|word| word.starts_with("--"));
                        let unknown = options.filter(|option| !help.contains(option.as_str()));
                        faults
                            .extend(unknown.map(|option| format!("{place}: docent {name} has no {option}")));
                    }
                    _ => faults.push(format!("{place}: there is no command `docent {}`", command.join(" "))),
                }
            }
        }
    }
    assert!(found > 10, "only {found} commands were found");
    assert_none(&faults);
}

#[test]
fn listings_are_what_inspect_prints() {
    let mut faults = Vec::new();
    let mut found = 0;
    for page in pages() {
        for (number, pair) in page.blocks.windows(2).enumerate() {
            if let Some(options) = inspects(&pair[0])
                && pair[1].language == "text"
            {
                found += 1;
                faults.extend(missing_lines(&page, number + 1, &options));
            }
        }
    }
    assert!(found >= 3, "only {found} listings were found");
    assert_none(&faults);
}

/// The options of the command that inspects a database, if a block has one.
fn inspects(block: &Block) -> Option<Vec<String>> {
    let commands = if block.language == "sh" { commands(&block.text) } else { Vec::new() };
    let mut inspecting = commands.into_iter().map(|command| command.words);
    inspecting.find_map(|words| match &words[..] {
        [docent, inspect, _, options @ ..] if docent == "docent" && inspect == "inspect" => {
            Some(options.to_vec())
        }
        _ => None,
    })
}

/// The lines shown that are not among those printed, in their order.
fn missing_lines(page: &Page, number: usize, options: &[String]) -> Vec<String> {
    let (database, shown) = (page.database(), &page.blocks[number]);
    let mut args = vec!["inspect".to_owned(), database.path().to_str().unwrap().to_owned()];
    args.extend_from_slice(options);
    if let Some(configuration) = page.configuration_at(number).filter(|_| !options.is_empty()) {
        let file = database.path().with_file_name("docent.toml");
        std::fs::write(&file, configuration).unwrap();
        args.extend(["--config".to_owned(), file.to_str().unwrap().to_owned()]);
    }
    let printed = run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let mut printed = printed.lines();
    let mut faults = Vec::new();
    for (number, line) in (shown.line..).zip(shown.text.lines()) {
        if !printed.any(|other| other == line) {
            faults.push(format!("{}: `docent inspect` does not print, or not here: {line}", page.at(number)));
            break;
        }
    }
    faults
}

/// What stands behind `docent`, or behind `cargo run … -- ` of this program.
fn arguments(words: &[String]) -> Option<&[String]> {
    match words {
        [program, rest @ ..] if program == "docent" => Some(rest),
        [cargo, run, ..] if cargo == "cargo" && run == "run" => {
            let is_program = words.windows(2).any(|pair| pair == ["-p", "docent"]);
            let at = words.iter().position(|word| word == "--").filter(|_| is_program)?;
            Some(&words[at + 1..])
        }
        [variable, rest @ ..] if variable.contains('=') => arguments(rest),
        _ => None,
    }
}

fn run(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_docent")).args(args).output().unwrap();
    assert!(output.status.success(), "docent {args:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn arguments_are_found() {
    let check = |line: &str, expected: Option<&str>| {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert_eq!(arguments(&words).map(|rest| rest.join(" ")).as_deref(), expected, "{line}");
    };
    check("docent serve a.db", Some("serve a.db"));
    check("cargo run --release -p docent -- demo", Some("demo"));
    check("A=b cargo run -p docent -- demo", Some("demo"));
    check("cargo run -p docent-jsonapi --example x -- y", None);
    check("curl x", None);
}
