//! What is in a topic, as charts and tables, or as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::progress::human_bytes;
use super::table::table;

/// What was found in a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicStats {
    /// Its name.
    pub topic: String,
    /// Its partitions.
    pub partitions: Vec<PartitionStats>,
    /// Records and bytes of keys and values, by minutes since 1970.
    by_minute: BTreeMap<i64, (u64, u64)>,
    /// Records and bytes of those without a timestamp.
    without_time: (u64, u64),
    /// Records by the bits that the size of key and value takes.
    by_size: Vec<u64>,
    /// Records without a value.
    pub tombstones: u64,
    /// Records without a key.
    pub without_key: u64,
    /// How many different keys there are, about.
    pub distinct_keys: u64,
    /// The keys with the most bytes, in keys and values.
    pub largest_keys: Vec<KeyStats>,
    /// Whether keys were forgotten on the way, so that these are too small.
    pub keys_are_estimates: bool,
}

/// What was found in a partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartitionStats {
    /// Its number.
    pub partition: i32,
    /// Records in it.
    pub records: u64,
    /// Batches in it.
    pub batches: u64,
    /// Bytes of the batches, as they are in the file.
    pub bytes: u64,
}

/// What one key has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyStats {
    /// The beginning of the key, as text.
    pub key: String,
    /// Records of this key.
    pub records: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
}

/// Minutes that are told apart; beyond it two become one.
const MINUTES_MAX: usize = 100_000;
/// Bars of the chart over time.
const BARS: usize = 24;
/// Columns of the longest bar.
const WIDTH: u64 = 40;

impl TopicStats {
    /// Those of a topic of which nothing has been read yet.
    pub fn of(topic: &str) -> Self {
        Self { topic: topic.to_owned(), ..Self::default() }
    }

    /// Adds a record: its timestamp in milliseconds since 1970, the bytes of key and value, and whether it has
    /// no value.
    pub fn add_record(&mut self, timestamp: i64, bytes: u64, is_tombstone: bool) {
        let slot = match timestamp {
            ..0 => &mut self.without_time,
            _ => {
                let minute = timestamp / 60_000;
                if self.by_minute.len() >= MINUTES_MAX && !self.by_minute.contains_key(&minute) {
                    self.coarsen();
                }
                self.by_minute.entry(minute).or_default()
            }
        };
        slot.0 += 1;
        slot.1 += bytes;
        let bits = (u64::BITS - bytes.leading_zeros()) as usize;
        self.by_size.resize(self.by_size.len().max(bits + 1), 0);
        self.by_size[bits] += 1;
        self.tombstones += u64::from(is_tombstone);
    }

    /// Puts neighbours in time together, so that a topic of many years takes no more memory than others.
    fn coarsen(&mut self) {
        let mut kept: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for (n, (minute, (records, bytes))) in std::mem::take(&mut self.by_minute).into_iter().enumerate() {
            match kept.last_entry() {
                Some(mut before) if n % 2 == 1 => {
                    before.get_mut().0 += records;
                    before.get_mut().1 += bytes;
                }
                _ => drop(kept.insert(minute, (records, bytes))),
            }
        }
        self.by_minute = kept;
    }

    /// Records of all partitions.
    pub fn records(&self) -> u64 {
        self.partitions.iter().map(|partition| partition.records).sum()
    }

    /// The chart over time: when each bar begins in milliseconds since 1970, its records and bytes.
    fn over_time(&self) -> Vec<(i64, u64, u64)> {
        let (Some((first, _)), Some((last, _))) =
            (self.by_minute.first_key_value(), self.by_minute.last_key_value())
        else {
            return Vec::new();
        };
        let span = step((last - first) / BARS as i64 + 1);
        let start = first.div_euclid(span) * span;
        let count = usize::try_from((last - start) / span + 1).unwrap_or(BARS);
        let mut bars: Vec<(i64, u64, u64)> =
            (0..count).map(|n| ((start + n as i64 * span) * 60_000, 0, 0)).collect();
        for (minute, (records, bytes)) in &self.by_minute {
            if let Some(bar) = usize::try_from((minute - start) / span).ok().and_then(|n| bars.get_mut(n)) {
                bar.1 += records;
                bar.2 += bytes;
            }
        }
        bars
    }

