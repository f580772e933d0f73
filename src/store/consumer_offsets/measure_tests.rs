//! What committing and loading cost.

use super::*;
use crate::record::LeaderEpoch;
use crate::store::NewTopic;

/// How long joining takes after very many commits: `cargo test --release --lib -- --ignored a_million_commits
/// --nocapture`.
#[test]
#[ignore = "a measurement, of a minute"]
fn a_million_commits() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    let mut log = OffsetsLog::new(dir.clone(), GroupId::new("billing").unwrap());
    let name = TopicName::new("t").unwrap();
    dir.create_topic(&NewTopic { partitions: 4, ..NewTopic::named(name.clone()) }).unwrap();
    let topic = dir.topic_identity(&TopicPartition::new(name.clone(), 0)).unwrap().unwrap();
    let started = std::time::Instant::now();
    for offset in 0..1_000_000 {
        let committed = CommittedOffset {
            offset: Offset(offset),
            leader_epoch: LeaderEpoch(-1),
            metadata: String::new(),
            commit_timestamp: Timestamp::now(),
        };
        let change = OffsetChange { topic, committed: Some(committed) };
        let changes = (0..4).map(|n| (TopicPartition::new(name.clone(), n), change.clone())).collect();
        log.commit(&changes).unwrap();
    }
    let took = started.elapsed();
    let mut loads: Vec<std::time::Duration> = (0..20)
        .map(|_| {
            let started = std::time::Instant::now();
            assert_eq!(dir.group_offsets(&GroupId::new("billing").unwrap()).unwrap().len(), 4);
            started.elapsed()
        })
        .collect();
    loads.sort();
    println!("1,000,000 commits in {took:.2?}; loading what they left: median {:.2?}", loads[10]);
}
