//! How many connections there are, on paths of all kinds.

use super::*;

/// Six connections or more on a path, looked at every 100 ms; returns how many there are at each look.
fn watch(window: &mut Window, from: u64, looks: u64, rate: impl Fn(usize) -> u64) -> Vec<usize> {
    let mut seen = Vec::new();
    for look in 0..looks {
        let now = Millis(from + look * 100);
        if window.is_ripe() {
            window.add(now, 18);
            window.began(now.after(10), now);
        }
        let open = window.open();
        for step in 1..=2 {
            for _ in 0..open {
                window.moved(now.after(step * 40), open, rate(open) * 40, 40);
            }
        }
        seen.push(open);
    }
    seen
}

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

#[test]
fn successes_alone_add_nothing_to_the_first_ones() {
    let mut window = Window::new(6);
    for _ in 0..1_000 {
        window.succeeded();
    }
    assert!(!window.is_ripe());
    assert_eq!(window.open(), 6);
}

#[test]
fn a_third_is_added_at_a_time_while_each_brings_its_share() {
    let mut window = Window::new(6);
    let seen = watch(&mut window, 0, 10, |_| 1_000);
    assert_eq!(seen[1..5], [6, 8, 10, 12]);
}

#[test]
fn none_is_added_before_the_rate_is_steady() {
    let mut window = Window::new(6);
    // Buffers of megabytes fill.
    for look in 1..=10 {
        for _ in 0..2 {
            window.moved(Millis(look * 100), 6, 10_000_000 >> look, 100);
        }
        assert!(!window.is_ripe());
    }
    for _ in 0..2 {
        window.moved(Millis(1_100), 6, 10_000_000 >> 10, 100);
    }
    assert!(window.is_ripe());
}

#[test]
fn no_more_are_added_than_the_hosts_allow() {
    let mut window = Window::new(5);
    for open in [7, 9, 10] {
        window.add(Millis(0), 10);
        assert_eq!(window.open(), open);
    }
}

#[test]
fn a_full_link_keeps_the_first_ones_and_is_tried_ever_more_rarely() {
    let mut window = Window::new(6);
    let seen = watch(&mut window, 0, 1_200, |open| 6_000 / open as u64);
    assert!(seen.iter().all(|open| *open <= 8), "{seen:?}");
    let more = seen.iter().filter(|open| **open == 8).count();
    assert!((2..=12).contains(&more), "{more} of 1,200 looks");
}

#[test]
fn it_stops_where_the_link_is_full() {
    let mut window = Window::new(6);
    let seen = watch(&mut window, 0, 600, |open| 9_000 / (open as u64).max(9));
    let last = &seen[300..];
    assert!(last.iter().all(|open| (8..=12).contains(open)), "{last:?}");
    // What stays says nothing of the next attempt, whose pause grows on.
    let tried = last.iter().filter(|open| **open == 12).count();
    assert!(tried <= 5, "{tried} of 300 looks");
}

#[test]
fn f06_slow_down_halves_what_was_added_too() {
    let mut window = Window::new(6);
    watch(&mut window, 0, 10, |_| 1_000);
    let open = window.open();
    window.cut(Millis(1_000), Millis(990));
    assert_eq!(window.open(), open / 2);
    assert!(!window.is_ripe());
}

#[test]
fn a_fall_of_the_rate_takes_all_that_was_added() {
    let mut window = Window::new(6);
    watch(&mut window, 0, 8, |_| 1_000);
    let open = window.open();
    assert!(open > 8);
    // Another tab takes half of what is now a full link.
    let seen = watch(&mut window, 800, 3, |open| 5_000 / open as u64);
    assert_eq!(seen.last(), Some(&6), "{seen:?}");
}

#[test]
fn what_is_seen_while_connections_are_idle_does_not_count() {
    let mut window = Window::new(6);
    for look in 0..100 {
        window.moved(Millis(look * 50), 5, 50_000, 50);
    }
    assert!(!window.is_ripe());
}

#[test]
fn one_that_does_not_move_yet_is_waited_for() {
    let mut window = Window::new(6);
    watch(&mut window, 0, 2, |_| 1_000);
    if window.is_ripe() {
        window.add(Millis(200), 12);
    }
    let open = window.open();
    assert!(open > 6);
    for look in 4..100 {
        window.moved(Millis(look * 50), open, 50_000, 50);
    }
    assert!(!window.is_ripe());
}
