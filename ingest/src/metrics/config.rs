//! Which configuration is in force, in `/metrics`.

use super::Labelled;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The generation, and what became of the others.
#[derive(Debug)]
pub(super) struct ConfigMetrics {
    generation: Gauge,
    is_refused: Gauge,
    needs_restart: Gauge,
    reloads: Labelled,
}

const RESULT: &str = "result";
const APPLIED: &str = "applied";
const REFUSED: &str = "refused";

impl Default for ConfigMetrics {
    fn default() -> Self {
        let generation = Gauge::default();
        generation.set(1);
        let reloads = super::labelled_by(RESULT, [APPLIED, REFUSED].into_iter());
        Self { generation, is_refused: Gauge::default(), needs_restart: Gauge::default(), reloads }
    }
}

impl ConfigMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Configurations taken over since the start, with that of the start";
        registry.register("config_generation", help, self.generation.clone());
        let help = "1 while the newest configuration is refused and an older one in force";
        registry.register("config_refused", help, self.is_refused.clone());
        let help = "Keys of the configuration whose new value waits for a restart";
        registry.register("config_needs_restart", help, self.needs_restart.clone());
        let help = "Configurations read while the service runs, by what became of them";
        registry.register("config_reloads", help, self.reloads.clone());
    }

    pub(super) fn applied(&self, generation: u64, needs_restart: usize) {
        self.generation.set(generation.cast_signed());
        self.is_refused.set(0);
        self.needs_restart.set(i64::try_from(needs_restart).unwrap_or(i64::MAX));
        self.reloads.get_or_create(&[(RESULT, APPLIED)]).inc();
    }

    pub(super) fn refused(&self) {
        self.is_refused.set(1);
        self.reloads.get_or_create(&[(RESULT, REFUSED)]).inc();
    }
}
