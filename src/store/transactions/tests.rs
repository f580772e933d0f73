//! Producer ids, epochs, and who may have a transactional id.

use super::*;
use crate::store::{NewTopic, TopicName};

fn data_dir() -> (tempfile::TempDir, WritableDataDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = DataDir::open_for_writing(folder.path()).expect("a data directory");
    (folder, dir)
}

fn id(text: &str) -> TransactionalId {
    TransactionalId::new(text).expect("an id")
}

fn partition(number: i32) -> TopicPartition {
    TopicPartition::new(TopicName::new("t").expect("a name"), number)
}

#[test]
fn ids_of_kafka_are_taken_and_others_refused() {
    assert_eq!(TransactionalId::new(""), Err(InvalidTransactionalId::Empty));
    assert_eq!(TransactionalId::new(&"x".repeat(32_768)), Err(InvalidTransactionalId::TooLong(32_768)));
    assert_eq!(id("a/b é").as_str(), "a/b é");
}

#[test]
fn producer_ids_are_never_given_out_again() {
    let (folder, dir) = data_dir();
    let ids: Vec<i64> = (0..3)
        .map(|_| {
            let transaction = dir.begin_transaction(None).expect("begun");
            assert_eq!(transaction.producer_epoch(), 0);
            transaction.producer_id()
        })
        .collect();
    assert!(ids.is_sorted_by(|a, b| a < b) && ids[0] >= 1 << 40, "{ids:?}");
    // Not even when all that is known of them is lost.
    std::thread::sleep(Duration::from_millis(20));
    std::fs::remove_dir_all(folder.path().join(".mkafka/transactions")).expect("removed");
    assert!(dir.begin_transaction(None).expect("begun").producer_id() > ids[2]);
}

#[test]
fn a_transactional_id_keeps_its_producer_and_its_epoch_grows() {
    let (_folder, dir) = data_dir();
    let begin = |name: &str| {
        let transaction = dir.begin_transaction(Some(&id(name))).expect("begun");
        let who = (transaction.producer_id(), transaction.producer_epoch());
        transaction.commit().expect("nothing to commit");
        who
    };
    let (first, other) = (begin("a"), begin("b"));
    assert_eq!((first.1, other.1), (0, 0));
    assert_ne!(first.0, other.0);
    assert_eq!(begin("a"), (first.0, 1));
    assert_eq!(begin("a"), (first.0, 2));
    // The last epoch is kept for fencing, as in Kafka; then there is another producer.
    let files = TransactionFiles::of(&dir);
    files.note_producer(&id("a"), first.0, i16::MAX - 2).expect("noted");
    assert_eq!(begin("a"), (first.0, i16::MAX - 1));
    let next = begin("a");
    assert!(next.0 > other.0 && next.1 == 0, "{next:?}");
}

#[test]
fn a_second_producer_of_an_id_is_refused_while_the_first_lives() {
    let (_folder, dir) = data_dir();
    let first = dir.begin_transaction(Some(&id("a"))).expect("begun");
    let refused = dir.begin_transaction(Some(&id("a"))).expect_err("refused");
    assert_eq!(
        refused.to_string(),
        "transactional.id 'a' is in use by a producer that is running; wait for it to end, or choose another id"
    );
    drop(first);
    assert_eq!(dir.begin_transaction(Some(&id("a"))).expect("begun").producer_epoch(), 1);
}

#[test]
fn the_dead_are_told_from_the_living_and_partitions_that_are_gone_are_nobodys() {
    let (folder, dir) = data_dir();
    dir.create_topic(&NewTopic::named(partition(0).topic)).expect("created");
    let mut living = dir.begin_transaction(None).expect("begun");
    living.add_partition(&partition(0), Offset(0)).expect("added");
    let mut dead = dir.begin_transaction(Some(&id("d"))).expect("begun");
    let dead_id = dead.producer_id();
    for of in [partition(0), TopicPartition::new(TopicName::new("gone").expect("a name"), 0), partition(7)] {
        dead.add_partition(&of, Offset(0)).expect("added");
    }
    assert_eq!(dir.end_dead_transactions().expect("all live").ended, []);
    drop(dead);
    let ended = dir.end_dead_transactions().expect("ended").ended;
    let expected = EndedTransaction {
        producer_id: dead_id,
        transactional_id: Some("d".to_owned()),
        committed: false,
        repairs: Vec::new(),
    };
    assert_eq!(ended, [expected]);
    assert!(dir.has_open_transactions().expect("a folder"), "that of the living");
    living.abort().expect("aborted");
    assert!(!dir.has_open_transactions().expect("a folder"));
    let left = std::fs::read_dir(folder.path().join(".mkafka/transactions/open")).expect("a folder");
    assert_eq!(left.count(), 0);
}

#[test]
fn a_file_of_a_later_version_is_left_alone() {
    let (folder, dir) = data_dir();
    drop(dir.begin_transaction(None).expect("begun"));
    let open = folder.path().join(".mkafka/transactions/open");
    let path = open.join("77.json");
    for (content, wanted) in [("{\"version\":2}", "version 2"), ("nonsense", "77.json")] {
        std::fs::write(&path, content).expect("written");
        let failures = dir.end_dead_transactions().expect("looked at").failures;
        let refused: Vec<String> = failures.iter().map(ToString::to_string).collect();
        assert!(refused.len() == 1 && refused[0].contains(wanted), "{refused:?}");
        // It keeps no producer from beginning another.
        dir.begin_transaction(None).expect("begun").abort().expect("aborted");
        assert_eq!(std::fs::read_to_string(&path).expect("there"), content);
    }
}
