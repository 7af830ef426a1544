//! Any bytes, read as every form there is: no panic, and what reads well is written the same.
//!
//! `cargo +nightly fuzz run read` from `protocol/`, or `RUSTC_BOOTSTRAP=1 cargo fuzz run read`
//! on the stable toolchain.

#![no_main]

use dna_protocol::limits::BODY_BYTES_MAX;
use dna_protocol::packed::{pack, unpack};
use dna_protocol::{cbor, entry::Entry, json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(frame)) = unpack(bytes, BODY_BYTES_MAX) {
        assert!(frame.len() <= BODY_BYTES_MAX);
    }
    let packed = pack(bytes);
    if packed != bytes {
        assert_eq!(unpack(&packed, bytes.len()).expect("our own bytes").as_deref(), Some(bytes));
    }
    if let Ok(decoded) = cbor::decode_frame(bytes) {
        let again = cbor::encode_frame(&decoded.frame);
        if !decoded.frame.events.is_empty() {
            assert_eq!(cbor::decode_frame(&again).expect("our own bytes").frame, decoded.frame);
        }
    }
    if let Ok(decoded) = json::decode_frame(bytes)
        && !decoded.frame.events.is_empty()
    {
        let again = json::frame_value(&decoded.frame).to_string();
        assert_eq!(json::decode_frame(again.as_bytes()).expect("our own text").frame, decoded.frame);
    }
    if let Ok((receipt, decoded)) = Entry::decode(bytes) {
        let entry = Entry { receipt, frame: decoded.frame };
        let (receipt, decoded) = Entry::decode(&entry.encode()).expect("our own bytes");
        assert_eq!(Entry { receipt, frame: decoded.frame }, entry);
    }
});
