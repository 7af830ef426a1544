//! `[privacy]`: the key that makes pseudonyms of user IDs, and what holds for all applications.

use super::{ConfigError, DropRule, ScrubRule, Section};
use dna_settings::{Algorithm, PseudonymKey};

/// How what is personal is made less so.
#[derive(Debug, Clone)]
pub struct PrivacyConfig {
    /// The key of the pseudonyms. Whoever has it can find out whose a pseudonym is.
    pub pseudonym_key: PseudonymKey,
    /// How they are made.
    pub algorithm: Algorithm,
    /// How much of a client's address is kept.
    pub address_bits: AddressBits,
    /// What is replaced in the texts of all applications.
    pub scrub: Vec<ScrubRule>,
    /// Fields that no application keeps.
    pub drop_fields: Vec<DropRule>,
}

/// Bits of an address that are kept, the network; 0: no address is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressBits {
    /// Of IPv4, at most 24.
    pub ipv4: u8,
    /// Of IPv6, at most 48.
    pub ipv6: u8,
}

impl Default for AddressBits {
    fn default() -> Self {
        Self { ipv4: 24, ipv6: 48 }
    }
}

impl PrivacyConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("privacy")?;
        let pseudonym_key = PseudonymKey::of_all(&mut section)?;
        let config = Self {
            pseudonym_key,
            algorithm: Algorithm::read(&mut section)?,
            address_bits: AddressBits {
                ipv4: section.integer("client_address_ipv4_bits", 24, 0..=24)?,
                ipv6: section.integer("client_address_ipv6_bits", 48, 0..=48)?,
            },
            scrub: ScrubRule::read(&mut section)?,
            drop_fields: DropRule::read(&mut section)?,
        };
        section.finish()?;
        Ok(config)
    }
}
