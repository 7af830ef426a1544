//! Which configuration is in force, in `/metrics`.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The generation, and what became of the others.
#[derive(Debug)]
pub(super) struct ConfigMetrics {
    generation: Gauge,
    is_refused: Gauge,
    needs_restart: Gauge,
    reloads: Family<[(&'static str, &'static str); 1], Counter>,
}

const APPLIED: [(&str, &str); 1] = [("result", "applied")];
const REFUSED: [(&str, &str); 1] = [("result", "refused")];

impl Default for ConfigMetrics {
    fn default() -> Self {
        let (generation, reloads) = (Gauge::default(), Family::default());
        generation.set(1);
        for result in [APPLIED, REFUSED] {
            drop(reloads.get_or_create(&result));
        }
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
        self.reloads.get_or_create(&APPLIED).inc();
    }

    pub(super) fn refused(&self) {
        self.is_refused.set(1);
        self.reloads.get_or_create(&REFUSED).inc();
    }
}
