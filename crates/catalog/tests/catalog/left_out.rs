//! What is hidden and left out, and the reasons given.

use crate::support::{check, check_configured, check_left_out};

const HIDDEN: &str = "the configuration hides it";

#[test]
fn secrets_are_hidden_until_shown() {
    let tables = "users: id*, name, password_hash, apiKey, bypass";
    check(tables, "users [id] name bypass");
    check_left_out(
        tables,
        "",
        "column users.password_hash: its name looks like a secret; serve it with `fields.password_hash.show = true` under `[types.users]`
         column users.apiKey: its name looks like a secret; serve it with `fields.apiKey.show = true` under `[types.users]`",
    );
    check_configured(tables, "[types.users]\nfields.apiKey.show = true", "users [id] name apiKey bypass");
    check_left_out(
        "crm.users: id*, salt",
        "",
        "column crm.users.salt: its name looks like a secret; serve it with `fields.salt.show = true` under `[types.\"crm.users\"]`",
    );
}

#[test]
fn hidden_foreign_keys_have_no_inverse() {
    let tables = "people: id*
                  articles: id*, author_id -> people, token_id -> people, title";
    check_configured(
        tables,
        "[types.articles]\nfields.author_id.hide = true",
        "articles [id] title
         people [id]",
    );
    check_left_out(
        tables,
        "[types.articles]\nfields.author_id.hide = true\nfields.token_id.show = true",
        &format!("column articles.author_id: {HIDDEN}"),
    );
}

#[test]
fn hidden_relationships_keep_their_inverse() {
    let tables = "people: id*
                  articles: id*, author_id -> people
                  tags: id*
                  article_tags: article_id* -> articles, tag_id* -> tags";
    let configuration = "[types.articles.relationships]\nauthor.hide = true\ntags.hide = true";
    check_configured(
        tables,
        configuration,
        "articles [id]
         people [id] | articles>>articles
         tags [id] | articles>>articles",
    );
    check_left_out(
        tables,
        configuration,
        &format!("relationship articles.author: {HIDDEN}\nrelationship articles.tags: {HIDDEN}"),
    );
}

#[test]
fn nothing_tells_of_hidden_types() {
    let tables = "people: id*
                  articles: id*, author_id -> people, title
                  tags: id*
                  article_tags: article_id* -> articles, tag_id* -> tags
                  likes: person_id* -> people, at*";
    check_configured(
        tables,
        "[types]\npeople.hide = true\ntags.hide = true",
        "articles [id] title
         likes [person_id at] at",
    );
    check_left_out(
        tables,
        "[types]\npeople.hide = true\ntags.hide = true",
        &format!(
            "table article_tags: it is a join table of `tags`, which the configuration hides
             foreign key articles(author_id): it refers to `people`, which the configuration hides
             foreign key likes(person_id): it refers to `people`, which the configuration hides
             table people: {HIDDEN}
             table tags: {HIDDEN}"
        ),
    );
    check_configured(
        tables,
        "[types]\npeople.hide = true\narticles.fields.author_id.show = true",
        "articles [id] author_id title | tags>>tags
         likes [person_id at] at
         tags [id] | articles>>articles",
    );
}

#[test]
fn a_join_table_with_a_hidden_column_is_left_out() {
    let tables = "a: id*\nb: id*\nab: a_id* -> a, b_id* -> b";
    check_left_out(tables, "[types.a]\nfields.id.show = true", "");
    check_left_out(
        "a: id*\nb: id*\nab: a_token -> a, b_id -> b, unique a_token b_id",
        "",
        r#"table ab: every `id` would show its key column `a_token`, whose name looks like a secret: serve it with `fields.a_token.show = true` under `[types.ab]`, or name its key with `key = ["…"]` under `[types.ab]`"#,
    );
}

#[test]
fn dead_ends_are_named() {
    check_left_out(
        "t: id*, a_id -> nowhere, b_id -> u(no), c_id -> u(name), d_id -> v, e, fk e a_id -> u(id)
         t2: id*, x, y, fk x y -> ab(a_id b_id)
         u: id*, name
         v: id, view
         ab: a_id* -> u, b_id* -> u
         crm.notes: id*, u_id -> crm.u",
        "",
        r#"foreign key t(a_id): there is no table `nowhere`
           foreign key t(b_id): `u` has no column `no`
           foreign key t(c_id): `u(name)` is not unique
           foreign key t(d_id): `v(id)` is not unique
           foreign key t(e, a_id): it refers to another number of columns of `u`
           foreign key t2(x, y): it refers to `ab`, a join table and therefore no type
           view v: a view has no key of its own: name its key with `key = ["…"]` under `[types.v]`
           foreign key crm.notes(u_id): there is no table `crm.u`"#,
    );
}

#[test]
fn a_view_with_a_key_can_be_referred_to() {
    check_configured(
        "t: id*, v_id -> v
         v: id, name, view",
        "[types.v]\nkey = ['id']",
        "t [id] | v>v
         v [id] name | t>>t",
    );
}
