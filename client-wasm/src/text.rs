//! Text of numbers and changed text, without the standard library's formatting and its characters, which would be larger
//! than all that uses them.

/// One digit of a number, by its last four bits.
fn digit(number: u128) -> &'static str {
    let place = number as usize & 15;
    "0123456789abcdef".get(place..=place).unwrap_or_default()
}

/// The decimal digits of a number.
pub(crate) fn decimal(number: u64) -> String {
    let mut text = if number < 10 {
        String::new()
    } else {
        decimal(number / 10)
    };
    text.push_str(digit(u128::from(number % 10)));
    text
}

/// The last hexadecimal digits of a number, so many.
pub(crate) fn hex(number: u128, digits: u32) -> String {
    let mut text = if digits > 1 {
        hex(number >> 4, digits - 1)
    } else {
        String::new()
    };
    text.push_str(digit(number));
    text
}

/// Appends `text`, with other text in place of some of its bytes, which must be ASCII.
pub(crate) fn append_with(out: &mut String, text: &str, other: &dyn Fn(u8) -> Option<String>) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(other) = other(byte) {
            out.push_str(text.get(from..at).unwrap_or_default());
            out.push_str(&other);
            from = at + 1;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
}
