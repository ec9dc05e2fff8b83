//! The first user of a stack with its own pool: made by the README's own commands, signed in on the demo page.

use std::time::Duration;

use crowfly_contract::UploadStatus;
use devkit::browser::{Browser, Key};
use devkit::env::{Env, Stack};
use devkit::random::random_hex;
use e2e::api::{Api, login};
use e2e::files::TestFile;
use e2e::page::Page;

use crate::commands::{commands, run};
use crate::page::assert_quiet;
use crate::page_a11y::axe;
use crate::sign_in::{Form, PROBLEM};

/// The examples in the README that the reader replaces.
const EXAMPLE: [&str; 3] = [
    "--stack-name crowfly ",
    "--username ada ",
    "'Only-for-3-days'",
];
const TEMPORARY: &str = "Temporary-1234";
const OWN: &str = "My-own-password-1";

/// The replacements for [`EXAMPLE`].
fn words(stack: &Stack, name: &str, password: &str) -> [(&'static str, String); 3] {
    let [in_stack, by_name, with_password] = EXAMPLE;
    [
        (in_stack, format!("--stack-name {} ", stack.name())),
        (by_name, format!("--username {name} ")),
        (with_password, format!("'{password}'")),
    ]
}

/// Creates a user as the README says, and returns the name.
fn first_user(stack: &Stack) -> String {
    let name = format!("ada-{}", random_hex(6));
    let script = commands("README.md", "first-user");
    assert_eq!(script.matches("aws ").count(), 2, "two commands: {script}");
    let made = run(stack, &script, &words(stack, &name, TEMPORARY));
    assert!(made.contains("FORCE_CHANGE_PASSWORD"), "{made}");
    name
}

#[test]
fn d1_the_first_user_of_the_readme_signs_in_and_uploads() {
    let stack = Env::stack("main");
    let name = first_user(stack);
    let file = TestFile::new("the first of all.txt", 1000);
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    let form = Form::of(&browser);

    form.sign_in(&name, TEMPORARY);
    form.wait_step("new-password");
    let title = browser.wait_for("#login-title").text();
    assert_eq!(title, "Choose a new password");
    // The focus is in the field to correct, and a screen reader announces why.
    let field = browser.focused().expect("the focus");
    let attribute = |name: &str| field.attribute(name).unwrap_or_default();
    assert_eq!(attribute("autocomplete"), "new-password");
    assert!(attribute("aria-describedby").contains("new-password-note"));
    let user = browser.wait_for("input[autocomplete=username]");
    assert!(user.attribute("readonly").is_some(), "{user:?}");
    for scheme in ["light", "dark"] {
        browser.prefer_color_scheme(scheme);
        axe(&browser, &format!("{scheme}: the new password"));
        browser.screenshot(&format!("new-password-{scheme}"));
    }

    // Submitted by keyboard.
    browser.press(Key::Enter);
    form.wait_problem("Enter a new password");
    form.choose("short");
    let problem = form.wait_problem("at least 12 characters");
    assert!(problem.contains("digit"), "{problem}");
    assert!(!problem.contains("Exception"), "{problem}");
    let again = browser.focused().expect("the focus");
    assert_eq!(again.attribute("aria-invalid").as_deref(), Some("true"));
    axe(&browser, "a new password that is refused");
    form.choose(TEMPORARY);
    form.wait_problem("other than the temporary one");
    // A refused password is a 400, which the browser logs.
    browser.console();
    form.choose(OWN);
    page.wait_ready();

    page.pick(&[&file.path]);
    let row = page.wait_state(&file.name, "processed", Duration::from_secs(20));
    let api = Api::with_token(stack, &login(stack, &name, OWN)["AccessToken"]);
    let record = api.record(row.id.parse().expect("an id"));
    assert_eq!(
        record.map(|record| record.status),
        Some(UploadStatus::Stored)
    );
    assert_quiet(&browser);

    // The next sign-in has one step, and the form is empty.
    browser.wait_for("[data-action=logout]").click();
    form.wait_step("password");
    let left =
        "return [...document.querySelectorAll('#login-form input')].map((input) => input.value);";
    let left = browser.run(left, &[]).to_string();
    assert!(!left.contains(&name) && !left.contains(OWN), "{left}");
    form.sign_in(&name, TEMPORARY);
    form.wait_problem("The name or the password is wrong.");
    form.sign_in(&name, OWN);
    page.wait_ready();
}

/// A forgotten password, by the procedure of docs/OPERATIONS.md.
#[test]
fn d1_an_operator_gives_a_temporary_password_anew() {
    let stack = Env::stack("main");
    let name = first_user(stack);
    let browser = Browser::start();
    let page = Page::open(&browser, stack);
    let form = Form::of(&browser);
    let another = "Another-temporary-1";
    let script = commands("docs/OPERATIONS.md", "password");
    run(stack, &script, &words(stack, &name, another));
    form.sign_in(&name, TEMPORARY);
    form.wait_problem("The name or the password is wrong.");
    form.sign_in(&name, another);
    form.wait_step("new-password");
    // "Back" shows the first step as it was, without the password.
    browser.wait_for("[data-action=back]").click();
    form.wait_step("password");
    assert!(
        browser
            .find(PROBLEM)
            .is_none_or(|problem| !problem.is_shown())
    );
    form.sign_in(&name, another);
    form.wait_step("new-password");
    form.choose(OWN);
    page.wait_ready();
}