    /// The histogram of sizes: the smallest size of each bar, and its records.
    fn over_size(&self) -> Vec<(u64, u64)> {
        let Some(last) = self.by_size.iter().rposition(|records| *records > 0) else { return Vec::new() };
        let first = self.by_size.iter().position(|records| *records > 0).unwrap_or(0);
        let least = |bits: usize| if bits == 0 { 0 } else { 1 << (bits - 1) };
        (first..=last).map(|bits| (least(bits), self.by_size[bits])).collect()
    }

    /// How much more the largest partition holds than each would if all held the same: 0 is even.
    fn skew(&self) -> f64 {
        let largest = self.partitions.iter().map(|partition| partition.records).max().unwrap_or(0);
        let mean = self.records() as f64 / self.partitions.len().max(1) as f64;
        if mean == 0.0 { 0.0 } else { largest as f64 / mean - 1.0 }
    }
}

/// The next number of minutes that people count in.
fn step(minutes: i64) -> i64 {
    const STEPS: [i64; 14] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2 * 1440, 7 * 1440];
    let week = STEPS[STEPS.len() - 1];
    STEPS.into_iter().find(|step| *step >= minutes).unwrap_or_else(|| (minutes + week - 1) / week * week)
}

/// A topic's statistics as one JSON object.
pub fn stats_json(stats: &TopicStats) -> Value {
    let partitions: Vec<Value> = stats
        .partitions
        .iter()
        .map(|p| json!({ "partition": p.partition, "records": p.records, "batches": p.batches, "bytes": p.bytes }))
        .collect();
    let time: Vec<Value> = stats
        .over_time()
        .into_iter()
        .map(|(from, records, bytes)| json!({ "from": from, "records": records, "bytes": bytes }))
        .collect();
    let sizes: Vec<Value> = stats
        .over_size()
        .into_iter()
        .map(|(from, records)| json!({ "from": from, "records": records }))
        .collect();
    let keys: Vec<Value> = stats
        .largest_keys
        .iter()
        .map(|key| json!({ "key": key.key, "records": key.records, "bytes": key.bytes }))
        .collect();
    json!({
        "v": 1,
        "topic": stats.topic,
        "records": stats.records(),
        "tombstones": stats.tombstones,
        "withoutKey": stats.without_key,
        "distinctKeys": stats.distinct_keys,
        "largestKeys": keys,
        "largestKeysAreEstimates": stats.keys_are_estimates,
        "withoutTimestamp": stats.without_time.0,
        "overTime": time,
        "sizes": sizes,
        "partitions": partitions,
        "skew": stats.skew(),
    })
}

