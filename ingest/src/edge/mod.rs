//! What happens to a connection before HTTP, and what a request must pass before it costs much:
//! whose connection it is ([`proxy`]), TLS ([`certificates`]), which version of HTTP it speaks
//! ([`arrival`]); how much each may send ([`rates`]), and what goes first when too much comes
//! ([`worth`]).

pub mod arrival;
pub mod certificates;
pub mod limits;
pub mod proxy;
pub mod rates;
pub mod stream;
pub mod validity;
pub mod worth;
