//! Numbers as text, without the standard library's formatting, which would be larger than all that uses it.

/// The decimal digits of a number.
pub(crate) fn decimal(number: u64) -> String {
    let mut text = if number < 10 {
        String::new()
    } else {
        decimal(number / 10)
    };
    text.push(char::from(b'0' + (number % 10) as u8));
    text
}
