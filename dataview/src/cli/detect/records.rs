//! Records of comma-separated values (RFC 4180), one at a time and each of a bounded size.

use csv_core::{ReadRecordResult, Reader};
use std::io::{BufRead, BufReader, Read};

/// Bytes of one record. A quote that is never closed would otherwise take the whole file in.
const RECORD_BYTES_MAX: usize = 64 * 1024;
/// Columns of one record.
const COLUMNS_MAX: usize = 1_024;

/// A record.
#[derive(Debug)]
pub(super) struct Record {
    /// The line that it begins in, from 1.
    pub(super) line: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Record {
    /// The fields. What is no UTF-8 in them becomes U+FFFD.
    pub(super) fn field(&self, column: usize) -> Option<std::borrow::Cow<'_, str>> {
        let end = *self.ends.get(column)?;
        let begin = if column == 0 { 0 } else { *self.ends.get(column - 1)? };
        self.bytes.get(begin..end).map(String::from_utf8_lossy)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Why there are no more records.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordsError {
    #[error("line {0}: a row of more than {RECORD_BYTES_MAX} bytes; is a quote not closed?")]
    TooLong(u64),
    #[error("line {0}: a row of more than {COLUMNS_MAX} columns")]
    TooManyColumns(u64),
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

pub(super) struct Records<R> {
    input: BufReader<R>,
    reader: Reader,
    is_first: bool,
    /// Lines that ended in front of a record, which the reader has not seen.
    lines_before: u64,
}

/// What spreadsheets write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl<R: Read> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input: BufReader::new(input),
            reader: Reader::new(),
            is_first: true,
            lines_before: 0,
        }
    }

    /// The next record; `None` at the end. Empty lines are passed over.
    pub(super) fn next(&mut self) -> Result<Option<Record>, RecordsError> {
        let (mut bytes, mut ends) = (vec![0; RECORD_BYTES_MAX], vec![0; COLUMNS_MAX]);
        let (mut written, mut columns) = (0, 0);
        self.pass_over_empty_lines()?;
        let line = self.reader.line() + self.lines_before;
        loop {
            let input = self.input.fill_buf()?;
            let (result, read, more, more_columns) =
                self.reader.read_record(input, &mut bytes[written..], &mut ends[columns..]);
            self.input.consume(read);
            (written, columns) = (written + more, columns + more_columns);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => return Err(RecordsError::TooLong(line)),
                ReadRecordResult::OutputEndsFull => return Err(RecordsError::TooManyColumns(line)),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => {
                    bytes.truncate(written);
                    ends.truncate(columns);
                    return Ok(Some(Record { line, bytes, ends }));
                }
            }
        }
    }
    /// So that a record's line is the one that its first field is in.
    fn pass_over_empty_lines(&mut self) -> Result<(), RecordsError> {
        if std::mem::take(&mut self.is_first) && self.input.fill_buf()?.starts_with(BYTE_ORDER_MARK)
        {
            self.input.consume(BYTE_ORDER_MARK.len());
        }
        loop {
            let input = self.input.fill_buf()?;
            let empty = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.lines_before +=
                input[..empty].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.input.consume(empty);
            if empty == 0 {
                return Ok(());
            }
        }
    }
}
