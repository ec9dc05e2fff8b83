//! `docs/DEPLOY.md` shows the app that `cargo xtask tools` runs.

use crate::read;

#[test]
fn the_cdk_app_of_the_page_is_the_one_that_is_tested() {
    let page = read("docs/DEPLOY.md");
    let (_, rest) = page
        .split_once("<!-- cdk:start -->\n```js\n")
        .expect("the app");
    let (app, _) = rest.split_once("```\n<!-- cdk:end -->").expect("its end");
    assert_eq!(app, read("tests/tools/cdk/app.mjs"));
}
