//! The number of statements depends on the include paths, never on the rows.

use crate::blog::blog;

#[tokio::test]
async fn one_statement_for_each_layer() {
    let blog = blog().await;
    for (path, expected) in [
        ("/articles/1", 1),
        ("/articles?page[limit]=20", 1),
        ("/articles?fields[articles]=title,author", 1),
        ("/articles?include=author", 2),
        ("/articles?include=author,comments.author,tags", 5),
        ("/articles?page[limit]=1&include=author,comments.author,tags", 5),
        ("/articles?page[count]=true&page[limit]=1", 2),
        ("/articles/1/comments", 2),
        ("/articles/1/relationships/author", 1),
    ] {
        let response = blog.get(path).await;
        assert_eq!(response.status, 200, "{path}");
        assert!(
            response.timings.statements <= expected,
            "{path}: {} statements",
            response.timings.statements
        );
    }
}
