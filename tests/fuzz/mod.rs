//! Damaged files by the thousand, the same ones each time.
//!
//! A few rounds are part of every test run. A long one, which takes about two minutes, is
//!
//! ```text
//! MKAFKA_FUZZ_COUNT=1000000 cargo test --release --locked --test main fuzz:: -- --nocapture
//! ```
//!
//! `MKAFKA_FUZZ_SEED` is the number that it begins with. What makes a target panic is written to the folder
//! for temporary files, and its name printed. The same targets can be given to cargo-fuzz, which looks for
//! new paths through the code: see `cargo-fuzz/Cargo.toml`.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod bombs;
mod corpus;
mod mutate;
mod targets;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use mutate::Random;

/// A number from the environment.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"))
}

/// Gives `target` many mutants of `corpus`.
#[expect(clippy::print_stdout, reason = "whoever asks for a million wants to know")]
fn round(name: &str, corpus: &[Vec<u8>], count: u64, target: fn(&[u8])) {
    let seed = setting("MKAFKA_FUZZ_SEED", 1);
    let started = Instant::now();
    let mut slowest = Duration::ZERO;
    for n in 0..count {
        let mut random = Random::new(seed.wrapping_mul(1 << 32).wrapping_add(n));
        let mut bytes = corpus[random.below(corpus.len())].clone();
        let other = &corpus[random.below(corpus.len())];
        mutate::mutate(&mut bytes, other, &mut random);
        let begun = Instant::now();
        if catch_unwind(|| target(&bytes)).is_err() {
            let path = std::env::temp_dir().join(format!("mkafka-fuzz-{name}-{seed}-{n}"));
            std::fs::write(&path, &bytes).unwrap();
            panic!("{name} panicked at mutant {n} of seed {seed}: {}", path.display());
        }
        slowest = slowest.max(begun.elapsed());
    }
    println!("{name}: {count} executions in {:.1?}, the slowest {slowest:.1?}", started.elapsed());
}

/// Of the count that is asked for, segments get all and the others a tenth.
fn counts() -> (u64, u64) {
    let segments = setting("MKAFKA_FUZZ_COUNT", 2000);
    (segments, segments / 10)
}

#[test]
fn segments() {
    round("segment", &corpus::segments(), counts().0, targets::segment);
}

#[test]
fn batches_and_their_records() {
    let (_, count) = counts();
    round("batch", &corpus::segments(), count, targets::batch);
    round("record", &corpus::records(), count, targets::record);
    round("legacy_message", &corpus::messages(), count, targets::legacy_message);
}

#[test]
fn codecs() {
    let (_, count) = counts();
    round("gzip", &corpus::payloads(mkafka::record::Compression::Gzip), count, targets::gzip);
    round("snappy", &corpus::payloads(mkafka::record::Compression::Snappy), count, targets::snappy);
    round("lz4", &corpus::payloads(mkafka::record::Compression::Lz4), count, targets::lz4);
    round("zstd", &corpus::payloads(mkafka::record::Compression::Zstd), count, targets::zstd);
}

#[test]
fn indexes_and_small_files() {
    let (_, count) = counts();
    round("offset_index", &corpus::offset_indexes(), count, targets::offset_index);
    round("time_index", &corpus::time_indexes(), count, targets::time_index);
    round("txn_index", &corpus::entries(34), count, targets::txn_index);
    round("producer_snapshot", &corpus::entries(60), count, targets::producer_snapshot);
    round("text_file", &corpus::texts(), count, targets::text_file);
}

#[test]
fn decoders() {
    let (_, count) = counts();
    round("offsets_decoder", &corpus::decoded("--offsets-decoder"), count, targets::offsets_decoder);
    let transactions = corpus::decoded("--transaction-log-decoder");
    round("transaction_log_decoder", &transactions, count, targets::transaction_log_decoder);
    let metadata = corpus::decoded("--cluster-metadata-decoder");
    round("cluster_metadata_decoder", &metadata, count, targets::cluster_metadata_decoder);
    round("remote_log_metadata_decoder", &metadata, count, targets::remote_log_metadata_decoder);
    let offsets = corpus::decoded("--offsets-decoder");
    let share = corpus::share_group_state();
    round("share_group_state_decoder", &share, count, targets::share_group_state_decoder);
    round("deserializers", &offsets, count, targets::deserializers);
}
