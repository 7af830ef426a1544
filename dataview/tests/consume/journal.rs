//! The journal of an ingest on the same machine.

use super::entries::entry;
use super::store::{Fails, FakeStore};
use super::{Consuming, until};
use dataview::consume::{JournalSource, Settings, Source};
use dna_buffer::journal::readers::{register, slowest};
use dna_buffer::journal::segment::{Record, header};
use dna_buffer::journal::{Identity, Place};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// A journal that a test writes.
struct Journal {
    folder: TempDir,
    file: File,
    place: Place,
}

impl Journal {
    fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("journal")).expect("writable");
        let path = folder.path().join("journal").join(format!("{:020}.seg", 1));
        let mut file = File::create(path).expect("writable");
        file.write_all(&header()).expect("writable");
        let place = Place { segment: 1, offset: header().len() as u64 };
        Self { folder, file, place }
    }

    fn add(&mut self, entry: &[u8]) {
        let record = Record { shard: 0, kept_at_ms: 1_790_000_000_000, payload: entry };
        let mut bytes = Vec::new();
        record.write(self.place, &mut bytes);
        self.file.write_all(&bytes).expect("writable");
        self.place.offset += bytes.len() as u64;
    }

    /// Goes on in another segment.
    fn begin(&mut self, segment: u64) {
        let path = self.folder.path().join("journal").join(format!("{segment:020}.seg"));
        self.file = File::create(path).expect("writable");
        self.file.write_all(&header()).expect("writable");
        self.place = Place { segment, offset: header().len() as u64 };
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// Gives it an identity, which it may have had segments before.
    fn identify(&self, since: u64) {
        Identity::give(&self.dir(), since).expect("writable");
    }

    /// Begins anew with segment 1, as ingest does where everything was removed.
    fn begin_anew(&mut self) {
        fs::remove_dir_all(self.dir()).expect("removed");
        fs::create_dir(self.dir()).expect("writable");
        self.identify(0);
        self.begin(1);
    }

    /// The segment before which everything is safe with us, as ingest is told.
    fn told(&self) -> Option<u64> {
        slowest(&self.folder.path().join("journal")).expect("readable").map(|it| it.segment)
    }

    fn settings(&self) -> Settings {
        settings_in(self.folder.path())
    }
}

