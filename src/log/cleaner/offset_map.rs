//! The last offset of each key, by hashes of the keys (Kafka's `SkimpyOffsetMap`).

use std::hash::{BuildHasher as _, RandomState};

use crate::record::Offset;

/// Bytes of a key and its offset in the map.
const SLOT_BYTES: usize = size_of::<[u64; 3]>();

/// Maps keys to offsets in memory that is set beforehand. Of a key only 128 bits of hash are kept, in which
/// no two keys meet by chance; the hashes are keyed with what nobody knows, so that none meet on purpose.
#[derive(Debug)]
pub(super) struct OffsetMap {
    /// Two hashes, and the offset + 1; an empty slot is all zeros, and takes no memory before it is used.
    slots: Vec<[u64; 3]>,
    len: usize,
    len_max: usize,
    hashers: (RandomState, RandomState),
    latest: Option<Offset>,
}

impl OffsetMap {
    /// A map for `keys` keys that takes no more than about `bytes` of memory.
    pub(super) fn new(keys: u64, bytes: usize) -> Self {
        let most = (bytes / SLOT_BYTES).max(16);
        // A fifth is left free, so that searches stay short.
        let wanted = usize::try_from(keys).unwrap_or(usize::MAX).saturating_add(16).saturating_mul(5) / 4;
        let slots = wanted.min(most);
        Self {
            slots: vec![[0; 3]; slots],
            len: 0,
            len_max: slots / 5 * 4,
            hashers: (RandomState::new(), RandomState::new()),
            latest: None,
        }
    }

    /// Notes that `key` occurs at `offset`, which is above all noted before; `false`, and nothing is noted,
    /// when the map is full.
    #[inline]
    pub(super) fn put(&mut self, key: &[u8], offset: Offset) -> bool {
        let hash = self.hash(key);
        let at = self.find(hash);
        let slot = &mut self.slots[at];
        if slot[2] == 0 {
            if self.len >= self.len_max {
                return false;
            }
            self.len += 1;
            [slot[0], slot[1]] = hash;
        }
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
        let mut map = OffsetMap::new(1000, 1 << 20);
        for offset in 0..5000i64 {
            assert!(map.put(format!("key {}", offset % 1000).as_bytes(), Offset(offset)));
        }
        for key in 0..1000 {
            assert_eq!(map.get(format!("key {key}").as_bytes()), Some(Offset(4000 + key)));
        }
        assert_eq!(map.get(b"another"), None);
        assert_eq!(map.get(b""), None);
    }

    #[test]
    fn a_full_map_takes_known_keys_only() {
        let mut map = OffsetMap::new(u64::MAX, 24 * 100);
        let taken = (0..200i64).take_while(|n| map.put(&n.to_be_bytes(), Offset(*n))).count();
        assert_eq!(taken, 80);
        assert!(map.put(&7i64.to_be_bytes(), Offset(300)));
        assert_eq!(map.get(&7i64.to_be_bytes()), Some(Offset(300)));
        assert_eq!(map.get(&99i64.to_be_bytes()), None);
    }

    #[test]
    fn what_was_looked_at_only_grows() {
        let mut map = OffsetMap::new(1, 1);
        assert_eq!(map.latest_offset(), None);
        map.set_latest_offset(Offset(9));
        map.set_latest_offset(Offset(3));
        assert_eq!(map.latest_offset(), Some(Offset(9)));
    }
}
