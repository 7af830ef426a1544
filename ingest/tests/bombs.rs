//! What a decompression bomb costs: about as much memory as the largest body that is allowed,
//! whatever it would become. Alone in its process, which is measured.

use bytes::Bytes;
use ingest::accept::decompress::{Encoding, decompress};
use std::io::Write;

const LIMIT: usize = 1024 * 1024;

/// Bytes that the largest bomb would become.
fn bomb_bytes() -> usize {
    if std::env::var_os("DNA_SOAK").is_some_and(|value| value == "1") { 1 << 30 } else { 256 << 20 }
}

/// Memory that one may cost.
const COST_BYTES_MAX: u64 = 2 * 1024 * 1024;

fn fill(encoder: &mut impl Write, bytes: usize) {
    let zeros = vec![0; LIMIT];
    for _ in 0..bytes / LIMIT {
        encoder.write_all(&zeros).expect("to memory");
    }
}

fn bomb(encoding: Encoding, bytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    match encoding {
        Encoding::Identity => out = vec![0; 2 * LIMIT],
        Encoding::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(&mut out, flate2::Compression::fast());
            fill(&mut encoder, bytes);
            encoder.finish().expect("to memory");
        }
        Encoding::Deflate => {
            let mut encoder =
                flate2::write::ZlibEncoder::new(&mut out, flate2::Compression::fast());
            fill(&mut encoder, bytes);
            encoder.finish().expect("to memory");
        }
        // The largest windows that the formats allow on the web.
        Encoding::Brotli => fill(&mut brotli::CompressorWriter::new(&mut out, 4096, 1, 24), bytes),
        Encoding::Zstd => {
            let mut encoder = zstd::Encoder::new(&mut out, 1).expect("a level that exists");
            encoder.window_log(23).expect("a window that exists");
            fill(&mut encoder, bytes);
            encoder.finish().expect("to memory");
        }
    }
    out
}

/// The largest resident size since `reset`, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    let kilobytes = line.split_whitespace().nth(1).expect("a number");
    kilobytes.parse::<u64>().expect("a number") * 1024
}

/// Makes the peak what is resident now.
fn reset() {
    std::fs::write("/proc/self/clear_refs", "5").expect("one's own peak may be reset");
}

/// Where a process of its own finds a bomb: one that has made bombs has memory to spare.
const FILE: &str = "DNA_TEST_BOMB";

const ENCODINGS: [Encoding; 5] =
    [Encoding::Identity, Encoding::Gzip, Encoding::Deflate, Encoding::Brotli, Encoding::Zstd];

/// Decompresses the bomb of the file in a process of its own; what it says.
fn set_off(encoding: Encoding, body: &[u8]) -> (String, u64) {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(encoding.name().as_bytes()).expect("writable");
    file.write_all(b"\n").expect("writable");
    file.write_all(body).expect("writable");
    let itself = std::env::current_exe().expect("its path");
    let mut command = std::process::Command::new(itself);
    command.args(["--exact", "a_bomb_costs_no_more_than_a_body", "--nocapture"]);
    let output = command.env(FILE, file.path()).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find_map(|line| line.split("bomb: ").nth(1));
    let (cost, result) =
        line.and_then(|line| line.split_once(' ')).unwrap_or_else(|| panic!("it said {text:?}"));
    (result.to_owned(), cost.parse().expect("a number"))
}

/// The other side of [`set_off`].
fn go_off(path: std::ffi::OsString) {
    let bytes = Bytes::from(std::fs::read(path).expect("readable"));
    let end = bytes.iter().position(|byte| *byte == b'\n').expect("a name");
    let name = std::str::from_utf8(&bytes[..end]).expect("text");
    let encoding = Encoding::by_name(name).expect("a coding");
    let body = bytes.slice(end + 1..);
    reset();
    let before = peak();
    let result = decompress(encoding, &body, LIMIT).map(|body| body.len());
    eprintln!("\nbomb: {} {result:?}", peak().saturating_sub(before));
}

#[test]
fn a_bomb_costs_no_more_than_a_body() {
    if let Some(path) = std::env::var_os(FILE) {
        return go_off(path);
    }
    a_window_larger_than_the_web_allows_is_refused();
    for encoding in ENCODINGS {
        let mut bodies: Vec<Vec<u8>> =
            [2 * LIMIT, 16 * LIMIT, bomb_bytes()].map(|bytes| bomb(encoding, bytes)).into();
        bodies.push(thick(encoding));
        for body in bodies {
            let (result, cost) = set_off(encoding, &body);
            let name = encoding.name();
            println!("{name}: {} bytes cost {cost} bytes, {result}", body.len());
            assert!(result.starts_with("Err(TooLarge"), "{name}: {result}");
            assert!(cost <= COST_BYTES_MAX, "{name}: {cost} bytes");
        }
    }
}

/// What becomes no more of its size than is allowed, and still too much.
fn thick(encoding: Encoding) -> Vec<u8> {
    let mut state = 1u32;
    let block = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    let block: Vec<u8> = block.take(16 * 1024).collect();
    let text = block.repeat(128);
    match encoding {
        Encoding::Identity => text,
        Encoding::Gzip | Encoding::Deflate => {
            let level = flate2::Compression::best();
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
            let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), level);
            gzip.write_all(&text).expect("to memory");
            zlib.write_all(&text).expect("to memory");
            let both = [gzip.finish(), zlib.finish()].map(|body| body.expect("to memory"));
            let [gzip, zlib] = both;
            if encoding == Encoding::Gzip { gzip } else { zlib }
        }
        Encoding::Brotli => {
            let mut out = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, 5, 24);
            encoder.write_all(&text).expect("to memory");
            drop(encoder);
            out
        }
        Encoding::Zstd => zstd::encode_all(&text[..], 19).expect("to memory"),
    }
}

fn a_window_larger_than_the_web_allows_is_refused() {
    let bytes = 256 << 20;
    let mut zstd = Vec::new();
    let mut encoder = zstd::Encoder::new(&mut zstd, 1).expect("a level that exists");
    encoder.window_log(27).expect("a window that exists");
    fill(&mut encoder, bytes);
    encoder.finish().expect("to memory");
    let mut br = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 1,
        lgwin: 28,
        large_window: true,
        ..Default::default()
    };
    fill(&mut brotli::CompressorWriter::with_params(&mut br, 4096, &params), bytes);
    for (encoding, body) in [(Encoding::Zstd, zstd), (Encoding::Brotli, br)] {
        let (result, cost) = set_off(encoding, &body);
        let name = encoding.name();
        assert_eq!(result, "Err(Malformed)", "{name}");
        assert!(cost <= COST_BYTES_MAX, "{name}: {cost} bytes");
    }
}
