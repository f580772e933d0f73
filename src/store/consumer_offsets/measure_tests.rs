//! What committing and loading cost.

use super::*;
use crate::record::LeaderEpoch;

/// How long joining takes after very many commits: `cargo test --release --lib -- --ignored a_million_commits
/// --nocapture`.
#[test]
#[ignore = "a measurement, of a minute"]
fn a_million_commits() {
    let temp = tempfile::tempdir().unwrap();
    let dir = DataDir::open_for_writing(temp.path()).unwrap();
    let mut log = OffsetsLog::new(dir.clone(), GroupId::new("billing").unwrap());
    let partitions: Vec<TopicPartition> =
        (0..4).map(|n| TopicPartition::new(TopicName::new("t").unwrap(), n)).collect();
    let started = std::time::Instant::now();
    for offset in 0..1_000_000 {
        let committed = CommittedOffset {
            offset: Offset(offset),
            leader_epoch: LeaderEpoch(-1),
            metadata: String::new(),
            commit_timestamp: Timestamp::now(),
        };
        log.commit(partitions.iter().map(|of| (of, Some(&committed)))).unwrap();
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
