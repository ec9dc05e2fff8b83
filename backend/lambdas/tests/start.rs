//! F74: a function that lacks a variable names it at its cold start.

mod common;

use common::variable;
use crowfly_core::Outbox;
use crowfly_lambdas::variables::{StartError, Variables};
use crowfly_lambdas::{presign, read, remove};

fn with(
    name: &'static str,
    value: Option<&'static str>,
) -> impl Fn(&'static str) -> Option<String> {
    move |asked| {
        if asked == name {
            value.map(str::to_owned)
        } else {
            variable(asked)
        }
    }
}

#[test]
fn f74_each_missing_variable_is_named() {
    for name in [
        "BUCKET",
        "MAX_FILE_BYTES",
        "ALLOWED_TYPES",
        "KEY_SUFFIX",
        "KEY_LAYOUT",
        "EVENT_ROUTE",
        "PUBLIC_READ",
        "REQUIRED_SCOPE",
        "MAX_OPEN_UPLOADS",
        "MAX_OPEN_BYTES",
        "MAX_REQUESTS_PER_SECOND",
        "REPAIR_AFTER_SECONDS",
    ] {
        let lookup = with(name, None);
        let error = presign::Settings::read(&Variables::new(&lookup)).unwrap_err();
        assert!(
            matches!(&error, StartError::Missing(missing) if *missing == name),
            "{error}"
        );
        assert!(error.to_string().contains(name));
    }
}

#[test]
fn d12_the_largest_file_may_be_stated_in_scientific_notation() {
    let lookup = with("MAX_FILE_BYTES", Some("5.36870912E9"));
    let policy = Variables::new(&lookup).policy().unwrap();
    assert_eq!(policy.max_file_bytes, 5 << 30);
}

#[test]
fn f74_each_invalid_variable_is_named() {
    for (name, value) in [
        ("MAX_FILE_BYTES", "5GB"),
        ("MAX_FILE_BYTES", "-1"),
        ("ALLOWED_TYPES", "video"),
        ("ALLOWED_TYPES", ","),
        ("KEY_SUFFIX", ".WEBM"),
        ("KEY_SUFFIX", "a/b"),
        ("KEY_LAYOUT", "folders"),
        ("EVENT_ROUTE", "sns"),
        ("PUBLIC_READ", "on"),
        ("MAX_OPEN_UPLOADS", "-1"),
        ("MAX_OPEN_BYTES", "1 GiB"),
        ("MAX_REQUESTS_PER_SECOND", "0.5"),
        ("REPAIR_AFTER_SECONDS", "15m"),
    ] {
        let lookup = with(name, Some(value));
        let error = presign::Settings::read(&Variables::new(&lookup)).unwrap_err();
        assert!(
            matches!(&error, StartError::Wrong { name: wrong, .. } if *wrong == name),
            "{error}"
        );
    }
    let lookup = with("UNFINISHED_DAYS", Some("5E9"));
    assert!(Variables::new(&lookup).unfinished_ms().is_err());
    for minutes in ["1d", "-1", "0.5", ""] {
        let lookup = with("LIVE_GRACE_MINUTES", Some(minutes));
        assert!(Variables::new(&lookup).live_grace_ms().is_err());
    }
    let lookup = with("LIVE_KEEP", Some("yes"));
    assert!(Variables::new(&lookup).live_keep().is_err());
    let lookup = with("LIVE_KEEP", Some("on"));
    assert!(Variables::new(&lookup).live_keep().unwrap());
    let lookup = with("URL_LIFETIME_SECONDS", Some("5m"));
    assert!(Variables::new(&lookup).url_lifetime().is_err());
}

#[test]
fn h6_the_rate_of_reads_is_needed_and_a_whole_number() {
    let missing = with("MAX_READS_PER_SECOND", None);
    let error = read::Settings::read(&Variables::new(&missing)).unwrap_err();
    assert!(matches!(error, StartError::Missing("MAX_READS_PER_SECOND")));
    let wrong = with("MAX_READS_PER_SECOND", Some("0.5"));
    let error = read::Settings::read(&Variables::new(&wrong)).unwrap_err();
    assert!(
        error.to_string().contains("MAX_READS_PER_SECOND"),
        "{error}"
    );
}

#[test]
fn the_suffix_applies_on_the_route_lambda_only() {
    let suffix = |route: &'static str| {
        let lookup = move |name: &'static str| match name {
            "KEY_SUFFIX" => Some(".webm".to_owned()),
            "EVENT_ROUTE" => Some(route.to_owned()),
            _ => variable(name),
        };
        Variables::new(&lookup).policy().unwrap().key_suffix
    };
    assert_eq!(suffix("lambda"), ".webm");
    assert_eq!(
        (suffix("direct"), suffix("eventbridge")),
        Default::default()
    );
}

#[test]
fn f74_remove_names_what_it_lacks() {
    for name in ["REQUIRED_SCOPE", "MAX_REQUESTS_PER_SECOND"] {
        let lookup = with(name, None);
        let error = remove::Settings::read(&Variables::new(&lookup)).unwrap_err();
        assert!(
            matches!(&error, StartError::Missing(missing) if *missing == name),
            "{error}"
        );
    }
}

/// An empty name, the template's default, is none.
#[test]
fn an_application_is_notified_only_through_a_bus() {
    for (bus, outbox) in [
        (None, Outbox::Off),
        (Some(""), Outbox::Off),
        (Some("default"), Outbox::On),
    ] {
        let lookup = with("EVENT_BUS", bus);
        assert_eq!(Variables::new(&lookup).outbox(), outbox, "{bus:?}");
        let settings = remove::Settings::read(&Variables::new(&lookup)).unwrap();
        assert_eq!(settings.outbox, outbox, "{bus:?}");
    }
}
