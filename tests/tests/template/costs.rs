//! What the page on costs says of an idle month, against the template.

use serde_json::Value;

use super::document::{of_type, properties, template};

fn guide() -> String {
    std::fs::read_to_string(devkit::paths::root().join("docs/OPERATIONS.md")).unwrap()
}

/// Of 30 days.
const MINUTES: u64 = 30 * 24 * 60;

#[test]
fn d15_an_idle_month_is_counted_from_the_template() {
    let guide = guide();
    let schedule = &template()["Parameters"]["SweepSchedule"]["Default"];
    assert_eq!(*schedule, "rate(15 minutes)");
    let runs = MINUTES / 15;
    // One query for each shard, which is the first character of an owner: a letter, or 2 to 7.
    let queries = runs * 32;
    let mut said = vec![
        format!("| {} |", grouped(runs)),
        // It lists what is unfinished from the owners of one shard on, then the others.
        format!("[{} lists]", grouped(2 * runs)),
        format!("| {} queries of half a unit: 32 shards", grouped(queries)),
    ];
    // Lambda's five readers, each asking three times a minute. It has fewer on an idle queue unless this is set:
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    let scaling = &properties("RecordEvents")["ScalingConfig"]["MaximumConcurrency"];
    assert_eq!(scaling["Ref"], "MaxConcurrency");
    let receives = grouped(MINUTES * 3 * 5);
    said.push(format!("| {receives} receives that find nothing |"));
    for said in said {
        assert!(guide.contains(&said), "the page must say: {said}");
    }
}

#[test]
fn d15_the_alarms_that_are_paid_are_those_of_the_template() {
    let alarms = of_type("AWS::CloudWatch::Alarm");
    let with = |condition: Value| {
        let alarms = alarms.iter();
        let found = alarms.filter(|(_, alarm)| alarm["Condition"] == condition);
        found.count()
    };
    let (always, scan, route, bus) = (
        with(Value::Null),
        with("Scanned".into()),
        with("ViaLambda".into()),
        with("Told".into()),
    );
    assert_eq!(always + scan + route + bus, alarms.len());
    let words = ["no", "one", "two", "three"];
    let said = format!(
        "{always}, {} more with `ScanUploads=on`, {} more with `EventRoute=lambda`, {} more with `EventBusName`",
        words[scan], words[route], words[bus]
    );
    let guide = guide();
    assert!(guide.contains(&said), "the page must say: {said}");
    assert!(guide.contains(&format!("$0.10 for each of {always} alarms")));
}

/// With commas, as people write numbers.
fn grouped(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1000), number % 1000),
    }
}
