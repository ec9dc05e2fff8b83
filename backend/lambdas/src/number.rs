//! Whole numbers, as CloudFormation passes them on.

/// The whole number that a text states in decimal or scientific notation.
///
/// CloudFormation may write a large parameter of type `Number` as `5.36870912E9`:
/// <https://github.com/awslabs/aws-cloudformation-template-formatter/issues/10>.
pub(crate) fn whole(text: &str) -> Option<u64> {
    let (mantissa, exponent) = text.split_once(['E', 'e']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty()
        || ![whole, fraction]
            .concat()
            .bytes()
            .all(|digit| digit.is_ascii_digit())
    {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let zeros = exponent
        .parse::<usize>()
        .ok()?
        .checked_sub(fraction.len())?;
    // More zeros are more than 64 bits.
    let zeros = "0".repeat(zeros.min(20));
    [whole, fraction, &zeros].concat().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn d12_a_large_number_may_come_in_scientific_notation() {
        for (text, number) in [
            ("0", 0),
            ("0.0", 0),
            ("5368709120", 5_368_709_120),
            ("5.36870912E9", 5_368_709_120),
            ("5.36870912e+9", 5_368_709_120),
            ("5.3687091200E9", 5_368_709_120),
            ("5.36870912E8", 536_870_912),
            ("1E19", 10_000_000_000_000_000_000),
        ] {
            assert_eq!(whole(text), Some(number), "{text}");
        }
    }

    #[test]
    fn d12_what_is_no_whole_number_of_64_bits_is_refused() {
        for text in [
            "",
            ".5E1",
            "-1",
            "+1",
            "0.5",
            "5.36870912E7",
            "1E-1",
            "1E20",
            "1E99999999999999999999",
            "9E9E9",
            "1 GiB",
            "NaN",
            "inf",
            "0x10",
            "1_000",
            "1.2.3",
            "E9",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
