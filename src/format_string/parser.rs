//! From the text of a format string to its elements.

use super::unpack::Unpack;
use super::{
    AttributeField, Element, FormatStringError, NumberField, NumberForm, TextField, TextForm, TimeForm,
};
use crate::spelling;

/// The verbs, for the message about one that is unknown.
const VERBS: &str = "%t %k %K %v %V %s %S %R %p %o %e %T %d %h %H %i %a %x %y %[ %| %] %% %{ %}";

/// The modifiers with something between marks of its own behind them: `re#…#`, `strftime[…]`.
const WITH_MARKS: [&str; 4] = ["strftime", "go", "unpack", "re"];

type Result<T> = std::result::Result<T, FormatStringError>;

/// Takes a whole format string apart.
pub(super) fn parse(text: &str) -> Result<Vec<Element>> {
    let mut elements = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = piece(c, &rest[c.len_utf8()..], &mut elements)?;
    }
    Ok(elements)
}

/// Takes what `c` begins, and of which `rest` is the remainder; answers what comes then.
fn piece<'a>(c: char, rest: &'a str, elements: &mut Vec<Element>) -> Result<&'a str> {
    match c {
        '%' => return verb(rest, elements),
        '\\' => {
            let (byte, behind) = escape(rest)?;
            push_literal(&[byte], elements);
            return Ok(behind);
        }
        c => push_literal(c.encode_utf8(&mut [0; 4]).as_bytes(), elements),
    }
    Ok(rest)
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
    if letter == 'h' {
        let Some(inner) = behind.strip_prefix('{') else {
            elements.push(Element::Headers);
            return Ok(behind);
        };
        let (header, behind) = header_elements(inner)?;
        elements.push(Element::EachHeader(header));
        return Ok(behind);
    }
    let (modifier, behind) = modifier(letter, behind)?;
    elements.push(element(letter, modifier)?);
    Ok(behind)
}

/// The element for a verb, but for that of headers.
fn element(letter: char, modifier: Option<Modifier<'_>>) -> Result<Element> {
    let text = |field| text_element(field, modifier).map_err(|e| bad(letter, &e));
    let number = |field| {
        let form = match modifier {
            None => Ok(NumberForm::default()),
            Some(Modifier { name, marked: None }) => NumberForm::parse(Some(name)),
            Some(Modifier { name, .. }) => NumberForm::parse(Some(name)).and(Err(needless_marks(name))),
        };
        Ok(Element::Number(field, form.map_err(|e| bad(letter, &e))?))
    };
    match letter {
        't' => text(TextField::Topic),
        'k' => text(TextField::Key),
        'v' | 's' => text(TextField::Value),
        'K' => number(NumberField::KeyLength),
        'V' | 'S' => number(NumberField::ValueLength),
        'R' if modifier.is_none() => Ok(Element::Number(NumberField::ValueLength, NumberForm::Big(4))),
        'p' => number(NumberField::Partition),
        'o' => number(NumberField::Offset),
        'e' => number(NumberField::LeaderEpoch),
        'T' => number(NumberField::Timestamp),
        'H' => number(NumberField::HeaderCount),
        'i' => number(NumberField::Index),
        'x' => number(NumberField::ProducerId),
        'y' => number(NumberField::ProducerEpoch),
        '[' => number(NumberField::LogStartOffset),
        '|' => number(NumberField::LastStableOffset),
        ']' => number(NumberField::LogEndOffset),
        'd' => match modifier.and_then(|m| TimeForm::parse(m.name, m.marked)) {
            Some(form) => Ok(Element::Time(form.map_err(|e| bad(letter, &e))?)),
            None => number(NumberField::Timestamp),
        },
        'a' => attribute(modifier).map_err(|e| bad(letter, &e)),
        unknown => Err(FormatStringError(format!("unknown verb '%{unknown}'; known are {VERBS}"))),
    }
}

