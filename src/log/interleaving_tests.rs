//! Two writers and a reader of one partition, in every order of their steps: the real appender, recovery and
//! reader run, on real files and real locks, and [`crate::fs::schedule`] says whose turn it is.
//!
//! `MKAFKA_SWITCHES` sets how many switches away from one that could go on are tried in one run. With 2
//! these tests take minutes, with 3 hours:
//!
//! ```text
//! MKAFKA_SWITCHES=2 cargo test --lib interleaving -- --nocapture
//! ```

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::crash_tests::{assert_sound, folder};
use super::tests::{one, read_all};
use super::*;
use crate::fs::schedule::{Explored, Limits, Sabotage, Task, Violation, explore};
use crate::fs::{LogFile, schedule};
use crate::record::{Offset, RecordDecoder};

/// Two batches fill a segment, and each but a segment's first has an index entry.
fn config() -> LogConfig {
    LogConfig { segment_bytes: 150, index_interval_bytes: 0, ..LogConfig::default() }
}

/// What those who take part were told and have seen.
#[derive(Debug, Default)]
struct History {
    acknowledged: Vec<(i64, String)>,
    refused: Vec<String>,
    seen: Vec<(i64, String)>,
}

/// In what state a run finds the partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    /// Both writers have appended before.
    Warm,
    /// Both have just come, and the last one died in the middle of a write and of a roll.
    Torn,
    /// Both have appended before, and somebody removes the lock file while they go on.
    Vandal,
    /// Both have appended before, and the reader lets its files go after each look.
    Sparing,
}

/// A partition, and what became of it.
struct Subject {
    dir: tempfile::TempDir,
    history: Arc<Mutex<History>>,
}

fn write(mut appender: LogAppender, name: char, batches: usize, history: &Mutex<History>) {
    for n in 0..batches {
        let value = format!("{name}{n}");
        let appended = appender.append(&mut one(&value), Durability::Written);
        let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
        match appended {
            Ok(offsets) => history.acknowledged.push((offsets.first.0, value)),
            Err(_) => {
                history.refused.push(value);
                // A process that is refused ends.
                return;
            }
        }
    }
}

/// Follows the log to its end, looking twice each time: only a second look takes damage for what it is.
fn follow(dir: &Path, lets_files_go: bool, history: &Mutex<History>) {
    let mut reader = LogReader::new(dir, Offset::ZERO);
    let mut decoder = RecordDecoder::new();
    loop {
        let before = schedule::changes();
        for _look in 0..2 {
            while let Some(batch) = reader.next().expect("readable at any time") {
                let mut records = decoder.records(&batch).expect("records");
                while let Some(record) = records.next().expect("a record") {
                    let value = String::from_utf8(record.value.expect("a value").to_vec()).expect("text");
                    let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
                    history.seen.push((record.offset.0, value));
                }
                if lets_files_go {
                    reader.let_files_go();
                }
            }
            if lets_files_go {
                reader.let_files_go();
            }
        }
        if !schedule::wait_for_change(before) {
            return;
        }
    }
}

/// A partition and those who are about to work on it.
fn begin(beginning: Beginning, batches: usize) -> (Subject, Vec<Task>) {
    let dir = folder();
    let open = || LogAppender::open(dir.path(), config()).expect("open");
    let (mut a, mut b) = (open(), open());
    let mut history = History::default();
    for appender in [&mut a, &mut b] {
        let first = appender.append(&mut one("before"), Durability::Written).expect("appended").first;
        history.acknowledged.push((first.0, "before".to_owned()));
    }
    if beginning == Beginning::Torn {
        let log = LogFile::open(&SegmentPath::new(dir.path(), Offset::ZERO).log()).expect("a log");
        log.write_all_at(&one("torn").bytes()[..65], log.len().expect("a length")).expect("written");
        LogFile::open(&SegmentPath::new(dir.path(), Offset(2)).index()).expect("an orphan");
        (a, b) = (open(), open());
    }
    let history = Arc::new(Mutex::new(history));
    let task = |is_mortal, code: Box<dyn FnOnce() + Send>| Task { is_mortal, code };
    let its = || Arc::clone(&history);
    let (of_a, of_b, of_reader, path) = (its(), its(), its(), dir.path().to_owned());
    let lets_files_go = beginning == Beginning::Sparing;
    let mut tasks = vec![
        task(true, Box::new(move || write(a, 'x', batches, &of_a))),
        task(false, Box::new(move || write(b, 'y', batches, &of_b))),
        task(false, Box::new(move || follow(&path, lets_files_go, &of_reader))),
    ];
    if beginning == Beginning::Vandal {
        let lock = dir.path().join(appender::LOCK_FILE);
        let remove = move || crate::fs::remove_file(&lock).expect("removed");
        tasks.push(task(false, Box::new(remove)));
    }
    (Subject { dir, history }, tasks)
}

