//! What keeps the page busy.

use crate::field::{Address, Millis, Text};
use crate::record::record;

record! {
    /// The page was busy (W3C Long Animation Frames; Long Tasks where a browser has no more).
    pub struct LongFrame {
        /// W3C `entryType`: long-animation-frame or longtask.
        1 => entry_type: Text<32> = "performance.entry_type",
        /// How long it took.
        2 => duration: Millis = "duration_ms",
        /// How long inputs had to wait in it (`blockingDuration`).
        3 => blocking_duration: Millis = "blocking_duration_ms",
        /// From its start until rendering began.
        4 => render_delay: Millis = "render_delay_ms",
        /// Style and layout until its end.
        5 => layout_duration: Millis = "layout_duration_ms",
        /// Address of the script that ran longest, without query and fragment.
        6 => script_url: Address<2048> = "script.url",
        /// W3C `invoker` of that script, e.g. BUTTON#pay.onclick.
        7 => script_invoker: Text<128> = "script.invoker",
        /// Its function.
        8 => script_function: Text<128> = "code.function.name",
        /// How long it ran.
        9 => script_duration: Millis = "script.duration_ms",
        /// How long it made the browser compute styles and layout meanwhile.
        10 => script_forced_layout: Millis = "script.forced_layout_ms",
        /// How many scripts ran.
        11 => scripts: u64 = "script.count",
        /// Of a long task: whose it was, e.g. self, same-origin-descendant.
        12 => container: Text<32> = "container.name",
    }
}
