//! Concurrency window for storage requests, additive increase and multiplicative decrease: plus one per
//! successful round, halved when storage throttles or the link fails.

use crate::Millis;

#[derive(Debug)]
pub(crate) struct Window {
    open: usize,
    most: usize,
    succeeded: usize,
    cut_at: Option<Millis>,
}

impl Window {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            open: most,
            most,
            succeeded: 0,
            cut_at: None,
        }
    }

    pub(crate) fn open(&self) -> usize {
        self.open
    }

    pub(crate) fn succeeded(&mut self) {
        self.succeeded = self.succeeded.wrapping_add(1);
        if self.succeeded >= self.open {
            self.succeeded = 0;
            self.open = self.open.wrapping_add(1).min(self.most);
        }
    }

    /// Halves, once for all requests that were in flight together.
    pub(crate) fn cut(&mut self, now: Millis, started: Millis) {
        if self.cut_at.is_none_or(|cut_at| started > cut_at) {
            self.cut_at = Some(now);
            self.succeeded = 0;
            self.open = (self.open / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_under_way_together_halve_the_window_once() {
        let mut window = Window::new(6);
        window.cut(Millis(100), Millis(10));
        window.cut(Millis(101), Millis(20));
        assert_eq!(window.open(), 3);
        window.cut(Millis(200), Millis(150));
        window.cut(Millis(300), Millis(250));
        assert_eq!(window.open(), 1);
        for _ in 0..1 + 2 + 3 + 4 + 5 + 6 {
            window.succeeded();
        }
        assert_eq!(window.open(), 6);
    }
}