/// What must hold after any order of steps.
fn check(subject: Subject) {
    let dir = subject.dir.path();
    let history = subject.history.lock().unwrap_or_else(PoisonError::into_inner);
    let mut next = LogAppender::open(dir, config()).expect("open");
    let end = next.append(&mut one("afterwards"), Durability::Written).expect("the next one goes on").first;
    let records = read_all(dir);
    assert!(records.iter().map(|(offset, _)| *offset).eq(0..=end.0), "offsets: {records:?}");
    for record in &history.acknowledged {
        assert!(records.contains(record), "{record:?} was acknowledged and is not in {records:?}");
    }
    for refused in &history.refused {
        assert!(!records.iter().any(|(_, value)| value == refused), "{refused} was refused: {records:?}");
    }
    for writer in ['x', 'y'] {
        let mine: Vec<&str> =
            records.iter().map(|(_, value)| value.as_str()).filter(|v| v.starts_with(writer)).collect();
        let due: Vec<String> = (0..mine.len()).map(|n| format!("{writer}{n}")).collect();
        assert_eq!(mine, due, "the order of {writer}: {records:?}");
    }
    assert!(records.starts_with(&history.seen), "seen {:?}, there {records:?}", history.seen);
    // Nothing was under way any more at the reader's last look but what a dead writer left.
    assert!(history.seen.len() + 1 >= records.len(), "seen {:?}, there {records:?}", history.seen);
    assert_sound(dir, "after all");
}

/// So many switches, or as many as the environment says.
fn limits(switches: usize) -> Limits {
    let chosen = std::env::var("MKAFKA_SWITCHES").ok().and_then(|text| text.parse().ok());
    Limits {
        switches: chosen.unwrap_or(switches),
        mishaps: 0,
        clock_is_fine: false,
        is_thorough: false,
        sabotage: Sabotage::None,
    }
}

#[track_caller]
fn report(what: &str, explored: Result<Explored, Violation>) {
    let Explored { runs, decisions, mishaps } =
        explored.unwrap_or_else(|Violation { message, ways, runs }| {
            panic!("{what}, after {runs} interleavings: {message}\nthe ways taken: {ways:?}")
        });
    println!("{what}: {runs} interleavings of up to {decisions} decisions, {mishaps} with a mishap");
}

#[test]
fn every_order_of_appends_rolls_and_reads_is_right() {
    for clock_is_fine in [false, true] {
        let limits = Limits { clock_is_fine, ..limits(1) };
        report("append, roll, read", explore(limits, || begin(Beginning::Warm, 1), check));
        report("append twice, roll, read", explore(limits, || begin(Beginning::Warm, 2), check));
    }
}

#[test]
fn who_lets_files_go_reads_the_same_in_every_order() {
    for clock_is_fine in [false, true] {
        let limits = Limits { clock_is_fine, ..limits(1) };
        report("append, roll, read sparingly", explore(limits, || begin(Beginning::Sparing, 1), check));
    }
}

#[test]
fn a_writer_may_die_or_be_refused_at_every_step_of_every_order() {
    let limits = Limits { mishaps: 1, ..limits(1) };
    report("one dies or is refused", explore(limits, || begin(Beginning::Warm, 1), check));
}

#[test]
fn every_order_of_mending_a_torn_log_is_right() {
    report("mending", explore(limits(1), || begin(Beginning::Torn, 1), check));
    let limits = Limits { mishaps: 1, ..limits(0) };
    report("mending, one dies or is refused", explore(limits, || begin(Beginning::Torn, 1), check));
}

#[test]
fn a_lock_file_may_be_removed_at_every_step() {
    let limits = Limits { is_thorough: true, ..limits(1) };
    report("the lock file is removed", explore(limits, || begin(Beginning::Vandal, 1), check));
}

/// A model that finds nothing proves nothing: each of these breaks the protocol, and must be found out.
#[test]
fn a_protocol_that_is_broken_is_found_out() {
    fn is_note_of_a_roll(path: &Path, bytes: &[u8]) -> bool {
        path.ends_with(appender::LOCK_FILE) && bytes[16..24] == [0xff; 8]
    }
    fn is_index_entry(path: &Path, _bytes: &[u8]) -> bool {
        path.extension().is_some_and(|extension| extension == "index")
    }
    for (what, sabotage, mishaps) in [
        ("locks keep nobody out", Sabotage::Locks, 0),
        ("nobody says that a segment is being closed", Sabotage::Writes(is_note_of_a_roll), 1),
        ("index entries are lost", Sabotage::Writes(is_index_entry), 0),
    ] {
        let limits = Limits { sabotage, mishaps, ..limits(1) };
        let violation = explore(limits, || begin(Beginning::Warm, 2), check).map_err(|v| (v.runs, v.message));
        let (runs, message) = violation.expect_err(what);
        println!(
            "{what}: found out after {runs} interleavings: {}",
            message.lines().next().unwrap_or_default()
        );
    }
}
