//! Decompression that stops at a limit, and at a multiple of what was sent, so a bomb costs less
//! than what would be allowed.

use crate::limits::{
    BROTLI_BYTES_MAX, DECOMPRESSED_AT_ONCE, DECOMPRESSION_FLOOR, DECOMPRESSION_RATIO_MAX,
    ZSTD_WINDOW_LOG_MAX,
};
use std::borrow::Cow;
use std::io::Read;

/// A content coding (RFC 9110, section 8.4.1; br: RFC 7932; zstd: RFC 8878).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// zlib, which HTTP calls deflate.
    Deflate,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
}

/// Why a body cannot be decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecompressError {
    /// It grows beyond the limit.
    #[error("more than {max} bytes after decompression")]
    TooLarge {
        /// The limit in bytes: the one that was given, or what so few may become.
        max: usize,
    },
    /// It is not what it is said to be, or ends too early.
    #[error("malformed")]
    Malformed,
}

impl Encoding {
    /// The coding called `name`, in any case.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "" | "identity" => Some(Self::Identity),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// `body` decompressed to at most `max` bytes.
///
/// # Errors
/// When it is malformed or would be longer.
pub fn decompress(
    encoding: Encoding,
    input: &[u8],
    max: usize,
) -> Result<Cow<'_, [u8]>, DecompressError> {
    /// Of brotli's own; its decoder asks for the size of the buffer it reads from.
    const BROTLI_BUFFER: usize = 4096;
    if encoding == Encoding::Identity {
        let fits = input.len() <= max;
        return fits.then_some(Cow::Borrowed(input)).ok_or(DecompressError::TooLarge { max });
    }
    let max = max.min(DECOMPRESSION_FLOOR.max(input.len() * DECOMPRESSION_RATIO_MAX));
    let decompressed = match encoding {
        Encoding::Identity => return Ok(Cow::Borrowed(input)),
        Encoding::Gzip => read_to(|| Ok(flate2::bufread::MultiGzDecoder::new(input)), max),
        Encoding::Deflate => read_to(|| Ok(flate2::bufread::ZlibDecoder::new(input)), max),
        Encoding::Brotli => {
            let max = max.min(BROTLI_BYTES_MAX);
            let (head, rest) = with_small_window(input, max).ok_or(DecompressError::Malformed)?;
            let head = [head];
            let decoder =
                || Ok(brotli::Decompressor::new(head.as_slice().chain(rest), BROTLI_BUFFER));
            read_to(decoder, max)
        }
        Encoding::Zstd => read_to(
            || {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Ok(decoder)
            },
            max,
        ),
    };
    decompressed.map(Cow::Owned)
}

/// A brotli stream's first byte, and the rest, with the window no larger than `max` needs. `None`
/// when the stream is empty, or names a "large window" of up to 1 GB, which RFC 7932 does not
/// have and the decoder would take.
///
/// The decoder takes memory for the whole window, 16 MB at most, and fills it before it gives
/// anything out. A window only bounds how far back a copy may reach, and that is never beyond the
/// output's start; so for an output that fits into a smaller window, the smaller one says the
/// same. Windows of 2^18 to 2^24 are named by bits 1 to 3 of the first byte (section 9.1).
fn with_small_window(input: &[u8], max: usize) -> Option<(u8, &[u8])> {
    const LARGE_WINDOW: u8 = 0b001_0001;
    let (first, rest) = input.split_first()?;
    if first & 0x7f == LARGE_WINDOW {
        return None;
    }
    let named = 17 + (first >> 1 & 7);
    // The smallest of those that holds an output of `max` bytes.
    let needed = (18..24).find(|bits| max <= (1 << bits) - 16).unwrap_or(24);
    let is_needless = first & 1 == 1 && named > needed;
    let first = if is_needless { first & !0b1110 | (needed - 17) << 1 } else { *first };
    Some((first, rest))
}

/// What `decoder` gives, which is called a second time when it is much.
fn read_to<R: Read>(
    decoder: impl Fn() -> std::io::Result<R>,
    max: usize,
) -> Result<Vec<u8>, DecompressError> {
    let malformed = |_| DecompressError::Malformed;
    let mut reader = decoder().map_err(malformed)?;
    let mut out = Vec::new();
    let at_once = DECOMPRESSED_AT_ONCE.min(max + 1);
    reader.by_ref().take(at_once as u64).read_to_end(&mut out).map_err(malformed)?;
    if out.len() < at_once {
        return Ok(out);
    }
    let mut total = out.len();
    let mut part = [0; 16 * 1024];
    while total <= max {
        match reader.read(&mut part).map_err(malformed)? {
            0 => break,
            more => total += more,
        }
    }
    if total > max {
        return Err(DecompressError::TooLarge { max });
    }
    drop(reader);
    out.clear();
    out.reserve_exact(total);
    decoder().map_err(malformed)?.read_to_end(&mut out).map_err(malformed)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const MAX: usize = 1024 * 1024;

    /// Sizes around each of the steps.
    #[test]
    fn every_size_is_read_whole() {
        let floor = DECOMPRESSION_FLOOR;
        for size in [1, floor, DECOMPRESSED_AT_ONCE - 1, DECOMPRESSED_AT_ONCE, 700_000, MAX] {
            let text: Vec<u8> = (0..size as u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(&text).expect("to memory");
            let gzip = gzip.finish().expect("to memory");
            let zstd = zstd::encode_all(&text[..], 1).expect("to memory");
            for (encoding, body) in [(Encoding::Gzip, gzip), (Encoding::Zstd, zstd)] {
                let read = decompress(encoding, &body, MAX);
                assert!(read.is_ok_and(|read| read == text), "{size} in {}", encoding.name());
                let read = decompress(encoding, &body, size - 1);
                assert_eq!(read, Err(DecompressError::TooLarge { max: size - 1 }), "{size}");
            }
        }
    }

    #[test]
    fn what_becomes_too_many_times_its_size_is_no_body() {
        let zeros = vec![0; DECOMPRESSION_FLOOR + 1];
        let body = zstd::encode_all(&zeros[..], 1).expect("to memory");
        let max = DECOMPRESSION_FLOOR;
        let read = decompress(Encoding::Zstd, &body, MAX);
        assert_eq!(read, Err(DecompressError::TooLarge { max }));
        let body = zstd::encode_all(&zeros[1..], 1).expect("to memory");
        assert!(decompress(Encoding::Zstd, &body, MAX).is_ok());
    }

    #[test]
    fn brotli_reads_the_same_with_every_window() {
        // Nothing repeats but the whole second half: a copy from as far back as there can be.
        let mut state = 1u32;
        let mut half: Vec<u8> = Vec::with_capacity(BROTLI_BYTES_MAX / 2);
        half.extend((0..BROTLI_BYTES_MAX / 2).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }));
        let text = [half.clone(), half].concat();
        for window in [10, 16, 17, 18, 20, 21, 22, 23, 24] {
            let mut body = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut body, 4096, 5, window);
            encoder.write_all(&text).expect("to memory");
            drop(encoder);
            let read = decompress(Encoding::Brotli, &body, MAX);
            assert!(read.is_ok_and(|read| read == text), "window {window}");
        }
    }

    #[test]
    fn nothing_is_no_compressed_body() {
        for encoding in [Encoding::Gzip, Encoding::Deflate, Encoding::Brotli, Encoding::Zstd] {
            let read = decompress(encoding, &[], MAX);
            assert_eq!(read, Err(DecompressError::Malformed), "{}", encoding.name());
        }
    }
}
