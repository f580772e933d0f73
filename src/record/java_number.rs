//! Numbers as Java prints them, where that is not as Rust does.

use std::io::Write as _;

/// Appends a `double` as `Double.toString` has it (the shortest digits that mean it, since JDK 19).
pub fn push_double(value: f64, out: &mut Vec<u8>) {
    push_floating(value.is_nan(), value.is_infinite(), value.is_sign_negative(), &format!("{value:e}"), out);
}

/// Appends a `float` as `Float.toString` has it.
pub fn push_float(value: f32, out: &mut Vec<u8>) {
    push_floating(value.is_nan(), value.is_infinite(), value.is_sign_negative(), &format!("{value:e}"), out);
}

/// `scientific` is Rust's form, such as `-1.25e-7`.
fn push_floating(is_nan: bool, is_infinite: bool, is_negative: bool, scientific: &str, out: &mut Vec<u8>) {
    if is_nan {
        return out.extend_from_slice(b"NaN");
    }
    if is_negative {
        out.push(b'-');
    }
    if is_infinite {
        return out.extend_from_slice(b"Infinity");
    }
    let (mantissa, exponent) =
        scientific.trim_start_matches('-').split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    // Plain between 10^-3 and 10^7, with at least one digit on either side of the point.
    let written = if digits == "0" {
        write!(out, "0.0")
    } else if (-3..0).contains(&exponent) {
        write!(out, "0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1))
    } else if (0..7).contains(&exponent) {
        let whole = exponent as usize + 1;
        let padded = format!("{digits:0<whole$}");
        let (whole, fraction) = padded.split_at(whole);
        write!(out, "{whole}.{}", if fraction.is_empty() { "0" } else { fraction })
    } else {
        let (first, rest) = digits.split_at(1);
        write!(out, "{first}.{}E{exponent}", if rest.is_empty() { "0" } else { rest })
    };
    debug_assert!(written.is_ok(), "memory takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_and_floats_are_java_s() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-1.5, "-1.5"),
            (0.001, "0.001"),
            (0.0123, "0.0123"),
            (0.00099, "9.9E-4"),
            (9_999_999.0, "9999999.0"),
            (1234.5, "1234.5"),
            (1.0e7, "1.0E7"),
            (1.25e-7, "1.25E-7"),
            (1.048_576e7, "1.048576E7"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            let mut out = Vec::new();
            push_double(value, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        let mut out = Vec::new();
        push_float(3.4e38, &mut out);
        out.push(b' ');
        push_float(0.1, &mut out);
        assert_eq!(out, b"3.4E38 0.1");
    }
}
