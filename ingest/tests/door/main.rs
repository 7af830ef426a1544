//! The door, black-box: a server on a port of its own, with a journal in a folder of its own and
//! a clock that stands still, spoken to over TCP.

mod answers;
mod bad_input;
mod bad_sizes;
mod cli;
mod client;
mod config;
mod connections;
mod doctor;
mod duplicates;
mod edges;
mod endings;
mod frames;
mod h2;
mod metrics;
mod open_files;
mod otlp;
mod packed;
mod privacy;
mod proxy;
mod rates;
mod redis_address;
mod reload;
mod remote_config;
mod rest;
mod secrets;
mod server;
mod shedding;
mod slow;
mod smuggling;
mod telemetry;
mod tenants;
mod tls;
