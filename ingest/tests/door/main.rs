//! The door, black-box: a server on a port of its own, with a journal in a folder of its own and
//! a clock that stands still, spoken to over TCP.

mod answers;
mod bad_input;
mod bad_sizes;
mod cli;
mod client;
mod config;
mod connections;
mod duplicates;
mod edges;
mod endings;
mod frames;
mod h2;
mod privacy;
mod proxy;
mod remote_config;
mod server;
mod slow;
mod tls;
