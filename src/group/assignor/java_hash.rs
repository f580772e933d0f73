//! The order in which Java's hash maps are walked, on which some of Kafka's assignments depend.
//!
//! A map is a table of a power of two of buckets. It is walked bucket by bucket, and within a bucket in the
//! order in which keys were put there; growing it keeps that order. (Past eight keys in a bucket Java may make a
//! tree of it; then this order would be another. That takes keys chosen to collide.)

pub(super) use crate::store::java_string_hash as string_hash;

/// The buckets of a new map (`HashMap.DEFAULT_INITIAL_CAPACITY`).
const INITIAL_CAPACITY: usize = 16;

/// Kafka's `TopicPartition.hashCode`, from the hash of the topic's name.
pub(super) fn partition_hash(topic_hash: i32, partition: i32) -> i32 {
    partition.wrapping_add(31).wrapping_mul(31).wrapping_add(topic_hash)
}

/// The buckets that a map has after `keys` keys were put into it: it doubles when it is three quarters full.
fn capacity_for(keys: usize) -> usize {
    let mut capacity = INITIAL_CAPACITY;
    while keys > capacity / 4 * 3 {
        capacity *= 2;
    }
    capacity
}

/// The bucket of a key (`HashMap.hash` and the mask).
fn bucket(hash: i32, capacity: usize) -> usize {
    let bits = hash.cast_unsigned();
    (bits ^ (bits >> 16)) as usize & (capacity - 1)
}

/// The order in which a `HashMap` walks keys with these hashes, put into it one after the other: their places
/// in `hashes`.
pub(super) fn walk_order(hashes: &[i32]) -> Vec<usize> {
    let capacity = capacity_for(hashes.len());
    let mut order: Vec<usize> = (0..hashes.len()).collect();
    order.sort_by_key(|key| bucket(hashes[*key], capacity));
    order
}

/// A `HashSet` of keys, of which only the first in its order is ever asked for.
#[derive(Debug, Default)]
pub(super) struct HashSet<K> {
    /// With their hashes, in the order in which they were put in.
    keys: Vec<(i32, K)>,
    /// The most keys it ever had: a set does not shrink its table.
    most: usize,
}

impl<K: Copy + PartialEq> HashSet<K> {
    /// Puts in a key that is not there yet.
    pub(super) fn insert(&mut self, hash: i32, key: K) {
        self.keys.push((hash, key));
        self.most = self.most.max(self.keys.len());
    }

    /// Takes a key out.
    pub(super) fn remove(&mut self, key: K) {
        self.keys.retain(|(_, other)| *other != key);
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The first key in the order of the set.
    pub(super) fn first(&self) -> Option<K> {
        let capacity = capacity_for(self.most);
        self.keys.iter().min_by_key(|(hash, _)| bucket(*hash, capacity)).map(|(_, key)| *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_hash_as_in_java() {
        // What jshell answers.
        assert_eq!(string_hash(""), 0);
        assert_eq!(string_hash("orders"), -1_008_770_331);
        assert_eq!(string_hash("ü𝄞"), 2_014_566);
    }
}