fn text_element(field: TextField, modifier: Option<Modifier<'_>>) -> std::result::Result<Element, String> {
    match modifier {
        Some(Modifier { name: "unpack", marked }) => {
            let layout = marked.ok_or("unpack needs what is unpacked behind it, such as unpack[>iQ$]")?;
            Ok(Element::Unpacked(field, Unpack::parse(layout)?))
        }
        Some(Modifier { name: "re", marked }) => {
            let pattern = marked.ok_or("re needs a regular expression behind it, such as re#[0-9]+#")?;
            Ok(Element::Matched(field, pattern.to_owned()))
        }
        Some(Modifier { name, marked: Some(_) }) => {
            TextForm::parse(Some(name)).and(Err(needless_marks(name)))
        }
        modifier => TextForm::parse(modifier.map(|m| m.name)).map(|form| Element::Text(field, form)),
    }
}

/// `%a{NAME}` or `%a{NAME;FORM}`.
fn attribute(modifier: Option<Modifier<'_>>) -> std::result::Result<Element, String> {
    let names = || AttributeField::NAMES.iter().map(|(known, _)| *known);
    let Some(modifier) = modifier else {
        let known: Vec<&str> = names().collect();
        return Err(format!("which attribute is meant stands behind it in braces: {}", known.join(", ")));
    };
    let (name, form) = match modifier.name.split_once(';') {
        Some((name, form)) => (name, Some(NumberForm::parse(Some(form))?)),
        None => (modifier.name, None),
    };
    let found = AttributeField::NAMES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
    let field = found.ok_or_else(|| spelling::unknown("attribute", name, names()))?;
    if form.is_some() && field.is_text_alone() {
        return Err(format!("{name} is text, and has no form of a number"));
    }
    Ok(Element::Attribute(field, form))
}

fn needless_marks(name: &str) -> String {
    format!("nothing can stand behind {name}")
}

/// The form of one header, which ends with the brace that closes it, and what comes then. Of all verbs it has
/// those that a header has. Braces within are to be in pairs, but for `%{` and `%}`.
fn header_elements(inner: &str) -> Result<(Vec<Element>, &str)> {
    let mut elements = Vec::new();
    let mut rest = inner;
    let mut depth = 1;
    loop {
        let Some(c) = rest.chars().next() else {
            return Err(FormatStringError("the brace behind %h is not closed".to_owned()));
        };
        rest = &rest[c.len_utf8()..];
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        rest = piece(c, rest, &mut elements)?;
    }
    for element in &elements {
        let fits = match element {
            Element::Literal(_) => true,
            Element::Text(field, _) | Element::Unpacked(field, _) | Element::Matched(field, _) => {
                *field != TextField::Topic
            }
            Element::Number(field, _) => {
                matches!(field, NumberField::KeyLength | NumberField::ValueLength)
            }
            _ => false,
        };
        if !fits {
            return Err(FormatStringError("within %h{…} only %k %K %v %V have a meaning".to_owned()));
        }
    }
    Ok((elements, rest))
}

/// What stands in braces behind a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Modifier<'a> {
    name: &'a str,
    /// What stands between marks behind the name.
    marked: Option<&'a str>,
}

/// What stands in braces behind a verb, and what comes then.
fn modifier(letter: char, rest: &str) -> Result<(Option<Modifier<'_>>, &str)> {
    let Some(inner) = rest.strip_prefix('{') else { return Ok((None, rest)) };
    for name in WITH_MARKS {
        if let Some(behind) = inner.strip_prefix(name)
            && let Some(mark) = behind.chars().next().filter(|c| "[({#".contains(*c))
        {
            let (marked, behind) = between_marks(mark, behind).ok_or_else(|| not_closed(letter))?;
            return Ok((Some(Modifier { name, marked: Some(marked) }), behind));
        }
    }
    let (name, behind) = inner.split_once('}').ok_or_else(|| not_closed(letter))?;
    Ok((Some(Modifier { name, marked: None }), behind))
}

/// What stands between marks, any number of which may open it: as many close it, and the brace of the modifier
/// is to follow. Answers what stands between, and what comes behind the brace.
fn between_marks(mark: char, text: &str) -> Option<(&str, &str)> {
    let inner = text.trim_start_matches(mark);
    let count = text.len() - inner.len();
    let closing = match mark {
        '[' => "]",
        '(' => ")",
        '{' => "}",
        _ => "#",
    };
    let end = closing.repeat(count) + "}";
    inner.split_once(end.as_str())
}

