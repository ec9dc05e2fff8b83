//! Figures of samples.

/// The `percent`-th percentile by nearest rank; `None` without values.
pub fn quantile<T: Copy + Ord>(all: &[T], percent: usize) -> Option<T> {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// The middle value; for an even number the mean of the two in the middle; `None` without values.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some((values.get(middle.checked_sub(1)?)? + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::{median, quantile};

    #[test]
    fn quantiles_are_values_that_were_measured() {
        let all: Vec<u64> = (1..=200).rev().collect();
        assert_eq!(quantile(&all, 50), Some(100));
        assert_eq!(quantile(&all, 99), Some(198));
        assert_eq!(quantile(&[7], 99), Some(7));
        assert_eq!(quantile::<u64>(&[], 50), None);
    }

    #[test]
    fn the_median_is_the_middle_of_the_sorted() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
