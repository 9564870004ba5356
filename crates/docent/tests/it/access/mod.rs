//! Access rules: who may do what, and that nobody learns of anything else.

mod attacks;
mod callers;
mod database_roles;
mod leak;
mod newsroom;
