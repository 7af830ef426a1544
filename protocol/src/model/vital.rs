//! Paints and Web Vitals.

use crate::field::{Address, Millis, Number, Text};
use crate::record::record;

/// The names that a [`WebVital`] may have. A reader takes any; ingest refuses what is none of them,
/// because a name is kept as it is.
pub const WEB_VITALS: [&str; 6] = ["FP", "FCP", "LCP", "CLS", "INP", "TTFB"];

record! {
    /// A paint or Web Vital.
    pub struct WebVital {
        /// FP, FCP, LCP, CLS, INP or TTFB.
        1 => name: Text<16> = "browser.web_vital.name",
        /// Its value: milliseconds, for CLS a score.
        2 => value: Number = "browser.web_vital.value",
        /// Selector of the element: the largest paint, the largest shift, the interaction's target.
        3 => element: Text<128> = "browser.web_vital.element",
        /// LCP: address of the resource that was painted, without query and fragment.
        4 => url: Address<2048> = "browser.web_vital.url",
        /// How far the page had loaded then: loading, dom-interactive, dom-content-loaded or complete.
        5 => load_state: Text<32> = "browser.web_vital.load_state",
        /// CLS: the largest shift; INP: the interaction began. An offset like the event's own time.
        6 => time: Millis = "browser.web_vital.time",
        /// CLS: score of the largest shift.
        7 => largest_shift: Number = "browser.web_vital.largest_shift",
        /// FCP, LCP: the part until the first byte of the page.
        8 => time_to_first_byte: Millis = "browser.web_vital.time_to_first_byte",
        /// LCP: from there until the resource was asked for.
        9 => resource_load_delay: Millis = "browser.web_vital.resource_load_delay",
        /// LCP: until the resource was there.
        10 => resource_load_duration: Millis = "browser.web_vital.resource_load_duration",
        /// LCP: until it was painted.
        11 => element_render_delay: Millis = "browser.web_vital.element_render_delay",
        /// INP: pointer or keyboard.
        12 => interaction_type: Text<16> = "browser.web_vital.interaction_type",
        /// INP: until the first handler of the frame ran.
        13 => input_delay: Millis = "browser.web_vital.input_delay",
        /// INP: until the last handler had run.
        14 => processing_duration: Millis = "browser.web_vital.processing_duration",
        /// INP: until the next paint.
        15 => presentation_delay: Millis = "browser.web_vital.presentation_delay",
        /// INP: address of the script that ran longest meanwhile, without query and fragment.
        16 => script_url: Address<2048> = "browser.web_vital.script.url",
        /// INP: W3C `invoker` of that script, e.g. BUTTON#pay.onclick.
        17 => script_invoker: Text<128> = "browser.web_vital.script.invoker",
        /// INP: how long it ran within the interaction.
        18 => script_duration: Millis = "browser.web_vital.script.duration",
    }
}
