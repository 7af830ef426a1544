//! Syslog, as far as nginx and forwarders speak it: RFC 3164 messages, by themselves in datagrams;
//! on connections each behind its length or before a line feed (RFC 6587). Pure.

use super::limits::LINE_BYTES_MAX;

/// Digits that a message's length has at most.
const LENGTH_DIGITS_MAX: usize = 6;

/// The host that sent the message and the line in it.
///
/// `<190>Nov 26 16:00:00 edge-1 nginx: {…}`: the line begins at the first brace; in front of it the
/// host's name is the word behind the time, unless it is the tag (nginx's `nohostname`).
#[must_use]
pub fn message(message: &str) -> (&str, &str) {
    let line = message.find('{').unwrap_or(message.len());
    let (head, line) = message.split_at(line);
    let head = head.split_once('>').map_or(head, |(_, head)| head);
    // `Nov 26 16:00:00`; of one digit days are filled up with a space.
    let host = head.get(15..).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    let host = if host.ends_with(':') { "" } else { host };
    (host, line.trim_end())
}

/// What a connection has sent, message by message.
#[derive(Debug, Default)]
pub struct Messages {
    bytes: Vec<u8>,
    /// The rest of a line that is too long is passed over.
    passing_over: bool,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A message.
    Message(String),
    /// A line that is too long.
    TooLong,
    /// Something that is no syslog: where the next message begins cannot be known.
    Broken,
}

impl Messages {
    /// Adds what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next message that is there as a whole.
    pub fn next_message(&mut self) -> Option<Found> {
        if !self.passing_over && self.bytes.first().is_some_and(u8::is_ascii_digit) {
            return self.counted();
        }
        match self.bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                let line: Vec<u8> = self.bytes.drain(..=end).take(end).collect();
                if std::mem::take(&mut self.passing_over) {
                    return self.next_message();
                }
                if line.len() > LINE_BYTES_MAX {
                    return Some(Found::TooLong);
                }
                Some(Found::Message(String::from_utf8_lossy(&line).into_owned()))
            }
            None if self.bytes.len() > LINE_BYTES_MAX => {
                self.bytes.clear();
                let first = !std::mem::replace(&mut self.passing_over, true);
                first.then_some(Found::TooLong)
            }
            None => None,
        }
    }

    /// A message behind its length.
    fn counted(&mut self) -> Option<Found> {
        let head = &self.bytes[..self.bytes.len().min(LENGTH_DIGITS_MAX + 1)];
        let Some(space) = head.iter().position(|byte| *byte == b' ') else {
            let may_come = head.len() <= LENGTH_DIGITS_MAX && head.iter().all(u8::is_ascii_digit);
            return if may_come { None } else { Some(Found::Broken) };
        };
        let length = std::str::from_utf8(&head[..space]).ok().and_then(|it| it.parse().ok());
        let Some(length) = length.filter(|length: &usize| *length <= LINE_BYTES_MAX) else {
            return Some(Found::Broken);
        };
        let end = space + 1 + length;
        if self.bytes.len() < end {
            return None;
        }
        let message: Vec<u8> = self.bytes.drain(..end).skip(space + 1).collect();
        Some(Found::Message(String::from_utf8_lossy(&message).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_host_and_a_line() {
        for (text, host) in [
            ("<190>Nov 26 16:00:00 edge-1 nginx: {\"a\":1}\n", "edge-1"),
            ("<190>Nov  6 16:00:00 edge-1 nginx: {\"a\":1}", "edge-1"),
            ("<190>Nov 26 16:00:00 nginx: {\"a\":1}", ""),
            ("{\"a\":1}", ""),
        ] {
            assert_eq!(message(text), (host, "{\"a\":1}"), "{text}");
        }
        assert_eq!(message("<190>Nov 26 16:00:00 h nginx: GET /").1, "");
    }

    fn found(sent: &[u8], step: usize) -> Vec<Found> {
        let (mut messages, mut found) = (Messages::default(), Vec::new());
        for part in sent.chunks(step) {
            messages.push(part);
            while let Some(one) = messages.next_message() {
                let broken = one == Found::Broken;
                found.push(one);
                if broken {
                    return found;
                }
            }
        }
        found
    }

    #[test]
    fn messages_come_whole_however_they_are_cut() {
        let sent = b"<190>one\n9 <190>two\n8 <190>3 5<190>four\n";
        for step in 1..sent.len() {
            let texts = ["<190>one", "<190>two\n", "<190>3 5", "<190>four"];
            let expected: Vec<_> = texts.map(|it| Found::Message(it.to_owned())).into();
            assert_eq!(found(sent, step), expected, "{step}");
        }
    }

    #[test]
    fn what_is_too_long_or_broken_is_told_once() {
        let mut sent = vec![b'x'; LINE_BYTES_MAX * 3];
        sent.extend(b"\n<190>next\n");
        for step in [1000, sent.len()] {
            let next = Found::Message("<190>next".to_owned());
            assert_eq!(found(&sent, step), [Found::TooLong, next]);
        }
        assert_eq!(found(b"9999999 x", 3), [Found::Broken]);
        assert_eq!(
            found(b"GET / HTTP/1.1\r\n", 9),
            [Found::Message("GET / HTTP/1.1\r".to_owned())]
        );
    }
}
