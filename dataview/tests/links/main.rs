//! What services and proxies tell: OTLP over HTTP, and a real nginx.

mod nginx;
mod otlp;
mod support;
