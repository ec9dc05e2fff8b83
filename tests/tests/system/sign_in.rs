//! What the sign-in form shows when the user pool refuses, or requires more than a password.

use std::time::Duration;

use devkit::browser::{Browser, Key};
use devkit::env::Env;
use devkit::wait;
use e2e::page::Page;
use serde_json::{Value, json};

/// Where the form shows a problem.
pub(crate) const PROBLEM: &str = "#login-problem";

const LIMIT: Duration = Duration::from_secs(10);

/// The sign-in form of the demo page.
pub(crate) struct Form<'browser>(&'browser Browser);

impl<'browser> Form<'browser> {
    /// The form of the open page.
    pub(crate) fn of(browser: &'browser Browser) -> Self {
        browser.wait_for("[data-action=login]");
        Self(browser)
    }

    /// Clears an input and types into it.
    #[track_caller]
    fn fill(&self, css: &str, text: &str) {
        let input = self.0.wait_for(css);
        input.clear();
        input.type_text(text);
    }

    /// The first step.
    #[track_caller]
    pub(crate) fn sign_in(&self, name: &str, password: &str) {
        self.fill("input[autocomplete=username]", name);
        self.fill("input[autocomplete=current-password]", password);
        self.0.wait_for("[data-action=login]").click();
    }

    /// The second step.
    #[track_caller]
    pub(crate) fn choose(&self, password: &str) {
        self.fill("input[autocomplete=new-password]", password);
        self.0.press(Key::Enter);
    }

    /// Waits for a step: `password` or `new-password`.
    #[track_caller]
    pub(crate) fn wait_step(&self, step: &str) {
        self.0.wait_for(&format!("#login-form[data-step={step}]"));
    }

    /// Waits until the form shows a problem that contains `words`, and returns it.
    #[track_caller]
    pub(crate) fn wait_problem(&self, words: &str) -> String {
        wait::until(&format!("the words: {words}"), LIMIT, || {
            let said = self.0.find(PROBLEM)?.text();
            said.contains(words).then_some(said)
        })
    }
}

/// Replaces `fetch`: answers every call to the user pool as the test says, and records what was sent.
const POOL: &str = "
    const fetch = window.fetch;
    window.sent = [];
    window.fetch = async (address, init) => {
        const action = init?.headers?.['x-amz-target']?.split('.')[1];
        if (!action) return fetch(address, init);
        window.sent.push({ action, ...JSON.parse(init.body) });
        const { status, body } = window.answers[action];
        return new Response(JSON.stringify(body), { status });
    };
    window.answers = {};";

/// A page with a mock user pool.
struct Played<'browser> {
    browser: &'browser Browser,
    form: Form<'browser>,
}

impl<'browser> Played<'browser> {
    fn open(browser: &'browser Browser) -> Self {
        Page::open(browser, Env::stack("main"));
        let form = Form::of(browser);
        browser.run(POOL, &[]);
        Self { browser, form }
    }

    fn answers(&self, action: &str, status: u16, body: &Value) {
        let answer = json!({"status": status, "body": body});
        let script = "window.answers[arguments[0]] = arguments[1];";
        self.browser.run(script, &[json!(action), answer]);
    }

    fn refuses(&self, action: &str, kind: &str, message: &str) {
        self.answers(action, 400, &json!({"__type": kind, "message": message}));
    }

    fn challenges(&self, name: &str, parameters: &Value) {
        let challenge = json!({
            "ChallengeName": name, "Session": "the session", "ChallengeParameters": parameters,
        });
        self.answers("InitiateAuth", 200, &challenge);
    }

    /// The last request body.
    fn sent(&self) -> Value {
        self.browser.run("return window.sent.at(-1);", &[])
    }
}

/// Plain words: no identifier of the API.
#[track_caller]
fn assert_plain(said: &str) {
    assert!(!said.contains("Exception") && !said.contains('_'), "{said}");
}

#[test]
fn d1_an_expired_step_is_explained_and_starts_again() {
    let browser = Browser::start();
    let page = Played::open(&browser);
    page.challenges("NEW_PASSWORD_REQUIRED", &json!({}));
    for (kind, message) in [
        (
            "NotAuthorizedException",
            "Invalid session for the user, session is expired.",
        ),
        ("NotAuthorizedException", "Invalid session for the user."),
        (
            "CodeMismatchException",
            "Invalid session for the user, session can only be used once.",
        ),
    ] {
        page.refuses("RespondToAuthChallenge", kind, message);
        page.form.sign_in("ada", "Temporary-1234");
        page.form.wait_step("new-password");
        page.form.choose("My-own-password-1");
        let said = page.form.wait_problem("no longer valid");
        assert_plain(&said);
        page.form.wait_step("password");
        assert_eq!(browser.wait_for("#login-title").text(), "Sign in");
        // The name is still there; the password has to be typed again.
        let script = "const { username, password } = document.querySelector('#login-form').elements;\
                      return [username.value, password.value, document.activeElement === password];";
        assert_eq!(
            browser.run(script, &[]),
            json!(["ada", "", true]),
            "{message}"
        );
    }
}

/// The pool may have taken the password although its answer was lost, so the step stays and can be retried.
#[test]
fn d1_a_pool_that_does_not_answer_ends_no_step() {
    let browser = Browser::start();
    let page = Played::open(&browser);
    page.challenges("NEW_PASSWORD_REQUIRED", &json!({}));
    page.form.sign_in("ada", "Temporary-1234");
    page.form.wait_step("new-password");
    page.answers("RespondToAuthChallenge", 503, &json!({}));
    page.form.choose("My-own-password-1");
    page.form.wait_problem("answered 503");
    page.form.wait_step("new-password");
    page.refuses(
        "RespondToAuthChallenge",
        "LimitExceededException",
        "Attempt limit exceeded, please try after some time.",
    );
    browser.press(Key::Enter);
    page.form.wait_problem("Too many attempts");
    let input = browser.wait_for("input[autocomplete=new-password]");
    assert_eq!(
        input.attribute("aria-invalid"),
        None,
        "the password is not at fault"
    );
}

