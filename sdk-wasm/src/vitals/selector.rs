//! How an element is called: a short selector, made like web-vitals' so that names can be compared.

/// Bytes of a selector, less one for the `>`. web-vitals counts UTF-16, which differs beyond ASCII
/// only; counting that would cost more than it tells.
const BYTES_MAX: usize = 99;

/// What one element adds to a selector.
#[derive(Debug, Default)]
pub struct Part<'a> {
    /// `nodeName`, in lower case for elements.
    pub name: &'a str,
    /// `id`, empty for none: nothing above it is needed then.
    pub id: &'a str,
    /// `classList`, in any order.
    pub classes: &'a mut [&'a str],
}

/// Puts an element before what is below it. `false` when no parent is to be added.
pub fn prepend(selector: &mut String, part: &mut Part<'_>) -> bool {
    let mut word = String::new();
    if part.id.is_empty() {
        word.push_str(part.name);
        for class in in_order(part.classes) {
            word.push('.');
            word.push_str(class);
        }
    } else {
        word.push('#');
        word.push_str(part.id);
    }
    let fits = selector.len() + word.len() <= BYTES_MAX;
    if fits && !selector.is_empty() {
        word.push('>');
    }
    if fits || selector.is_empty() {
        word.push_str(selector);
        *selector = word;
    }
    fits && part.id.is_empty()
}

/// The few classes of an element, sorted; the standard library's sort would be larger than all
/// the vitals.
fn in_order<'a, 'b>(classes: &'a mut [&'b str]) -> &'a [&'b str] {
    for end in 1..=classes.len() {
        let mut at = end;
        while let Some([.., before, this]) = classes.get_mut(..at) {
            if before <= this {
                break;
            }
            std::mem::swap(before, this);
            at -= 1;
        }
    }
    classes
}
