use super::super::counts::Kind;
use super::{Rows, list, rows};

const LOG: &str = "running 4 tests\n\
    test stall::f03_silence_ends ... ok\n\
    test retry::f06_f07_slow_down ... FAILED\n\
    test retry::f06_again ... ok\n\
    test plain::a_file_f09_is_sent ... ok\n";

const PYTHON: &str = "test_a07_without_exp (tests.test_stacks.Tokens.test_a07_without_exp) ... ok\n\
    test_a45_headers (tests.test_s3.S3.test_a45_headers)\nOne that is described. ... FAIL\n\
    test_f72_hidden (tests.test_s3.S3.test_f72_hidden) ... 2026 ERROR [x] a line of the log\nok\n\
    test_plain (tests.test_s3.S3.test_plain) ... ok\n";

/// The table of the rows that this log names, without its heading and its columns.
fn table(kind: Kind, group: &str, log: &str) -> Vec<String> {
    let mut rows = Rows::default();
    rows.read(kind, group, log);
    let table = rows.table();
    let lines = table.lines().skip(1).take_while(|line| !line.is_empty());
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    lines.map(words).collect()
}

const NODE: &str = "ok 3 - a97_no_script\n    not ok 4 - a97_b\n";

#[test]
fn a_test_belongs_to_the_rows_that_its_name_begins_with() {
    let expected = [
        "F03 ok unit engine stall::f03_silence_ends",
        "F06 FAILED unit engine retry::f06_f07_slow_down",
        "ok unit engine retry::f06_again",
        "F07 FAILED unit engine retry::f06_f07_slow_down",
    ];
    assert_eq!(table(Kind::Native, "engine", LOG), expected);
    let expected = [
        "A07 ok local-AWS rule local-aws a07_without_exp",
        "A45 FAILED local-AWS rule local-aws a45_headers",
        "F72 ok local-AWS rule local-aws f72_hidden",
    ];
    assert_eq!(table(Kind::LocalAws, "local-aws", PYTHON), expected);
    let expected = [
        "A97 FAILED package package a97_b",
        "ok package package a97_no_script",
    ];
    assert_eq!(table(Kind::Package, "package", NODE), expected);
}

#[test]
fn a_name_may_stand_for_a_range_of_rows() {
    assert_eq!(rows("x::f58_to_f60_poison_to_f70"), ["F58", "F59", "F60"]);
    assert_eq!(rows("f06_f07_slow"), ["F06", "F07"]);
    assert_eq!(rows("f50_to_f52_f60"), ["F50", "F51", "F52", "F60"]);
    assert!(rows("to_f06").is_empty());
    assert!(rows("a_file_f09").is_empty());
}

#[test]
fn rows_without_a_test_are_named() {
    let mut rows = Rows::default();
    rows.read(Kind::Faults, "engine", LOG);
    let missing = rows.missing();
    let named = |row: &str| missing.iter().any(|line| line.ends_with(row));
    assert!(!named("F06") || missing.iter().any(|line| line.starts_with("F06")));
    assert!(named("after F44") && named("after F50") && named("after A97"));
    assert_eq!(missing.len(), list::all().len() - 3);
}

#[test]
fn what_the_local_aws_cannot_show_must_be_shown_where_the_list_says() {
    let mut rows = Rows::default();
    rows.read(Kind::Native, "x", "test a51_plain_http ... ok\n");
    let line = |rows: &Rows| {
        let mut missing = rows.missing().into_iter();
        missing.find(|line| line.starts_with("A51"))
    };
    assert_eq!(
        line(&rows).as_deref(),
        Some("A51 is to be shown by: local-AWS rule, template, whole system")
    );
    rows.read(Kind::Template, "x", "test a51_the_policy ... ok\n");
    assert_eq!(line(&rows), None);
    assert!(rows.table().contains("all local traffic is plain HTTP"));
}
