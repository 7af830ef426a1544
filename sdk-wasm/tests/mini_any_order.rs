//! Properties of a mini program that hold for any order of events, answers and failures, and when it
//! is killed between any two calls of its platform.

mod support;

use dna_sdk_wasm::limits::ANSWER_TIMEOUT;
use dna_sdk_wasm::{Answer, Client, Host, Terms};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use support::frames::{self, Frames, Number, number};
use support::{Memory, START, Sent, config, custom, exception};

/// A process that dies at a call: from then on nothing that it does has an effect.
#[derive(Debug, Clone)]
struct Mortal {
    phone: Memory,
    /// Calls that it may still make.
    left: Rc<Cell<u32>>,
}

impl Mortal {
    fn lives(&self) -> bool {
        self.left.set(self.left.get().saturating_sub(1));
        self.left.get() > 0
    }
}

impl Host for Mortal {
    const TERMS: Terms = Terms::MINI_PROGRAM;

    fn random(&mut self, bytes: &mut [u8]) {
        self.phone.random(bytes);
    }

    fn address(&self) -> String {
        "miniprogram://wechat/pages/a".to_owned()
    }

    fn load(&self, key: u64) -> Option<Vec<u8>> {
        if self.lives() { self.phone.load(key) } else { None }
    }

    fn store(&mut self, key: u64, value: &[u8]) {
        if self.lives() {
            self.phone.store(key, value);
        }
    }

    fn remove(&mut self, key: u64) {
        if self.lives() {
            self.phone.remove(key);
        }
    }

    fn erase(&mut self) {
        if self.lives() {
            self.phone.erase();
        }
    }

    fn stored(&self) -> Vec<u64> {
        if self.lives() { self.phone.stored() } else { Vec::new() }
    }

    fn beacon(&mut self, _: &[u8]) -> bool {
        false
    }

    fn fetch(&mut self, sequence: u64, frame: &[u8]) -> bool {
        self.lives() && self.phone.fetch(sequence, frame)
    }

    fn wake_in(&mut self, delay: u64) {
        Host::wake_in(&mut self.phone, delay);
    }

    fn filter(&mut self, event: &[u8]) -> Option<Vec<u8>> {
        Some(event.to_vec())
    }

    fn warn(&self, _: &str) {}
}

#[derive(Debug, Clone)]
enum Step {
    Record {
        failure: bool,
    },
    Hide,
    Show,
    Wait {
        ms: u64,
    },
    /// The request under way ends so. The server may have taken it and the answer be lost.
    Answer {
        status: Option<u16>,
        taken: bool,
    },
    /// So many calls later it is killed, and launched again at the next step.
    Doom {
        calls: u32,
    },
    Kill,
    Fetches {
        work: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let status = prop_oneof![3 => Just(Some(200)), 1 => Just(Some(503)), 1 => Just(None)];
    prop_oneof![
        6 => any::<bool>().prop_map(|failure| Step::Record { failure }),
        2 => Just(Step::Hide),
        2 => Just(Step::Show),
        5 => prop_oneof![0..500u64, 0..40_000u64, 0..400_000u64].prop_map(|ms| Step::Wait { ms }),
        5 => (status, any::<bool>()).prop_map(|(status, taken)| Step::Answer { status, taken }),
        2 => (1..12u32).prop_map(|calls| Step::Doom { calls }),
        1 => Just(Step::Kill),
        1 => any::<bool>().prop_map(|work| Step::Fetches { work }),
    ]
}

/// A run, and what the server has seen.
struct Run {
    phone: Memory,
    left: Rc<Cell<u32>>,
    app: Client<Mortal>,
    now: u64,
    recorded: u32,
    under_way: Option<Sent>,
    /// When that was sent.
    since: u64,
    taken: BTreeSet<Number>,
    frames: Frames,
}

fn launch(phone: &Memory, left: &Rc<Cell<u32>>, now: u64) -> Client<Mortal> {
    left.set(u32::MAX);
    phone.0.borrow_mut().wake_in = None;
    let host = Mortal { phone: phone.clone(), left: left.clone() };
    Client::start(host, config(), now, now)
}

impl Run {
    fn new() -> Self {
        let (phone, left) = (Memory::new(), Rc::new(Cell::new(u32::MAX)));
        Self {
            app: launch(&phone, &left, START),
            phone,
            left,
            now: START,
            recorded: 0,
            under_way: None,
            since: 0,
            taken: BTreeSet::new(),
            frames: Frames::default(),
        }
    }

