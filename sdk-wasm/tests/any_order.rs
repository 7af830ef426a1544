//! Properties that hold for any order of events, answers, failures and page loads.

mod support;

use dna_sdk_wasm::{Answer, Client};
use proptest::prelude::*;
use support::frames::{self, Frames, number};
use support::{Memory, START, Sent, custom, exception};

#[derive(Debug, Clone)]
enum Step {
    Record {
        urgent: bool,
    },
    Hide,
    Show,
    Wait {
        ms: u64,
    },
    /// The oldest request under way ends so.
    Answer {
        status: Option<u16>,
    },
    /// The page is left and another one is loaded.
    Navigate,
    Beacons {
        work: bool,
    },
    Fetches {
        work: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<bool>().prop_map(|urgent| Step::Record { urgent }),
        2 => Just(Step::Hide),
        2 => Just(Step::Show),
        5 => prop_oneof![0..500u64, 0..40_000u64, 0..4_000_000u64].prop_map(|ms| Step::Wait { ms }),
        5 => prop_oneof![
            3 => Just(Some(202)),
            1 => Just(Some(503)),
            1 => Just(Some(429)),
            1 => Just(None),
        ].prop_map(|status| Step::Answer { status }),
        2 => Just(Step::Navigate),
        1 => any::<bool>().prop_map(|work| Step::Beacons { work }),
        1 => any::<bool>().prop_map(|work| Step::Fetches { work }),
    ]
}

/// A run, and what it has seen.
struct Run {
    memory: Memory,
    page: Client<Memory>,
    now: u64,
    recorded: u32,
    under_way: Vec<Sent>,
    frames: Frames,
}

impl Run {
    fn new() -> Self {
        let memory = Memory::new();
        Self {
            page: memory.page(START),
            memory,
            now: START,
            recorded: 0,
            under_way: Vec::new(),
            frames: Frames::default(),
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Record { urgent } => {
                self.recorded += 1;
                let name = format!("e{}", self.recorded);
                let body = if *urgent { exception(&name) } else { custom(&name) };
                self.page.record(self.now, 0.0, body);
            }
            Step::Hide => self.page.hide(self.now),
            Step::Show => self.page.show(self.now, START),
            Step::Wait { ms } => self.wait(*ms),
            Step::Answer { status } => self.answer(*status),
            Step::Navigate => self.navigate(),
            Step::Beacons { work } => self.memory.0.borrow_mut().beacon_works = *work,
            Step::Fetches { work } => self.memory.0.borrow_mut().fetch_works = *work,
        }
        self.look();
    }

    fn wait(&mut self, ms: u64) {
        let memory = self.memory.clone();
        self.now = frames::wait(
            &memory,
            self.now,
            ms,
            || true,
            |at| {
                self.now = at;
                self.page.woken(at);
                self.look();
            },
        );
    }

    fn answer(&mut self, status: Option<u16>) {
        if self.under_way.is_empty() {
            return;
        }
        let sent = self.under_way.remove(0);
        if status == Some(202) {
            self.frames.acknowledged.insert(number(&sent));
        }
        let status = status.map(|status| Answer::Status { status, retry_after: None });
        self.page.answered(self.now, sent.sequence(), status.unwrap_or(Answer::None));
    }

    fn navigate(&mut self) {
        self.page.hide(self.now);
        self.look();
        // Answers that come now find nobody.
        self.under_way.clear();
        self.page = self.memory.page(self.now);
    }

    /// Checks what has been sent since.
    fn look(&mut self) {
        for sent in self.memory.sent() {
            self.frames.look(&sent);
            if sent.way == support::Way::Fetch {
                self.under_way.push(sent);
            }
        }
    }

    /// The network is well again, the customer comes back, and stays.
    fn settle(&mut self) {
        self.memory.0.borrow_mut().beacon_works = true;
        self.memory.0.borrow_mut().fetch_works = true;
        self.navigate();
        for _ in 0..200 {
            self.wait(30_000);
            while !self.under_way.is_empty() {
                self.answer(Some(202));
                self.look();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Nothing that was acknowledged is sent again; one number never stands for two contents;
    /// each event is in exactly one frame; and in the end every event is acknowledged.
    #[test]
    fn every_event_arrives_and_is_counted_once(steps in prop::collection::vec(step(), 1..60)) {
        let mut run = Run::new();
        for step in &steps {
            run.step(step);
        }
        run.settle();
        prop_assert_eq!(run.frames.events().len(), run.recorded as usize);
        for (number, names) in &run.frames.sent {
            prop_assert!(run.frames.acknowledged.contains(number), "{names:?} never arrived");
        }
        prop_assert_eq!(run.memory.stored_frames(), 0);
    }
}
