//! A text on its way from in to out.

/// A text that is copied but for some places.
pub(super) struct Copy<'a> {
    text: &'a str,
    /// So much of the text is copied or replaced.
    done: usize,
    out: String,
}

impl<'a> Copy<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, done: 0, out: String::with_capacity(text.len()) }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The byte at `at`; 0 behind the end. A page downloads its look at the end once, not at each
    /// of the places that ask: 300 bytes.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The byte that stands before `at` in what comes out; 0 when nothing does. What was taken
    /// out is not seen, so that a text which was cleaned before is judged the same.
    pub(super) fn before(&self, at: usize) -> u8 {
        if at > self.done {
            self.byte(at - 1)
        } else {
            self.out.as_bytes().last().copied().unwrap_or(0)
        }
    }

    /// The text between two places.
    pub(super) fn part(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Puts `with` in the place of what stands between `from` and `to`.
    pub(super) fn replace(&mut self, from: usize, to: usize, with: &str) {
        self.out.push_str(self.part(self.done, from));
        self.out.push_str(with);
        self.done = to;
    }

    /// Where in what comes out the byte at `at` will stand.
    pub(super) fn place_of(&self, at: usize) -> usize {
        self.out.len() + at - self.done
    }

    /// Takes back what came out from `start` on, and what stands before `to`.
    pub(super) fn take_back(&mut self, start: usize, to: usize) {
        self.replace(to, to, "");
        self.out.truncate(start);
    }

    pub(super) fn finish(mut self) -> String {
        self.replace(self.len(), self.len(), "");
        self.out
    }
}
