mod common;
use common::chance::{Weather, live, world};
#[test]
fn dbg() {
    let seed: u64 = std::env::var("S").unwrap().parse().unwrap();
    let n: u64 = std::env::var("N").unwrap().parse().unwrap();
    let weather = match seed % 4 { 0 => Weather::Calm, 1 => Weather::Rough, _ => Weather::Hostile };
    let (mut world, count) = world(seed, weather);
    world.keep_log = true;
    live(&mut world, count);
    let me = common::id(n);
    let mut all: Vec<(u64, String)> = vec![];
    for (at, e) in &world.log { let s = format!("{e:?}"); if s.contains(&me.to_string()) && !s.starts_with("Progress") { all.push((*at, s)); } }
    for (at, c) in &world.sent { let s = format!("{c:?}"); if s.contains(&me.to_string()) { all.push((*at, format!("  > {s}"))); } }
    all.sort_by_key(|a| a.0);
    for (at, s) in all { println!("{at:>10} {}", s.chars().take(180).collect::<String>()); }
    println!("{:?} {:?}", world.monitor.violations, world.queue.snapshot(me).map(|s| s.state));
}
