//! A mini program that was launched, told what happens by records.

use super::phone::{self, Phone};
use super::{Memory, Sent};
use dna_sdk_wasm::mini::{Core, MiniHost, Record, Value, kind};

/// A record of texts.
pub(crate) fn record(kind: u8, time: u64, texts: &[&str]) -> Vec<u8> {
    let values: Vec<_> = texts.iter().copied().map(Value::Text).collect();
    phone::record(kind, time as f64, &values)
}

/// A mini program that was launched.
pub(crate) struct Launch {
    pub(crate) core: Core<Phone>,
    pub(crate) memory: Memory,
}

pub(crate) fn launch(memory: &Memory, now: u64) -> Launch {
    launch_with(memory, now, "granted")
}

pub(crate) fn launch_with(memory: &Memory, now: u64, consent: &str) -> Launch {
    let options = ["key", "bank-mini", "endpoint", "https://dna.bank", "consent", consent];
    let options = record(kind::CALL, now, &options);
    let mut phone = Phone(memory.clone());
    phone.go("pages/sign-in/index");
    let core = Core::start(phone, now, Record::open(&options).unwrap()).unwrap();
    Launch { core, memory: memory.clone() }
}

impl Launch {
    pub(crate) fn push(&mut self, kind: u8, now: u64, texts: &[&str]) -> bool {
        let bytes = record(kind, now, texts);
        self.core.push(now, Record::open(&bytes).unwrap())
    }

    pub(crate) fn event(&mut self, now: u64, name: &str) {
        self.push(kind::CALL, now, &["event", name]);
    }

    /// An event, and so much before it that nothing else goes into its frame.
    pub(crate) fn wide(&mut self, now: u64, name: &str) {
        let text = "x".repeat(250);
        let names: Vec<String> = (0..32).map(|at| format!("a{at}")).collect();
        let attributes = names.iter().flat_map(|name| [name.as_str(), &text]);
        let filler: Vec<&str> = ["event", "filler"].into_iter().chain(attributes).collect();
        self.push(kind::CALL, now, &filler);
        self.push(kind::CALL, now, &filler);
        self.event(now, name);
    }

    /// Six seconds pass, in which nothing is answered.
    pub(crate) fn flush(&mut self, now: u64) -> Vec<Sent> {
        self.core.woken(now + 6_000);
        self.memory.sent()
    }
}
