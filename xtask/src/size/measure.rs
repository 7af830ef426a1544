//! A file's size as it is, and as servers compress it.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

const BROTLI_QUALITY: u32 = 11;
/// The brotli program's own default.
const BROTLI_WINDOW: u32 = 24;
const BUFFER_BYTES: usize = 4096;

/// One file's sizes in bytes.
pub(crate) struct Row {
    /// The file's name.
    pub(crate) name: String,
    /// As it is.
    pub(crate) raw: usize,
    /// After `gzip -9`.
    pub(crate) gzip: usize,
    /// After `brotli -q 11`.
    pub(crate) brotli: usize,
}

/// Measures one file.
pub(crate) fn measure(name: &str, path: &Path) -> Result<Row> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let row = || -> std::io::Result<Row> {
        let (gzip, brotli) = (gzip_size(&bytes)?, brotli_size(&bytes)?);
        Ok(Row { name: name.to_owned(), raw: bytes.len(), gzip, brotli })
    };
    row().with_context(|| format!("cannot compress {}", path.display()))
}

/// What a page downloads altogether.
pub(crate) fn total(rows: &[Row]) -> Row {
    let sum = |size: fn(&Row) -> usize| rows.iter().map(size).sum();
    Row {
        name: String::from("total"),
        raw: sum(|row| row.raw),
        gzip: sum(|row| row.gzip),
        brotli: sum(|row| row.brotli),
    }
}

fn gzip_size(bytes: &[u8]) -> std::io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli_size(bytes: &[u8]) -> std::io::Result<usize> {
    let mut encoder =
        CompressorWriter::new(Vec::new(), BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW);
    encoder.write_all(bytes)?;
    encoder.flush()?;
    Ok(encoder.into_inner().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressible_bytes_get_smaller_and_totals_add_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        fs::write(&path, "const dna = 1;\n".repeat(1000)).unwrap();
        let row = measure("a.js", &path).unwrap();
        assert_eq!(row.raw, 15_000);
        assert!(row.gzip < 200 && row.brotli < row.gzip, "{} {}", row.gzip, row.brotli);
        let sum = total(&[row, measure("b.js", &path).unwrap()]);
        assert_eq!(sum.raw, 30_000);
    }
}
