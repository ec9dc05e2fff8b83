use std::fmt;

/// Width of the normal form. S3's sequencers have 16 to 18 digits; longer ones than this are
/// refused.
const WIDTH: usize = 64;

/// Orders the events of one key.
///
/// S3 gives each PUT and DELETE a hexadecimal `sequencer`. To compare two for the same key,
/// right-pad the shorter with zeros; the lexicographically greater is newer
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>).
/// [`Sequencer::order`] is that form at a fixed width and in upper case, so that a plain string
/// comparison in the database orders events.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sequencer {
    written: String,
    order: String,
}

/// The text is not 1 to 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sequencer must be 1 to {WIDTH} hexadecimal digits")]
pub struct SequencerError;

impl Sequencer {
    /// Parses a sequencer.
    ///
    /// # Errors
    /// [`SequencerError`] if it is not one.
    pub fn parse(written: &str) -> Result<Self, SequencerError> {
        let hex = written.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex || written.is_empty() || written.len() > WIDTH {
            return Err(SequencerError);
        }
        Ok(Self {
            written: written.to_owned(),
            order: format!("{:0<WIDTH$}", written.to_ascii_uppercase()),
        })
    }

    /// As S3 wrote it.
    pub fn as_written(&self) -> &str {
        &self.written
    }

    /// The form for comparison: upper case, right-padded to a fixed width.
    pub fn order(&self) -> &str {
        &self.order
    }
}

impl fmt::Debug for Sequencer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Sequencer({})", self.written)
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::Sequencer;

    fn order(text: &str) -> String {
        Sequencer::parse(text).unwrap().order().to_owned()
    }

    #[test]
    fn f53_the_shorter_is_padded_on_the_right() {
        let cases = [
            ("0055AED6DCD903", "0055AED6DCD90281E5", Ordering::Greater),
            ("0055aed6dcd90281e5", "0055AED6DCD90281E5", Ordering::Equal),
            ("0055AED6DCD9028", "0055AED6DCD90281E5", Ordering::Less),
            ("1", "01", Ordering::Greater),
            ("A", "A00", Ordering::Equal),
            ("a1", "B", Ordering::Less),
            ("0", "00", Ordering::Equal),
        ];
        for (left, right, expected) in cases {
            assert_eq!(
                order(left).cmp(&order(right)),
                expected,
                "{left} against {right}"
            );
        }
    }

    #[test]
    fn f59_what_is_not_hexadecimal_has_no_order() {
        for text in ["", " ", "0x1", "12G", "1 ", &"A".repeat(65)] {
            assert!(Sequencer::parse(text).is_err(), "{text}");
        }
        assert!(Sequencer::parse(&"f".repeat(64)).is_ok());
    }

    /// The documented rule for two sequencers.
    fn as_documented(left: &str, right: &str) -> Ordering {
        let width = left.len().max(right.len());
        let pad = |text: &str| format!("{text:0<width$}").to_ascii_lowercase();
        pad(left).cmp(&pad(right))
    }

    proptest! {
        #[test]
        fn f53_fixed_width_equals_the_rule_for_pairs(a in "[0-9a-fA-F]{1,64}", b in "[0-9a-fA-F]{1,64}") {
            prop_assert_eq!(order(&a).cmp(&order(&b)), as_documented(&a, &b));
            prop_assert_eq!(order(&a).cmp(&order(&b)), order(&b).cmp(&order(&a)).reverse());
        }

        #[test]
        fn f53_trailing_zeros_do_not_count(a in "[0-9a-fA-F]{1,32}", zeros in 0usize..32) {
            prop_assert_eq!(order(&a), order(&format!("{a}{}", "0".repeat(zeros))));
        }

        #[test]
        fn f53_case_does_not_count(a in "[0-9a-fA-F]{1,64}") {
            prop_assert_eq!(order(&a), order(&a.to_ascii_lowercase()));
            prop_assert_eq!(order(&a), order(&a.to_ascii_uppercase()));
        }

        #[test]
        fn f53_equal_means_the_same_but_for_case_and_trailing_zeros(
            a in "[01aA]{1,6}", b in "[01aA]{1,6}"
        ) {
            let bare = |text: &str| text.to_ascii_uppercase().trim_end_matches('0').to_owned();
            prop_assert_eq!(order(&a) == order(&b), bare(&a) == bare(&b));
        }

        #[test]
        fn f53_the_order_is_transitive(mut all in proptest::collection::vec("[0-9a-fA-F]{1,8}", 3)) {
            all.sort_by(|a, b| as_documented(a, b));
            prop_assert!(order(&all[0]) <= order(&all[1]) && order(&all[1]) <= order(&all[2]));
            prop_assert!(order(&all[0]) <= order(&all[2]));
        }
    }
}
