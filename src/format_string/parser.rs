//! From the text of a format string to its elements.

use super::{Element, FormatStringError, NumberField, NumberForm, TextField, TextForm, TimeForm};

/// The verbs, for the message about one that is unknown.
const VERBS: &str = "%t %k %K %v %V %s %S %R %p %o %e %T %d %h %H %i %% %{ %}";

type Result<T> = std::result::Result<T, FormatStringError>;

/// Takes a whole format string apart.
pub(super) fn parse(text: &str) -> Result<Vec<Element>> {
    let mut rest = text;
    let mut elements = Vec::new();
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '%' => rest = verb(rest, &mut elements)?,
            '\\' => {
                let (byte, behind) = escape(rest)?;
                push_literal(&[byte], &mut elements);
                rest = behind;
            }
            c => push_literal(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut elements),
        }
    }
    Ok(elements)
}

/// The bytes of `text`, in which `\n`, `\r`, `\t`, `\0`, `\\` and `\xNN` stand for what they do in a format
/// string.
///
/// # Errors
/// When something else stands behind a backslash.
pub fn unescape(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let (byte, behind) = escape(behind)?;
        bytes.push(byte);
        rest = behind;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// The byte that what stands behind a backslash is for, and what comes then.
fn escape(rest: &str) -> Result<(u8, &str)> {
    let byte = match rest.chars().next() {
        Some('n') => b'\n',
        Some('r') => b'\r',
        Some('t') => b'\t',
        Some('0') => 0,
        Some('\\') => b'\\',
        Some('x') => {
            let digits = rest.get(1..3).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            return match byte {
                Some(byte) => Ok((byte, &rest[3..])),
                None => Err(FormatStringError("\\x needs two hexadecimal digits behind it".to_owned())),
            };
        }
        Some(other) => {
            let known = "\\n \\r \\t \\0 \\\\ \\xNN";
            return Err(FormatStringError(format!("unknown escape '\\{other}'; known are {known}")));
        }
        None => return Err(FormatStringError("a backslash at the end; write \\\\ for one".to_owned())),
    };
    Ok((byte, &rest[1..]))
}

fn push_literal(bytes: &[u8], elements: &mut Vec<Element>) {
    match elements.last_mut() {
        Some(Element::Literal(literal)) => literal.extend_from_slice(bytes),
        _ => elements.push(Element::Literal(bytes.to_vec())),
    }
}

/// Takes a verb and its modifier off what stands behind a `%`; answers the rest.
fn verb<'a>(rest: &'a str, elements: &mut Vec<Element>) -> Result<&'a str> {
    let Some(letter) = rest.chars().next() else {
        return Err(FormatStringError("a '%' at the end; write %% for one".to_owned()));
    };
    let behind = &rest[letter.len_utf8()..];
    if matches!(letter, '%' | '{' | '}') {
        push_literal(&[letter as u8], elements);
        return Ok(behind);
    }
    let (modifier, behind) = modifier(letter, behind)?;
    let text = |field| Ok(Element::Text(field, TextForm::parse(modifier).map_err(|e| bad(letter, &e))?));
    let number =
        |field| Ok(Element::Number(field, NumberForm::parse(modifier).map_err(|e| bad(letter, &e))?));
    elements.push(match letter {
        't' => text(TextField::Topic)?,
        'k' => text(TextField::Key)?,
        'v' | 's' => text(TextField::Value)?,
        'K' => number(NumberField::KeyLength)?,
        'V' | 'S' => number(NumberField::ValueLength)?,
        'R' if modifier.is_none() => Element::Number(NumberField::ValueLength, NumberForm::Big(4)),
        'p' => number(NumberField::Partition)?,
        'o' => number(NumberField::Offset)?,
        'e' => number(NumberField::LeaderEpoch)?,
        'T' => number(NumberField::Timestamp)?,
        'H' => number(NumberField::HeaderCount)?,
        'i' => number(NumberField::Index)?,
        'd' => match TimeForm::parse(modifier) {
            Some(form) => Element::Time(form.map_err(|e| bad(letter, &e))?),
            None => number(NumberField::Timestamp)?,
        },
        'h' => match modifier {
            None => Element::Headers,
            Some(inner) => Element::EachHeader(header_elements(inner)?),
        },
        unknown => {
            return Err(FormatStringError(format!("unknown verb '%{unknown}'; known are {VERBS}")));
        }
    });
    Ok(behind)
}

