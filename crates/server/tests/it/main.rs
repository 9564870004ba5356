//! The edge over real sockets, in front of a handler that does what its path says.

mod connections;
mod limits;
mod malformed;
mod methods;
mod responses;
mod support;
