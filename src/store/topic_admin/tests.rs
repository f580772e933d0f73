use super::*;
use crate::store::DataDir;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

fn name(text: &str) -> TopicName {
    TopicName::new(text).unwrap()
}

fn new(topic: &str, partitions: i32) -> NewTopic {
    NewTopic { partitions, ..NewTopic::named(name(topic)) }
}

fn open(path: &Path) -> WritableDataDir {
    DataDir::open_for_writing(path).unwrap()
}

fn entries(path: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_new_partition_looks_like_a_brokers() {
    let temp = tempfile::tempdir().unwrap();
    let dir = open(temp.path());
    let topic = dir.create_topic(&new("orders", 3)).unwrap();
    assert_eq!(topic, dir.topic(&name("orders")).unwrap());
    assert_eq!((topic.partition_count, &topic.partitions[..]), (3, &[0, 1, 2][..]));
    assert!(topic.known_to_us);
    assert_eq!(entries(temp.path()), [".mkafka", "orders-0", "orders-1", "orders-2"]);
    let folder = temp.path().join("orders-2");
    let segment = "00000000000000000000";
    assert_eq!(
        entries(&folder),
        [
            &format!("{segment}.index"),
            &format!("{segment}.log"),
            &format!("{segment}.timeindex"),
            "leader-epoch-checkpoint",
            "partition.metadata"
        ]
    );
    assert_eq!(checkpoint::read_partition_metadata(&folder).unwrap(), topic.id);
    assert_eq!(std::fs::read(folder.join("leader-epoch-checkpoint")).unwrap(), b"0\n1\n0 0\n");
    assert_eq!(std::fs::metadata(folder.join(format!("{segment}.log"))).unwrap().len(), 0);
    assert_eq!(entries(&temp.path().join(".mkafka/topics")), ["orders.json"]);
}

#[test]
fn bad_requests_are_refused_and_change_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let dir = open(temp.path());
    dir.create_topic(&new("a_b", 1)).unwrap();
    let message = |new: &NewTopic| dir.create_topic(new).unwrap_err().to_string();
    assert_eq!(message(&new("a_b", 1)), "Topic 'a_b' already exists.");
    assert_eq!(message(&new("a.b", 1)), "Topic 'a.b' collides with existing topic: a_b");
    assert_eq!(message(&new("x", 0)), "The partitions must be greater than 0");
    assert_eq!(
        message(&new("x", 10_001)),
        "Topic 'x' cannot have 10001 partitions: the limit is 10000 a topic"
    );
    let replicated = |replication_factor| NewTopic { replication_factor, ..new("x", 1) };
    assert!(message(&replicated(3)).starts_with(
        "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached \
         because only 1 broker(s) are registered."
    ));
    for out_of_range in [0, -1, 32_768] {
        assert_eq!(
            message(&replicated(out_of_range)),
            "The replication factor must be between 1 and 32767 inclusive"
        );
    }
    assert!(message(&new("__cluster_metadata", 1)).contains("neither created nor deleted"));
    assert!(dir.delete_topic(&name("__cluster_metadata")).is_err());
    assert_eq!(entries(temp.path()), [".mkafka", "a_b-0"]);
}

#[test]
fn a_deleted_topic_can_be_created_anew() {
    let temp = tempfile::tempdir().unwrap();
    let dir = open(temp.path());
    let first = dir.create_topic(&new("orders", 4)).unwrap();
    dir.delete_topic(&name("orders")).unwrap();
    assert_eq!(entries(temp.path()), [".mkafka"]);
    assert_eq!(entries(&temp.path().join(".mkafka/topics")), [""; 0]);
    assert!(matches!(dir.delete_topic(&name("orders")), Err(StoreError::UnknownTopic { .. })));
    let second = dir.create_topic(&new("orders", 1)).unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(second.partitions, [0]);
}

#[test]
fn a_brokers_topic_is_deleted_by_its_folders() {
    let temp = tempfile::tempdir().unwrap();
    for folder in ["orders-3", "orders-7", "other-0"] {
        std::fs::create_dir(temp.path().join(folder)).unwrap();
    }
    let dir = open(temp.path());
    assert!(matches!(dir.create_topic(&new("orders", 1)), Err(StoreError::TopicExists(_))));
    dir.delete_topic(&name("orders")).unwrap();
    assert_eq!(entries(temp.path()), [".mkafka", "other-0"]);
}

