//! What verify finds of damage that checksums do not cover, and what its repair makes of that.

use std::path::{Path, PathBuf};

use super::{consume, numbered, produce_ok, sizes};
use crate::common::{Ran, Sandbox};

/// Where the batches of a log begin, and their base offsets.
fn batches(log: &Path) -> Vec<(usize, i64)> {
    let bytes = std::fs::read(log).unwrap();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let long =
            |from: usize, to: usize| bytes[from..to].iter().fold(0, |n, byte| n << 8 | i64::from(*byte));
        found.push((at, long(at, at + 8)));
        at += 12 + usize::try_from(long(at + 8, at + 12)).unwrap();
    }
    found
}

fn write_at(path: &Path, at: usize, new: &[u8]) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at..at + new.len()].copy_from_slice(new);
    std::fs::write(path, bytes).unwrap();
}

/// A topic of several segments, each of several batches, and what it holds.
fn sandbox() -> (Sandbox, PathBuf, Vec<String>) {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=3000 --config index.interval.bytes=300");
    produce_ok(&sandbox, "t", false, &numbered(0..200));
    let folder = sandbox.data_dir().join("t-0");
    let all = consume(&sandbox, "t");
    assert_eq!((sandbox.run("verify").status, all.len()), (0, 200));
    (sandbox, folder, all)
}

fn log_of(sandbox: &Sandbox, folder: &Path, nth: usize) -> PathBuf {
    folder.join(&sizes(sandbox, "t-0", ".log")[nth].0)
}

#[track_caller]
fn assert_found(ran: &Ran, words: &str, remedy: &str) {
    let line = ran.stdout.lines().find(|line| line.contains(words));
    assert_eq!(ran.status, 1, "{}", ran.stdout);
    assert!(
        line.is_some_and(|line| line.contains(remedy)),
        "{words}, {remedy}: {}{}",
        ran.stdout,
        ran.stderr
    );
}

#[track_caller]
fn assert_mended(sandbox: &Sandbox) -> Ran {
    let mended = sandbox.run("verify --repair");
    assert_eq!(mended.status, 0, "{}{}", mended.stdout, mended.stderr);
    let again = sandbox.run("verify");
    assert_eq!((again.status, again.stdout.as_str()), (0, ""), "{}", again.stderr);
    mended
}

#[test]
fn a_batch_gets_the_offset_back_that_its_neighbours_leave_for_it() {
    for (segment, nth, is_last_segment) in
        [(1, 0, false), (1, 2, false), (0, usize::MAX, false), (0, 3, true)]
    {
        // Too low, too high, far away, and negative.
        for change in [|_| 0, |offset| offset + 3, |offset| offset + (1 << 40), |offset: i64| -offset - 1] {
            let (sandbox, folder, all) = sandbox();
            let logs = sizes(&sandbox, "t-0", ".log").len();
            let log = log_of(&sandbox, &folder, if is_last_segment { logs - 1 } else { segment });
            let sound = std::fs::read(&log).unwrap();
            let batches = batches(&log);
            let (at, offset) = batches[nth.min(batches.len() - 1)];
            if change(offset) == offset {
                continue;
            }
            write_at(&log, at, &change(offset).to_be_bytes());
            let what = format!("{} at {at} of {}", change(offset), log.display());
            let found = sandbox.run("verify");
            assert_found(&found, &format!("its base offset must be {offset}"), "gives it its offset back");
            let mended = assert_mended(&sandbox);
            assert!(mended.stderr.contains("its base offset back"), "{what}: {}", mended.stderr);
            assert!(std::fs::read(&log).unwrap() == sound, "{what}");
            assert_eq!(consume(&sandbox, "t"), all, "{what}");
            produce_ok(&sandbox, "t", false, "more\n");
            assert_eq!(sandbox.ok("topics offsets t"), "t:0:201\n");
        }
    }
}

