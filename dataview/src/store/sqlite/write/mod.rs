//! The one thread that writes: what waits is committed together.

mod day;
mod frame;
mod group;
mod once;
mod others;
mod placed;
mod rollups;
mod session;
mod untold;

use super::Options;
use super::catalog::Catalog;
use super::day::Day;
use super::fault::Fault;
use super::file::DayFile;
use super::limits::{
    APPENDS_MAX, GROUP_FRAMES_MAX, NEIGHBOUR_DAYS, OPEN_DAYS_MAX, TIDY_EVERY, TIDY_TIME_MAX,
};
use super::tidy;
use crate::store::{Appended, Batch, StoreError};
use day::DayWriter;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::{Semaphore, oneshot};
use untold::{FrameKey, Untold};

/// The queue to the thread.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<Sender<Request>>,
    room: Semaphore,
    thread: Option<JoinHandle<()>>,
    untidy: Untidy,
}

/// Why it could not be tidied the last time.
type Untidy = Arc<Mutex<Option<String>>>;

enum Request {
    Append(Batch, oneshot::Sender<Result<Appended, StoreError>>),
    Tidy(oneshot::Sender<Result<(), StoreError>>),
}

impl Writer {
    pub(super) fn start(catalog: Arc<Catalog>, options: Options) -> Result<Self, StoreError> {
        let (queue, requests) = channel();
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let (untold, untidy) = (Untold::default(), Untidy::default());
        let told = Arc::clone(&untidy);
        let mut state = State { catalog, options, days: Vec::new(), untold, untidy };
        let thread = thread
            .spawn(move || state.run(&requests))
            .map_err(|error| StoreError::Unavailable(format!("no thread to write: {error}")))?;
        Ok(Self {
            queue: Some(queue),
            room: Semaphore::new(APPENDS_MAX),
            thread: Some(thread),
            untidy: told,
        })
    }

    pub(super) async fn append(&self, batch: Batch) -> Result<Appended, StoreError> {
        self.ask(|answer| Request::Append(batch, answer)).await
    }

    pub(super) async fn tidy(&self) -> Result<(), StoreError> {
        self.ask(Request::Tidy).await
    }

    /// Why it could not be tidied the last time.
    pub(super) fn untidy(&self) -> Option<String> {
        self.untidy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Request,
    ) -> Result<T, StoreError> {
        let stopped = || StoreError::Unavailable("its writer has stopped".to_owned());
        let _room = self.room.acquire().await.map_err(|_| stopped())?;
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(request(answer)).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    /// What is on its way is written before the files are closed.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer panicked");
        }
    }
}

struct State {
    catalog: Arc<Catalog>,
    options: Options,
    /// Days open for writing, the last used last.
    days: Vec<DayWriter>,
    /// Frames that are stored and of which nobody was told.
    untold: Untold,
    untidy: Untidy,
}

type Answers = Vec<oneshot::Sender<Result<Appended, StoreError>>>;