#[test]
fn d1_what_the_pool_wants_to_know_besides_is_asked_for() {
    let browser = Browser::start();
    let page = Played::open(&browser);
    let wanted = r#"["userAttributes.email","userAttributes.zoneinfo"]"#;
    page.challenges(
        "NEW_PASSWORD_REQUIRED",
        &json!({"USER_ID_FOR_SRP": "u-1", "requiredAttributes": wanted}),
    );
    page.form.sign_in("ada", "Temporary-1234");
    page.form.wait_step("new-password");
    page.form.choose("My-own-password-1");
    page.form.wait_problem("e-mail address");
    page.form
        .fill("input[autocomplete=email]", "ada@example.com");
    page.form.fill("input[name=zoneinfo]", "Europe/London");
    // An unsupported challenge after the password is explained, too.
    page.answers(
        "RespondToAuthChallenge",
        200,
        &json!({"ChallengeName": "MFA_SETUP"}),
    );
    browser.press(Key::Enter);
    assert_plain(&page.form.wait_problem("second factor"));
    let sent = page.sent();
    assert_eq!(sent["Session"], "the session");
    assert_eq!(
        sent["ChallengeResponses"],
        json!({
            "USERNAME": "u-1",
            "NEW_PASSWORD": "My-own-password-1",
            "userAttributes.email": "ada@example.com",
            "userAttributes.zoneinfo": "Europe/London",
        })
    );
}

#[test]
fn d1_other_challenges_are_named_in_plain_words() {
    let browser = Browser::start();
    let page = Played::open(&browser);
    for (challenge, words) in [
        ("SMS_MFA", "text message"),
        ("EMAIL_OTP", "e-mail"),
        ("SOFTWARE_TOKEN_MFA", "authenticator app"),
        ("MFA_SETUP", "second factor"),
        ("SELECT_MFA_TYPE", "several second factors"),
        ("CUSTOM_CHALLENGE", "extra step"),
    ] {
        page.challenges(challenge, &json!({}));
        page.form.sign_in("ada", "Temporary-1234");
        assert_plain(&page.form.wait_problem(words));
    }
    page.challenges("ONE_OF_TOMORROW", &json!({}));
    page.form.sign_in("ada", "Temporary-1234");
    page.form.wait_problem("does not know (ONE_OF_TOMORROW)");
}

#[test]
fn d1_refusals_are_explained_in_plain_words() {
    let browser = Browser::start();
    let page = Played::open(&browser);
    for (kind, message, words) in [
        (
            "NotAuthorizedException",
            "Incorrect username or password.",
            "name or the password is wrong",
        ),
        (
            "UserNotFoundException",
            "User does not exist.",
            "name or the password is wrong",
        ),
        (
            "NotAuthorizedException",
            "Password attempts exceeded",
            "Too many attempts",
        ),
        (
            "TooManyRequestsException",
            "Rate exceeded",
            "Too many attempts",
        ),
        ("NotAuthorizedException", "User is disabled.", "is disabled"),
        (
            "NotAuthorizedException",
            "Temporary password has expired and must be reset by an administrator.",
            "temporary password is too old",
        ),
        (
            "NotAuthorizedException",
            "User account has expired, it must be reset by an administrator.",
            "temporary password is too old",
        ),
        (
            "UserNotConfirmedException",
            "User is not confirmed.",
            "not been confirmed",
        ),
        (
            "PasswordResetRequiredException",
            "Password reset required for the user",
            "was reset",
        ),
        (
            "ResourceNotFoundException",
            "User pool client abc does not exist.",
            "client id",
        ),
        (
            "com.amazonaws.cognito#UserNotConfirmedException",
            "",
            "not been confirmed",
        ),
    ] {
        page.refuses("InitiateAuth", kind, message);
        page.form.sign_in("ada", "Temporary-1234");
        assert_plain(&page.form.wait_problem(words));
    }
}

/// Violations of the password policy, in the messages that AWS is known to send.
#[test]
fn d1_the_password_policy_is_explained_in_plain_words() {
    let browser = Browser::start();
    let page = Played::open(&browser);
    page.challenges("NEW_PASSWORD_REQUIRED", &json!({}));
    page.form.sign_in("ada", "Temporary-1234");
    page.form.wait_step("new-password");
    for (kind, message, words) in [
        (
            "InvalidPasswordException",
            "Password did not conform with policy: Password not long enough",
            "it is too short",
        ),
        (
            "InvalidPasswordException",
            "Password did not conform with password policy: Password must have uppercase characters",
            "it needs an upper-case letter",
        ),
        (
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have symbol characters",
            "it needs a symbol",
        ),
        (
            "PasswordHistoryPolicyViolationException",
            "Password has previously been used",
            "it was used before",
        ),
        (
            "InvalidPasswordException",
            "Password did not conform with policy: Password must be a palindrome.",
            "cannot be used: password must be a palindrome.",
        ),
        ("InvalidPasswordException", "", "Choose another one."),
    ] {
        page.refuses("RespondToAuthChallenge", kind, message);
        page.form.choose("My-own-password-1");
        assert_plain(&page.form.wait_problem(words));
        page.form.wait_step("new-password");
    }
}