/// The last batch has no neighbour behind it, but the last writer has left word of where the log ends.
#[test]
fn the_last_batch_gets_its_offset_back_if_the_end_of_the_log_is_known() {
    for (is_known, by) in [(true, -5), (true, 7), (true, 1 << 40), (false, -5), (false, 1 << 40)] {
        let (sandbox, folder, all) = sandbox();
        let log = log_of(&sandbox, &folder, sizes(&sandbox, "t-0", ".log").len() - 1);
        let (at, offset) = *batches(&log).last().unwrap();
        let in_it = 200 - offset;
        write_at(&log, at, &(offset + by).to_be_bytes());
        if !is_known {
            std::fs::remove_file(folder.join(".lock")).unwrap();
        }
        assert_eq!(sandbox.run("verify").status, 1);
        let mended = assert_mended(&sandbox);
        let left = consume(&sandbox, "t");
        if is_known {
            assert_eq!(left, all);
        } else {
            assert!(mended.stderr.contains(" out and kept them in "), "{}", mended.stderr);
            assert_eq!(left, all[..all.len() - usize::try_from(in_it).unwrap()]);
            let kept = sizes(&sandbox, "t-0", "").into_iter().find(|(name, _)| name.contains(".damaged-"));
            assert!(kept.is_some_and(|(_, size)| size > 60), "nothing is lost without a word");
        }
        produce_ok(&sandbox, "t", false, "more\n");
        assert_eq!(consume(&sandbox, "t").len(), left.len() + 1);
    }
}

/// Batches that come once more are no batches whose offset was lost.
#[test]
fn what_stands_twice_in_a_log_is_taken_out_once() {
    let (sandbox, folder, all) = sandbox();
    let log = log_of(&sandbox, &folder, 1);
    let bytes = std::fs::read(&log).unwrap();
    let (second, _) = batches(&log)[1];
    let (fourth, _) = batches(&log)[3];
    let twice = [&bytes[..fourth], &bytes[second..]].concat();
    std::fs::write(&log, twice).unwrap();
    assert_found(&sandbox.run("verify"), "do not belong there", "takes the damaged piece out");
    assert_mended(&sandbox);
    assert_eq!(consume(&sandbox, "t"), all);
    assert!(std::fs::read(&log).unwrap() == bytes);
    let kept = sizes(&sandbox, "t-0", "").into_iter().filter(|(name, _)| name.contains(".damaged-"));
    assert_eq!(kept.map(|(_, size)| size).collect::<Vec<_>>(), [(fourth - second) as u64]);
}

/// A batch is not lost with bytes before it that have no business in the log.
#[test]
fn a_whole_batch_behind_strange_bytes_stays() {
    for (segment, nth) in [(1, 0), (1, 2), (1, usize::MAX), (usize::MAX, 1), (usize::MAX, usize::MAX)] {
        let (sandbox, folder, all) = sandbox();
        let log = log_of(&sandbox, &folder, segment.min(sizes(&sandbox, "t-0", ".log").len() - 1));
        let bytes = std::fs::read(&log).unwrap();
        let batches = batches(&log);
        let (at, _) = batches[nth.min(batches.len() - 1)];
        std::fs::write(&log, [&bytes[..at], &b"X".repeat(29), &bytes[at..]].concat()).unwrap();
        assert_eq!(sandbox.run("verify").status, 1);
        assert_mended(&sandbox);
        assert_eq!(consume(&sandbox, "t"), all, "{segment} {nth}");
        assert!(std::fs::read(&log).unwrap() == bytes);
        produce_ok(&sandbox, "t", false, "more\n");
        assert_eq!(consume(&sandbox, "t").len(), all.len() + 1);
    }
}

