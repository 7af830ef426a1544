//! The fuzzer's corpus as an ordinary test: what it once found is read again at every run.

use dna_protocol::limits::BODY_BYTES_MAX;
use dna_protocol::packed::{pack, unpack};
use dna_protocol::{cbor, entry::Entry, json};
use std::fs;
use std::path::Path;

#[test]
fn the_corpus_reads_without_a_panic_and_writes_what_it_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/read");
    let (mut files, mut good) = (0, 0);
    for file in fs::read_dir(folder).expect("the corpus") {
        let path = file.expect("readable").path();
        let bytes = fs::read(&path).expect("readable");
        files += 1;
        let _ = Entry::decode(&bytes);
        if let Ok(Some(frame)) = unpack(&bytes, BODY_BYTES_MAX) {
            let _ = cbor::decode_frame(&frame);
        }
        for decoded in
            [cbor::decode_frame(&bytes), json::decode_frame(&bytes)].into_iter().flatten()
        {
            if decoded.frame.events.is_empty() {
                continue;
            }
            good += 1;
            let packed = pack(&bytes);
            if packed != bytes {
                assert_eq!(unpack(&packed, bytes.len()), Ok(Some(bytes.clone())));
            }
            let again = cbor::decode_frame(&cbor::encode_frame(&decoded.frame));
            assert_eq!(again.map(|again| again.frame), Ok(decoded.frame), "{}", path.display());
        }
    }
    assert!(files >= 100 && good >= 5, "{files} files, {good} good frames: the corpus is missing");
}
