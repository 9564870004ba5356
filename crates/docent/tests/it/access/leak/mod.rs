//! The leak test: what is hidden might as well not be there.
//!
//! For random policies and requests, the answer on a whole database under the policy is the answer, without any policy,
//! on a copy from which the hidden rows and fields were deleted. What is hidden is decided here (`view`), on tables in
//! memory and without code of the crates under test.
//!
//! `DOCENT_SEED` repeats a run, `DOCENT_CASES` sets the number of requests per database, `DOCENT_CASE` runs the policy of
//! that number alone.

mod club;
mod compare;
mod copy;
mod layout;
mod links;
mod policy;
mod prune;
mod run;
mod script;
mod view;
mod written;

use crate::differential::mixed;
use crate::harness::databases::{CHINOOK, NORTHWIND};
use run::Subject;
pub(super) use written::toml;

#[test]
fn what_is_hidden_of_mixed_does_not_show() {
    mixed_subject().compare_under_policies(600, 300);
}

#[test]
fn what_is_hidden_of_the_club_does_not_show() {
    club_subject().compare_under_policies(500, 250);
}

#[test]
fn what_is_hidden_of_northwind_does_not_show() {
    northwind_subject().compare_under_policies(250, 125);
}

#[test]
fn what_is_hidden_of_chinook_does_not_show() {
    chinook_subject().compare_under_policies(200, 100);
}

/// Nothing differs but what a policy hides: a copy of everything is served as the original is.
#[test]
fn a_copy_of_everything_answers_as_the_original() {
    for subject in [mixed_subject(), club_subject(), northwind_subject(), chinook_subject()] {
        subject.compare_without_policy(150);
    }
}

/// The test would notice a server that hides nothing.
#[test]
fn a_leak_is_noticed() {
    club_subject().notice_leaks();
}

/// The policies show some rows and fields and hide others, in every way there is.
#[test]
fn policies_are_varied() {
    mixed_subject().policies_are_varied();
}

fn mixed_subject() -> Subject {
    Subject::new("mixed leaks", &mixed::script(), mixed::NO_CASE)
}

fn club_subject() -> Subject {
    Subject::new("club leaks", &club::script(), &[])
}

fn northwind_subject() -> Subject {
    Subject::new("northwind leaks", NORTHWIND, &[])
}

fn chinook_subject() -> Subject {
    Subject::new("chinook leaks", CHINOOK, &[])
}
