//! Decompression that stops at a limit, so a bomb costs no more than what would be allowed.

use crate::limits::ZSTD_WINDOW_LOG_MAX;
use bytes::Bytes;
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
        /// The limit in bytes.
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
pub fn decompress(encoding: Encoding, body: Bytes, max: usize) -> Result<Bytes, DecompressError> {
    /// Of brotli's own; its decoder asks for the size of the buffer it reads from.
    const BROTLI_BUFFER: usize = 4096;
    let input: &[u8] = &body;
    match encoding {
        Encoding::Identity if body.len() > max => Err(DecompressError::TooLarge { max }),
        Encoding::Identity => Ok(body),
        Encoding::Gzip => read_to(flate2::bufread::MultiGzDecoder::new(input), max),
        Encoding::Deflate => read_to(flate2::bufread::ZlibDecoder::new(input), max),
        Encoding::Brotli => {
            let (head, rest) = with_small_window(input, max).ok_or(DecompressError::Malformed)?;
            let head = [head];
            let input = head.as_slice().chain(rest);
            read_to(brotli::Decompressor::new(input, BROTLI_BUFFER), max)
        }
        Encoding::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(input);
            let mut decoder = decoder.map_err(|_| DecompressError::Malformed)?;
            let window = decoder.window_log_max(ZSTD_WINDOW_LOG_MAX);
            window.map_err(|_| DecompressError::Malformed)?;
            read_to(decoder, max)
        }
    }
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
    /// 2^21: the smallest that holds an output of a body's largest size.
    const BITS: u8 = 21;
    const LARGE_WINDOW: u8 = 0b001_0001;
    let (first, rest) = input.split_first()?;
    if first & 0x7f == LARGE_WINDOW {
        return None;
    }
    let named = 17 + (first >> 1 & 7);
    let is_needless = first & 1 == 1 && named > BITS && max < (1 << BITS) - 16;
    let first = if is_needless { first & !0b1110 | (BITS - 17) << 1 } else { *first };
    Some((first, rest))
}

fn read_to(reader: impl Read, max: usize) -> Result<Bytes, DecompressError> {
    let mut out = Vec::new();
    let mut reader = reader.take(max as u64 + 1);
    reader.read_to_end(&mut out).map_err(|_| DecompressError::Malformed)?;
    if out.len() > max {
        return Err(DecompressError::TooLarge { max });
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const MAX: usize = 1024 * 1024;

    #[test]
    fn brotli_reads_the_same_with_every_window() {
        // Nothing repeats but the whole second half: a copy from as far back as there can be.
        let mut state = 1u32;
        let mut half: Vec<u8> = Vec::with_capacity(MAX / 2);
        half.extend((0..MAX / 2).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }));
        let text = [half.clone(), half].concat();
        for window in [10, 16, 17, 18, 20, 21, 22, 23, 24] {
            let mut body = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut body, 4096, 5, window);
            encoder.write_all(&text).expect("to memory");
            drop(encoder);
            let read = decompress(Encoding::Brotli, body.into(), MAX);
            assert!(read.is_ok_and(|read| read == text), "window {window}");
        }
    }

    #[test]
    fn nothing_is_no_compressed_body() {
        for encoding in [Encoding::Gzip, Encoding::Deflate, Encoding::Brotli, Encoding::Zstd] {
            let read = decompress(encoding, Bytes::new(), MAX);
            assert_eq!(read, Err(DecompressError::Malformed), "{}", encoding.name());
        }
    }
}
