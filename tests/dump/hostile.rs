//! Whatever bytes a file holds: no panic, no hang, exit status 0 or 1.

use mkafka::record::Compression;
use proptest::prelude::*;

use super::files::{Folder, batch, header, message, record};

/// Changes to make to the bytes of a file.
#[derive(Debug, Clone)]
enum Change {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Cut(prop::sample::Index, prop::sample::Index),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<prop::sample::Index>;
    let byte = prop_oneof![Just(0), Just(0x7f), Just(0x80), Just(0xff), any::<u8>()];
    let change = prop_oneof![
        4 => (index(), byte).prop_map(|(at, to)| Change::Set(at, to)),
        1 => (index(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(|(at, b)| Change::Insert(at, b)),
        1 => (index(), index()).prop_map(|(a, b)| Change::Cut(a, b)),
        1 => (index(), index()).prop_map(|(a, b)| Change::Repeat(a, b)),
    ];
    prop::collection::vec(change, 1..5)
}

fn apply(bytes: &mut Vec<u8>, changes: Vec<Change>) {
    for change in changes {
        if bytes.is_empty() {
            return;
        }
        let range = |a: prop::sample::Index, b: prop::sample::Index| {
            let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
            a.min(b)..a.max(b)
        };
        match change {
            Change::Set(at, to) => {
                let at = at.index(bytes.len());
                bytes[at] = to;
            }
            Change::Insert(at, new) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, new);
            }
            Change::Cut(a, b) => {
                let range = range(a, b);
                bytes.drain(range);
            }
            Change::Repeat(a, b) => {
                let range = range(a, b);
                bytes.extend_from_within(range);
            }
        }
    }
}

/// A log of every magic and codec, with control records.
fn mixed_log() -> Vec<u8> {
    let folder = Folder::new();
    for compression in Compression::ALL {
        folder.append(2, compression);
    }
    let mut bytes = folder.read("00000000000000000000.log");
    bytes.extend(message(0, 20, 0, Some(b"k"), Some(b"v")));
    bytes.extend(message(1, 21, 0, None, Some(b"v")));
    let mut control = header();
    control.base_offset = mkafka::record::Offset(22);
    control.attributes.0 = 0x20;
    bytes.extend(batch(control, &[record(0, 0, Some(b"\0\0\0\x06"), Some(b"\0\0\x01\0"))]));
    bytes
}

fn survives(folder: &Folder, args: &[&str]) -> Result<(), TestCaseError> {
    let output = folder.output(args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    prop_assert!(matches!(output.status.code(), Some(0 | 1)), "{:?}: {stderr}", output.status);
    prop_assert!(!stderr.contains("panicked"), "{stderr}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn segments(changes in changes()) {
        let folder = Folder::new();
        let mut bytes = mixed_log();
        apply(&mut bytes, changes);
        folder.write("0.log", &bytes);
        survives(&folder, &["0.log", "--print-data-log"])?;
    }

    #[test]
    fn indexes(log in changes(), index in changes(), time_index in changes()) {
        let folder = Folder::new();
        folder.append(30, Compression::Lz4);
        for (suffix, changes) in [("log", log), ("index", index), ("timeindex", time_index)] {
            let name = format!("00000000000000000000.{suffix}");
            let mut bytes = folder.read(&name);
            apply(&mut bytes, changes);
            folder.write(&name, &bytes);
        }
        let files = ["00000000000000000000.index", "00000000000000000000.timeindex"];
        survives(&folder, &files)?;
        survives(&folder, &[files[0], files[1], "--index-sanity-check"])?;
    }

    #[test]
    fn anything_at_all(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let folder = Folder::new();
        let names = ["0.log", "0.index", "0.timeindex", "0.txnindex", "0.snapshot", "0-0.checkpoint"];
        for name in names {
            folder.write(name, &bytes);
        }
        survives(&folder, &[&names[..], &["--print-data-log"]].concat())?;
    }
}