/// A topic's statistics for a person.
pub fn stats_text(stats: &TopicStats, colours: bool) -> String {
    let (bold, plain) = if colours { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let bytes: u64 = stats.partitions.iter().map(|partition| partition.bytes).sum();
    let mut text = format!(
        "{bold}{}{plain}  {} records in {} of log  tombstones: {}  without key: {}  distinct keys: about {}\n",
        stats.topic,
        stats.records(),
        human_bytes(bytes),
        stats.tombstones,
        stats.without_key,
        stats.distinct_keys
    );
    let mut section = |title: &str, body: String| {
        if !body.is_empty() {
            text.push_str(&format!("\n{bold}{title}{plain}\n{body}"));
        }
    };
    let time = stats.over_time();
    let most = time.iter().map(|bar| bar.1).max().unwrap_or(0);
    let lines = time.iter().map(|(from, records, bytes)| {
        format!("{}  {:<40}  {records}  {}\n", minute(*from), bar(*records, most), human_bytes(*bytes))
    });
    section("Records over time (UTC)", lines.collect());
    let sizes = stats.over_size();
    let most = sizes.iter().map(|bar| bar.1).max().unwrap_or(0);
    let lines = sizes.iter().map(|(from, records)| {
        format!("{:>10} and more  {:<40}  {records}\n", human_bytes(*from), bar(*records, most))
    });
    section("Sizes of key and value", lines.collect());
    if !stats.largest_keys.is_empty() {
        let rows = stats
            .largest_keys
            .iter()
            .map(|key| vec![key.key.clone(), key.records.to_string(), key.bytes.to_string()]);
        let title = if stats.keys_are_estimates { "Largest keys (at least)" } else { "Largest keys" };
        section(title, table(&["KEY", "RECORDS", "BYTES"], rows, colours) + "\n");
    }
    let all = stats.records().max(1) as f64;
    let rows = stats.partitions.iter().map(|p| {
        let share = format!("{:.1} %", 100.0 * p.records as f64 / all);
        vec![
            p.partition.to_string(),
            p.records.to_string(),
            share,
            p.batches.to_string(),
            p.bytes.to_string(),
        ]
    });
    let title = format!("Partitions (the largest is {:.0} % above the mean)", 100.0 * stats.skew());
    section(&title, table(&["PARTITION", "RECORDS", "SHARE", "BATCHES", "BYTES"], rows, colours));
    text
}

fn bar(value: u64, most: u64) -> String {
    let width =
        if most == 0 { 0 } else { (u128::from(value) * u128::from(WIDTH)).div_ceil(u128::from(most)) };
    "█".repeat(usize::try_from(width).unwrap_or(0))
}

fn minute(timestamp: i64) -> String {
    match jiff::Timestamp::from_millisecond(timestamp) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => timestamp.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats() -> TopicStats {
        let mut stats = TopicStats { topic: "orders".into(), distinct_keys: 2, ..TopicStats::default() };
        for (timestamp, bytes) in [(1_700_000_000_000, 10), (1_700_000_060_000, 100), (1_700_003_600_000, 0)]
        {
            stats.add_record(timestamp, bytes, bytes == 0);
        }
        stats.add_record(-1, 5, false);
        let partition = |partition, records| PartitionStats { partition, records, batches: 1, bytes: 300 };
        stats.partitions = vec![partition(0, 3), partition(1, 1)];
        stats.largest_keys = vec![KeyStats { key: "a\n".into(), records: 2, bytes: 110 }];
        stats
    }

    #[test]
    fn json_has_charts_as_numbers() {
        let json = stats_json(&stats());
        assert_eq!(
            (&json["records"], &json["tombstones"], &json["skew"]),
            (&json!(4), &json!(1), &json!(0.5))
        );
        assert_eq!(json["overTime"][0], json!({ "from": 1_699_999_800_000i64, "records": 2, "bytes": 110 }));
        let records: u64 =
            json["overTime"].as_array().unwrap().iter().map(|b| b["records"].as_u64().unwrap()).sum();
        assert_eq!((records, &json["withoutTimestamp"]), (3, &json!(1)));
        assert_eq!(json["sizes"][0], json!({ "from": 0, "records": 1 }));
        assert_eq!(json["sizes"].as_array().unwrap().last().unwrap(), &json!({ "from": 64, "records": 1 }));
    }

    #[test]
    fn text_is_for_people() {
        let text = stats_text(&stats(), false);
        assert!(text.starts_with("orders  4 records in 600 B of log  tombstones: 1"), "{text}");
        assert!(text.contains("2023-11-14 22:10  ████") && text.contains("a\\n"), "{text}");
        assert!(text.contains("50 % above the mean"), "{text}");
        assert!(stats_text(&TopicStats::default(), false).starts_with("  0 records"));
    }

    #[test]
    fn many_years_take_no_more_memory() {
        let mut stats = TopicStats::default();
        for minute in 0..250_000 {
            stats.add_record(minute * 60_000, 1, false);
        }
        assert!(stats.by_minute.len() <= MINUTES_MAX);
        let over = stats.over_time();
        assert!(over.len() <= BARS + 2);
        assert_eq!(over.iter().map(|bar| bar.1).sum::<u64>(), 250_000);
    }
}
