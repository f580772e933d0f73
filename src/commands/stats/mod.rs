//! `mkafka topics stats`: what is in a topic.

mod distinct;

use std::collections::HashMap;

use anyhow::Result;
use distinct::Distinct;

use super::{data_dir_location, interrupt::Interrupt, select};
use crate::cli::stats::StatsArgs;
use crate::cli::{GlobalArgs, OutputFormat};
use crate::log::bounds::LogBounds;
use crate::log::{LogError, LogReader};
use crate::output::Ui;
use crate::output::progress::Progress;
use crate::output::stats::{KeyStats, PartitionStats, TopicStats, stats_json, stats_text};
use crate::record::{RecordDecoder, RecordRef};
use crate::store::DataDir;

/// Keys whose size is kept. When there are more, the smaller half is forgotten.
const KEYS_MAX: usize = 1 << 16;
/// Bytes of a key that are kept to be shown.
const KEY_SHOWN: usize = 80;

/// Runs `mkafka topics stats`.
pub(super) fn run(global: &GlobalArgs, args: &StatsArgs, ui: &mut Ui) -> Result<()> {
    let dir = DataDir::open_for_reading(&data_dir_location(global)?.path)?;
    let floors = dir.log_start_offsets()?;
    let interrupt = Interrupt::install()?;
    for topic in select::readable_topics(&dir, &args.topics.choice(), ui)? {
        select::tell_lost(&topic.lost(), "its records are not counted", ui);
        let partitions = select::partitions(&dir, &topic, &floors);
        let mut collector = Collector::new(topic.name.as_str());
        let bounds: Vec<LogBounds> = partitions
            .iter()
            .map(|partition| LogBounds::read(&partition.dir, partition.floor))
            .collect::<Result<_, _>>()?;
        let mut progress = Progress::reading(Some(bounds.iter().map(|bounds| bounds.bytes).sum()), true, ui);
        let mut done = 0;
        for (partition, bounds) in partitions.iter().zip(&bounds) {
            let walked = collector.read(partition, bounds, &mut |bytes| {
                done += bytes;
                progress.set(done);
                interrupt.status().is_none()
            });
            if let Err(error) = walked {
                ui.error(&format!("{}: {error}", partition.of));
            }
            if let Some(status) = interrupt.status() {
                return Err(super::EndedBySignal(status).into());
            }
        }
        progress.finish();
        let stats = collector.finish(args.keys);
        match args.output {
            OutputFormat::Json => ui.print_json(&stats_json(&stats))?,
            OutputFormat::Text => ui.print_styled(&stats_text(&stats, ui.colours()))?,
        }
    }
    Ok(())
}

/// Collects while records are read.
struct Collector {
    stats: TopicStats,
    distinct: Distinct,
    keys: HashMap<u64, KeyStats>,
}

impl Collector {
    fn new(topic: &str) -> Self {
        Self { stats: TopicStats::of(topic), distinct: Distinct::new(), keys: HashMap::new() }
    }

    /// Reads a partition up to where it ends now, as long as `go_on` agrees.
    fn read(
        &mut self,
        partition: &select::PartitionDir,
        bounds: &LogBounds,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), LogError> {
        let mut reader = LogReader::new(&partition.dir, bounds.start);
        let mut decoder = RecordDecoder::new();
        let mut stats = PartitionStats { partition: partition.of.partition, ..PartitionStats::default() };
        let mut damage = None;
        while let Some(batch) = reader.next()? {
            let header = *batch.header();
            if header.base_offset >= bounds.end || !go_on(batch.size() as u64) {
                break;
            }
            stats.batches += 1;
            stats.bytes += batch.size() as u64;
            if header.attributes.is_control() {
                continue;
            }
            let mut walk = || {
                let mut records = decoder.records(&batch)?;
                while let Some(record) = records.next()? {
                    if record.offset >= bounds.start {
                        stats.records += 1;
                        self.add(&record);
                    }
                }
                Ok(())
            };
            if let Err(error) = walk() {
                damage = Some(error);
                break;
            }
        }
        self.stats.partitions.push(stats);
        damage.map_or(Ok(()), |error| Err(reader.undecodable(&error)))
    }

    fn add(&mut self, record: &RecordRef<'_>) {
        let size = record.key.map_or(0, <[u8]>::len) + record.value.map_or(0, <[u8]>::len);
        let size = size as u64;
        self.stats.add_record(record.timestamp.0, size, record.value.is_none());
        let Some(key) = record.key else {
            self.stats.without_key += 1;
            return;
        };
        let hash = self.distinct.add(key);
        if self.keys.len() >= KEYS_MAX && !self.keys.contains_key(&hash) {
            self.forget_small_keys();
        }
        let entry = self.keys.entry(hash).or_insert_with(|| KeyStats {
            key: String::from_utf8_lossy(&key[..key.len().min(KEY_SHOWN)]).into_owned(),
            records: 0,
            bytes: 0,
        });
        entry.records += 1;
        entry.bytes += size;
    }

    fn forget_small_keys(&mut self) {
        self.stats.keys_are_estimates = true;
        let mut sizes: Vec<u64> = self.keys.values().map(|key| key.bytes).collect();
        let middle = sizes.len() / 2;
        let (_, median, _) = sizes.select_nth_unstable(middle);
        let median = *median;
        self.keys.retain(|_, key| key.bytes > median);
    }

    fn finish(mut self, keys: usize) -> TopicStats {
        self.stats.distinct_keys = self.distinct.estimate();
        let mut largest: Vec<KeyStats> = self.keys.into_values().collect();
        largest.sort_by(|a, b| (b.bytes, b.records, &a.key).cmp(&(a.bytes, a.records, &b.key)));
        largest.truncate(keys);
        self.stats.largest_keys = largest;
        self.stats
    }
}
