//! A browser in memory: storage that outlives pages, a wire that records, a clock that is set.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps nothing")]

pub(crate) mod frames;
pub(crate) mod launch;
pub(crate) mod phone;

use dna_protocol::cbor::decode_frame;
use dna_protocol::field::{Id, Text};
use dna_protocol::json;
use dna_protocol::model::{Custom, Exception};
use dna_protocol::{Body, Event, Frame};
use dna_sdk_wasm::{Client, Config, Consent, Host, SESSION, VISITOR};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// When the tests begin: 2026-11-24.
pub(crate) const START: u64 = 1_795_478_400_000;

/// How a frame left the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Beacon,
    Fetch,
}

/// A frame on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) way: Way,
    pub(crate) frame: Frame,
}

impl Sent {
    pub(crate) fn sequence(&self) -> u64 {
        self.frame.header.sequence.unwrap()
    }

    pub(crate) fn attempt(&self) -> u64 {
        self.frame.header.attempt.unwrap()
    }

    pub(crate) fn session(&self) -> Id<16> {
        self.frame.header.session_id.unwrap()
    }

    /// Each custom event's name with the address of its view.
    pub(crate) fn told(&self) -> Vec<(String, String)> {
        let url = |event| self.frame.header.url_of(event).unwrap_or_default().to_owned();
        let named = |event| Some((names(std::slice::from_ref(event)).pop()?, url(event)));
        self.frame.events.iter().filter_map(named).collect()
    }

    /// The views of its events.
    pub(crate) fn views(&self) -> Vec<Id<8>> {
        let of = |event| self.frame.header.view_id_of(event).unwrap();
        self.frame.events.iter().map(of).collect()
    }

    /// The names of its custom events.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.frame.events)
    }
}

/// The page has perhaps another address; as the browser's hooks do.
pub(crate) fn go(memory: &Memory, page: &mut Client<Memory>, now: u64, address: &str) {
    memory.0.borrow_mut().address = address.to_owned();
    if page.has_moved() && page.allows_route(now) {
        page.new_route(now, 5.0, "push");
    }
}

pub(crate) fn names(events: &[Event]) -> Vec<String> {
    let name = |event: &Event| match &event.body {
        Body::Custom(custom) => Some(custom.name.as_ref().unwrap().to_string()),
        _ => None,
    };
    events.iter().filter_map(name).collect()
}

/// What pages share.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) storage: BTreeMap<u64, Vec<u8>>,
    pub(crate) storage_works: bool,
    /// Whether it removes what it is told to.
    pub(crate) removal_works: bool,
    pub(crate) beacon_works: bool,
    pub(crate) fetch_works: bool,
    pub(crate) sent: Vec<Sent>,
    pub(crate) wake_in: Option<u64>,
    /// Where the page is.
    pub(crate) address: String,
    pub(crate) warnings: Vec<String>,
    random: u64,
}

/// A handle of the world.
#[derive(Debug, Clone)]
pub(crate) struct Memory(pub(crate) Rc<RefCell<World>>);

impl Memory {
    pub(crate) fn new() -> Self {
        let world = World {
            storage_works: true,
            removal_works: true,
            beacon_works: true,
            fetch_works: true,
            random: 42,
            address: "https://bank/accounts?card=6222#top".to_owned(),
            ..World::default()
        };
        Self(Rc::new(RefCell::new(world)))
    }

    /// Opens a page.
    pub(crate) fn page(&self, now: u64) -> Client<Self> {
        self.page_with(now, config())
    }

    pub(crate) fn page_with(&self, now: u64, config: Config) -> Client<Self> {
        self.0.borrow_mut().wake_in = None;
        Client::start(self.clone(), config, now, now)
    }

    /// Takes what was sent since the last call.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.borrow_mut().sent)
    }

    pub(crate) fn wake_in(&self) -> Option<u64> {
        self.0.borrow().wake_in
    }

    /// How many frames are stored.
    pub(crate) fn stored_frames(&self) -> usize {
        let world = self.0.borrow();
        world.storage.keys().filter(|key| **key != SESSION && **key != VISITOR).count()
    }

    fn send(&self, way: Way, bytes: &[u8]) {
        assert!(bytes.len() <= dna_protocol::limits::CLIENT_FRAME_BYTES_MAX);
        let json = bytes.first() == Some(&b'{');
        let decoded = if json { json::decode_frame(bytes) } else { decode_frame(bytes) };
        let decoded = decoded.expect("a frame that every reader understands");
        assert_eq!(decoded.rejected_count, 0, "{:?}", decoded.rejected);
        self.0.borrow_mut().sent.push(Sent { way, frame: decoded.frame });
    }
}

impl Host for Memory {
    fn random(&mut self, bytes: &mut [u8]) {
        let mut world = self.0.borrow_mut();
        for byte in bytes {
            // xorshift64: the same in each run.
            world.random ^= world.random << 13;
            world.random ^= world.random >> 7;
            world.random ^= world.random << 17;
            *byte = (world.random >> 24) as u8;
        }
    }

    fn address(&self) -> String {
        self.0.borrow().address.clone()
    }

    fn load(&self, key: u64) -> Option<Vec<u8>> {
        self.0.borrow().storage.get(&key).cloned()
    }

    fn store(&mut self, key: u64, value: &[u8]) {
        let mut world = self.0.borrow_mut();
        if world.storage_works {
            world.storage.insert(key, value.to_vec());
        }
    }

    fn remove(&mut self, key: u64) {
        let mut world = self.0.borrow_mut();
        if world.removal_works {
            world.storage.remove(&key);
        }
    }

    fn erase(&mut self) {
        self.0.borrow_mut().storage.clear();
    }

    fn stored(&self) -> Vec<u64> {
        let world = self.0.borrow();
        world.storage.keys().filter(|key| **key != SESSION && **key != VISITOR).copied().collect()
    }

    fn beacon(&mut self, frame: &[u8]) -> bool {
        let works = self.0.borrow().beacon_works;
        if works {
            self.send(Way::Beacon, frame);
        }
        works
    }

    fn fetch(&mut self, _: u64, frame: &[u8]) -> bool {
        let works = self.0.borrow().fetch_works;
        if works {
            self.send(Way::Fetch, frame);
        }
        works
    }

    fn wake_in(&mut self, delay: u64) {
        self.0.borrow_mut().wake_in = Some(delay);
    }

    fn filter(&mut self, event: &[u8]) -> Option<Vec<u8>> {
        let hidden = b"secret";
        (!event.windows(hidden.len()).any(|bytes| bytes == hidden)).then(|| event.to_vec())
    }

    fn warn(&self, message: &str) {
        self.0.borrow_mut().warnings.push(message.to_owned());
    }
}

pub(crate) fn config() -> Config {
    Config {
        key: "bank-web".to_owned(),
        endpoint: "https://dna.bank/v1/beacon".to_owned(),
        release: "2.7.1".to_owned(),
        sample_percent: 100,
        consent: Consent::Assumed,
        visitor: false,
        vip_tiers: "vip".to_owned(),
        url_params: String::new(),
    }
}

pub(crate) fn custom(name: &str) -> Body {
    Body::Custom(Custom { name: Some(Text::cut(name)), ..Custom::default() })
}

pub(crate) fn exception(message: &str) -> Body {
    let message = Some(Text::cut(message));
    Body::Exception(Exception { message, ..Exception::default() })
}