/// Every state that a process killed while creating or deleting can leave: the topic is not there, and
/// the next one to create or delete clears it away.
#[test]
fn what_an_interrupted_process_left_is_cleared_away() {
    let interrupted: [&dyn Fn(&Path); 5] = [
        &|dir| std::fs::rename(dir.join(".mkafka/topics/t.json"), dir.join(".mkafka/topics/t.undo")).unwrap(),
        &|dir| {
            std::fs::rename(dir.join(".mkafka/topics/t.json"), dir.join(".mkafka/topics/t.undo")).unwrap();
            std::fs::remove_dir_all(dir.join("t-1")).unwrap();
            std::fs::remove_file(dir.join("t-0/partition.metadata")).unwrap();
        },
        &|dir| {
            std::fs::rename(dir.join(".mkafka/topics/t.json"), dir.join(".mkafka/topics/t.undo")).unwrap();
            let set_aside = TopicPartition::new(name("t"), 0).delete_folder_name();
            std::fs::rename(dir.join("t-0"), dir.join(set_aside)).unwrap();
        },
        &|dir| {
            std::fs::remove_file(dir.join(".mkafka/topics/t.json")).unwrap();
            std::fs::remove_dir_all(dir.join("t-0")).unwrap();
            std::fs::remove_dir_all(dir.join("t-1")).unwrap();
            let set_aside = TopicPartition::new(name("t"), 0).delete_folder_name();
            std::fs::create_dir(dir.join(set_aside)).unwrap();
        },
        &|dir| {
            std::fs::remove_file(dir.join(".mkafka/topics/t.json")).unwrap();
            std::fs::remove_dir_all(dir.join("t-0")).unwrap();
            std::fs::remove_dir_all(dir.join("t-1")).unwrap();
            std::fs::write(dir.join(".mkafka/topics/.tmpAbCdEf"), b"{").unwrap();
        },
    ];
    for leave in interrupted {
        for next in ["t", "other"] {
            let temp = tempfile::tempdir().unwrap();
            let dir = open(temp.path());
            dir.create_topic(&new("t", 2)).unwrap();
            leave(temp.path());
            assert_eq!(dir.topics().unwrap(), []);
            assert!(matches!(dir.topic(&name("t")), Err(StoreError::UnknownTopic { .. })));
            dir.create_topic(&new(next, 1)).unwrap();
            assert_eq!(entries(temp.path()), [".mkafka", &format!("{next}-0")]);
            assert_eq!(entries(&temp.path().join(".mkafka/topics")), [format!("{next}.json")]);
        }
    }
}

#[test]
fn a_failed_creation_leaves_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let dir = open(temp.path());
    // A file is in the way of the third partition.
    std::fs::write(temp.path().join("orders-2"), b"mine").unwrap();
    let error = dir.create_topic(&new("orders", 4)).unwrap_err().to_string();
    assert!(error.contains("orders-2"), "{error}");
    assert_eq!(entries(temp.path()), [".mkafka", "orders-2"]);
    assert_eq!(entries(&temp.path().join(".mkafka/topics")), [""; 0]);
    assert_eq!(std::fs::read(temp.path().join("orders-2")).unwrap(), b"mine");
}

/// Whether a thread waits for the lock of `file`, as the kernel tells.
fn somebody_waits_for(file: &Path) -> bool {
    let inode = std::fs::metadata(file).unwrap().ino().to_string();
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    let mut waiting = locks.lines().filter(|line| line.contains("-> FLOCK"));
    waiting.any(|line| line.split([':', ' ']).any(|field| field == inode))
}

#[test]
fn deleting_waits_for_an_append_under_way() {
    let temp = tempfile::tempdir().unwrap();
    let dir = open(temp.path());
    dir.create_topic(&new("orders", 1)).unwrap();
    let mut lock = FileLock::open(&temp.path().join("orders-0/.lock")).unwrap();
    let guard = lock.acquire().unwrap();
    let deleting = std::thread::spawn({
        let dir = dir.clone();
        move || dir.delete_topic(&name("orders"))
    });
    while !somebody_waits_for(&temp.path().join("orders-0/.lock")) {
        assert!(!deleting.is_finished(), "it has not waited");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert!(temp.path().join("orders-0").is_dir());
    drop(guard);
    deleting.join().unwrap().unwrap();
    assert_eq!(entries(temp.path()), [".mkafka"]);
}
