//! The last offset of each key, by hashes of the keys (Kafka's `SkimpyOffsetMap`).

use std::hash::{BuildHasher as _, RandomState};

use crate::record::Offset;

/// Bytes of a key and its offset in the map.
const SLOT_BYTES: usize = size_of::<[u64; 3]>();

/// Slots that a map begins with.
const SLOTS_FIRST: usize = 4096;

/// Maps keys to offsets in bounded memory, no more of it than they need: a small map stays in the cache. Of a key only 128 bits of hash are kept, in which
/// no two keys meet by chance; the hashes are keyed with what nobody knows, so that none meet on purpose.
#[derive(Debug)]
pub(super) struct OffsetMap {
    /// Two hashes, and the offset + 1; an empty slot is all zeros.
    slots: Vec<[u64; 3]>,
    slots_max: usize,
    len: usize,
    hashers: (RandomState, RandomState),
    latest: Option<Offset>,
}

impl OffsetMap {
    /// An empty map that takes no more than about `bytes` of memory, and half as much again while it grows.
    pub(super) fn new(bytes: usize) -> Self {
        let slots_max = (bytes / SLOT_BYTES).max(16);
        Self {
            slots: vec![[0; 3]; SLOTS_FIRST.min(slots_max)],
            slots_max,
            len: 0,
            hashers: (RandomState::new(), RandomState::new()),
            latest: None,
        }
    }

    /// Notes that `key` occurs at `offset`, which is above all noted before; `false`, and nothing is noted,
    /// when the map is full.
    #[inline]
    pub(super) fn put(&mut self, key: &[u8], offset: Offset) -> bool {
        let hash = self.hash(key);
        let mut at = self.find(hash);
        if self.slots[at][2] == 0 {
            // A fifth is left free, so that searches stay short.
            if self.len >= self.slots.len() / 5 * 4 {
                if !self.grow() {
                    return false;
                }
                at = self.find(hash);
            }
            self.len += 1;
        }
        let slot = &mut self.slots[at];
        [slot[0], slot[1]] = hash;
        slot[2] = offset.next().0.cast_unsigned();
        true
    }

    /// The last offset of `key`, if it was noted.
    #[inline]
    pub(super) fn get(&self, key: &[u8]) -> Option<Offset> {
        match self.slots[self.find(self.hash(key))][2] {
            0 => None,
            offset => Some(Offset(offset.cast_signed() - 1)),
        }
    }

    /// The last offset up to which every record has been looked at; `None` before the first.
    pub(super) fn latest_offset(&self) -> Option<Offset> {
        self.latest
    }

    /// Notes that every record up to `offset` has been looked at.
    pub(super) fn set_latest_offset(&mut self, offset: Offset) {
        self.latest = self.latest.max(Some(offset));
    }

    /// Makes room for more keys, if there may be more.
    #[cold]
    fn grow(&mut self) -> bool {
        let size = (self.slots.len() * 2).min(self.slots_max);
        if size == self.slots.len() {
            return false;
        }
        let old = std::mem::replace(&mut self.slots, vec![[0; 3]; size]);
        for slot in old.into_iter().filter(|slot| slot[2] != 0) {
            let at = self.find([slot[0], slot[1]]);
            self.slots[at] = slot;
        }
        true
    }

    fn hash(&self, key: &[u8]) -> [u64; 2] {
        [self.hashers.0.hash_one(key), self.hashers.1.hash_one(key)]
    }

    /// The slot of this hash, or the empty one where it belongs. There always is one.
    #[inline]
    fn find(&self, hash: [u64; 2]) -> usize {
        let slots = self.slots.len();
        // Where the hash lies on a scale of as many parts as there are slots.
        let mut at = ((u128::from(hash[0]) * slots as u128) >> 64) as usize;
        loop {
            let slot = &self.slots[at];
            if slot[2] == 0 || slot[..2] == hash {
                return at;
            }
            at += 1;
            if at == slots {
                at = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_offset_of_each_key_is_found() {
        let mut map = OffsetMap::new(1 << 20);
        // More keys than it has room for at first.
        for offset in 0..50_000i64 {
            assert!(map.put(format!("key {}", offset % 10_000).as_bytes(), Offset(offset)));
        }
        for key in 0..10_000 {
            assert_eq!(map.get(format!("key {key}").as_bytes()), Some(Offset(40_000 + key)));
        }
        assert_eq!(map.get(b"another"), None);
        assert_eq!(map.get(b""), None);
    }

    #[test]
    fn a_full_map_takes_known_keys_only() {
        let mut map = OffsetMap::new(24 * 100);
        let taken = (0..200i64).take_while(|n| map.put(&n.to_be_bytes(), Offset(*n))).count();
        assert_eq!(taken, 80);
        assert!(map.put(&7i64.to_be_bytes(), Offset(300)));
        assert_eq!(map.get(&7i64.to_be_bytes()), Some(Offset(300)));
        assert_eq!(map.get(&99i64.to_be_bytes()), None);
    }

    #[test]
    fn what_was_looked_at_only_grows() {
        let mut map = OffsetMap::new(1);
        assert_eq!(map.latest_offset(), None);
        map.set_latest_offset(Offset(9));
        map.set_latest_offset(Offset(3));
        assert_eq!(map.latest_offset(), Some(Offset(9)));
    }
}
