//! Every bound of the client, with the reason beside it. Times are in milliseconds.

/// Bytes of events that wait for a frame. Some 500 errors with their stacks: more than any
/// page that still works makes between two flushes.
pub const QUEUE_BYTES_MAX: usize = 256 * 1024;

/// Events that wait for a frame, for pages that make many small ones.
pub const QUEUE_EVENTS_MAX: usize = 1000;

/// Bytes of events that are kept of a session that sampling leaves out, for when an error or its
/// user makes it worth keeping: the last minutes of most pages, in a third of what an image takes.
pub const HELD_BYTES_MAX: usize = 64 * 1024;

/// Events that are kept of such a session: more than the last ones explain little.
pub const HELD_EVENTS_MAX: usize = 200;

/// Bytes of events in one frame. Three such frames fit the 64 KiB that all keepalive requests
/// of a page share, so a batch is never stuck behind one that is under way.
pub const FRAME_EVENT_BYTES_MAX: usize = 19 * 1024;

/// Bytes of requests under way at a time: what browsers grant keepalive requests, less room
/// for a call of the page's own.
pub const IN_FLIGHT_BYTES_MAX: usize = dna_protocol::limits::CLIENT_FRAME_BYTES_MAX;

/// From an event to its beacon, while the page is visible. The headers of a request are more than
/// what a page tells in seconds, so what a visitor does meanwhile shares one; short enough for
/// whoever watches live to see it happen. A page that is covered or left waits no longer.
pub const FLUSH_DELAY: u64 = 5_000;

/// The same for errors, which take along all that waits. Long enough for the errors that follow
/// from the first: the second call that fails, what the visitor tries again. Nothing is risked
/// meanwhile but a tab that crashes: a page that is left sends and stores them at once.
pub const FLUSH_DELAY_ERROR: u64 = 1_500;

/// The same for the user, whom no storage keeps, and for what was held until now.
pub const FLUSH_DELAY_URGENT: u64 = 300;

/// Without an answer for so long, a request counts as failed. A late answer still counts.
pub const ANSWER_TIMEOUT: u64 = 15_000;

/// Frames that are kept until they are acknowledged.
pub const OUTBOX_FRAMES_MAX: usize = 64;

/// Bytes of frames that are kept until they are acknowledged. The page's own data shares the
/// 5 MB of its origin's storage, and a full storage must not be our doing.
pub const OUTBOX_BYTES_MAX: usize = 384 * 1024;

/// Frames that a mini program keeps until they are acknowledged. What nobody was sent yet takes in what
/// comes after it, so bytes end first; a launch reads them all, one key after the other.
pub const MINI_OUTBOX_FRAMES_MAX: usize = 256;

/// Bytes of those frames: as base64 in the storage just below 1 MB of the 10 MB that a mini
/// program has for everything. One key holds one frame, which is 27 KB of base64 at most, far
/// below the 200 KB (Alipay) and 1 MB (others) that a key may have.
pub const MINI_OUTBOX_BYTES_MAX: usize = 720 * 1024;

/// How long before the core a launch may have begun: times count from then, so that what led to the
/// core goes in the same frame as what follows. Frames have one time base.
pub const MINI_LAUNCH_MAX: u64 = 20_000;

/// How long a page, or a launch, waits for what the platform measures of it. Less than
/// [`FLUSH_DELAY`], so that it goes with what was seen of the page otherwise.
pub const MINI_ENTRIES_WAIT: u64 = 4_000;

/// Pages that are known by their paths, for entries that come late: what a platform lets an
/// application open one over the other is 10.
pub const MINI_PAGES_KNOWN_MAX: usize = 10;

/// Paints that wait for the beginning of their page: one of each kind, and a few larger ones.
pub const MINI_PAINTS_MAX: usize = 8;

/// Pages and components whose updates are told apart: more than a page is made of.
pub const MINI_COMPONENTS_MAX: usize = 24;

/// So long a mini program that was told to stop goes on sending what waits, each frame once. Some
/// twenty frames on a slow network; what is left is stored, and the next launch sends it.
pub const MINI_STOP_MAX: u64 = 30_000;

/// Age at which a frame is given up: a customer who was cut off comes back the next day.
pub const OUTBOX_AGE_MAX: u64 = 36 * 3600 * 1000;

/// The highest count of attempts that a frame tells: what one byte of CBOR holds.
pub const ATTEMPTS_MAX: u8 = 23;

/// From the moment a page is left until another page load takes over its frames: the beacon
/// itself must come first, for what is stored has no identity events, and is only a repeat then.
/// `js-wrapper/src/session.ts` has the same.
pub const STORED_LEASE: u64 = 5_000;

/// From the first look for frames that the page before has left to the second one.
pub const LOOK_AGAIN: u64 = 3_000;

/// The first wait after a failure.
pub const BACKOFF_MIN: u64 = 1_000;

/// The longest wait after a failure, unless the server asks for more.
pub const BACKOFF_MAX: u64 = 120_000;

