//! What went wrong.

use crate::field::{Address, Attributes, Text};
use crate::record::record;

record! {
    /// An exception or the reason of a rejection.
    pub struct Exception {
        /// Its class, e.g. TypeError.
        1 => r#type: Text<128> = "exception.type",
        /// Its message.
        2 => message: Text<1024> = "exception.message",
        /// Its stack as the engine wrote it; then those of what caused it, each behind a line `Caused by: `.
        3 => stacktrace: Text<8192> = "exception.stacktrace",
        /// Address of the script, without query and fragment.
        4 => file: Address<2048> = "code.file.path",
        /// Line in the script, from 1.
        5 => line: u64 = "code.line.number",
        /// Column in the line, from 1.
        6 => column: u64 = "code.column.number",
        /// How it was caught, e.g. reported (by the application); absent: nobody caught it.
        7 => mechanism: Text<32> = "exception.mechanism",
        /// The identifiers of the built scripts in the stack (ECMA-426 debug ids, 32 hex digits), by their addresses, or the ends of those that are longer than a name.
        8 => debug_ids: Attributes = "debug_ids",
    }
}

record! {
    /// A resource that did not load.
    pub struct ResourceFailure {
        /// Its address, without query and fragment.
        1 => url: Address<2048> = "url.full",
        /// Name of the element that wanted it, in lower case, e.g. img; of a mini program page, or subpackage.
        2 => element: Text<32> = "element.name",
        /// Why, in the platform's words.
        3 => message: Text<256> = "error.message",
    }
}

record! {
    /// What the browser itself has to say of the page (W3C Reporting API).
    pub struct Report {
        /// csp-violation, deprecation, intervention, crash.
        1 => r#type: Text<32> = "report.type",
        /// Which: the directive that was violated, the name of what is deprecated.
        2 => id: Text<128> = "report.id",
        /// The browser's words.
        3 => message: Text<1024> = "report.message",
        /// Address of the script, without query and fragment.
        4 => file: Address<2048> = "code.file.path",
        /// Line in the script, from 1.
        5 => line: u64 = "code.line.number",
        /// Column in the line, from 1.
        6 => column: u64 = "code.column.number",
        /// What the policy blocked: an address, or inline, eval, wasm-eval, trusted-types-sink.
        7 => blocked_url: Address<2048> = "csp.blocked_url",
        /// Whether it was blocked (enforce) or only told (report).
        8 => disposition: Text<16> = "csp.disposition",
        /// Of a crash: oom, unresponsive.
        9 => reason: Text<32> = "report.reason",
        /// Of the page that it is about, where that is not this one: its address.
        10 => url: Address<2048> = "report.url",
    }
}

record! {
    /// What the page wrote to the console as an error. Only where the page asks for it.
    pub struct Console {
        /// OpenTelemetry `severity_text`: ERROR, WARN.
        1 => severity: Text<16> = "severity_text",
        /// What was written.
        2 => message: Text<1024> = "log.message",
        /// The stack of an error among it.
        3 => stacktrace: Text<8192> = "exception.stacktrace",
    }
}
