//! What the module and its JavaScript call each other: numbers, and bytes in the memory. The only
//! unsafe code; `js-wrapper/mini/src/imports.ts` is the other side.
//!
//! Bytes from outside come through the room: JavaScript asks for one of so many bytes, writes, and
//! makes the call that reads it.

#![allow(unsafe_code, reason = "names and memory that two languages share")]
#![allow(unreachable_pub, reason = "exports are pub")]

use super::core::Core;
use super::host::MiniProgram;
use super::record::Record;
use std::cell::RefCell;

mod outside {
    #[link(wasm_import_module = "h")]
    unsafe extern "C" {
        /// Milliseconds since the Unix epoch.
        pub(super) safe fn now() -> f64;
        /// 32 random bits.
        pub(super) safe fn random() -> i32;
        /// Writes what is stored under `key` into a room; its length, or -1 for nothing.
        pub(super) safe fn load(key: f64) -> i32;
        pub(super) safe fn store(key: f64, bytes: *const u8, length: usize);
        pub(super) safe fn remove(key: f64);
        pub(super) safe fn erase();
        /// The key of the stored frame number `at`; below 0 behind the last.
        pub(super) safe fn stored(at: u32) -> f64;
        /// Sends a frame to an address; 0 when it could not even start.
        pub(super) safe fn send(
            sequence: f64,
            url: *const u8,
            url_length: usize,
            bytes: *const u8,
            length: usize,
        ) -> i32;
        /// Calls `woken` in so many milliseconds instead of when it was asked for before; never
        /// when negative.
        pub(super) safe fn wake(delay: i32);
        pub(super) safe fn warn(bytes: *const u8, length: usize);
    }
}

thread_local! {
    static CORE: RefCell<Option<Core<MiniProgram>>> = const { RefCell::new(None) };
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The largest room that is kept: a record is rarely larger.
const ROOM_KEPT_MAX: usize = 32 * 1024;

/// Makes a room of `length` bytes; gives back where it is.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    ROOM.with_borrow_mut(|room| {
        room.clear();
        room.resize(length, 0);
        room.as_mut_ptr()
    })
}

/// Starts the core with the record of options in the room. 0 when they allow nothing to be sent.
#[unsafe(no_mangle)]
pub extern "C" fn start() -> i32 {
    let core = read(|record| {
        let host = MiniProgram::new(record.named("platform"), record.named("path"));
        Core::start(host, now(), record)
    });
    CORE.set(core.flatten());
    i32::from(CORE.with_borrow(Option::is_some))
}

/// Takes the record in the room over.
#[unsafe(no_mangle)]
pub extern "C" fn push() {
    keep(read(|record| with(|core| core.push(now(), record))).flatten());
}

/// The time that `wake` was asked for has come.
#[unsafe(no_mangle)]
pub extern "C" fn woken() {
    keep(with(|core| core.woken(now())));
}

/// The request of frame `sequence` has ended: with a status and the seconds of its Retry-After
/// (NaN or 0: none), or without any, status 0.
#[unsafe(no_mangle)]
pub extern "C" fn answered(sequence: f64, status: u32, retry_after: f64) {
    let status = u16::try_from(status).unwrap_or(0);
    keep(with(|core| core.answered(now(), sequence as u64, status, retry_after)));
}

/// The number of the last record that is in frames as [`Core::settled`] says; 0 for none yet.
#[unsafe(no_mangle)]
pub extern "C" fn settled() -> u32 {
    with(|core| core.settled()).unwrap_or(0)
}

/// Keeps the core, unless it has said that it does not go on.
fn keep(goes_on: Option<bool>) {
    if goes_on == Some(false) {
        CORE.set(None);
    }
}

fn now() -> u64 {
    outside::now() as u64
}

/// Reads the record in the room. What is called meanwhile may need a room of its own.
fn read<T>(act: impl FnOnce(Record<'_>) -> T) -> Option<T> {
    let bytes = ROOM.take();
    let result = Record::open(&bytes).map(act);
    if bytes.capacity() <= ROOM_KEPT_MAX {
        ROOM.set(bytes);
    }
    result
}

/// Calls `act` with the core; does nothing when there is none, or when it is busy further up in
/// the stack, which `imports.ts` keeps from happening.
fn with<T>(act: impl FnOnce(&mut Core<MiniProgram>) -> T) -> Option<T> {
    CORE.with(|core| core.try_borrow_mut().ok()?.as_mut().map(act))
}

pub(super) fn random() -> u32 {
    outside::random() as u32
}

pub(super) fn load(key: u64) -> Option<Vec<u8>> {
    (outside::load(key as f64) >= 0).then(|| ROOM.take())
}

pub(super) fn store(key: u64, value: &[u8]) {
    outside::store(key as f64, value.as_ptr(), value.len());
}

pub(super) fn remove(key: u64) {
    outside::remove(key as f64);
}

pub(super) fn erase() {
    outside::erase();
}

pub(super) fn stored(at: u32) -> Option<u64> {
    let key = outside::stored(at);
    (key >= 0.0).then_some(key as u64)
}

pub(super) fn send(sequence: u64, url: &str, frame: &[u8]) -> bool {
    let sequence = sequence as f64;
    outside::send(sequence, url.as_ptr(), url.len(), frame.as_ptr(), frame.len()) != 0
}

pub(super) fn wake(delay: i32) {
    outside::wake(delay);
}

pub(super) fn warn(message: &str) {
    outside::warn(message.as_ptr(), message.len());
}
