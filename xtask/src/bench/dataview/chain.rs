//! Ingest and DataView as an operator runs them, on a buffer of their own, with or without the bank
//! that customers visit.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::built;
use crate::demo::{backend, config, nginx, ports, redis};
use crate::process::output_of;
use crate::services::{self, Service};
use crate::setup;
use crate::workspace::Workspace;

/// What ingest keeps in, and DataView reads.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Buffer {
    Journal,
    Redis,
}

impl Buffer {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::Redis => "redis",
        }
    }
}

/// Servers of this run, which stop when this is dropped.
pub(super) struct Chain {
    running: Vec<Service>,
    pub(super) ingest: String,
    pub(super) dataview: Api,
    /// Where customers find the bank, or would.
    pub(super) bank: String,
}

impl Chain {
    /// Starts ingest and DataView with their data in `folder`; and the bank with its back end and
    /// nginx before it, where `with_bank` says so.
    pub(super) fn start(
        workspace: &Workspace,
        folder: &Path,
        buffer: Buffer,
        with_bank: bool,
    ) -> Result<Self> {
        let mut running = Vec::new();
        let redis = match buffer {
            Buffer::Journal => None,
            Buffer::Redis => {
                let (server, url) = redis::start(&folder.join("redis"))?;
                running.push(server);
                Some(url)
            }
        };
        let bank_port = ports::any_free()?;
        let syslog = format!("127.0.0.1:{}", ports::any_free()?);
        let settings = config::Settings {
            bank_port,
            ingest_port: ports::any_free()?,
            dataview_port: ports::any_free()?,
            syslog: with_bank.then_some(syslog.as_str()),
            redis,
            data: folder,
        };
        let (ingest_config, dataview_config) = settings.write()?;
        let mut ingest = Command::new(built(workspace, services::INGEST));
        ingest.args(["serve", "--config"]).arg(&ingest_config);
        let (server, ingest) = Service::start(services::INGEST, &mut ingest)?;
        running.push(server);
        let program = built(workspace, services::DATAVIEW);
        let mut token = Command::new(&program);
        token.args(["tokens", "add", "bench", "--role", "administrator", "--config"]);
        let token = output_of(token.arg(&dataview_config))?;
        let mut dataview = Command::new(&program);
        dataview.args(["serve", "--config"]).arg(&dataview_config);
        let (server, url) = Service::start(services::DATAVIEW, &mut dataview)?;
        running.push(server);
        let dataview = Api::new(url, &token);
        let bank = format!("http://127.0.0.1:{bank_port}");
        let mut chain = Self { running, ingest, dataview, bank };
        if with_bank {
            chain.start_bank(workspace, folder, bank_port, &syslog)?;
        }
        Ok(chain)
    }

    fn start_bank(
        &mut self,
        workspace: &Workspace,
        folder: &Path,
        port: u16,
        syslog: &str,
    ) -> Result<()> {
        let [_, nginx] = setup::balancers()?;
        let dataview = Some(self.dataview.url.as_str());
        let core = backend::start(workspace, &folder.join("backend"), dataview, &mut self.running)?;
        let mut bank = Command::new(built(workspace, services::DEMO_SITE));
        bank.args(["--listen", "127.0.0.1:0", "--ingest", &self.ingest, "--core", &core]);
        let (bank, url) = Service::start(services::DEMO_SITE, bank.arg("--sdk-dir").arg(folder))?;
        self.running.push(bank);
        let folder = folder.join("nginx");
        self.running.push(nginx::start(&nginx, workspace, &folder, port, (&url, syslog))?);
        Ok(())
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // In the reverse order of their start: the buffer last.
        while let Some(server) = self.running.pop() {
            drop(server);
        }
    }
}

/// DataView's query API.
pub(super) struct Api {
    url: String,
    token: String,
    agent: ureq::Agent,
}

impl Api {
    fn new(url: String, token: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { url, token: format!("Bearer {token}"), agent }
    }

    /// What it answers to `GET` of a path; `None` when there is no such thing.
    pub(super) fn get(&self, path: &str) -> Result<Option<Value>> {
        let asked = self.agent.get(format!("{}{path}", self.url));
        let mut answer = asked.header("Authorization", &self.token).call()?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string()?;
        match status {
            200 => Ok(Some(serde_json::from_str(&text)?)),
            404 => Ok(None),
            _ => Err(anyhow::anyhow!("{status} {text}")).with_context(|| format!("GET {path}")),
        }
    }
}
