//! The rules of JSON:API 1.1 and Atomic Operations, each with its test: the name of a test begins with the ids of the
//! rules it checks.
//!
//! `fixture` serves the database most of them ask, `lists` the one for rules about lists, queries, errors and HTTP,
//! `writing` the one that is written to; `corpus` has the documents that rules about every document are checked on,
//! `anatomy` takes documents apart. Rules that have no test are listed with the reason in `tests/data/rules.tsv`.

mod anatomy;
mod corpus;
mod fixture;
mod lists;
mod writing;

mod composite_keys;
mod compound;
mod constraints;
mod creating;
mod cursor;
mod deleting;
mod documents;
mod errors;
mod extensions;
mod fetching;
mod fieldsets;
mod filtering;
mod http;
mod inclusion;
mod inverses;
mod links;
mod names;
mod negotiation;
mod operations;
mod other_keys;
mod pagination;
mod preconditions;
mod query;
mod recommendations;
mod relationship_updates;
mod relationships;
mod request_documents;
mod request_resources;
mod resources;
mod sorting;
mod triggers;
mod updating;
mod write_answers;
mod write_methods;
mod written_values;