fn not_closed(letter: char) -> FormatStringError {
    FormatStringError(format!("the brace behind %{letter} is not closed"))
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
        assert!(error("%o{hexx}").starts_with("%o: unknown form 'hexx'"), "{}", error("%o{hexx}"));
        assert_eq!(error("%h{%k"), "the brace behind %h is not closed");
        assert_eq!(error("%v{re#a}"), "the brace behind %v is not closed");
        assert_eq!(error("%v{re}"), "%v: re needs a regular expression behind it, such as re#[0-9]+#");
        assert_eq!(
            error("%v{unpack[z]}"),
            "%v: unpack[…] has no letter 'z'; known are x < > b B h H i I q Q c . s $"
        );
        assert_eq!(
            error("%v{strftime[%F]}"),
            "%v: unknown form 'strftime'; known are hex, base64, base64raw, json, unpack, re (of bytes)"
        );
        assert!(
            error("%a").starts_with("%a: which attribute is meant stands behind it in braces: compression, ")
        );
        assert!(
            error("%a{comprission}").ends_with("did you mean 'compression'?"),
            "{}",
            error("%a{comprission}")
        );
        assert_eq!(error("%a{control-type;hex8}"), "%a: control-type is text, and has no form of a number");
        assert_eq!(error("%h{%o}"), "within %h{…} only %k %K %v %V have a meaning");
        assert_eq!(error(r"\q"), r"unknown escape '\q'; known are \n \r \t \0 \\ \xNN");
        assert_eq!(error(r"\x4"), r"\x needs two hexadecimal digits behind it");
    }

    #[test]
    fn the_rest_of_rpks_verbs() {
        use Element::{Attribute, Matched, Number};
        assert_eq!(
            parse("%x%y%[%|%]{big64}%a{compression}%a{control-bit;bool}").expect("a format"),
            [
                Number(NumberField::ProducerId, NumberForm::Ascii),
                Number(NumberField::ProducerEpoch, NumberForm::Ascii),
                Number(NumberField::LogStartOffset, NumberForm::Ascii),
                Number(NumberField::LastStableOffset, NumberForm::Ascii),
                Number(NumberField::LogEndOffset, NumberForm::Big(8)),
                Attribute(AttributeField::Compression, None),
                Attribute(AttributeField::ControlBit, Some(NumberForm::Bool)),
            ]
        );
        for (format, pattern) in [
            (r"%k{re[\d{2}]}", r"\d{2}"),
            ("%k{re#a}b#}", "a}b"),
            ("%k{re##a#}b##}", "a#}b"),
            ("%k{re[[ab]+]}", "error"),
            ("%k{re[[[ab]+]]}", "error"),
            ("%k{re(([ab]+))}", "[ab]+"),
            ("%k{re{{x}}}", "x"),
            ("%k{re##}", "error"),
        ] {
            let expected = Matched(TextField::Key, pattern.to_owned());
            match pattern {
                "error" => assert!(parse(format).is_err(), "{format}"),
                _ => assert_eq!(parse(format).expect(format), [expected], "{format}"),
            }
        }
        assert_eq!(
            parse("%h{%v{unpack{>h}}%k{re[a]}}x").expect("a format").len(),
            2,
            "braces of a modifier within a header are no braces of the header"
        );
        for format in ["%d{strftime## %F ##}", "%d{go((2006))}", "%d{strftime[[%F] ]}"] {
            assert_eq!(parse(format).is_ok(), format != "%d{strftime[[%F] ]}", "{format}");
        }
    }

    #[test]
    fn escapes_are_bytes() {
        assert_eq!(unescape(r"\0\xff\\:"), Ok(b"\x00\xff\\:".to_vec()));
        assert!(unescape("\\").is_err() && unescape(r"\xé").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in r"([%\\{}\[\]()|kvhdxyopn0ü#a-f ]|re|unpack|go|strftime|[<>iQ$]){0,24}") {
            let _ = parse(&text);
            let _ = unescape(&text);
        }
    }
}
