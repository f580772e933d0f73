//! Verifying and mending, exporting and importing.

use std::path::Path;

use super::{consume, numbered, produce_ok, sizes};
use crate::common::{Ran, Sandbox};

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 0xff;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn what_is_wrong_is_found_and_mended_without_losing_a_valid_record() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config segment.bytes=6000 --config index.interval.bytes=500");
    produce_ok(&sandbox, "t", false, &numbered(0..400));
    let folder = sandbox.data_dir().join("t-0");
    let all = consume(&sandbox, "t");
    let logs = sizes(&sandbox, "t-0", ".log");
    assert!(logs.len() > 3 && sandbox.run("verify").status == 0);

    // A wrong index, a missing one, a damaged batch in the middle, and one at the end.
    flip(&folder.join(logs[0].0.replace(".log", ".index")), 3);
    std::fs::remove_file(folder.join(logs[1].0.replace(".log", ".timeindex"))).unwrap();
    flip(&folder.join(&logs[2].0), 1000);
    let last = folder.join(&logs.last().unwrap().0);
    let mut bytes = std::fs::read(&last).unwrap();
    bytes.extend_from_slice(&[7; 50]);
    std::fs::write(&last, bytes).unwrap();

    let found = sandbox.run("verify t");
    assert_eq!(found.status, 1);
    let lines: Vec<&str> = found.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{}", found.stdout);
    for (line, words) in lines.iter().zip([".index: entry", "it is missing", "checksum", "damaged at byte"]) {
        assert!(line.contains(words), "{line}");
    }
    let before = consume_what_can_be(&sandbox);
    let mended = sandbox.run("verify t --repair");
    assert_eq!(mended.status, 0, "{}{}", mended.stdout, mended.stderr);
    assert_eq!(
        mended.stdout.lines().filter(|line| line.ends_with("; mended")).count(),
        4,
        "{}",
        mended.stdout
    );
    let again = sandbox.run("verify t");
    assert_eq!((again.status, again.stdout.as_str()), (0, ""), "{}", again.stderr);

    // Only the batch that was damaged is gone, and it is kept beside the log.
    let left = consume(&sandbox, "t");
    assert!(before < left.len() && left.len() >= all.len() - 8, "{} of {}", left.len(), all.len());
    let mut gone = all.iter().filter(|record| !left.contains(record)).peekable();
    assert!(gone.peek().is_some());
    assert_eq!(sizes(&sandbox, "t-0", "").iter().filter(|(name, _)| name.contains(".damaged-")).count(), 1);
    produce_ok(&sandbox, "t", false, "more\n");
    assert_eq!(sandbox.ok("topics offsets t"), "t:0:401\n", "no offset is given out twice");
}

/// How many records are read before damage ends it.
fn consume_what_can_be(sandbox: &Sandbox) -> usize {
    let ran = sandbox.run("consume t --from-beginning --exit-at-end --quiet");
    assert_eq!(ran.status, 1);
    ran.stdout.lines().count()
}

#[test]
fn verify_changes_nothing_unless_asked() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce_ok(&sandbox, "t", false, &numbered(0..20));
    let log = sandbox.data_dir().join("t-0/00000000000000000000.log");
    flip(&log, 100);
    let before = std::fs::read(&log).unwrap();
    let found = sandbox.run("verify t --output json");
    assert_eq!((found.status, std::fs::read(&log).unwrap()), (1, before));
    let json: serde_json::Value = serde_json::from_str(found.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(json["mended"], false);
}

#[test]
fn a_topic_is_carried_as_folder_and_as_archive() {
    let here = Sandbox::new();
    here.ok("topics create t --partitions 2 --config segment.bytes=3000 --config retention.ms=-1");
    produce_ok(&here, "t", false, &numbered(0..300));
    here.ok("topics delete-records t --partition 1 --offset 13");
    let sorted = |sandbox: &Sandbox, topic: &str| {
        let mut records = consume(sandbox, topic);
        records.sort();
        records
    };
    let records = sorted(&here, "t");
    for (target, name) in [("export.tar", "t"), ("export", "t"), ("other.tar", "copy")] {
        let target = here.path().join(target);
        let target = target.display();
        let exported = here.run(&format!("export t {target}"));
        assert_eq!(exported.status, 0, "{}", exported.stderr);
        assert!(here.fails(1, &format!("export t {target}")).contains("exists already"));
        let there = Sandbox::new();
        let imported = there.run(&format!("import {target} --as {name}"));
        assert_eq!((imported.status, imported.stdout.as_str()), (0, ""), "{}", imported.stderr);
        assert_eq!(sorted(&there, name), records);
        assert_eq!(
            there.ok(&format!("topics offsets {name} --time earliest")),
            format!("{name}:0:0\n{name}:1:13\n")
        );
        let verified = there.run("verify");
        assert_eq!((verified.status, verified.stdout.as_str()), (0, ""));
        assert!(there.ok(&format!("configs describe {name}")).contains("segment.bytes=3000"));
        assert!(there.fails(1, &format!("import {target} --as {name}")).contains("already exists"));
        produce_ok(&there, name, false, "goes on\n");
        assert!(there.entries(".mkafka").iter().all(|name| !name.starts_with("import-")));
        let id = |sandbox: &Sandbox, name: &str| {
            std::fs::read(sandbox.data_dir().join(format!("{name}-0/partition.metadata"))).unwrap()
        };
        assert_eq!(id(&here, "t") == id(&there, name), name == "t", "a copy is another topic");
    }
}