/// The longest wait that a server may ask for (Retry-After).
pub const RETRY_AFTER_MAX: u64 = 3_600_000;

/// A session ends when nothing happened for so long. The figure that analytics agree on.
pub const SESSION_IDLE_MAX: u64 = 30 * 60 * 1000;

/// A session ends at that age even in a tab that never rests.
pub const SESSION_AGE_MAX: u64 = 12 * 3600 * 1000;

/// How exact the stored time of the last activity is. Writing it at each event would cost a
/// synchronous write to the disk each time.
pub const SESSION_TOUCH_INTERVAL: u64 = 60_000;

/// How often one error of a page is reported when it repeats. A loop that throws tells nothing
/// new after that.
pub const REPEATS_MAX: u16 = 100;

/// How many different errors are told apart for that.
pub const REPEATS_KNOWN_MAX: usize = 64;

/// Events a page may make within [`RATE_WINDOW`]: far above a page that works, far below one
/// that throws at each frame of an animation.
pub const RATE_EVENTS_MAX: u32 = 600;

/// Errors beyond [`RATE_EVENTS_MAX`] within [`RATE_WINDOW`]: what a flood of other events ends with must
/// not be lost with them, and a loop of errors that all differ makes a seventh more at most.
pub const RATE_ERRORS_MORE: u32 = 100;

/// Routes a page may show within [`RATE_WINDOW`]: each is a view of its own. Above somebody who clicks through a page in haste, below a script that
/// writes the place of scrolling into the address.
pub const RATE_ROUTES_MAX: u32 = 40;

/// The window of [`RATE_EVENTS_MAX`] and [`RATE_ROUTES_MAX`].
pub const RATE_WINDOW: u64 = 60_000;

/// How often one report of the browser is told: a policy that is wrong is so on each page, and the
/// same violation tells nothing new after a few.
pub const REPORT_REPEATS_MAX: u16 = 3;

/// Kinds of resources by their origin that are told apart; the rest is one group. Above pages with
/// a dozen third parties, and at some 80 bytes each well below a frame.
pub const RESOURCE_GROUPS_MAX: usize = 24;

/// From that duration on a resource is slow: the customer has noticed it by then, and most of what
/// a page that works loads takes less.
pub const RESOURCE_SLOW: f64 = 1_000.0;

/// Slow resources of a view that are told whole, and as many that failed; further ones go to their
/// groups. On a slow network all are slow, and then the first ones say why.
pub const RESOURCES_WHOLE_MAX: u32 = 20;

/// Long frames of a view that are told, the longest ones. A page that has more is slow whatever
/// the others were.
pub const LONG_FRAMES_MAX: usize = 20;

/// Records that wait while the core is busy, as when another script throws while it wraps the
/// very request that the core is making.
pub const PENDING_MAX: usize = 200;

/// Transactions that are open at a time: steps of one customer, which hardly overlap.
pub const TRANSACTIONS_OPEN_MAX: usize = 16;

/// The age at which nobody waits any more for a transaction to end: an SMS code is good for five
/// minutes, at most ten.
pub const TRANSACTION_AGE_MAX: f64 = 600_000.0;

/// Clicks on one element, one soon after the other, are haste from this number on: two are a
/// double click.
pub const RAGE_CLICKS: u32 = 3;

/// From one click to the next of the same action.
pub const RAGE_WITHIN: f64 = 1_000.0;

/// So long after a click an exception is taken to be its consequence.
pub const ERROR_WITHIN: f64 = 1_000.0;

/// A click after which nothing happens for so long is dead: people click again after one second.
pub const DEAD_AFTER: f64 = 2_000.0;

/// How long an action waits for the paint after it, on a page that is busy or never painted.
pub const PAINT_WAIT_MAX: f64 = 10_000.0;

/// User actions within [`RATE_WINDOW`], each of which may be several clicks: two a second are a
/// game, not a bank.
pub const RATE_ACTIONS_MAX: u32 = 120;

/// Calls under way whose action is remembered: browsers carry six at a time to a host, and those
/// that never end, as calls that wait for news, are the oldest.
pub const ACTION_CALLS_MAX: usize = 32;

/// A page on which nothing changed for so long is quiet: six frames.
pub const QUIET_AFTER: f64 = 100.0;

/// How long a route may take to be shown. One that is not quiet then never is, as with a clock on
/// the page.
pub const ROUTE_WAIT_MAX: f64 = 10_000.0;
/// How long a call that has ended waits for the browser's entry of it, which comes when its last
/// byte has: most bodies are there by then, and the call still makes the next flush.
pub const CALL_WAIT: f64 = 1_000.0;

/// Calls that wait for their entries at a time; further ones are told without phases.
pub const CALLS_WAITING_MAX: usize = 50;

/// Entries that wait for the end of their calls: it is told by another task, so there are a few.
pub const CALL_ENTRIES_MAX: usize = 32;

/// Built scripts of one stack whose identifiers are told: a stack of ten frames rarely has more.
pub const DEBUG_IDS_MAX: usize = 5;