#[test]
fn indexes_that_mislead_are_found_and_made_anew() {
    let zeros = |bytes: &mut Vec<u8>| bytes.fill(0);
    let zeros_behind = |bytes: &mut Vec<u8>| bytes.extend([0; 24]);
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1);
    let first_timestamp_low = |bytes: &mut Vec<u8>| bytes[7] = bytes[7].wrapping_sub(1);
    let first_timestamp_zero = |bytes: &mut Vec<u8>| bytes[..8].fill(0);
    type Damage<'d> = &'d dyn Fn(&mut Vec<u8>);
    let cases: [(&str, Damage<'_>, &str); 8] = [
        (".index", &zeros, "entries are zeros"),
        (".timeindex", &zeros, "it ends with the timestamp -1"),
        (".index", &zeros_behind, "its last 3 entries are zeros"),
        (".timeindex", &zeros_behind, "its last 2 entries are zeros"),
        (".index", &cut, "it ends within an entry"),
        (".timeindex", &cut, "it ends with the timestamp"),
        (".timeindex", &first_timestamp_low, "the largest timestamp up to offset"),
        (".timeindex", &first_timestamp_zero, "the largest timestamp up to offset"),
    ];
    for (ending, damage, words) in cases {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create t --config segment.bytes=3000 --config index.interval.bytes=300 \
             --config retention.ms=-1");
        // Each with a timestamp of its own, so that there are time entries.
        for n in 0..60 {
            let line = format!("produce t --timestamp {}", 1_700_000_000_000_i64 + n);
            let mut command = sandbox.command(&line.split_whitespace().collect::<Vec<_>>());
            let file = sandbox.path().join("input");
            std::fs::write(&file, numbered(n as i32..n as i32 + 1)).unwrap();
            let ran = Ran::new(command.stdin(std::fs::File::open(file).unwrap()).output().unwrap());
            assert_eq!(ran.status, 0, "{}", ran.stderr);
        }
        let path = sandbox.data_dir().join("t-0").join(&sizes(&sandbox, "t-0", ending)[0].0);
        let sound = std::fs::read(&path).unwrap();
        assert_eq!(sandbox.run("verify").status, 0);
        let mut bytes = sound.clone();
        damage(&mut bytes);
        assert_ne!(sound, bytes);
        std::fs::write(&path, bytes).unwrap();
        assert_found(&sandbox.run("verify"), words, "makes it anew from the log");
        assert_mended(&sandbox);
        assert!(std::fs::read(&path).unwrap() == sound, "{ending}: {words}");
    }
}

#[test]
fn a_segment_that_is_missing_is_found_but_not_what_compaction_has_emptied() {
    let (sandbox, folder, _) = sandbox();
    let segments = sizes(&sandbox, "t-0", ".log");
    let offset = |nth: usize| segments[nth].0.trim_start_matches('0').trim_end_matches(".log").to_owned();
    for ending in ["log", "index", "timeindex"] {
        std::fs::remove_file(folder.join(&segments[1].0).with_extension(ending)).unwrap();
    }
    let last = offset(2).parse::<i64>().unwrap() - 1;
    let (path, from, next) = (&segments[0].0, offset(1), offset(2));
    let words = format!(
        "{path}: it ends at offset {from}, but the next segment begins at {next}: the offsets {from} to {last} are missing"
    );
    let ran = sandbox.run("verify");
    assert_found(&ran, &words, "restore it from a copy");
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert_found(&sandbox.run("verify --repair"), &words, "restore it from a copy");
    // Compaction may have taken out as much.
    sandbox.ok("configs alter t --add-config cleanup.policy=compact");
    assert_eq!(sandbox.run("verify").stdout, "");
    // The first segments go with time, and that is nobody's loss.
    sandbox.ok("configs alter t --delete-config cleanup.policy");
    std::fs::remove_file(folder.join(&segments[0].0)).unwrap();
    let left = sandbox.run("verify");
    assert!(!left.stdout.contains("the next segment begins at"), "{}", left.stdout);
}

#[test]
fn leader_epochs_are_made_anew_from_the_batches() {
    for damage in ["", "0\n1\n0 9999\n", "nonsense\n", "0\n2\n5 0\n3 7\n", "0\n7\n0 0\n"] {
        let (sandbox, folder, all) = sandbox();
        let path = folder.join("leader-epoch-checkpoint");
        let sound = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, damage).unwrap();
        if !damage.is_empty() {
            assert_found(&sandbox.run("verify"), "leader-epoch-checkpoint: ", "makes it anew from the log");
            assert_mended(&sandbox);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), sound);
        }
        produce_ok(&sandbox, "t", false, "more\n");
        assert_eq!(consume(&sandbox, "t").len(), all.len() + 1);
    }
}

