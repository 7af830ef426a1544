//! What a decompression bomb costs: about as much memory as the largest body that is allowed,
//! whatever it would become. Alone in its process, which is measured.

use bytes::Bytes;
use ingest::accept::decompress::{DecompressError, Encoding, decompress};
use std::io::Write;

const LIMIT: usize = 1024 * 1024;

/// Bytes that each bomb would become.
const BOMB_BYTES: usize = 256 * 1024 * 1024;

/// Memory that one may cost: twice a body at its limit, while a buffer grows, the window, and the
/// codec's tables.
const COST_BYTES_MAX: u64 = 5 * 1024 * 1024;

fn fill(encoder: &mut impl Write) {
    let zeros = vec![0; LIMIT];
    for _ in 0..BOMB_BYTES / LIMIT {
        encoder.write_all(&zeros).expect("to memory");
    }
}

fn bomb(encoding: Encoding) -> Vec<u8> {
    let mut out = Vec::new();
    match encoding {
        Encoding::Identity => out = vec![0; 2 * LIMIT],
        Encoding::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(&mut out, flate2::Compression::fast());
            fill(&mut encoder);
            encoder.finish().expect("to memory");
        }
        Encoding::Deflate => {
            let mut encoder =
                flate2::write::ZlibEncoder::new(&mut out, flate2::Compression::fast());
            fill(&mut encoder);
            encoder.finish().expect("to memory");
        }
        // The largest windows that the formats allow on the web.
        Encoding::Brotli => fill(&mut brotli::CompressorWriter::new(&mut out, 4096, 1, 24)),
        Encoding::Zstd => {
            let mut encoder = zstd::Encoder::new(&mut out, 1).expect("a level that exists");
            encoder.window_log(23).expect("a window that exists");
            fill(&mut encoder);
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

#[test]
fn a_bomb_costs_no_more_than_a_body() {
    // In one test: another at the same moment would be measured too.
    a_window_larger_than_the_web_allows_is_refused();
    let encodings =
        [Encoding::Identity, Encoding::Gzip, Encoding::Deflate, Encoding::Brotli, Encoding::Zstd];
    for encoding in encodings {
        let body = Bytes::from(bomb(encoding));
        reset();
        let before = peak();
        let result = decompress(encoding, body.clone(), LIMIT);
        let cost = peak().saturating_sub(before);
        let name = encoding.name();
        println!("{name}: {} bytes cost {cost} bytes", body.len());
        assert_eq!(result, Err(DecompressError::TooLarge { max: LIMIT }), "{name}");
        assert!(cost <= COST_BYTES_MAX, "{name}: {cost} bytes");
    }
}

fn a_window_larger_than_the_web_allows_is_refused() {
    let mut zstd = Vec::new();
    let mut encoder = zstd::Encoder::new(&mut zstd, 1).expect("a level that exists");
    encoder.window_log(27).expect("a window that exists");
    fill(&mut encoder);
    encoder.finish().expect("to memory");
    let mut br = Vec::new();
    let params = brotli::enc::BrotliEncoderParams {
        quality: 1,
        lgwin: 28,
        large_window: true,
        ..Default::default()
    };
    fill(&mut brotli::CompressorWriter::with_params(&mut br, 4096, &params));
    for (encoding, body) in [(Encoding::Zstd, zstd), (Encoding::Brotli, br)] {
        let body = Bytes::from(body);
        reset();
        let before = peak();
        let result = decompress(encoding, body, LIMIT);
        let cost = peak().saturating_sub(before);
        let name = encoding.name();
        assert_eq!(result, Err(DecompressError::Malformed), "{name}");
        assert!(cost <= COST_BYTES_MAX, "{name}: {cost} bytes");
    }
}
