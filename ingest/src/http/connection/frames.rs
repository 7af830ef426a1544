//! Where in its frames an HTTP/2 client is (RFC 9113, section 4.1): as much as it takes to tell
//! one that stops in the middle of a head from one that has nothing to say.

/// Bytes before the first frame (section 3.4).
const PREFACE_BYTES: usize = 24;

const HEADER_BYTES: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;

const END_HEADERS: u8 = 4;

/// The place of what was read last.
#[derive(Debug)]
pub(super) struct Frames {
    /// The header of the frame that is being read, as far as it has come.
    header: [u8; HEADER_BYTES],
    header_len: usize,
    /// Bytes of its payload, or of the preface, that are still to come.
    left: usize,
    is_data: bool,
    /// A head has begun of which frames are to come.
    in_head: bool,
}

impl Default for Frames {
    fn default() -> Self {
        let (header, header_len) = ([0; HEADER_BYTES], 0);
        Self { header, header_len, left: PREFACE_BYTES, is_data: false, in_head: false }
    }
}

impl Frames {
    /// Notes `bytes`, which follow those before.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let passed = self.left.min(bytes.len());
            self.left -= passed;
            bytes = &bytes[passed..];
            if self.left > 0 || bytes.is_empty() {
                return;
            }
            let taken = (HEADER_BYTES - self.header_len).min(bytes.len());
            let (part, rest) = bytes.split_at(taken);
            self.header[self.header_len..self.header_len + taken].copy_from_slice(part);
            self.header_len += taken;
            bytes = rest;
            if self.header_len == HEADER_BYTES {
                self.begin();
            }
        }
    }

    /// A frame's header is complete.
    fn begin(&mut self) {
        let [a, b, c, kind, flags, ..] = self.header;
        self.header_len = 0;
        self.left = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        self.is_data = kind == DATA;
        if matches!(kind, HEADERS | CONTINUATION) {
            self.in_head = flags & END_HEADERS == 0;
        }
    }

    /// Whether something is begun that no request's own deadline ends: the preface, a head, a
    /// frame that carries no body.
    pub(super) fn is_unfinished(&self) -> bool {
        self.in_head || self.header_len > 0 || (self.left > 0 && !self.is_data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: usize) -> Vec<u8> {
        let mut frame = vec![0, (payload >> 8) as u8, payload as u8, kind, flags, 0, 0, 0, 1];
        frame.resize(HEADER_BYTES + payload, 0);
        frame
    }

    #[test]
    fn what_is_unfinished_is_told_at_every_byte() {
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        // Each with whether all but its last byte, and whether all of it, is unfinished.
        let parts = [
            (preface, true, false),
            (frame(4, 0, 6), true, false),
            (frame(HEADERS, 0, 300), true, true),
            (frame(CONTINUATION, END_HEADERS, 20), true, false),
            (frame(DATA, 0, 700), false, false),
            (frame(HEADERS, END_HEADERS | 1, 30), true, false),
            (frame(6, 1, 8), true, false),
        ];
        for step in [1, 7, 1000] {
            let mut frames = Frames::default();
            assert!(frames.is_unfinished());
            for (bytes, before, after) in &parts {
                let (most, last) = bytes.split_at(bytes.len() - 1);
                most.chunks(step).for_each(|chunk| frames.read(chunk));
                assert_eq!(frames.is_unfinished(), *before, "{bytes:?} by {step}");
                frames.read(last);
                assert_eq!(frames.is_unfinished(), *after, "{bytes:?} by {step}");
            }
        }
    }
}
