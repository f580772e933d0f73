//! The log folder of a broker: read by every command that reads, and left as it was, to the times of its files.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::common::Sandbox;

/// A file or folder as it is.
type State = (PathBuf, u32, u64, (i64, i64), Vec<u8>);

/// Everything below `dir`: path, mode, size, time of the last change and content.
fn state(dir: &Path) -> Vec<State> {
    let mut all = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.metadata().unwrap();
            let bytes = if metadata.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
            all.push((
                path.clone(),
                metadata.mode(),
                metadata.len(),
                (metadata.mtime(), metadata.mtime_nsec()),
                bytes,
            ));
            if metadata.is_dir() {
                folders.push(path);
            }
        }
    }
    all.sort();
    all
}

/// Sets the permissions of all below `dir`, and of `dir` itself.
fn set_modes(dir: &Path, folder: u32, file: u32) {
    for (path, ..) in state(dir) {
        let mode = if path.is_dir() { folder } else { file };
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }
    std::fs::set_permissions(dir, Permissions::from_mode(folder)).unwrap();
}

/// A folder as a broker leaves it: two partitions of `orders`, of one of which the beginning has been deleted.
fn broker_folder() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders --partitions 2");
    for partition in 0..2 {
        let mut child = sandbox
            .command(&["produce", "orders", "--partition", &partition.to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"one\ntwo\nthree\n").unwrap();
        assert!(child.wait().unwrap().success());
        let folder = sandbox.data_dir().join(format!("orders-{partition}"));
        std::fs::remove_file(folder.join(".lock")).unwrap();
        // A producer snapshot without producers, as a clean shutdown leaves one.
        let snapshot = [&[0, 1][..], &crc32c::crc32c(&[0; 4]).to_be_bytes(), &[0; 4]].concat();
        std::fs::write(folder.join("00000000000000000003.snapshot"), snapshot).unwrap();
    }
    std::fs::remove_dir_all(sandbox.data_dir().join(".mkafka")).unwrap();
    for (name, text) in [
        ("meta.properties", "#\nnode.id=1\nversion=1\n"),
        ("log-start-offset-checkpoint", "0\n1\norders 1 2\n"),
        ("recovery-point-offset-checkpoint", "0\n2\norders 0 3\norders 1 3\n"),
        ("replication-offset-checkpoint", "0\n2\norders 0 3\norders 1 3\n"),
        ("cleaner-offset-checkpoint", "0\n0\n"),
        (".kafka_cleanshutdown", "{\"version\":0,\"brokerEpoch\":1}"),
    ] {
        std::fs::write(sandbox.data_dir().join(name), text).unwrap();
    }
    sandbox
}

#[test]
fn it_is_read_without_any_permission_to_write() {
    let sandbox = broker_folder();
    set_modes(&sandbox.data_dir(), 0o555, 0o444);
    let before = state(&sandbox.data_dir());

    assert_eq!(sandbox.ok("topics list"), "orders\n");
    assert!(sandbox.ok("topics describe orders").contains("\tPartition: 1\t"));
    let described = sandbox.ok("topics describe orders --output json");
    assert!(described.contains("\"partition\":1,\"startOffset\":2,\"endOffset\":3"), "{described}");
    let consumed = sandbox.ok("consume orders --from-beginning --exit-at-end --quiet --partition 0");
    assert_eq!(consumed, "one\ntwo\nthree\n");
    let consumed = sandbox.ok("consume orders --from-beginning --exit-at-end --quiet --partition 1");
    assert_eq!(consumed, "three\n", "the log begins where the checkpoint says");
    let dumped = sandbox.run("dump-log-segments --print-data-log data");
    assert_eq!((dumped.status, dumped.stderr.as_str()), (0, ""), "{}", dumped.stdout);
    assert_eq!(dumped.stdout.matches(" payload: ").count(), 6);
    assert!(dumped.stdout.contains("\ntopic: orders partition: 1 offset: 2\n"), "{}", dumped.stdout);
    sandbox.ok("dump-log-segments --summary data");
    read_in_every_way(&sandbox);

    assert!(state(&sandbox.data_dir()) == before, "reading has changed it");
    set_modes(&sandbox.data_dir(), 0o755, 0o644);
}

/// Runs every command that only reads.
fn read_in_every_way(sandbox: &Sandbox) {
    for (n, line) in [
        "topics list",
        "topics describe",
        "topics offsets",
        "topics offsets orders --time max-timestamp",
        "topics stats orders",
        "configs describe orders",
        "count orders",
        "count orders --isolation-level read_committed",
        "consume orders --from-beginning --exit-at-end",
        "consume orders --from-timestamp 1h --exit-at-end",
        "consume orders --tail 2 --exit-at-end --isolation-level read_committed",
        "groups list",
        "groups describe --all-groups",
        "ps",
        "verify",
        "clean --dry-run",
        "export orders exported",
        "export orders exported.tar",
        "dump-log-segments data",
    ]
    .iter()
    .enumerate()
    {
        let ran = sandbox.run(&line.replace("exported", &format!("exported-{n}")));
        assert_eq!(ran.status, 0, "{line}: {}", ran.stderr);
    }
}

/// What a command only reads, it leaves as it was, also where it might write.
#[test]
fn reading_commands_create_no_file() {
    let sandbox = broker_folder();
    let before = state(&sandbox.data_dir());
    read_in_every_way(&sandbox);
    assert!(state(&sandbox.data_dir()) == before, "reading has changed a broker's folder");

    let sandbox = Sandbox::new();
    sandbox.ok("topics create orders --partitions 2 --config cleanup.policy=compact,delete");
    let mut child = sandbox.command(&["produce", "orders", "-K", ":"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"one:1\ntwo:2\none:3\n").unwrap();
    assert!(child.wait().unwrap().success());
    sandbox.run("consume orders --group g --from-beginning --exit-at-end");
    let before = state(&sandbox.data_dir());
    read_in_every_way(&sandbox);
    let names = |states: &[State]| states.iter().map(|(path, ..)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(&state(&sandbox.data_dir())), names(&before));
    assert!(state(&sandbox.data_dir()) == before, "reading has changed our own folder");
}
