//! Which partition a record goes to.

/// How keyless records are spread. Keyed ones always go by the hash of their key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeylessPlacement {
    /// One partition after the other, record by record.
    #[default]
    RoundRobin,
    /// One partition until a batch is full, then the next.
    Sticky,
}

/// Places records over `0..count` partitions.
#[derive(Debug, Clone)]
pub struct Partitioner {
    placement: KeylessPlacement,
    count: i32,
    /// 2⁶⁴ divided by the count, rounded up: multiplying by it is quicker than dividing.
    inverse: u64,
    next: i32,
}

impl Partitioner {
    /// A partitioner over `count` (at least 1) partitions, whose first keyless record goes to `start` modulo
    /// `count`.
    pub fn new(placement: KeylessPlacement, count: i32, start: u64) -> Self {
        let count = count.max(1);
        let next = i32::try_from(start % u64::from(count.unsigned_abs())).unwrap_or(0);
        Self { placement, count, inverse: (u64::MAX / u64::from(count.unsigned_abs())).wrapping_add(1), next }
    }

    /// Whether a keyless record's partition depends on how many came before it.
    pub fn goes_round(&self) -> bool {
        self.placement == KeylessPlacement::RoundRobin && self.count > 1
    }

    /// Goes on as if `records` keyless records had been placed one by one.
    pub fn pass_over(&mut self, records: u64) {
        let count = u64::from(self.count.unsigned_abs());
        let next = u64::from(self.next.unsigned_abs()) + records % count;
        self.next = i32::try_from(next % count).unwrap_or(0);
    }

    /// The partition for a record with this key.
    #[inline]
    pub fn place(&mut self, key: Option<&[u8]>) -> i32 {
        match (key, self.placement) {
            (Some(key), _) => self.place_key(key),
            (None, KeylessPlacement::RoundRobin) => {
                let chosen = self.next;
                self.advance();
                chosen
            }
            (None, KeylessPlacement::Sticky) => self.next,
        }
    }

    /// [`partition_for_key`], without the division (D. Lemire and others, "Faster remainder by direct computation").
    #[inline]
    fn place_key(&self, key: &[u8]) -> i32 {
        if self.count == 1 {
            return 0;
        }
        let fraction = self.inverse.wrapping_mul(u64::from(murmur2(key) & 0x7fff_ffff));
        let remainder = (u128::from(fraction) * u128::from(self.count.unsigned_abs())) >> 64;
        remainder as i32
    }

    /// Takes note that the batch of partition `partition` is full: sticky placement goes on to the next.
    /// Answers whether it did, so that the record that had no room goes there too.
    pub fn batch_full(&mut self, partition: i32) -> bool {
        let goes_on = self.placement == KeylessPlacement::Sticky && partition == self.next;
        if goes_on {
            self.advance();
        }
        goes_on
    }

    fn advance(&mut self) {
        self.next = if self.next + 1 == self.count { 0 } else { self.next + 1 };
    }
}

/// The partition of a key: positive murmur2 modulo the count (`BuiltInPartitioner.partitionForKey`).
pub fn partition_for_key(key: &[u8], count: i32) -> i32 {
    (murmur2(key) & 0x7fff_ffff).cast_signed() % count.max(1)
}

/// The 32-bit MurmurHash2 with Kafka's seed (`Utils.murmur2`).
pub fn murmur2(data: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const M: u32 = 0x5bd1_e995;
    let mut hash = SEED ^ u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        for (i, &byte) in rest.iter().enumerate().rev() {
            hash ^= u32::from(byte) << (8 * i);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of Kafka's own `Utils.murmur2`, as its unit test has them.
    #[test]
    fn kafkas_hashes() {
        for (key, hash) in [
            (&b"21"[..], -973_932_308i32),
            (b"foobar", -790_332_482),
            (b"a-little-bit-long-string", -985_981_536),
            (b"a-little-bit-longer-string", -1_486_304_829),
            (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            (b"abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key).cast_signed(), hash, "{}", String::from_utf8_lossy(key));
        }
    }

    #[test]
    fn keyless_records_go_round_and_sticky_ones_stay() {
        let mut round = Partitioner::new(KeylessPlacement::RoundRobin, 3, 4);
        assert_eq!([(); 4].map(|()| round.place(None)), [1, 2, 0, 1]);
        round.pass_over(4_000_000_000_003);
        assert_eq!([(); 2].map(|()| round.place(None)), [0, 1]);
        let mut sticky = Partitioner::new(KeylessPlacement::Sticky, 3, 2);
        assert_eq!([(); 3].map(|()| sticky.place(None)), [2, 2, 2]);
        assert!(!sticky.batch_full(1));
        assert_eq!(sticky.place(None), 2);
        assert!(sticky.batch_full(2));
        assert_eq!(sticky.place(None), 0);
        assert_eq!(sticky.place(Some(b"abc")), partition_for_key(b"abc", 3));
    }
}
