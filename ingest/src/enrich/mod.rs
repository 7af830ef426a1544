//! What the server knows of a client besides what it says.

pub mod address;
pub mod agents;
pub mod template;
pub mod user_agent;

use dna_protocol::field::Text;
use std::rc::Rc;
use user_agent::Agent;

/// Whence a request came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// Its network.
    pub address: Option<Text<64>>,
    /// Its browser, system and device.
    pub agent: Rc<Agent>,
}
