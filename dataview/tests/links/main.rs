//! What services and proxies tell: OTLP over HTTP, OpenTelemetry's own agents, and a real nginx.

mod backend;
mod nginx;
mod otlp;
mod secrets;
mod support;
