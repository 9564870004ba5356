//! What the configuration changes, and which of its entries are problems.

use docent_catalog::{Overlay, build};

use crate::support::{check_configured, check_problems, list, overlay, schema};

const BLOG: &str = "people: id*, name
                    articles: id*, author_id -> people, title, body
                    comments: id*, article_id -> articles, text
                    tags: id*
                    article_tags: article_id* -> articles, tag_id* -> tags";

#[test]
fn types_are_renamed() {
    check_configured(
        BLOG,
        "[types.articles]\nname = 'posts'\n[types.people]\nname = 'Größte Leute'",
        "Größte Leute /Gr%C3%B6%C3%9Fte%20Leute [id] name | posts>>posts
         comments [id] text | article>posts
         posts [id] title body | author>Größte Leute comments>>comments tags>>tags
         tags [id] | posts>>posts",
    );
    check_configured("sales.orders: id*", "[types.'sales.orders']\nname = 'orders'", "orders [id]");
}

#[test]
fn fields_are_renamed() {
    check_configured(
        BLOG,
        "[types.articles]
         fields.body = { name = 'text' }
         fields.author_id.name = 'writer'
         relationships.comments.name = 'replies'
         relationships.tags.name = 'labels'",
        "articles [id] title text | writer>people labels>>tags replies>>comments
         comments [id] text | article>articles
         people [id] name | articles>>articles
         tags [id] | articles>>articles",
    );
}

#[test]
fn the_new_name_of_a_foreign_key_names_its_inverse() {
    check_configured(
        "articles: id*, author_id -> people, editor_id -> people
         people: id*",
        "[types.articles.relationships]\nauthor.name = 'writer'",
        "articles [id] | writer>people editor>people
         people [id] | editor_articles>>articles writer_articles>>articles",
    );
}

#[test]
fn renaming_and_hiding_fields_renames_no_others() {
    let tables = "articles: id*, author, author_id -> people, comments
                  people: id*
                  comments: id*, article_id -> articles";
    let expected = "articles [id] | author_id>people article_comments>>comments
                    comments [id] | article>articles
                    people [id] | articles>>articles";
    check_configured(
        tables,
        "[types.articles]\nfields.author.hide = true\nfields.comments.hide = true",
        expected,
    );
    check_configured(
        tables,
        "[types.articles]\nfields.author.name = 'by'\nfields.comments.name = 'remark'",
        &expected.replacen("articles [id]", "articles [id] by remark", 1),
    );
}

#[test]
fn names_can_be_swapped_and_taken_over_from_what_is_hidden() {
    check_configured(
        "t: id*, a, b, c, d",
        "[types.t.fields]\na.name = 'b'\nb.name = 'a'\nc.hide = true\nd.name = 'c'",
        "t [id] b a c",
    );
    check_configured("a: id*\nb: id*", "[types]\na.name = 'b'\nb.name = 'a'", "a [id]\nb [id]");
    check_configured("a: id*\nb: id*", "[types]\na.hide = true\nb.name = 'a'", "a [id]");
}

#[test]
fn page_sizes_are_carried() {
    let configuration = "[types.t]\npage_size = 10\npage_size_max = 100";
    let outcome = build(&schema("t: id*"), &overlay(configuration));
    assert_eq!(outcome.catalog.types[0].page_size, Some(10));
    assert_eq!(outcome.catalog.types[0].page_size_max, Some(100));
    check_problems(
        "t: id*",
        "[types.t]\npage_size = 101\npage_size_max = 100",
        "101: `page_size` is above `page_size_max`, which is 100",
    );
}

#[test]
fn a_file_says_where_it_is_wrong() {
    for (configuration, place) in [
        ("[types.t]\nhid = true", "hid"),
        ("[types.t]\npage_size = 0", "0"),
        ("[types.t]\nclient_ids = 'never'", "'never'"),
        ("[types.t.fields.a]\nhide = 1", "1"),
        ("[type.t]", "type"),
    ] {
        let error = toml::from_str::<Overlay>(configuration).unwrap_err();
        assert_eq!(error.span().map(|span| &configuration[span]), Some(place), "{error}");
    }
}

