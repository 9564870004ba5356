//! The documents that the write workloads send.

use std::fmt::Write;

use crate::data::{Article, Comment, Random, title, two_tags};

/// Comments in [`operations`], beside their article.
const COMMENTS: usize = 9;

/// An article to create, with its author and two tags.
pub(crate) fn tagged_article(random: &mut Random) -> String {
    let (article, [first, second]) = (Article::random(random), two_tags(random));
    let tags =
        format!(r#","tags":{{"data":[{},{}]}}"#, identifier("tags", first), identifier("tags", second));
    format!(r#"{{"data":{}}}"#, article_object(&article, "", &tags))
}

/// A new title for an article.
pub(crate) fn new_title(id: i64, random: &mut Random) -> String {
    let title = quoted(&title(random));
    format!(r#"{{"data":{{"type":"articles","id":"{id}","attributes":{{"title":{title}}}}}}}"#)
}

/// Ten operations: an article is added, and nine comments on it, which know it by its local id.
pub(crate) fn operations(random: &mut Random) -> String {
    let article = article_object(&Article::random(random), r#","lid":"new""#, "");
    let mut list = add(&article);
    for _ in 0..COMMENTS {
        list.push(',');
        list.push_str(&add(&comment_object(&Comment::random(random))));
    }
    document(&list)
}

/// As many operations as there are articles, each adding one.
pub(crate) fn added_articles(articles: &[Article]) -> String {
    let operations: Vec<_> = articles.iter().map(|article| add(&article_object(article, "", ""))).collect();
    document(&operations.join(","))
}

fn document(operations: &str) -> String {
    format!(r#"{{"atomic:operations":[{operations}]}}"#)
}

fn add(object: &str) -> String {
    format!(r#"{{"op":"add","data":{object}}}"#)
}

/// `lid` is the member with the comma before it; `tags` the further relationships likewise.
fn article_object(article: &Article, lid: &str, tags: &str) -> String {
    let mut text = format!(r#"{{"type":"articles"{lid},"attributes":{{"title":"#);
    let (title, body) = (quoted(&article.title), quoted(&article.body));
    let (published, created_at) = (article.published, timestamp(&article.created_at));
    let author = identifier("people", article.author);
    write!(
        text,
        r#"{title},"body":{body},"published":{published},"created_at":"{created_at}"}},"relationships":{{"author":{{"data":{author}}}{tags}}}}}"#
    )
    .ok();
    text
}

fn comment_object(comment: &Comment) -> String {
    let (body, created_at) = (quoted(&comment.body), timestamp(&comment.created_at));
    let author = identifier("people", comment.author);
    let relationships =
        format!(r#"{{"article":{{"data":{{"type":"articles","lid":"new"}}}},"author":{{"data":{author}}}}}"#);
    format!(
        r#"{{"type":"comments","attributes":{{"body":{body},"created_at":"{created_at}"}},"relationships":{relationships}}}"#
    )
}

fn identifier(kind: &str, id: i64) -> String {
    format!(r#"{{"type":"{kind}","id":"{id}"}}"#)
}

/// As documents have it.
fn timestamp(stored: &str) -> String {
    stored.replacen(' ', "T", 1)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{added_articles, new_title, operations, tagged_article};
    use crate::data::{Article, Random};

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn bodies_are_documents() {
        let mut random = Random::new(0);
        let article = parsed(&tagged_article(&mut random));
        assert_eq!(article["data"]["relationships"]["tags"]["data"].as_array().unwrap().len(), 2);
        assert_eq!(parsed(&new_title(7, &mut random))["data"]["id"], "7");
        let document = parsed(&operations(&mut random));
        let list = document["atomic:operations"].as_array().unwrap();
        assert_eq!(list.len(), 10);
        assert_eq!(list[0]["data"]["lid"], list[9]["data"]["relationships"]["article"]["data"]["lid"]);
        let articles = [Article::random(&mut random), Article::random(&mut random)];
        let document = parsed(&added_articles(&articles));
        assert_eq!(document["atomic:operations"][1]["data"]["attributes"]["title"], articles[1].title);
    }
}