impl State {
    fn run(&mut self, requests: &Receiver<Request>) {
        let mut next_tidy = Instant::now() + TIDY_EVERY;
        loop {
            match requests.recv_timeout(next_tidy.saturating_duration_since(Instant::now())) {
                Ok(request) => self.serve(request, requests),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if Instant::now() >= next_tidy {
                let is_done = self.tidy(Some(Instant::now() + TIDY_TIME_MAX));
                let is_done = is_done.unwrap_or_else(|error| {
                    tracing::error!(%error, "the store could not be tidied; it is tried again");
                    true
                });
                let pause = if is_done { TIDY_EVERY } else { TIDY_TIME_MAX };
                next_tidy = Instant::now() + pause;
            }
        }
    }

    /// Serves one request, and with an append those that wait behind it.
    fn serve(&mut self, first: Request, requests: &Receiver<Request>) {
        let (mut batches, mut answers) = (Vec::new(), Answers::new());
        let mut frames = 0;
        let mut next = Some(first);
        while let Some(request) = next.take() {
            match request {
                Request::Append(batch, answer) => {
                    frames += batch.frames.len();
                    batches.push(batch);
                    answers.push(answer);
                    if frames < GROUP_FRAMES_MAX {
                        next = requests.try_recv().ok();
                    }
                }
                Request::Tidy(answer) => {
                    self.append(&batches, answers);
                    let _ = answer.send(self.tidy(None).map(|_| ()));
                    return;
                }
            }
        }
        self.append(&batches, answers);
    }

    fn append(&mut self, batches: &[Batch], answers: Answers) {
        let written = group::write(batches, |batches| self.append_all(batches));
        for (answer, written) in answers.into_iter().zip(written) {
            // Who no longer waits does not acknowledge, and gives the batch again.
            let _ = answer.send(written);
        }
    }

    /// Each day is one transaction. When a later one fails, the frames of an earlier one come again
    /// and are known; they are told as new then.
    fn append_all(&mut self, batches: &[Batch]) -> Result<Vec<Appended>, StoreError> {
        let mut new = Vec::new();
        let appended = self.append_days(batches, &mut new);
        match &appended {
            Ok(_) => self.untold.told(&new),
            Err(_) => self.untold.keep(new),
        }
        appended
    }

    fn append_days(
        &mut self,
        batches: &[Batch],
        new: &mut Vec<FrameKey>,
    ) -> Result<Vec<Appended>, StoreError> {
        let mut appended = vec![Appended::default(); batches.len()];
        for (day, mut part) in by_day(batches, &self.options) {
            if self.is_too_old(day) && !part.frames.is_empty() {
                let frames = part.frames.len();
                tracing::warn!(%day, frames, "frames of a day without raw data are not stored");
                for (number, _) in part.frames.drain(..) {
                    appended[number].too_old += 1;
                }
            }
            if part.frames.is_empty() && part.others.is_empty() {
                continue;
            }
            match self.append_day(day, &part, &mut appended, new) {
                Err(StoreError::Damaged { .. }) => {
                    // The damaged file is left as it is; a fresh one is begun beside it.
                    self.append_day(day, &part, &mut appended, new)?;
                }
                other => other?,
            }
        }
        Ok(appended)
    }

    /// Whether the marks of a day's frames are gone or about to go.
    fn is_too_old(&self, day: Day) -> bool {
        let today = Day::of_ms((self.options.clock)());
        day < self.options.retention.oldest_raw(today) || self.catalog.is_rolled_up(day)
    }

    fn append_day(
        &mut self,
        day: Day,
        part: &OfDay<'_>,
        appended: &mut [Appended],
        new: &mut Vec<FrameKey>,
    ) -> Result<(), StoreError> {
        let file = self.catalog.to_write(day)?;
        let neighbours = self.neighbours(&file);
        let mut writer = match self.days.iter().position(|open| open.file.name == file.name) {
            Some(at) => self.days.remove(at),
            None => DayWriter::open(Arc::clone(&file), self.options.durability)
                .map_err(|fault| note(&file, fault))?,
        };
        // A writer that failed is not used again: what it remembers was perhaps not committed.
        // What a damaged file has may make a sketch panic.
        let write = AssertUnwindSafe(|| writer.write(part, &neighbours, &self.untold));
        let written = catch_unwind(write).unwrap_or_else(|_| {
            // Of a question it would be damage. Here it may be the batch, which must not make a
            // fresh file each time that it comes.
            Err(Fault::Known(StoreError::Wrong("a batch made the store panic".to_owned())))
        });
        let written = written.map_err(|fault| note(&file, fault))?;
        new.extend(written.new);
        for (sum, more) in appended.iter_mut().zip(written.appended) {
            sum.frames += more.frames;
            sum.events += more.events;
            sum.duplicates += more.duplicates;
            sum.others += more.others;
        }
        self.days.push(writer);
        if self.days.len() > OPEN_DAYS_MAX {
            self.days.remove(0);
        }
        Ok(())
    }

    /// Files in which a frame may be already.
    fn neighbours(&self, file: &DayFile) -> Vec<Arc<DayFile>> {
        let is_near = |other: &Arc<DayFile>| {
            other.name != file.name
                && (other.name.day.0 - file.name.day.0).abs() <= NEIGHBOUR_DAYS
                && other.facts().has_any()
        };
        self.catalog.raw().into_iter().filter(is_near).collect()
    }

    /// Tidies for as long as `until`; whether all is done.
    fn tidy(&mut self, until: Option<Instant>) -> Result<bool, StoreError> {
        let days = &mut self.days;
        // Whatever goes must not be open here.
        let close = |name| days.retain(|open| open.file.name != name);
        let done = tidy::run(&self.catalog, &self.options, until, close);
        let why = done.as_ref().err().map(ToString::to_string);
        *self.untidy.lock().unwrap_or_else(PoisonError::into_inner) = why;
        done
    }
}

fn note(file: &DayFile, fault: Fault) -> StoreError {
    if fault.is_damage() {
        file.set_damage(&fault);
    } else if fault.is_of_file(&file.path) {
        file.set_damage(&fault);
        let place = file.path.display().to_string();
        return StoreError::Damaged { place, what: fault.to_string() };
    }
    fault.at(&file.path)
}

/// What of several batches belongs to one day. Each thing has the number of its batch.
#[derive(Default)]
struct OfDay<'a> {
    batches: usize,
    /// Whether it is one of several days, of which some may be written and others not.
    is_of_several: bool,
    frames: Vec<(usize, &'a crate::model::FrameFacts)>,
    others: Vec<(usize, others::Told<'a>)>,
}

fn by_day<'a>(batches: &'a [Batch], options: &Options) -> BTreeMap<Day, OfDay<'a>> {
    let mut days: BTreeMap<Day, OfDay<'a>> = BTreeMap::new();
    let today = Day::of_ms((options.clock)());
    // What services and proxies tell has their own times. A wrong one must not make a day that
    // nobody looks at, or one for every year since 1970.
    let oldest = Day(today.0 - i32::from(options.retention.raw_days));
    let day_of = |at_us: u64| Day::of_ms(at_us / 1_000).clamp(oldest, Day(today.0 + 1));
    for (number, batch) in batches.iter().enumerate() {
        for frame in &batch.frames {
            let day = days.entry(Day::of_ms(frame.received_at_ms)).or_default();
            day.frames.push((number, frame));
        }
        let spans = batch.spans.iter().map(|span| (span.start_us, others::Told::Span(span)));
        let hops = batch.hops.iter().map(|hop| (hop.start_us, others::Told::Hop(hop)));
        let logs = batch.logs.iter().map(|line| (line.at_us, others::Told::Log(line)));
        for (at_us, told) in spans.chain(hops).chain(logs) {
            days.entry(day_of(at_us)).or_default().others.push((number, told));
        }
    }
    let is_of_several = days.len() > 1;
    for day in days.values_mut() {
        (day.batches, day.is_of_several) = (batches.len(), is_of_several);
    }
    days
}
