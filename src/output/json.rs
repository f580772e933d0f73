//! Pieces of a JSON object, appended to a buffer one after the other. What is printed by the million is put together
//! so, without a value of its own for each.
//!
//! Bytes that are not UTF-8 stand as base64: of a field `key` under `keyBase64`, in a list as `{"base64": …}`.

use crate::format_string::TextForm;

/// Appends a comma, the name and a colon.
#[inline]
pub(super) fn name(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Appends a field that is a number.
#[inline]
pub(super) fn number(out: &mut Vec<u8>, field: &str, value: impl itoa::Integer) {
    name(out, field);
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends a field that is a number or null.
pub(super) fn optional(out: &mut Vec<u8>, field: &str, value: Option<impl itoa::Integer>) {
    match value {
        Some(value) => number(out, field, value),
        None => null(out, field),
    }
}

/// Appends a field that is true or false.
pub(super) fn flag(out: &mut Vec<u8>, field: &str, value: bool) {
    name(out, field);
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends a field that is null.
pub(super) fn null(out: &mut Vec<u8>, field: &str) {
    name(out, field);
    out.extend_from_slice(b"null");
}

/// Appends a field that is a text.
#[inline]
pub(super) fn text(out: &mut Vec<u8>, field: &str, value: &str) {
    name(out, field);
    bytes_item(out, Some(value.as_bytes()));
}

/// Appends a field that is bytes.
pub(super) fn bytes(out: &mut Vec<u8>, field: &str, value: Option<&[u8]>) {
    match value {
        Some(value) if std::str::from_utf8(value).is_err() => {
            out.extend_from_slice(b",\"");
            out.extend_from_slice(field.as_bytes());
            out.extend_from_slice(b"Base64\":\"");
            TextForm::Base64.write(value, out);
            out.push(b'"');
        }
        value => {
            name(out, field);
            bytes_item(out, value);
        }
    }
}

/// Appends bytes as an item of a list.
pub(super) fn bytes_item(out: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        Some(value) => TextForm::Json.write(value, out),
        None => out.extend_from_slice(b"null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_make_an_object() {
        let mut out = b"{\"v\":1".to_vec();
        number(&mut out, "n", -1);
        optional(&mut out, "o", None::<i64>);
        optional(&mut out, "p", Some(2));
        flag(&mut out, "f", true);
        text(&mut out, "t", "\"\u{1}");
        bytes(&mut out, "a", Some(b"x"));
        bytes(&mut out, "b", Some(b"\xff"));
        bytes(&mut out, "c", None);
        name(&mut out, "l");
        out.push(b'[');
        bytes_item(&mut out, Some(b"\xff"));
        out.push(b']');
        out.push(b'}');
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            r#"{"v":1,"n":-1,"o":null,"p":2,"f":true,"t":"\"\u0001","a":"x","bBase64":"/w==","c":null,"l":[{"base64":"/w=="}]}"#
        );
    }
}