fn settings_in(folder: &Path) -> Settings {
    let (dir, state_dir) = (folder.join("journal"), folder.join("state"));
    let source = Source::Journal(JournalSource { dir, group: "dataview".to_owned(), state_dir });
    Settings { source, dead_letters_max: 2 }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_read_on_from_where_it_was_stored() {
    let mut journal = Journal::start();
    (0..5).for_each(|sequence| journal.add(&entry(1, sequence)));
    let store = Arc::<FakeStore>::default();
    let first = Consuming::start_into(journal.settings(), Arc::clone(&store));
    first.stores(5).await;
    journal.add(&entry(1, 5));
    first.stores(6).await;
    let written = || fs::read(journal.folder.path().join("state/journal-position.json"));
    let end = format!("\"offset\":{}", journal.place.offset);
    until("the position is written", async || {
        written().is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(&end))
    })
    .await;
    first.consumers.stop().await;

    journal.add(&entry(1, 6));
    let second = Consuming::start_into(journal.settings(), store);
    second.stores(7).await;
    let health = second.counters.health();
    assert_eq!((health.frames, health.duplicates), (1, 0), "only what is new was read");
    second.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_position_stays_while_the_store_is_away() {
    let mut journal = Journal::start();
    journal.add(&entry(1, 1));
    let store = Arc::<FakeStore>::default();
    store.fail(Some(Fails::Away));
    let consuming = Consuming::start_into(journal.settings(), Arc::clone(&store));
    until("it is tried again", async || store.asked() > 1).await;
    consuming.consumers.stop().await;
    assert!(!journal.folder.path().join("state/journal-position.json").exists());
    store.fail(None);
    let consuming = Consuming::start_into(journal.settings(), store);
    consuming.stores(1).await;
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_files_and_can_be_replayed() {
    let mut journal = Journal::start();
    journal.add(b"{}");
    journal.add(&entry(1, 1));
    let consuming = Consuming::start(journal.settings());
    consuming.stores(1).await;
    until("it is put aside", async || consuming.dead.count().await.unwrap() == 1).await;
    let letters = consuming.dead.list(10).await.unwrap();
    assert_eq!((&*letters[0].reason, &letters[0].entry[..]), ("malformed_entry", &b"{}"[..]));
    consuming.dead.replay(&letters[0]).await.unwrap();
    until("it is put aside again", async || {
        consuming.counters.health().dropped.get("dead_letter") == Some(&2)
    })
    .await;
    assert_eq!(consuming.dead.list(10).await.unwrap()[0].entry, b"{}");
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_is_not_there_yet_is_waited_for() {
    let folder = TempDir::new().expect("a folder");
    let consuming = Consuming::start(settings_in(folder.path()));
    until("it waits", async || !consuming.counters.health().waiting.is_empty()).await;
    let mut journal = Journal::start();
    journal.add(&entry(1, 1));
    fs::rename(journal.folder.path().join("journal"), folder.path().join("journal")).unwrap();
    consuming.stores(1).await;
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_to_replay_that_cannot_be_read_is_set_aside_and_reading_goes_on() {
    let mut journal = Journal::start();
    let replay = journal.folder.path().join("state/replay");
    fs::create_dir_all(&replay).unwrap();
    fs::write(replay.join("1-1.json"), "half a lett").unwrap();
    fs::create_dir(replay.join("1-2.json")).unwrap();
    journal.add(&entry(1, 1));
    let consuming = Consuming::start(journal.settings());
    consuming.stores(1).await;
    for name in ["1-1", "1-2"] {
        assert!(!replay.join(name).with_extension("json").exists());
        assert!(replay.join(name).with_extension("unreadable").exists());
    }
    assert_eq!(fs::read(replay.join("1-1.unreadable")).unwrap(), b"half a lett");
    assert_eq!(consuming.counters.health().dropped.get("replay_unreadable"), Some(&2));
    // One that can be read is replayed as before.
    fs::write(
        replay.join("1-3.json"),
        r#"{"at_ms":1,"reason":"r","detail":"d","origin":"1-3","entry":"e30="}"#,
    )
    .unwrap();
    until("it is put aside", async || consuming.dead.count().await.unwrap() == 1).await;
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ingest_is_told_what_is_stored_and_never_more() {
    let mut journal = Journal::start();
    journal.add(&entry(1, 1));
    journal.begin(7);
    journal.add(&entry(1, 2));
    let store = Arc::<FakeStore>::default();
    store.fail(Some(Fails::Away));
    let consuming = Consuming::start_into(journal.settings(), Arc::clone(&store));
    until("it is tried again", async || store.asked() > 1).await;
    assert_eq!(journal.told(), Some(0), "registered, and nothing is safe yet");
    store.fail(None);
    consuming.stores(2).await;
    until("the segment before is let go of", async || journal.told() == Some(7)).await;
    consuming.consumers.stop().await;

    // A journal that began anew, with lower numbers than the place that we know.
    let journal_dir = journal.folder.path().join("journal");
    fs::remove_dir_all(&journal_dir).unwrap();
    fs::create_dir(&journal_dir).unwrap();
    journal.begin(3);
    store.fail(Some(Fails::Away));
    journal.add(&entry(1, 3));
    let consuming = Consuming::start_into(journal.settings(), Arc::clone(&store));
    let before = store.asked();
    until("it is tried again", async || store.asked() > before + 1).await;
    assert_eq!(journal.told(), Some(0), "nothing of it is stored");
    store.fail(None);
    consuming.stores(3).await;
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_may_not_be_written_is_read_all_the_same() {
    let mut journal = Journal::start();
    journal.add(&entry(1, 1));
    // As good as a folder that is another user's, and refuses root as well.
    fs::write(journal.folder.path().join("journal/readers"), "").unwrap();
    let consuming = Consuming::start(journal.settings());
    consuming.stores(1).await;
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_cannot_be_read_is_named_and_hides_no_other() {
    let mut journal = Journal::start();
    journal.add(b"{}");
    let consuming = Consuming::start(journal.settings());
    until("it is put aside", async || consuming.dead.count().await.unwrap() == 1).await;
    consuming.consumers.stop().await;
    fs::write(journal.folder.path().join("state/dead-letters/1-1.json"), "half a lett").unwrap();
    let letters = consuming.dead.list(10).await.unwrap();
    let told: Vec<_> = letters.iter().map(|it| (it.is_readable(), &*it.reason)).collect();
    assert_eq!(told, [(false, "letter_unreadable"), (true, "malformed_entry")]);
    assert!(letters[0].detail.contains("1-1.json"), "{}", letters[0].detail);
    let refused = consuming.dead.replay(&letters[0]).await.unwrap_err().to_string();
    assert!(refused.contains("remove the letter"), "{refused}");
    consuming.dead.replay(&letters[1]).await.unwrap();
    consuming.dead.remove(&letters[0]).await.unwrap();
    assert_eq!(consuming.dead.count().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_began_anew_is_read_from_its_beginning_and_told() {
    let mut journal = Journal::start();
    journal.identify(0);
    (0..5).for_each(|sequence| journal.add(&entry(1, sequence)));
    let store = Arc::<FakeStore>::default();
    let first = Consuming::start_into(journal.settings(), Arc::clone(&store));
    first.stores(5).await;
    until("the position is written", async || {
        let path = journal.folder.path().join("state/journal-position.json");
        let end = format!("\"offset\":{}", journal.place.offset);
        fs::read_to_string(path).is_ok_and(|text| text.contains(&end))
    })
    .await;
    first.consumers.stop().await;

    // The same number, and more in it than we had read.
    journal.begin_anew();
    (10..20).for_each(|sequence| journal.add(&entry(1, sequence)));
    let second = Consuming::start_into(journal.settings(), Arc::clone(&store));
    second.stores(15).await;
    assert_eq!(second.counters.health().journals_begun, 1);
    second.consumers.stop().await;
    let third = Consuming::start_into(journal.settings(), store);
    journal.add(&entry(1, 20));
    third.stores(16).await;
    let health = third.counters.health();
    assert_eq!(
        (health.journals_begun, health.frames),
        (0, 1),
        "from then on it is the one we know"
    );
    third.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_begins_anew_while_it_is_read_loses_nothing_and_is_not_trimmed() {
    let mut journal = Journal::start();
    journal.identify(0);
    journal.begin(7);
    journal.add(&entry(1, 0));
    let store = Arc::<FakeStore>::default();
    let consuming = Consuming::start_into(journal.settings(), Arc::clone(&store));
    consuming.stores(1).await;
    until("it is told", async || journal.told() == Some(7)).await;
    store.fail(Some(Fails::Away));
    journal.begin_anew();
    journal.add(&entry(1, 1));
    // What we say of the other, a moment before we see it.
    let other = "0".repeat(32);
    register(&journal.dir(), "dataview", 7, Some(&other)).expect("writable");
    assert_eq!(journal.told(), Some(0), "it is of another journal");
    journal.begin(8);
    journal.add(&entry(1, 2));
    until("it is tried again", async || !consuming.counters.health().waiting.is_empty()).await;
    assert!(journal.told() < Some(2), "{:?}: segment 1 is not stored", journal.told());
    store.fail(None);
    consuming.stores(3).await;
    until("it is told", async || journal.told() == Some(8)).await;
    assert_eq!(consuming.counters.health().journals_begun, 1);
    consuming.consumers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_of_before_there_were_identities_stays_one() {
    let mut journal = Journal::start();
    journal.add(&entry(1, 0));
    let store = Arc::<FakeStore>::default();
    let first = Consuming::start_into(journal.settings(), Arc::clone(&store));
    first.stores(1).await;
    until("the position is written", async || journal.told() == Some(1)).await;
    first.consumers.stop().await;
    journal.identify(2);
    journal.add(&entry(1, 1));
    let second = Consuming::start_into(journal.settings(), store);
    second.stores(2).await;
    let health = second.counters.health();
    assert_eq!((health.journals_begun, health.frames, health.duplicates), (0, 1, 0));
    second.consumers.stop().await;
}
