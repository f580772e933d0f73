//! Numbers and characters that are packed in bytes (rpk's `unpack`, after Python's `struct`).

/// What is packed in a field, one after the other. Numbers are written as decimal digits, with nothing between.
///
/// | letter | what |
/// | --- | --- |
/// | `<` `>` | what follows is little-endian (as it is from the beginning), big-endian |
/// | `b` `B`, `h` `H`, `i` `I`, `q` `Q` | a number of 1, 2, 4, 8 bytes with a sign, without |
/// | `c` `.` | one byte, as it is |
/// | `s` | all that is left, as it is |
/// | `$` | nothing may be left |
/// | `x` | nothing |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpack {
    items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    /// A number of so many bytes, 8 at the most.
    Number {
        bytes: u8,
        has_sign: bool,
        is_little: bool,
    },
    Byte,
    Rest,
    End,
}

impl Unpack {
    /// The layout that `letters` stand for.
    ///
    /// # Errors
    /// A message when a letter is unknown, or stands behind one that takes all that is left.
    pub(super) fn parse(letters: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        let mut is_little = true;
        for letter in letters.chars() {
            if let Some(Item::Rest | Item::End) = items.last() {
                return Err("in unpack[…] nothing can stand behind s and $".to_owned());
            }
            let bytes = match letter.to_ascii_lowercase() {
                'b' => 1,
                'h' => 2,
                'i' => 4,
                'q' => 8,
                _ => 0,
            };
            items.push(match letter {
                'x' => continue,
                '<' | '>' => {
                    is_little = letter == '<';
                    continue;
                }
                'c' | '.' => Item::Byte,
                's' => Item::Rest,
                '$' => Item::End,
                _ if bytes > 0 => Item::Number { bytes, has_sign: letter.is_ascii_lowercase(), is_little },
                unknown => {
                    let known = "x < > b B h H i I q Q c . s $";
                    return Err(format!("unpack[…] has no letter '{unknown}'; known are {known}"));
                }
            });
        }
        Ok(Self { items })
    }

    /// Appends what is packed in `field` to `out`.
    ///
    /// # Errors
    /// A message when there is less in it, or more than `$` allows.
    pub fn write(&self, field: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        let mut rest = field;
        let mut digits = itoa::Buffer::new();
        for item in &self.items {
            match *item {
                Item::Number { bytes, has_sign, is_little } => {
                    let needed = usize::from(bytes);
                    let Some((front, behind)) = rest.split_at_checked(needed) else {
                        let left = rest.len();
                        return Err(format!("unpack needs {needed} bytes where {left} are left"));
                    };
                    rest = behind;
                    let mut wide = [0; 8];
                    for (at, byte) in front.iter().enumerate() {
                        wide[if is_little { at } else { needed - 1 - at }] = *byte;
                    }
                    let number = u64::from_le_bytes(wide);
                    let unused = 64 - 8 * u32::from(bytes);
                    let text = match has_sign {
                        true => digits.format(number.cast_signed() << unused >> unused),
                        false => digits.format(number),
                    };
                    out.extend_from_slice(text.as_bytes());
                }
                Item::Byte => {
                    let (first, behind) =
                        rest.split_first().ok_or("unpack needs another byte where none is left")?;
                    out.push(*first);
                    rest = behind;
                }
                Item::Rest => {
                    out.extend_from_slice(rest);
                    rest = &[];
                }
                Item::End if rest.is_empty() => {}
                Item::End => return Err(format!("{} bytes are left where unpack has its end", rest.len())),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unpacked(letters: &str, field: &[u8]) -> Result<String, String> {
        let mut out = Vec::new();
        Unpack::parse(letters)?.write(field, &mut out)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    #[test]
    fn numbers_and_characters() {
        for (letters, field, expected) in [
            ("c", &b"foo"[..], "f"),
            ("cbs", b"foo", "f111o"),
            ("ch", b"f\xff\xff", "f-1"),
            ("cH", b"f\xff\xff", "f65535"),
            ("b", b"\x80", "-128"),
            ("cI", b"f\xff\xff\xff\xff", "f4294967295"),
            ("cq$", b"f\xff\xff\xff\xff\xff\xff\xff\xff", "f-1"),
            ("Q", &[0xff; 8], "18446744073709551615"),
            ("x<xH.xx>Hxx.xxHxx.xx<xxHxx$", b"\0\x01 \0\x01 \0\x01 \0\x01", "256 1 1 256"),
            (">i", b"\xff\xff\xff\xfe", "-2"),
            ("s$", b"", "nothing may follow s"),
            ("", b"left", ""),
        ] {
            match unpacked(letters, field) {
                Ok(text) => assert_eq!(text, expected, "{letters}"),
                Err(error) => assert_eq!((letters, error.contains("behind s")), ("s$", true), "{error}"),
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(unpacked("i", b"abc"), Err("unpack needs 4 bytes where 3 are left".to_owned()));
        assert_eq!(unpacked("c", b""), Err("unpack needs another byte where none is left".to_owned()));
        assert_eq!(unpacked("b$", b"ab"), Err("1 bytes are left where unpack has its end".to_owned()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_unpacked_or_refused(letters in "[x<>bBhHiIqQc.s$z]{0,8}", field: Vec<u8>) {
            let _ = unpacked(&letters, &field);
        }

        #[test]
        fn each_width_is_as_rust_reads_it(number: i64) {
            for (letters, field) in [("<q", number.to_le_bytes()), (">q", number.to_be_bytes())] {
                prop_assert_eq!(unpacked(letters, &field), Ok(number.to_string()));
            }
            let half = number as i16;
            prop_assert_eq!(unpacked(">h$", &half.to_be_bytes()), Ok(half.to_string()));
        }
    }
}