/// In a compacted log there may be room between the neighbours: then there is no telling, but no other batch goes.
#[test]
fn a_batch_whose_offset_is_lost_among_gaps_is_the_only_one_taken_out() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config cleanup.policy=compact --config segment.bytes=3000 \
         --config min.cleanable.dirty.ratio=1");
    // Few records stay, far from one another.
    let key = |n| if n % 17 == 0 { format!("u{n}") } else { format!("k{}", n % 3) };
    let input: String =
        (0..900).map(|n| format!("{}:value {n} with some more text behind it\n", key(n))).collect();
    produce_ok(&sandbox, "t", true, &input);
    assert_eq!(sandbox.run("clean t --force").status, 0);
    let folder = sandbox.data_dir().join("t-0");
    let all = consume(&sandbox, "t");
    let gap_in = |log: &Path| {
        let batches = batches(log);
        let wide = |nth: &usize| batches[nth + 1].1 - batches[*nth].1 > 8;
        (1..batches.len().saturating_sub(2)).find(wide).map(|nth| batches[nth])
    };
    let logs = sizes(&sandbox, "t-0", ".log").into_iter().map(|(name, _)| folder.join(name));
    let (log, (at, offset)) =
        logs.into_iter().find_map(|log| Some((log.clone(), gap_in(&log)?))).expect("a gap");
    let sound = std::fs::read(&log).unwrap();
    for wrong in [0, offset + (1 << 31), offset + (1 << 50)] {
        std::fs::write(&log, &sound).unwrap();
        write_at(&log, at, &wrong.to_be_bytes());
        assert_found(&sandbox.run("verify"), "do not belong there", "takes the damaged piece out");
        assert_mended(&sandbox);
        let left = consume(&sandbox, "t");
        assert!(left.len() < all.len() && left.len() + 10 > all.len(), "{} of {}", left.len(), all.len());
        assert!(sizes(&sandbox, "t-0", "").iter().any(|(name, _)| name.contains(".damaged-")));
    }
    produce_ok(&sandbox, "t", true, "new:value\n");
}

#[test]
fn what_is_missing_or_misnamed_is_said_and_keeps_nobody_from_working() {
    let (sandbox, folder, all) = sandbox();
    std::fs::copy(log_of(&sandbox, &folder, 1), folder.join("7.log")).unwrap();
    std::fs::write(folder.join("99999999999999999999.index"), b"").unwrap();
    let ran = sandbox.run("verify --repair");
    assert_found(&ran, "7.log: no segment has such a name", "rename it or move it away");
    assert_eq!(ran.stdout.lines().count(), 2, "{}", ran.stdout);
    produce_ok(&sandbox, "t", false, "more\n");
    assert_eq!(consume(&sandbox, "t").len(), all.len() + 1);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_found(&sandbox.run("verify"), "t-0: the partition's folder is missing", "restore it from a copy");
}

/// A link that leads nowhere is listed like a segment, and is not there however often it is looked for.
#[test]
fn a_segment_that_is_a_link_to_nothing_is_an_error() {
    let (sandbox, folder, _) = sandbox();
    let log = log_of(&sandbox, &folder, 1);
    std::fs::remove_file(&log).unwrap();
    std::os::unix::fs::symlink("nowhere", &log).unwrap();
    for line in ["verify", "consume t --from-beginning --exit-at-end --quiet"] {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, 1, "{}", ran.stdout);
        assert!(ran.stderr.contains("no such file or directory"), "{}", ran.stderr);
    }
}

#[test]
fn a_log_start_behind_the_end_is_found() {
    let (sandbox, _, _) = sandbox();
    let checkpoint = sandbox.data_dir().join("log-start-offset-checkpoint");
    std::fs::write(&checkpoint, "0\n1\nt 0 200\n").unwrap();
    assert_eq!(sandbox.run("verify").status, 0);
    std::fs::write(&checkpoint, "0\n1\nt 0 201\n").unwrap();
    assert_found(&sandbox.run("verify"), "t-0 starts at offset 201, but that ends at 200", "restore it");
}

#[test]
fn a_log_start_behind_the_end_deletes_nothing() {
    let (sandbox, _, _) = sandbox();
    sandbox.ok("topics create other");
    let checkpoint = sandbox.data_dir().join("log-start-offset-checkpoint");
    std::fs::write(&checkpoint, "0\n1\nt 0 201\n").unwrap();
    let segments = sizes(&sandbox, "t-0", ".log");
    for line in ["clean --dry-run", "clean"] {
        let ran = sandbox.run(line);
        assert_eq!(ran.status, 1, "{}", ran.stdout);
        let why = "t-0: log-start-offset-checkpoint says that this partition starts at offset 201, but it ends at 200";
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        assert!(ran.stdout.contains("other"), "the others are cleaned all the same: {}", ran.stdout);
    }
    assert_eq!(sizes(&sandbox, "t-0", ".log"), segments);
    std::fs::write(&checkpoint, "0\n1\nt 0 200\n").unwrap();
    assert_eq!(sandbox.run("clean").status, 0);
    assert!(sizes(&sandbox, "t-0", ".log").len() < segments.len());
}
