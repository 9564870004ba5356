use docent_engine::{Configuration, Engine};
use docent_sql::{Database, mysql, postgres};
#[tokio::test]
async fn show() {
    let pg = std::env::var("PGX").unwrap();
    let my = std::env::var("MYX").unwrap();
    let a = Database::Postgres(postgres::Adapter::open(postgres::Settings::new(pg)).unwrap());
    let b = Database::MySql(mysql::Adapter::open(mysql::Settings::new(my)).await.unwrap());
    for db in [a, b] {
        let (engine, problems) = Engine::start(db, Configuration::default()).await.unwrap();
        println!("{problems:?}");
        for (p, q) in [
            ("/articles/1", ""),
            ("/articles", "page[limit]=20"),
            ("/articles", "page[limit]=20&include=author,comments.author,tags"),
            ("/articles", "page[limit]=20&filter[published]=true&sort=-created_at"),
            ("/articles", "page[limit]=20&fields[articles]=title,author"),
            ("/articles/1/comments", "page[limit]=20"),
            ("/articles/1/tags", "page[limit]=20"),
            ("/people", "filter[author_articles.tags]=7&page[limit]=20"),
            ("/articles", "filter[author]=7&page[limit]=20"),
            ("/articles", "filter[id][in]=7,8&page[limit]=20"),
        ] {
            println!("## {p}?{q}\n{}", engine.explain(p, q).unwrap_or_else(|e| format!("{e:?}")));
        }
    }
}
