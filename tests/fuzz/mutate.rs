//! Changes to bytes, from a seed.

/// Numbers that look random and are not (SplitMix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// Numbers at the edges of what fields can hold.
const EDGES: [i64; 12] =
    [0, 1, -1, 13, 14, 61, 0x7f, 0x80, i32::MAX as i64, i32::MIN as i64, i64::MAX, i64::MIN];

/// Makes one to four changes. Then puts some of the checksums right, so that what is behind them is reached.
pub(super) fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            bytes.push(0);
        }
        let at = random.below(bytes.len());
        match random.below(8) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => {
                let edge = EDGES[random.below(EDGES.len())].to_be_bytes();
                let size = [1, 2, 4, 8][random.below(4)];
                for (byte, edge) in bytes[at..].iter_mut().zip(&edge[8 - size..]) {
                    *byte = *edge;
                }
            }
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(at..(at + random.below(40)).min(bytes.len()))),
            5 => {
                let end = (at + random.below(200)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            6 if !other.is_empty() => {
                let from = random.below(other.len());
                let piece = &other[from..(from + random.below(200)).min(other.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => {
                let piece: Vec<u8> = (0..random.below(20)).map(|_| (random.next() >> 56) as u8).collect();
                bytes.splice(at..at, piece);
            }
        }
    }
    if random.below(3) > 0 {
        mend_checksums(bytes);
    }
}

/// Puts the checksums right of the batches that the length fields lead to.
fn mend_checksums(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 17) {
        let length = i32::from_be_bytes(head[8..12].try_into().unwrap());
        let magic = head[16];
        let Some(end) = usize::try_from(length).ok().map(|n| at + 12 + n).filter(|end| *end <= bytes.len())
        else {
            return;
        };
        if magic >= 2 && end >= at + 21 {
            let crc = crc32c::crc32c(&bytes[at + 21..end]);
            bytes[at + 17..at + 21].copy_from_slice(&crc.to_be_bytes());
        } else if end >= at + 17 {
            let crc = crc32fast::hash(&bytes[at + 16..end]);
            bytes[at + 12..at + 16].copy_from_slice(&crc.to_be_bytes());
        }
        at = end.max(at + 12);
    }
}