#[test]
fn unknown_names_are_problems() {
    check_problems(
        BLOG,
        "[types.artciles]
         hide = true
         [types.articles]
         fields.titel.hide = true
         relationships.comment.hide = true
         relationships.nothing_like_it.hide = true
         [types.people]
         key = ['id', 'nmae']
         [types.'sales.people']",
        "artciles: the database has no table or view `artciles`; did you mean `articles`?
         titel: `articles` has no column `titel`; did you mean `title`?
         comment: `articles` has no relationship `comment`; did you mean `comments`?
         nothing_like_it: `articles` has no relationship `nothing_like_it`
         'nmae': `people` has no column `nmae`; did you mean `name`?
         'sales.people': the database has no table or view `sales.people`",
    );
}

#[test]
fn names_that_cannot_be_are_problems() {
    let outcome = check_problems(
        BLOG,
        "[types.articles]
         name = '_posts'
         fields.title.name = 'a.b'
         fields.body.name = 'type'
         fields.author_id.name = 'id'
         relationships.comments.name = ''",
        "'_posts': `_posts` is no member name: letters, digits and, between them, `-`, `_` and spaces are allowed
         'a.b': `a.b` is no member name: letters, digits and, between them, `-`, `_` and spaces are allowed
         'type': a field cannot be named `type`: every resource object has that member
         'id': a field cannot be named `id`: every resource object has that member
         '': `` is no member name: letters, digits and, between them, `-`, `_` and spaces are allowed",
    );
    // Entries with problems are ignored.
    let plain = build(&schema(BLOG), &Overlay::default());
    assert_eq!(list(&outcome.catalog), list(&plain.catalog));
}

#[test]
fn clashes_are_problems() {
    let outcome = check_problems(
        BLOG,
        "[types.articles]
         fields.title.name = 'text'
         fields.body.name = 'text'
         fields.author_id.name = 'tags'
         relationships.x.name = 'title'
         [types.people]
         name = 'tags'
         [types.comments]
         name = 'x'
         fields.text.name = 'article'",
        "'text': `text` is the name of another field of this type
         'text': `text` is the name of another field of this type
         'title': `title` is the name of another field of this type
         'tags': `tags` is the name of another type
         'article': `article` is the name of another field of this type",
    );
    // `tags` of a foreign key comes before the many-to-many relationship, which gives way.
    assert!(
        list(&outcome.catalog).contains("articles [id] title body | tags>people article_tags>>tags x>>x")
    );
}

#[test]
fn entries_that_change_nothing_are_problems() {
    check_problems(
        "t: id*, a, a_id -> u(id), fk a -> u(code)
         u: id*, code!
         w: x*, y* -> u(code)
         v: n, view
         s: n, shadow",
        "[types.t]
         fields.id.name = 'key'
         fields.id.hide = true
         fields.a = { hide = true, show = true }
         key = []
         [types.w]
         fields.x.hide = true
         [types.u]
         key = ['id', 'id']
         [types.v.relationships.n]
         hide = true
         [types.s]
         key = ['n']",
        "id: `id` is part of the key and shows in every `id`: name another `key`, or hide the type
         'key': `id` is the key: it is served as `id`
         a: `a` has both `hide` and `show`
         []: a key needs at least one column
         x: `x` is part of the key and shows in every `id`: name another `key`, or hide the type
         'id': `id` stands twice in this key
         n: `v` has no relationships, as it is no type: a view has no key of its own: name its key with `key = [\"…\"]` under `[types.v]`
         ['n']: `s` is internal to a virtual table and is never served",
    );
}

#[test]
fn columns_of_several_relationships_are_not_named() {
    check_problems(
        "t: id*, a, b, fk a -> u(id), fk a b -> w(x y)
         u: id*
         w: x*, y*",
        "[types.t]\nfields.a.name = 'c'\nfields.b.name = 'd'",
        "'c': `a` is part of several relationships, or of one with other columns: name those under `relationships`
         'd': `b` is part of several relationships, or of one with other columns: name those under `relationships`",
    );
}
