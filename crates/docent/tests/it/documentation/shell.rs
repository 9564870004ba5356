//! The commands of a block `sh`, as far as the documentation uses the shell: words, quotes, `\` at the end of a line, pipes
//! and redirections (of which only what stands before counts), comments.

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
}

/// The commands of a block.
pub(super) fn commands(block: &str) -> Vec<ShellCommand> {
    let mut found = Vec::new();
    let mut lines = block.lines().enumerate();
    while let Some((line, text)) = lines.next() {
        let mut text = text.to_owned();
        while is_continued(&text) {
            let Some((_, more)) = lines.next() else { break };
            text.truncate(text.trim_end_matches('\\').len());
            text.push('\n');
            text.push_str(more);
        }
        let (words, comment) = split(&text);
        if !words.is_empty() {
            found.push(ShellCommand { words, comment, line });
        }
    }
    found
}

fn is_continued(text: &str) -> bool {
    text.ends_with('\\') || text.matches('"').count() % 2 == 1 && !text.contains('\'')
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
        if program != "curl" {
            return None;
        }
        let mut curl = Curl { method: "GET".to_owned(), url: String::new(), headers: Vec::new() };
        let mut parameters: Vec<&str> = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("an option lacks its value").as_str();
            match argument.as_str() {
                "-X" => value().clone_into(&mut curl.method),
                "-H" => {
                    let (name, value) = value().split_once(": ").expect("a header is `name: value`");
                    curl.headers.push((name.to_owned(), value.to_owned()));
                }
                "-d" => parameters.push(value()),
                "-I" => "HEAD".clone_into(&mut curl.method),
                "-g" | "-s" | "-i" | "-gG" => {}
                option if option.starts_with('-') => panic!("curl {option} is not understood here"),
                url => url.clone_into(&mut curl.url),
            }
        }
        if !parameters.is_empty() {
            assert!(
                self.words.contains(&"-gG".to_owned()),
                "with -d, curl sends a body unless it is told -G"
            );
            curl.url = format!("{}?{}", curl.url, parameters.join("&"));
        }
        Some(curl)
    }

    /// The status its comment tells to expect.
    pub(super) fn status(&self) -> u16 {
        self.comment.as_deref().map_or(200, |comment| comment.parse().expect("a comment here is a status"))
    }
}

#[test]
fn commands_are_read() {
    let block = "# all\ncurl -g 'http://h/a?x[y]=1|2' | jq . # 400\n\ncurl \\\n  -H 'A: b c' -X PUT http://h/#a\n\
                 sqlite3 a.db \"SELECT 1;\n  SELECT 2;\"\n";
    let found = commands(block);
    assert_eq!(found.iter().map(|command| command.line).collect::<Vec<_>>(), [1, 3, 5]);
    let curl = |method: &str, url: &str, headers: &[(&str, &str)]| Curl {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    assert_eq!(found[0].curl(), Some(curl("GET", "http://h/a?x[y]=1|2", &[])));
    assert_eq!(found[0].status(), 400);
    assert_eq!(found[1].curl(), Some(curl("PUT", "http://h/#a", &[("A", "b c")])));
    assert_eq!(found[1].status(), 200);
    assert_eq!(found[2].words, ["sqlite3", "a.db", "SELECT 1;\n  SELECT 2;"]);
    assert_eq!(found[2].curl(), None);
    let with_data = &commands("curl -gG http://h/ -d 'a=1' -d 'b=2'\n")[0];
    assert_eq!(with_data.curl(), Some(curl("GET", "http://h/?a=1&b=2", &[])));
}