    fn step(&mut self, step: &Step) {
        if self.left.get() == 0 {
            self.kill();
        }
        match step {
            Step::Record { failure } => {
                self.recorded += 1;
                let name = format!("e{}", self.recorded);
                let body = if *failure { exception(&name) } else { custom(&name) };
                self.app.record(self.now, 0.0, body);
            }
            Step::Hide => self.app.hide(self.now),
            Step::Show => self.app.show(self.now, self.now),
            Step::Wait { ms } => self.wait(*ms),
            Step::Answer { status, taken } => self.answer(*status, *taken),
            Step::Doom { calls } => self.left.set(self.left.get().min(*calls)),
            Step::Kill => self.kill(),
            Step::Fetches { work } => self.phone.0.borrow_mut().fetch_works = *work,
        }
        self.look();
    }

    /// It is gone without a word; the user opens it again.
    fn kill(&mut self) {
        self.look();
        // What left the phone may have arrived all the same.
        if let Some(sent) = self.under_way.take()
            && sent.sequence() % 2 == 0
        {
            self.taken.insert(number(&sent));
        }
        self.app = launch(&self.phone, &self.left, self.now);
        self.look();
    }

    fn wait(&mut self, ms: u64) {
        let (phone, left) = (self.phone.clone(), self.left.clone());
        let until = frames::wait(
            &phone,
            self.now,
            ms,
            || left.get() > 0,
            |at| {
                self.now = at;
                self.app.woken(at);
                self.look();
            },
        );
        self.now = until;
    }

    fn answer(&mut self, status: Option<u16>, taken: bool) {
        let Some(sent) = self.under_way.take() else { return };
        if status == Some(200) || taken {
            self.taken.insert(number(&sent));
        }
        let answer = status.map(|status| Answer::Status { status, retry_after: None });
        if status == Some(200) && self.left.get() > 2 {
            self.frames.acknowledged.insert(number(&sent));
        }
        self.app.answered(self.now, sent.sequence(), answer.unwrap_or(Answer::None));
    }

    /// Checks what has been sent since.
    fn look(&mut self) {
        for sent in self.phone.sent() {
            self.frames.look(&sent);
            // The one before was given up, and its request aborted.
            let free = self.under_way.is_none() || self.now >= self.since + ANSWER_TIMEOUT;
            assert!(free, "two requests at a time");
            (self.under_way, self.since) = (Some(sent), self.now);
        }
    }

    /// The network is well again, the user comes back, and stays.
    fn settle(&mut self) {
        self.phone.0.borrow_mut().fetch_works = true;
        self.kill();
        for _ in 0..300 {
            self.wait(10_000);
            while self.under_way.is_some() {
                self.answer(Some(200), true);
                self.look();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// One number never stands for two contents, no event is in two frames, whatever was sent once
    /// arrives in the end, and nothing that was acknowledged goes out again or stays stored.
    #[test]
    fn what_was_sent_arrives_and_is_counted_once(steps in prop::collection::vec(step(), 1..60)) {
        let mut run = Run::new();
        for step in &steps {
            run.step(step);
        }
        run.settle();
        for (number, names) in &run.frames.sent {
            prop_assert!(run.taken.contains(number), "{names:?} never arrived");
        }
        run.frames.events();
        prop_assert_eq!(run.phone.stored_frames(), 0);
    }
}
