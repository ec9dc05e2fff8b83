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

fn lines(table: &str) -> Vec<Vec<&str>> {
    table
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect())
        .collect()
}

#[test]
fn a_test_belongs_to_the_rows_that_its_name_begins_with() {
    let mut rows = Rows::default();
    rows.read(Kind::Native, "engine", LOG);
    assert_eq!(
        lines(&rows.table())[1..],
        [
            vec!["F03", "ok", "unit", "engine", "stall::f03_silence_ends"],
            vec![
                "F06",
                "FAILED",
                "unit",
                "engine",
                "retry::f06_f07_slow_down"
            ],
            vec!["ok", "unit", "engine", "retry::f06_again"],
            vec![
                "F07",
                "FAILED",
                "unit",
                "engine",
                "retry::f06_f07_slow_down"
            ],
        ]
    );
}

#[test]
fn tests_in_python_count_too() {
    let mut rows = Rows::default();
    rows.read(Kind::LocalAws, "local-aws", PYTHON);
    assert_eq!(
        lines(&rows.table())[1..],
        [
            vec![
                "A07",
                "ok",
                "local-AWS",
                "rule",
                "local-aws",
                "a07_without_exp"
            ],
            vec![
                "A45",
                "FAILED",
                "local-AWS",
                "rule",
                "local-aws",
                "a45_headers"
            ],
            vec!["F72", "ok", "local-AWS", "rule", "local-aws", "f72_hidden"],
        ]
    );
}

#[test]
fn tests_under_node_count_too() {
    let mut rows = Rows::default();
    rows.read(
        Kind::Package,
        "package",
        "ok 3 - a97_no_script\n    not ok 4 - a97_b\n",
    );
    assert_eq!(
        lines(&rows.table())[1..],
        [
            vec!["A97", "FAILED", "package", "package", "a97_b"],
            vec!["ok", "package", "package", "a97_no_script"],
        ]
    );
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
        rows.missing()
            .into_iter()
            .find(|line| line.starts_with("A51"))
    };
    assert_eq!(
        line(&rows).as_deref(),
        Some("A51 is to be shown by: local-AWS rule, template, whole system")
    );
    rows.read(Kind::Template, "x", "test a51_the_policy ... ok\n");
    assert_eq!(line(&rows), None);
    assert!(rows.table().contains("all local traffic is plain HTTP"));
}
