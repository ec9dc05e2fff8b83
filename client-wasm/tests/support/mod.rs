//! Runs the cases of a JavaScript file, each as a test of its own, against the real module.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The published worker, so that the tests run what ships.
const WORKER: &str = concat!(
    include_str!("../../npm/worker.js"),
    // What it has besides for live uploads.
    include_str!("../../js/spool-worker.js"),
);

#[wasm_bindgen(module = "/tests/support/world.js")]
extern "C" {
    /// Runs one case in a new world.
    #[wasm_bindgen(js_name = runCase)]
    fn run_case(
        case: &JsValue,
        create: &JsValue,
        is_upload_error: &JsValue,
        worker: &str,
        live_references: &JsValue,
    ) -> js_sys::Promise;
}

/// Named here, so that the script is beside `world.js`, which imports it when the page is there: the server of the tests has
/// four threads, one for each connection, and may stall where a page that is loading asks for more than four scripts at
/// once. The module's own two, a file of cases and `world.js` are these four.
#[wasm_bindgen(module = "/tests/support/xhr.js")]
extern "C" {
    type FakeXhr;
}

/// Runs one case; a rejection fails the test with its text.
#[expect(clippy::panic, reason = "a case that fails has to fail its test")]
pub(crate) async fn run(case: JsValue) {
    let create = Closure::<dyn FnMut(JsValue, JsValue) -> Result<JsValue, JsValue>>::new(
        |options: JsValue, worker: JsValue| crowfly::create_client(options, worker),
    );
    let is_upload_error = Closure::<dyn FnMut(JsValue) -> bool>::new(|value: JsValue| {
        crowfly::is_upload_error(&value)
    });
    // Values of JavaScript that the module holds.
    let live_references =
        Closure::<dyn FnMut() -> u32>::new(wasm_bindgen::externref_heap_live_count);
    let outcome = run_case(
        &case,
        create.as_ref(),
        is_upload_error.as_ref(),
        WORKER,
        live_references.as_ref(),
    );
    if let Err(error) = JsFuture::from(outcome).await {
        let text = js_sys::Reflect::get(&error, &"stack".into())
            .ok()
            .and_then(|stack| stack.as_string())
            .unwrap_or_else(|| format!("{error:?}"));
        panic!("{text}");
    }
}

/// Makes a test of each named case of a file; before each, `prepare` is called.
macro_rules! cases {
    ($file:literal $(, $prepare:ident)?: $($name:ident),* $(,)?) => {
        use wasm_bindgen::prelude::*;
        use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

        wasm_bindgen_test_configure!(run_in_browser);

        #[wasm_bindgen(module = $file)]
        extern "C" {
            #[wasm_bindgen(thread_local_v2, js_name = cases)]
            static CASES: JsValue;
        }

        fn before() {
            $( $prepare(); )?
        }

        $(
            #[wasm_bindgen_test]
            async fn $name() {
                before();
                let cases = CASES.with(Clone::clone);
                let case = js_sys::Reflect::get(&cases, &stringify!($name).into()).unwrap();
                assert!(case.is_function(), "the file has no such case");
                support::run(case).await;
            }
        )*

        #[wasm_bindgen_test]
        fn every_case_is_a_test() {
            let cases = CASES.with(Clone::clone);
            let mut found: Vec<String> = js_sys::Object::keys(cases.unchecked_ref::<js_sys::Object>())
                .iter()
                .filter_map(|name| name.as_string())
                .collect();
            let mut run = [$(stringify!($name).to_owned()),*];
            found.sort();
            run.sort();
            assert_eq!(found, run);
        }
    };
}
