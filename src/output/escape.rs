//! What must not reach a terminal as it is: control characters, which steer it, and those that change the direction
//! of what stands around them, so that it reads as something else. Into pipes and files everything goes as it is.

use std::fmt::Write as _;

/// Whether a terminal does something else with `c` than to show it: control characters, the controls of writing
/// direction (Unicode's Bidi_Control), and the separators of lines and paragraphs.
pub fn steers_terminals(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

/// Newlines and tabs are what text is laid out with.
fn is_harmless(c: char) -> bool {
    !steers_terminals(c) || matches!(c, '\n' | '\t')
}

/// `text` as one line that can be shown: what is not harmless, and line ends and tabs, as `\n`, `\t` or `\u{…}`.
pub fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if steers_terminals(c) {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}

/// Replaces what stands in `out` from `start` on by what a terminal can show: bytes that are no text, and what is
/// not harmless, as `\xNN` for each byte.
pub fn escape_text_from(start: usize, out: &mut Vec<u8>) {
    if is_text(&out[start..]) {
        return;
    }
    let bytes = out.split_off(start);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let mut encoded = [0; 4];
            let encoded = c.encode_utf8(&mut encoded).as_bytes();
            if is_harmless(c) {
                out.extend_from_slice(encoded);
            } else {
                push_escaped(encoded, out);
            }
        }
        push_escaped(chunk.invalid(), out);
    }
}

/// The same for JSON, in which such characters can only stand in texts: as `\uNNNN`, so that it means the same.
pub fn escape_json_from(start: usize, out: &mut Vec<u8>) {
    if is_text(&out[start..]) {
        return;
    }
    let bytes = out.split_off(start);
    let mut json = String::with_capacity(bytes.len() + 16);
    for c in String::from_utf8_lossy(&bytes).chars() {
        if is_harmless(c) {
            json.push(c);
        } else {
            // None of them needs two units of UTF-16.
            let _ = write!(json, "\\u{:04x}", u32::from(c));
        }
    }
    out.extend_from_slice(json.as_bytes());
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(is_harmless))
}

fn push_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.extend_from_slice(b"\\x");
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 0xf)]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(bytes: &[u8]) -> String {
        let mut out = b"\x1b".to_vec();
        out.extend_from_slice(bytes);
        escape_text_from(1, &mut out);
        assert_eq!(out[0], 0x1b, "what stands before is left alone");
        String::from_utf8(out[1..].to_vec()).expect("UTF-8")
    }

    #[test]
    fn what_steers_terminals_or_is_no_text_is_escaped() {
        assert_eq!(escaped("é\ta\n😀\\".as_bytes()), "é\ta\n😀\\");
        assert_eq!(escaped(b"\x1b[31m\xff\0a"), "\\x1b[31m\\xff\\x00a");
        assert_eq!(escaped("\u{9b}".as_bytes()), "\\xc2\\x9b");
        assert_eq!(escaped("a\u{202e}b".as_bytes()), "a\\xe2\\x80\\xaeb");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(on_one_line("Topic 'a\nb\u{1b}[31m' ü"), "Topic 'a\\nb\\u{1b}[31m' ü");
        assert_eq!(on_one_line("gpj\u{202e}.exe\u{2028}"), "gpj\\u{202e}.exe\\u{2028}");
        let family = "👨\u{200d}👩\u{200d}👧 e\u{301} 日本";
        assert_eq!(on_one_line(family), family, "what only joins or combines is part of the text");
    }

    #[test]
    fn json_means_the_same() {
        let json = serde_json::json!({ "k\u{202e}": "a\u{7f}\u{9b}\u{2067}é" }).to_string();
        let mut out = json.clone().into_bytes();
        escape_json_from(0, &mut out);
        let shown = String::from_utf8(out).expect("UTF-8");
        assert_eq!(shown, r#"{"k\u202e":"a\u007f\u009b\u2067é"}"#);
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(value(&shown), value(&json));
    }

    proptest! {
        #[test]
        fn nothing_but_text_reaches_a_terminal(bytes: Vec<u8>, text: String) {
            prop_assert!(escaped(&bytes).chars().all(is_harmless));
            let value = serde_json::json!([text]);
            let mut out = value.to_string().into_bytes();
            escape_json_from(0, &mut out);
            prop_assert!(std::str::from_utf8(&out).expect("UTF-8").chars().all(is_harmless));
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&out).expect("JSON"), value);
        }
    }
}
