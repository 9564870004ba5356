//! Access rules: who may do what, and that nobody learns of anything else.

mod attacks;
mod callers;
mod leak;
mod newsroom;
