//! The rules of JSON:API 1.1 that concern reading, each with its test: the name of a test begins with the ids of the
//! rules it checks.
//!
//! `fixture` serves the database most of them ask, `lists` the one for rules about lists, queries, errors and HTTP;
//! `corpus` has the documents that rules about every document are checked on, `anatomy` takes documents apart. Rules
//! that have no test are listed with the reason in `tests/data/rules.tsv`.

mod anatomy;
mod corpus;
mod fixture;
mod lists;

mod compound;
mod cursor;
mod documents;
mod errors;
mod extensions;
mod fetching;
mod fieldsets;
mod filtering;
mod http;
mod inclusion;
mod links;
mod names;
mod negotiation;
mod pagination;
mod query;
mod recommendations;
mod relationships;
mod resources;
mod sorting;
