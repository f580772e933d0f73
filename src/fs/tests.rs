//! Files that are read, replaced and removed.

use std::path::Path;

use super::seam::faults::{Fault, inject};
use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names = names_in(folder).expect("a folder");
    names.sort();
    names
}

#[test]
fn what_the_dead_leave_is_written_over_by_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.json");
    write_atomically(&path, b"before").expect("written");
    let mut deaths = 0;
    // Each one dies a step later, and nobody tidies up in between.
    while inject(Some((deaths, Fault::Death)), || write_atomically(&path, b"a longer text")).result.is_none()
    {
        deaths += 1;
        assert!(names(folder.path()).len() <= 2, "after {deaths} deaths: {:?}", names(folder.path()));
    }
    assert!(deaths > 4, "{deaths}");
    for replace in [write_atomically, replace_unsynced] {
        LogFile::create(&temporary_of(&path)).and_then(|left| left.write_all_at(&[0; 99], 0)).expect("left");
        replace(&path, b"after").expect("written");
        assert_eq!(std::fs::read(&path).expect("a file"), b"after");
        assert_eq!(names(folder.path()), ["state.json"]);
    }
}

#[test]
fn who_replaces_a_file_at_the_same_time_as_others_replaces_all_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    // Names that leave no room for anything in front, and differ behind what there is room for.
    let paths = ["x", "y"].map(|end| folder.path().join(format!("{}{end}", "n".repeat(NAME_MAX - 1))));
    std::thread::scope(|scope| {
        for writer in 0..4_u8 {
            let path = &paths[usize::from(writer % 2)];
            scope.spawn(move || {
                for round in 0..100 {
                    let bytes = vec![writer; 1 + usize::from(writer) * 1000 + round];
                    replace_unsynced(path, &bytes).expect("replaced");
                    let found = std::fs::read(path).expect("a file");
                    assert!(found.iter().all(|byte| *byte == found[0] && byte % 2 == writer % 2));
                }
            });
        }
    });
    assert_eq!(names(folder.path()).len(), 2);
}

#[test]
fn a_file_that_is_not_replaced_is_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    // A folder stands where the file is to be.
    let path = folder.path().join("state.json");
    std::fs::create_dir(&path).expect("a folder");
    let error = write_atomically(&path, b"x").expect_err("refused").to_string();
    assert!(error.starts_with(&format!("cannot replace {}: ", path.display())), "{error}");
    assert_eq!(names(folder.path()), ["state.json"]);
    let error =
        write_atomically(&folder.path().join("nowhere/state.json"), b"x").expect_err("refused").to_string();
    let expected = format!("cannot create a temporary file in {}/nowhere: ", folder.path().display());
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn what_is_to_be_removed_is_gone_or_that_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("nowhere", &link).expect("a link");
    remove_if_present(&link).expect("removed");
    assert!(link.symlink_metadata().is_err());
    remove_if_present(&link).expect("there is none");
    // As behind a folder that one may not look into, nothing tells that there is no such file.
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    remove_if_present(&file.join("below")).expect_err("it cannot be removed");
}

#[test]
fn a_small_file_is_read_whole_whatever_its_size_and_a_large_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    assert_eq!(read_if_present(&path).unwrap(), None);
    for size in [0, 1, 31, 32, 33, 8192, 1 << 20] {
        let bytes: Vec<u8> = (0..size).map(|n: u32| n.to_be_bytes()[3]).collect();
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(read_if_present(&path).unwrap(), Some(bytes));
    }
    File::create(&path).unwrap().set_len(SMALL_FILE_BYTES + 1).unwrap();
    let error = read_if_present(&path).unwrap_err().to_string();
    assert!(error.contains("larger than such a file can be"), "{error}");
    assert!(read_if_present(dir.path()).is_err(), "a folder is no file");
}

#[test]
fn what_is_in_a_lock_file_is_told_while_it_is_held_which_disturbs_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lock");
    assert_eq!(content_while_locked(&path).unwrap(), None);
    let held = HeldLock::new(&path).unwrap();
    held.file().write_all_at(b"content", 0).unwrap();
    for _ in 0..2 {
        assert_eq!(content_while_locked(&path).unwrap(), Some(b"content".to_vec()));
    }
    assert!(HeldLock::try_new(&path).unwrap().is_none(), "it is still held");
    drop(held);
    assert_eq!((content_while_locked(&path).unwrap(), is_locked(&path).unwrap()), (None, Some(false)));
    assert!(HeldLock::try_new(&path).unwrap().is_some(), "nothing is left of the looks at it");
}
