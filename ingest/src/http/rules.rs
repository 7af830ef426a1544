//! What requests are judged by: all of the configuration that is taken over while the service
//! runs. A request takes the rules once and keeps them to its end, so no request sees two.

use super::peer::Trust;
use super::remote_config::RemoteConfigs;
use crate::accept::apps::{AppIds, Apps, TooManyApps};
use crate::config::{AddressBits, Config, LimitsConfig, RatesConfig};

/// The rules of one configuration.
pub struct Rules {
    /// Who may send.
    pub apps: Apps,
    /// What their pages are told.
    pub(super) remote: RemoteConfigs,
    /// Sizes and times of a request.
    pub limits: LimitsConfig,
    /// Whose word of a client's address is taken.
    pub(super) trust: Trust,
    /// How much of it is kept.
    pub address_bits: AddressBits,
    /// How much each may send.
    pub rates: RatesConfig,
}

impl Rules {
    /// The rules of `config`, taken over at `now`.
    pub(super) fn new(config: &Config, ids: &mut AppIds, now: u64) -> Result<Self, TooManyApps> {
        Ok(Self {
            apps: Apps::new(config.apps.clone(), &config.privacy, ids)?,
            remote: RemoteConfigs::new(config.remote.key.as_ref(), &config.apps, now),
            address_bits: config.privacy.address_bits,
            limits: config.limits.clone(),
            rates: config.rates.clone(),
            trust: Trust {
                proxies: config.http.trusted_proxies.clone(),
                header: config.http.forwarded_header,
            },
        })
    }
}
