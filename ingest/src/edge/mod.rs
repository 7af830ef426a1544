//! What happens to a connection before HTTP, and what a request must pass before it costs much:
//! whose connection it is ([`proxy`]), TLS ([`certificates`]), which version of HTTP it speaks
//! ([`arrival`]).

pub mod arrival;
pub mod certificates;
pub mod limits;
pub mod proxy;
pub mod stream;
