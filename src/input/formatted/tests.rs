use proptest::prelude::*;

use super::*;

type Parsed = (Option<String>, Option<String>, Vec<(String, Option<String>)>);

fn pattern(format: &str) -> Result<RecordPattern, String> {
    let format = FormatString::parse(format).map_err(|error| error.0)?;
    RecordPattern::new(&format, None).map_err(|error| error.0)
}

fn fields(record: &InputRecord) -> Parsed {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        record.get(Field::Key).map(text),
        record.get(Field::Value).map(text),
        record.headers().map(|h| (text(h.key), h.value.map(text))).collect(),
    )
}

/// Every record of an input that is all there; what is incomplete without its end must be found to be so.
fn read_all(format: &str, input: &[u8]) -> Result<Vec<Parsed>, String> {
    let pattern = pattern(format)?;
    let mut record = InputRecord::new();
    let mut rest = input;
    let mut all = Vec::new();
    while !rest.is_empty() {
        let taken = pattern.read(rest, true, &mut record)?.ok_or("not whole")?;
        let expected = fields(&record);
        for cut in 0..taken {
            if let Ok(Some(shorter)) = pattern.read(&rest[..cut], false, &mut record) {
                assert_eq!((shorter, fields(&record)), (taken, expected.clone()));
            }
        }
        all.push(expected);
        rest = &rest[taken..];
    }
    Ok(all)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn fields_between_text() {
    let expected = vec![(some("k"), some("a b"), vec![]), (some(""), some("v"), vec![])];
    assert_eq!(read_all(r"%k\t%v\n", b"k\ta b\n\tv"), Ok(expected));
    let all = read_all(r"%t[%p]@%o %T %k=%v\n", b"t[3]@17 1700000180000 a=b\n").expect("a record");
    assert_eq!(all, [(some("a"), some("b"), vec![])]);
    assert_eq!(read_all("%v", b"all\nof it"), Ok(vec![(None, some("all\nof it"), vec![])]));
}

#[test]
fn fields_of_a_given_length() {
    let input = b"\0\0\0\x02k1\0\0\0\x01v\xff\xff\xff\xff\0\0\0\0";
    let expected = vec![(some("k1"), some("v"), vec![]), (None, some(""), vec![])];
    assert_eq!(read_all("%K{big32}%k%V{big32}%v", input), Ok(expected));
    assert_eq!(read_all("%V:%v{hex}", b"2:6162"), Ok(vec![(None, some("ab"), vec![])]));
    assert_eq!(read_all("%K{3}%k%v;", b"abcd;"), Ok(vec![(some("abc"), some("d"), vec![])]));
    let headers = vec![("a".to_owned(), some("1")), ("a".to_owned(), None)];
    assert_eq!(
        read_all(r"%H{byte}%h{%K{byte}%k%V{big32}%v}%v\n", b"\x02\x01a\0\0\0\x011\x01a\xff\xff\xff\xffx\n"),
        Ok(vec![(None, some("x"), headers)])
    );
}

#[test]
fn encoded_fields() {
    let input = b"6b31 eA== \"a\\nb\"\n6b31 eA== null\n6b31 eA== [1, 2]\n";
    let all = read_all(r"%k{hex} %v{base64} %v{json}\n", input).expect("records");
    let values: Vec<_> = all.into_iter().map(|(_, value, _)| value).collect();
    assert_eq!(values, [some("a\nb"), None, some("[1, 2]")]);
}

#[test]
fn fields_that_a_regular_expression_finds() {
    let values = |format, input: &[u8]| {
        let all = read_all(format, input)?;
        Ok::<_, String>(all.into_iter().map(|(_, value, _)| value.unwrap_or_default()).collect::<Vec<_>>())
    };
    assert_eq!(values(r"%v{re[\d{2}]}", b"2345"), Ok(vec!["23".to_owned(), "45".to_owned()]));
    assert_eq!(values(r"%v{re[(\d{2}|asdf)]}", b"23asdf45").map(|all| all.len()), Ok(3));
    assert_eq!(values(r"%v{re#...?#}\n", b"abc\nab\n"), Ok(vec!["abc".to_owned(), "ab".to_owned()]));
    let all = read_all(r"%K{3}%v{re[.*?\d]}%k", b"abcdefg[1aaad2bbb").expect("records");
    assert_eq!(all, [(some("aaa"), some("abcdefg[1"), vec![]), (some("bbb"), some("d2"), vec![])]);
    let line = b"[2026-01-31] ann: hello: you\n";
    let all = read_all(r"[%t{re#[0-9-]+#}] %k{re#[a-z]+#}: %v\n", line).expect("a record");
    assert_eq!(all, [(some("ann"), some("hello: you"), vec![])]);
    assert_eq!(
        values("%v{re#[0-9]+#},", b"1,x,"),
        Err("the regular expression does not match \"x,\"".to_owned())
    );
    assert_eq!(values("%v{re#a*#}", b"b"), Err("the format takes nothing from the input".to_owned()));
}

#[test]
fn what_cannot_be_read_is_refused_before_it_is() {
    for (format, expected) in [
        ("%v{re#(#}", "'(' cannot be used as a regular expression: "),
        ("%V%v{re#a#}", "a field has either a length before it or a regular expression"),
        ("%v{unpack[i]}", "{unpack[…]} can be written and not read"),
        ("%a{compression}", "%a can be written and not read"),
        ("%k%v", "it does not tell where a field ends"),
        ("%h{%k=%v }%v\\n", "%h{…} can be read only behind %H"),
        ("%h %v\\n", "%h can be read only as %h{…}"),
        ("%d{rfc3339} %v\\n", "%d{…} with a date cannot be read"),
        ("%K{3}", "there is nothing in it to be read"),
    ] {
        let message = pattern(format).expect_err(format);
        assert!(message.starts_with(expected), "{format}: {message}");
    }
}

#[test]
fn what_is_not_as_the_format_says_is_told() {
    for (format, input, expected) in [
        ("a%v\\n", &b"b\n"[..], "expected \"a\", found \"b\\n\""),
        ("%k,%v\\n", b"abc", "the input ends within the record"),
        ("%V{big32}%v", b"\0\0\0\x05abc", "the input ends within the record"),
        ("%V{big32}%v", b"\xff\xff\xff\xfeabc", "a length is negative"),
        ("%p %v\\n", b"-1 x\n", "-1 is no partition"),
        ("%p %v\\n", b"x x\n", "there is no number at 'x x"),
        ("%v{hex}\\n", b"zz\n", "'zz' is not hexadecimal"),
        ("%v{json}\\n", b"{]\n", "there is no JSON value"),
    ] {
        let message = read_all(format, input).expect_err(format);
        assert!(message.starts_with(expected), "{format}: {message}");
    }
    let format = FormatString::parse("%k %v\\n").expect("a format");
    let nulls = RecordPattern::new(&format, Some(b"~".to_vec())).expect("a pattern");
    let mut record = InputRecord::new();
    assert_eq!(nulls.read(b"k ~\n", true, &mut record), Ok(Some(4)));
    assert_eq!(fields(&record), (some("k"), None, vec![]));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, is_all: bool) {
        for format in ["%K{big16}%k%V{little32}%v", "%H{byte}%h{%K{byte}%k%v{json},}%v{base64}\n", "%T %k{hex}:%v;", "%x%v{re#[a-z]*#}%k{re#.#}"] {
            let pattern = pattern(format).expect(format);
            if let Ok(Some(taken)) = pattern.read(&bytes, is_all, &mut InputRecord::new()) {
                prop_assert!(taken > 0 && taken <= bytes.len());
            }
        }
    }
}