/// The form of one header: of all verbs those that a header has.
fn header_elements(inner: &str) -> Result<Vec<Element>> {
    let elements = parse(inner)?;
    for element in &elements {
        let fits = match element {
            Element::Literal(_) | Element::Text(TextField::Key | TextField::Value, _) => true,
            Element::Number(field, _) => {
                matches!(field, NumberField::KeyLength | NumberField::ValueLength)
            }
            _ => false,
        };
        if !fits {
            return Err(FormatStringError("within %h{…} only %k %K %v %V have a meaning".to_owned()));
        }
    }
    Ok(elements)
}

/// What stands in braces behind a verb, and what comes then. Braces within are to be in pairs, but for
/// `%{` and `%}`, and for anything in brackets.
fn modifier(letter: char, rest: &str) -> Result<(Option<&str>, &str)> {
    let Some(inner) = rest.strip_prefix('{') else { return Ok((None, rest)) };
    let mut depth = 1;
    let mut is_escaped = false;
    let mut brackets = 0;
    for (at, c) in inner.char_indices() {
        match c {
            _ if is_escaped => {
                is_escaped = false;
                continue;
            }
            '%' if brackets == 0 => is_escaped = true,
            '[' => brackets += 1,
            ']' => brackets = (brackets - 1).max(0),
            '{' if brackets == 0 => depth += 1,
            '}' if brackets == 0 => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok((Some(&inner[..at]), &inner[at + 1..]));
        }
    }
    Err(FormatStringError(format!("the brace behind %{letter} is not closed")))
}

fn bad(letter: char, what: &str) -> FormatStringError {
    FormatStringError(format!("%{letter}: {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> String {
        parse(text).expect_err(text).0
    }

    #[test]
    fn kcats_and_rpks_verbs() {
        use Element::{Literal, Number, Text};
        assert_eq!(
            parse(r"%t[%p]@%o%%\x41\n%s%R").expect("a format"),
            [
                Text(TextField::Topic, TextForm::Plain),
                Literal(b"[".to_vec()),
                Number(NumberField::Partition, NumberForm::Ascii),
                Literal(b"]@".to_vec()),
                Number(NumberField::Offset, NumberForm::Ascii),
                Literal(b"%A\n".to_vec()),
                Text(TextField::Value, TextForm::Plain),
                Number(NumberField::ValueLength, NumberForm::Big(4)),
            ]
        );
        assert_eq!(
            parse(r"%h{%k=%v{hex} %}}%{").expect("a format"),
            [
                Element::EachHeader(vec![
                    Text(TextField::Key, TextForm::Plain),
                    Literal(b"=".to_vec()),
                    Text(TextField::Value, TextForm::Hex),
                    Literal(b" }".to_vec()),
                ]),
                Literal(b"{".to_vec()),
            ]
        );
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        assert!(error("%z").starts_with("unknown verb '%z'; known are %t"));
        assert_eq!(error("%"), "a '%' at the end; write %% for one");
        assert_eq!(error("%v{hex"), "the brace behind %v is not closed");
        assert!(error("%v{hexx}").starts_with("%v: unknown form 'hexx'"), "{}", error("%v{hexx}"));
        assert!(error("%o{hex}").starts_with("%o: unknown form 'hex'"), "{}", error("%o{hex}"));
        assert_eq!(error("%h{%o}"), "within %h{…} only %k %K %v %V have a meaning");
        assert_eq!(error(r"\q"), r"unknown escape '\q'; known are \n \r \t \0 \\ \xNN");
        assert_eq!(error(r"\x4"), r"\x needs two hexadecimal digits behind it");
    }

    #[test]
    fn escapes_are_bytes() {
        assert_eq!(unescape(r"\0\xff\\:"), Ok(b"\x00\xff\\:".to_vec()));
        assert!(unescape("\\").is_err() && unescape(r"\xé").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in r"[%\\{}\[\]kvhdxopn0ü#a-f ]{0,24}") {
            let _ = parse(&text);
            let _ = unescape(&text);
        }
    }
}