#[test]
fn a_damaged_export_is_refused_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce_ok(&sandbox, "t", false, &numbered(0..100));
    let folder = sandbox.path().join("export");
    assert_eq!(sandbox.run(&format!("export t {}", folder.display())).status, 0);
    sandbox.ok("topics delete t");
    let log = folder.join("t-0/00000000000000000000.log");
    flip(&log, 500);
    let message = sandbox.fails(1, &format!("import {}", folder.display()));
    assert!(message.contains("the checksum"), "{message}");
    std::fs::remove_file(&log).unwrap();
    assert!(sandbox.fails(1, &format!("import {}", folder.display())).contains("cannot open"));
    assert_eq!(sandbox.ok("topics list"), "");
    assert!(sandbox.entries("").iter().all(|name| !name.starts_with("t-")));
    std::fs::write(sandbox.path().join("no.tar"), b"nonsense").unwrap();
    assert!(sandbox.fails(1, "import no.tar").contains("is not what mkafka export writes"));
}

/// Changes the manifest of an export in `folder`.
fn change_manifest(folder: &Path, from: &str, to: &str) {
    let path = folder.join("mkafka-export.json");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_manifest_that_cannot_be_is_refused() {
    for (from, to, why) in [
        ("\"partitions\": 1", "\"partitions\": 2000000000", "2000000000 partitions; there can be 1 to 10000"),
        ("\"partitions\": 1", "\"partitions\": 0", "0 partitions; there can be 1 to 10000"),
        ("      5\n", "      101\n", "t-0 begins at offset 101, and it ends at 100"),
        ("      5\n", "      -5\n", "partition 0 begins at offset -5"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.ok("topics create t --config retention.ms=-1");
        produce_ok(&sandbox, "t", false, &numbered(0..100));
        sandbox.ok("topics delete-records t --offset 5");
        assert_eq!(sandbox.run("export t export").status, 0);
        sandbox.ok("topics delete t");
        change_manifest(&sandbox.path().join("export"), from, to);
        let message = sandbox.fails(1, "import export");
        assert!(message.contains(why), "{message}");
        assert_eq!(sandbox.ok("topics list"), "");
        assert!(sandbox.entries("").iter().all(|name| !name.starts_with("t-")));
        // Nor is a log start left for the next topic of that name.
        sandbox.ok("topics create t");
        assert_eq!(sandbox.ok("topics offsets t --time earliest"), "t:0:0\n");
    }
}

/// A cut archive would look like a whole one.
#[test]
fn what_could_not_be_written_whole_is_not_there() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t --config retention.ms=-1");
    produce_ok(&sandbox, "t", false, &numbered(0..10_000));
    let log = sizes(&sandbox, "t-0", ".log")[0].1;
    // In blocks of 1024 bytes: enough for the log, and not for the log and the manifest; and not enough for the log.
    for (target, blocks) in [("export.tar", log / 1024 + 1), ("export.tar", 20), ("export", 20)] {
        let script = format!("ulimit -f {blocks}; exec \"$0\" export t {target}");
        let mut command = std::process::Command::new("bash");
        command.env("MKAFKA_DATA_DIR", sandbox.data_dir()).current_dir(sandbox.path());
        command.args(["-c", &script, env!("CARGO_BIN_EXE_mkafka")]);
        let message = Ran::new(command.output().unwrap()).failed(1);
        assert!(message.contains("cannot write"), "{message}");
        let left = std::fs::read_dir(sandbox.path()).unwrap().flatten();
        assert_eq!(left.map(|entry| entry.file_name()).collect::<Vec<_>>(), ["data"], "{target}");
    }
    assert_eq!(sandbox.run("export t new/folder/export").status, 0);
    assert!(sandbox.path().join("new/folder/export/mkafka-export.json").exists());
}

/// Whoever is killed cannot remove what it was making; that it is dead shows in its lock.
#[test]
fn what_a_dead_export_left_is_removed_by_the_next() {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create t");
    produce_ok(&sandbox, "t", false, &numbered(0..10));
    let names = ["BAAAAAAAAAAAAAAAAAAAAA", "CAAAAAAAAAAAAAAAAAAAAA", "notes"]
        .map(|id| format!(".mkafka-export-{id}"));
    let folders = names.each_ref().map(|name| sandbox.path().join("to").join(name));
    for folder in &folders {
        std::fs::create_dir_all(folder.join("export/t-0")).unwrap();
        std::fs::write(folder.join("export/t-0/00000000000000000000.log"), b"half").unwrap();
    }
    let alive = std::fs::File::open(&folders[1]).unwrap();
    fs2::FileExt::lock_exclusive(&alive).unwrap();
    assert_eq!(sandbox.run("export t to/export.tar").status, 0);
    let left = folders.each_ref().map(|folder| folder.exists());
    assert_eq!(left, [false, true, true], "the one that is held and what is none of mkafka's stay");
    let entries = std::fs::read_dir(sandbox.path().join("to")).unwrap();
    assert_eq!(entries.count(), 3, "nor does this one leave any");
}
