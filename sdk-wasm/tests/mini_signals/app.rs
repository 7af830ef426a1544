//! A mini program that is told what platforms tell.

use crate::support::phone::{Phone, record};
use crate::support::{Memory, START};
use dna_protocol::json;
use dna_sdk_wasm::mini::Value::{Number as N, Text as T};
use dna_sdk_wasm::mini::{Core, MiniHost, Record, Value, kind};
use serde_json::Value as Json;

/// A mini program whose clock is set.
pub(crate) struct App {
    pub(crate) core: Core<Phone>,
    pub(crate) memory: Memory,
    pub(crate) now: u64,
}

impl App {
    pub(crate) fn launch() -> Self {
        let memory = Memory::new();
        let options = record(
            kind::CALL,
            0.0,
            &[
                T("key"),
                T("bank"),
                T("endpoint"),
                T("https://dna.bank"),
                T("consent"),
                T("granted"),
            ],
        );
        let mut phone = Phone(memory.clone());
        phone.go("pages/sign-in/index");
        let core = Core::start(phone, START, Record::open(&options).unwrap()).unwrap();
        Self { core, memory, now: START }
    }

    /// A record of what happened `at` ms after the start, told now.
    pub(crate) fn tell(&mut self, kind: u8, at: f64, values: &[Value<'_>]) {
        let bytes = record(kind, START as f64 + at, values);
        self.core.push(self.now, Record::open(&bytes).unwrap());
    }

    /// An entry whose times are counted from the start.
    pub(crate) fn entry(
        &mut self,
        name: &str,
        path: &str,
        start: f64,
        duration: f64,
        more: &[Value<'_>],
    ) {
        let head = [T(name), T(path), N(START as f64 + start), N(duration)];
        self.tell(kind::ENTRY, 0.0, &[&head, more].concat());
    }

    pub(crate) fn show(&mut self, path: &str) {
        self.tell(kind::ROUTE, (self.now - START) as f64, &[T(path), T("push")]);
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.now += ms;
        self.core.woken(self.now);
    }

    pub(crate) fn hide(&mut self) {
        self.tell(kind::LIFECYCLE, (self.now - START) as f64, &[T("hide")]);
    }

    /// What was sent: kind, page, body, and ms after the start.
    pub(crate) fn told(&mut self) -> Vec<(String, String, Json, f64)> {
        let mut told = Vec::new();
        let mut frames = self.memory.sent();
        // One request at a time: the others wait for its answer.
        while let Some(last) = frames.last() {
            self.core.answered(self.now, last.sequence(), 200, f64::NAN);
            let more = self.memory.sent();
            if more.is_empty() {
                break;
            }
            frames.extend(more);
        }
        for sent in frames {
            let header = &sent.frame.header;
            let base = header.time_base.unwrap() as f64 - START as f64;
            let value = json::frame_value(&sent.frame);
            for (event, json) in sent.frame.events.iter().zip(value["events"].as_array().unwrap()) {
                let url = header.url_of(event).unwrap_or_default();
                let page = url.trim_start_matches("miniprogram://wechat/").to_owned();
                told.push((
                    event.body.name().to_owned(),
                    page,
                    json["body"].clone(),
                    base + event.time,
                ));
            }
        }
        told
    }

    pub(crate) fn only(&mut self, kind: &str) -> Vec<(String, String, Json, f64)> {
        self.told().into_iter().filter(|(name, ..)| name == kind).collect()
    }
}

pub(crate) const SIGN_IN: &str = "pages/sign-in/index";
pub(crate) const ACCOUNTS: &str = "pages/accounts/index";
