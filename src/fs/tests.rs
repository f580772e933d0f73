use super::*;

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
