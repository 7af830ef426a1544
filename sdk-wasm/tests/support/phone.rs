//! A phone in memory: what mini programs run on.

use super::Memory;
use dna_sdk_wasm::mini::{MiniHost, Value};
use dna_sdk_wasm::{Host, Terms};

/// The device: what it stores and sends outlives the mini program.
#[derive(Debug, Clone)]
pub(crate) struct Phone(pub(crate) Memory);

impl MiniHost for Phone {
    fn send_to(&mut self, endpoint: &str) {
        assert_eq!(endpoint, "https://dna.bank/v1/beacon");
    }

    fn go(&mut self, path: &str) {
        self.0.0.borrow_mut().address = format!("miniprogram://wechat/{path}");
    }
}

impl Host for Phone {
    const TERMS: Terms = Terms::MINI_PROGRAM;

    fn random(&mut self, bytes: &mut [u8]) {
        self.0.random(bytes);
    }

    fn address(&self) -> String {
        self.0.address()
    }

    fn platform(&self) -> &str {
        "wechat"
    }

    fn load(&self, key: u64) -> Option<Vec<u8>> {
        self.0.load(key)
    }

    fn store(&mut self, key: u64, value: &[u8]) {
        self.0.store(key, value);
    }

    fn remove(&mut self, key: u64) {
        self.0.remove(key);
    }

    fn erase(&mut self) {
        self.0.erase();
    }

    fn stored(&self) -> Vec<u64> {
        self.0.stored()
    }

    fn beacon(&mut self, _: &[u8]) -> bool {
        false
    }

    fn fetch(&mut self, sequence: u64, frame: &[u8]) -> bool {
        self.0.fetch(sequence, frame)
    }

    fn wake_in(&mut self, delay: u64) {
        Host::wake_in(&mut self.0, delay);
    }

    fn filter(&mut self, event: &[u8]) -> Option<Vec<u8>> {
        self.0.filter(event)
    }

    fn warn(&self, message: &str) {
        self.0.warn(message);
    }
}

/// A record, as `record.ts` writes it.
pub(crate) fn record(kind: u8, time: f64, values: &[Value<'_>]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(&time.to_le_bytes());
    for value in values {
        match value {
            Value::Nothing => bytes.push(0),
            Value::Bool(value) => bytes.push(1 + u8::from(*value)),
            Value::Number(value) => {
                bytes.push(3);
                bytes.extend_from_slice(&value.to_le_bytes());
            }
            Value::Text(text) => {
                bytes.push(4);
                bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }
    bytes
}
