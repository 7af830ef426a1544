//! The bank's back end: a core service in Python and an SMS gateway in Node, each started as an
//! operations team would, with OpenTelemetry's agent around it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::services::Service;
use crate::setup::{self, Backend};
use crate::workspace::Workspace;

/// Starts both, telling `otlp` (a base URL) what they do; nobody, where there is none. Gives back
/// the URL of the core.
pub(crate) fn start(
    workspace: &Workspace,
    data: &Path,
    otlp: Option<&str>,
    running: &mut Vec<Service>,
) -> Result<String> {
    let Backend { python, sms } = setup::backend(workspace)?;
    fs::create_dir_all(data).with_context(|| format!("cannot create {}", data.display()))?;
    let mut gateway = Command::new("node");
    gateway
        .args(["--require", "@opentelemetry/auto-instrumentations-node/register", "sms.js", "0"])
        .env("OTEL_NODE_RESOURCE_DETECTORS", "env,host")
        .current_dir(sms);
    let (gateway, sms_url) = Service::start("sms", with_agent(&mut gateway, "sms", otlp))?;
    running.push(gateway);
    let mut core = Command::new(python.join("opentelemetry-instrument"));
    core.arg(python.join("python"))
        .arg(workspace.path("demo-site/backend/core/core.py"))
        .args(["--port", "0", "--sms", &sms_url, "--database"])
        .arg(data.join("core.db"))
        .env("OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED", "true");
    let (core, url) = Service::start("core", with_agent(&mut core, "core", otlp))?;
    running.push(core);
    Ok(url)
}

/// Sets what the agent of `service` needs to know.
fn with_agent<'a>(command: &'a mut Command, service: &str, otlp: Option<&str>) -> &'a mut Command {
    command.env("OTEL_SERVICE_NAME", service);
    match otlp {
        None => command.env("OTEL_SDK_DISABLED", "true"),
        Some(url) => command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", url)
            .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
            .env("OTEL_TRACES_EXPORTER", "otlp")
            .env("OTEL_LOGS_EXPORTER", "otlp")
            .env("OTEL_METRICS_EXPORTER", "none")
            // A newcomer looks at once.
            .env("OTEL_BSP_SCHEDULE_DELAY", "500")
            .env("OTEL_BLRP_SCHEDULE_DELAY", "500"),
    }
}
