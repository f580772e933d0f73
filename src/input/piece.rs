//! An input taken in pieces of many lines, each of which can be gone through by another thread.

use std::fs::File;
use std::io;

use super::lines::{LineReader, Split};
use super::reader::InputError;
use crate::record::Timestamp;

/// Whole lines of an input.
#[derive(Debug)]
pub struct Piece {
    bytes: Vec<u8>,
    delimiter: u8,
    lines_before: u64,
    read_at: Timestamp,
}

impl Default for Piece {
    fn default() -> Self {
        Self { bytes: Vec::new(), delimiter: b'\n', lines_before: 0, read_at: Timestamp::NONE }
    }
}

impl Piece {
    /// Its lines.
    pub fn lines(&self) -> PieceLines<'_> {
        PieceLines { lines: Split::new(&self.bytes, self.delimiter), count: 0 }
    }

    /// How many lines were in the pieces before this; 0 unless [`LinePieces::count_lines`].
    pub fn lines_before(&self) -> u64 {
        self.lines_before
    }

    /// The `number`-th line, from 1; empty if there are not as many.
    pub fn line(&self, number: u64) -> &[u8] {
        let before = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        self.lines().nth(before).unwrap_or_default()
    }

    /// When its last bytes were read.
    pub fn read_at(&self) -> Timestamp {
        self.read_at
    }
}

/// The lines of a piece, without their delimiters.
#[derive(Debug)]
pub struct PieceLines<'a> {
    lines: Split<'a>,
    count: u64,
}

impl PieceLines<'_> {
    /// How many have been handed out.
    pub fn handed_out(&self) -> u64 {
        self.count
    }
}

impl<'a> Iterator for PieceLines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.lines.next()?;
        self.count += 1;
        Some(line)
    }
}

/// Takes pieces from an input. What is left when it is dropped, less than a line or all that nobody took, is there
/// for who reads on.
#[derive(Debug)]
pub struct LinePieces<'a> {
    lines: &'a mut LineReader,
    name: &'a str,
    delimiter: u8,
    size: usize,
    counted: Option<u64>,
}

impl<'a> LinePieces<'a> {
    /// Takes pieces of about `size` bytes from `lines`, which are called `name` in messages; `None` where lines end
    /// with more than a byte, or one that is longer than usual is being read.
    pub(super) fn new(lines: &'a mut LineReader, name: &'a str, size: usize) -> Option<Self> {
        let delimiter = lines.delimiter_of_pieces()?;
        Some(Self { lines, name, delimiter, size, counted: None })
    }

    /// Counts the lines before each piece, which takes a moment.
    pub fn count_lines(&mut self) {
        self.counted = Some(0);
    }

    /// How many lines have been handed out before the first piece.
    pub fn line_number(&self) -> u64 {
        self.lines.line_number()
    }

    /// Bytes read from the input so far.
    pub fn bytes_read(&self) -> u64 {
        self.lines.input().bytes_read()
    }

    /// Reads the next piece, as long as `may_read` agrees; `false` when there is no whole line.
    ///
    /// # Errors
    /// When the input cannot be read, or `may_read` fails.
    pub fn next(
        &mut self,
        piece: &mut Piece,
        may_read: impl FnMut(&File) -> io::Result<bool>,
    ) -> Result<bool, InputError> {
        piece.delimiter = self.delimiter;
        let read = self.lines.input_mut().read_piece(&mut piece.bytes, self.size, self.delimiter, may_read);
        let read = read.map_err(|source| InputError::Unreadable { name: self.name.to_owned(), source })?;
        piece.read_at = self.lines.input().read_at();
        if let Some(counted) = &mut self.counted {
            piece.lines_before = *counted;
            *counted += memchr::memchr_iter(self.delimiter, &piece.bytes).count() as u64;
        }
        Ok(read)
    }

    /// Takes note that so many of the lines were handed out, which the numbers of those that follow depend on.
    pub fn note_lines(&mut self, count: u64) {
        self.lines.note_lines(count);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use proptest::prelude::*;

    use super::super::InputBuffer;
    use super::*;

    fn reader(bytes: &[u8]) -> LineReader {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        file.rewind().expect("rewound");
        LineReader::new(InputBuffer::new(file), b"\n".to_vec())
    }

    /// The lines that are taken one by one, until the end.
    fn rest(lines: &mut LineReader, out: &mut Vec<Vec<u8>>) {
        loop {
            while let Some(line) = lines.next_line() {
                out.push(line.to_vec());
            }
            if !lines.input_mut().fill().expect("readable") {
                break;
            }
        }
        out.extend(lines.next_line().map(<[u8]>::to_vec));
    }

    proptest! {
        /// Whatever is taken in pieces, and whatever is not: the lines are those of the input, and so are their
        /// numbers.
        #[test]
        fn pieces_and_the_rest_are_the_input(
            bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..400),
            size in 1usize..60,
            pieces in 0usize..12,
            before in 0usize..5,
        ) {
            let mut expected: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            if expected.last().is_some_and(Vec::is_empty) {
                expected.pop();
            }
            let mut lines = reader(&bytes);
            let mut out = Vec::new();
            if before > 0 {
                lines.input_mut().fill().expect("readable");
                out.extend((0..before).map_while(|_| lines.next_line().map(<[u8]>::to_vec)));
            }
            let mut in_pieces = LinePieces::new(&mut lines, "input", size).expect("they can be taken so");
            in_pieces.count_lines();
            prop_assert_eq!(in_pieces.line_number(), out.len() as u64);
            let (mut piece, mut taken) = (Piece::default(), 0);
            for _ in 0..pieces {
                if !in_pieces.next(&mut piece, |_| Ok(true)).expect("readable") {
                    break;
                }
                prop_assert_eq!(piece.lines_before(), taken);
                let mut of_piece = piece.lines();
                let found: Vec<Vec<u8>> = of_piece.by_ref().map(<[u8]>::to_vec).collect();
                prop_assert_eq!(of_piece.handed_out(), found.len() as u64);
                prop_assert_eq!(piece.line(found.len() as u64), found.last().map_or(&[][..], Vec::as_slice));
                taken += found.len() as u64;
                out.extend(found);
            }
            in_pieces.note_lines(taken);
            rest(&mut lines, &mut out);
            prop_assert_eq!(lines.line_number(), out.len() as u64);
            prop_assert_eq!(out, expected);
            prop_assert_eq!(lines.input().bytes_read(), bytes.len() as u64);
        }
    }

    #[test]
    fn what_may_not_be_read_is_left() {
        let mut lines = reader(b"one\ntwo\nthr");
        let mut pieces = LinePieces::new(&mut lines, "input", 100).expect("they can be taken so");
        let mut piece = Piece::default();
        assert!(!pieces.next(&mut piece, |_| Ok(false)).expect("nothing was read"));
        let error = pieces.next(&mut piece, |_| Err(io::ErrorKind::Other.into())).expect_err("it failed");
        assert_eq!(error.to_string(), "cannot read input");
        let mut out = Vec::new();
        rest(&mut lines, &mut out);
        assert_eq!(out, [&b"one"[..], b"two", b"thr"]);
    }
}
