//! `[telemetry]` and `[log]`: what ingest tells of itself.

use super::{ConfigError, Section};

/// Traces of ingest itself.
#[derive(Debug, Clone, PartialEq)]
pub struct TelemetryConfig {
    /// Who takes them; absent: nobody, and none are made.
    pub endpoint: Option<Endpoint>,
    /// The share of requests that are traced, 0 to 1.
    pub sample_rate: f64,
}

/// A receiver of OTLP over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Host and port.
    pub host: String,
    /// Path of the traces.
    pub path: String,
}

impl TelemetryConfig {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        const ENDPOINT: &str = "http://HOST[:PORT][/PATH] of a receiver of OTLP over HTTP, e.g. \
                                http://127.0.0.1:4318; put a collector beside ingest to send \
                                traces further and by TLS";
        /// One request in a hundred: a few a second on a busy machine.
        const SAMPLE_RATE: f64 = 0.01;
        let mut section = root.section("telemetry")?;
        let endpoint = match section.text("otlp_endpoint", ENDPOINT)? {
            Some(text) if !text.is_empty() => match Endpoint::parse(&text) {
                Some(endpoint) => Some(endpoint),
                None => return Err(section.refuse("otlp_endpoint", &text, ENDPOINT)),
            },
            _ => None,
        };
        let sample_rate = section.decimal("sample_rate", 0.0..=1.0)?.unwrap_or(SAMPLE_RATE);
        section.finish()?;
        Ok(Self { endpoint, sample_rate })
    }
}

impl Endpoint {
    /// Reads an address; without a path it is the specification's.
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("http://")?;
        let (host, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let is_good = |part: &str| part.bytes().all(|byte| byte.is_ascii_graphic());
        if host.is_empty() || host.contains('@') || !is_good(host) || !is_good(path) {
            return None;
        }
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let host = if has_port { host.to_owned() } else { format!("{host}:4318") };
        let path = match path.trim_end_matches('/') {
            "" => "/v1/traces".to_owned(),
            path => path.to_owned(),
        };
        Some(Self { host, path })
    }
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object of JSON a line.
    Json,
}

impl LogFormat {
    pub(super) fn read(root: &mut Section<'_>) -> Result<Self, ConfigError> {
        let mut section = root.section("log")?;
        let formats = [("text", Self::Text), ("json", Self::Json)];
        let format = section.choice("format", &formats, Self::default())?;
        section.finish()?;
        Ok(format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let endpoint = |text| Endpoint::parse(text).map(|it| format!("{} {}", it.host, it.path));
        assert_eq!(endpoint("http://c").as_deref(), Some("c:4318 /v1/traces"));
        assert_eq!(endpoint("http://[::1]:9/").as_deref(), Some("[::1]:9 /v1/traces"));
        assert_eq!(endpoint("http://c:9/otlp/v1/traces").as_deref(), Some("c:9 /otlp/v1/traces"));
        for bad in ["c:4318", "https://c", "http://", "http:///v1", "http://u:p@c", "http://a b"] {
            assert_eq!(endpoint(bad), None, "{bad}");
        }
    }
}
