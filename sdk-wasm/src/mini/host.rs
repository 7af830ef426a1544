//! A mini program as the state machine's host: what `js-wrapper/mini/src/imports.ts` gives it.

use super::abi;
use super::core::MiniHost;
use crate::{Host, Terms};
use dna_protocol::packed::pack;

/// Storage, transport, timer and randomness of a mini program.
#[derive(Debug)]
pub(super) struct MiniProgram {
    platform: String,
    endpoint: String,
    /// Of the page that is shown.
    address: String,
}

impl MiniProgram {
    /// On `platform`, launched at the page `path`.
    pub(super) fn new(platform: &str, path: &str) -> Self {
        let mut host =
            Self { platform: platform.to_owned(), endpoint: String::new(), address: String::new() };
        host.go(path);
        host
    }
}

impl MiniHost for MiniProgram {
    fn send_to(&mut self, endpoint: &str) {
        self.endpoint = endpoint.to_owned();
    }

    fn go(&mut self, path: &str) {
        self.address = ["miniprogram://", &self.platform, "/", path].concat();
    }
}

impl Host for MiniProgram {
    const TERMS: Terms = Terms::MINI_PROGRAM;

    fn random(&mut self, bytes: &mut [u8]) {
        for four in bytes.chunks_mut(4) {
            four.copy_from_slice(&abi::random().to_ne_bytes()[..four.len()]);
        }
    }

    fn address(&self) -> String {
        self.address.clone()
    }

    fn platform(&self) -> &str {
        &self.platform
    }

    fn load(&self, key: u64) -> Option<Vec<u8>> {
        abi::load(key)
    }

    fn store(&mut self, key: u64, value: &[u8]) {
        abi::store(key, value);
    }

    fn remove(&mut self, key: u64) {
        abi::remove(key);
    }

    fn erase(&mut self) {
        abi::erase();
    }

    fn stored(&self) -> Vec<u64> {
        (0..).map_while(abi::stored).collect()
    }

    /// Nothing survives a mini program that ends.
    fn beacon(&mut self, _: &[u8]) -> bool {
        false
    }

    fn fetch(&mut self, sequence: u64, frame: &[u8]) -> bool {
        abi::send(sequence, &self.endpoint, &pack(frame))
    }

    fn wake_in(&mut self, delay: u64) {
        // The longest time that a timer counts.
        abi::wake(delay.min(i32::MAX as u64) as i32);
    }

    /// There is no filter yet.
    fn filter(&mut self, event: &[u8]) -> Option<Vec<u8>> {
        Some(event.to_vec())
    }

    fn warn(&self, message: &str) {
        abi::warn(message);
    }
}

impl Drop for MiniProgram {
    fn drop(&mut self) {
        abi::wake(-1);
    }
}
