//! The commands of a block `sh`, as far as the documentation uses the shell: words, quotes (also over several lines), `\`
//! at the end of a line, pipes and redirections (of which only what stands before counts), comments.
//!
//! Of curl: `-X`, `-H`, `-u`, `-d`, `-G`, `-I`, and what only changes what it prints. `etag=$(curl -sI URL | …)` keeps the `ETag`
//! of the answer, and `$etag` stands for it in later headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A command of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShellCommand {
    pub(super) words: Vec<String>,
    /// The comment behind it.
    pub(super) comment: Option<String>,
    /// The line of the block it begins on, from 0.
    pub(super) line: usize,
}

/// What curl is told to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Curl {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    /// Whether the `ETag` of the answer is kept as `$etag`.
    pub(super) keeps_etag: bool,
}

/// What stands before a curl command whose `ETag` is kept.
const KEEPS_ETAG: &str = "etag=$(";

/// The commands of a block.
pub(super) fn commands(block: &str) -> Vec<ShellCommand> {
    let mut found = Vec::new();
    let mut lines = block.lines().enumerate();
    while let Some((line, text)) = lines.next() {
        let mut text = text.to_owned();
        while is_continued(&text) {
            let Some((_, more)) = lines.next() else { break };
            if text.ends_with('\\') {
                text.pop();
            } else {
                text.push('\n');
            }
            text.push_str(more);
        }
        let (words, comment) = split(&text);
        if !words.is_empty() {
            found.push(ShellCommand { words, comment, line });
        }
    }
    found
}

/// Whether a command goes on in the next line: at its end there is a `\`, or a quote is open.
fn is_continued(text: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    for character in text.chars() {
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            ('\'' | '"', None) => quote = Some(character),
            ('#', None) if before.is_whitespace() => return false,
            _ => {}
        }
        before = character;
    }
    quote.is_some() || text.ends_with('\\')
}

/// Words up to a pipe or redirection, and the comment at the end.
fn split(text: &str) -> (Vec<String>, Option<String>) {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    let mut is_over = false;
    while let Some(character) = characters.next() {
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            ('#', None) if word.is_none() => return (words, Some(characters.as_str().trim().to_owned())),
            ('|' | '>' | '<' | ';', None) => is_over = true,
            (space, None) if space.is_whitespace() => {
                words.extend(word.take().filter(|_| !is_over));
            }
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word.filter(|_| !is_over));
    (words, None)
}

impl ShellCommand {
    /// What it asks if it is a curl command; fails the test for an option that is not understood.
    pub(super) fn curl(&self) -> Option<Curl> {
        let (program, arguments) = self.words.split_first()?;
        let keeps_etag = program.starts_with(KEEPS_ETAG);
        if program.strip_prefix(KEEPS_ETAG).unwrap_or(program) != "curl" {
            return None;
        }
        let (mut method, mut url, mut headers) = (None, String::new(), Vec::new());
        let mut data: Vec<&str> = Vec::new();
        let (mut is_head, mut is_get) = (false, false);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("an option lacks its value").as_str();
            match argument.as_str() {
                "-X" => method = Some(value()),
                "-H" => {
                    let (name, value) = value().split_once(": ").expect("a header is `name: value`");
                    headers.push((name.to_owned(), value.to_owned()));
                }
                "-u" => {
                    let credentials = format!("Basic {}", STANDARD.encode(value()));
                    headers.push(("Authorization".to_owned(), credentials));
                }
                "-d" => data.push(value()),
                option if option.starts_with('-') => {
                    let known = option.len() > 1 && option[1..].chars().all(|flag| "gGsiI".contains(flag));
                    assert!(known, "curl {option} is not understood here");
                    is_head |= option.contains('I');
                    is_get |= option.contains('G');
                }
                word => word.clone_into(&mut url),
            }
        }
        let mut body = (!data.is_empty()).then(|| data.join("&"));
        if is_get && let Some(parameters) = body.take() {
            url = format!("{url}?{parameters}");
        }
        let names_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if body.is_some() && !names_type {
            headers.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        }
        let usual = if is_head { "HEAD" } else { body.as_ref().map_or("GET", |_| "POST") };
        let method = method.unwrap_or(usual).to_owned();
        Some(Curl { method, url, headers, body, keeps_etag })
    }

    /// The status its comment tells to expect.
    pub(super) fn status(&self) -> u16 {
        self.comment.as_deref().map_or(200, |comment| comment.parse().expect("a comment here is a status"))
    }
}

#[test]
fn commands_are_read() {
    let block = "# it's all\ncurl -g 'http://h/a?x[y]=1|2' | jq . # 400\n\ncurl \\\n  -H 'A: b c' -X PUT http://h/#a\n\
                 sqlite3 a.db \"SELECT 1;\n  SELECT 2;\"\n";
    let found = commands(block);
    assert_eq!(found.iter().map(|command| command.line).collect::<Vec<_>>(), [1, 3, 5]);
    assert_eq!(found[0].curl(), Some(curl("GET", "http://h/a?x[y]=1|2", &[], None)));
    assert_eq!(found[0].status(), 400);
    assert_eq!(found[1].curl(), Some(curl("PUT", "http://h/#a", &[("A", "b c")], None)));
    assert_eq!(found[1].status(), 200);
    assert_eq!(found[2].words, ["sqlite3", "a.db", "SELECT 1;\n  SELECT 2;"]);
    assert_eq!(found[2].curl(), None);
    let with_parameters = &commands("curl -gG http://h/ -d 'a=1' -d 'b=2'\n")[0];
    assert_eq!(with_parameters.curl(), Some(curl("GET", "http://h/?a=1&b=2", &[], None)));
}

#[test]
fn bodies_and_tags_are_read() {
    let block = "curl -i http://h/ -H 'Content-Type: c' -d '{\n  \"a\": \"# b\" }' # 201\n\
                 etag=$(curl -sI http://h/ | sed -n 's/^etag: //p' | tr -d '\\r')\n\
                 curl -X PATCH -H \"If-Match: $etag\" http://h/ -d x\n";
    let found = commands(block);
    let body = "{\n  \"a\": \"# b\" }";
    assert_eq!(found[0].curl(), Some(curl("POST", "http://h/", &[("Content-Type", "c")], Some(body))));
    assert_eq!(found[0].status(), 201);
    let head = curl("HEAD", "http://h/", &[], None);
    assert_eq!(found[1].curl(), Some(Curl { keeps_etag: true, ..head }));
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    assert_eq!(found[2].curl(), Some(curl("PATCH", "http://h/", &[("If-Match", "$etag"), form], Some("x"))));
}

#[cfg(test)]
fn curl(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> Curl {
    Curl {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.map(str::to_owned),
        keeps_etag: false,
    }
}
