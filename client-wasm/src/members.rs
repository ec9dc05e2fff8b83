//! What the objects of the page can do, by name: one table for each class.
//!
//! For each exported method wasm-bindgen makes a function of the module and one of JavaScript that calls it, together 300
//! bytes of code that is nearly the same for all. So there is one exported method, [`PageObject::member`], which carries out
//! what is at a place of the object's table, and `js/members.js` gives the object the names.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/members.js")]
extern "C" {
    /// Gives an object its getters and methods.
    pub(crate) fn give(object: &JsValue, getters: &str, methods: &str);
}

/// A getter, whose arguments are undefined, or a method.
pub(crate) type Member<T> = fn(&T, JsValue, JsValue) -> Result<JsValue, JsValue>;

/// What an object of the page is in this module.
pub(crate) trait Members {
    /// The value of a getter, or what a method returns or throws, by its place in the table.
    fn member(&self, place: usize, first: JsValue, second: JsValue) -> Result<JsValue, JsValue>;
}

/// An object of the page, which frees it when it drops it.
#[wasm_bindgen(skip_typescript)]
pub struct PageObject(Box<dyn Members>);

#[wasm_bindgen]
impl PageObject {
    /// The value of a getter, or what a method returns, by its place.
    ///
    /// # Errors
    /// What a method throws.
    #[wasm_bindgen(skip_typescript)]
    pub fn member(
        &self,
        place: usize,
        first: JsValue,
        second: JsValue,
    ) -> Result<JsValue, JsValue> {
        self.0.member(place, first, second)
    }
}

/// Makes an object of the page, with these members.
pub(crate) fn to_page(members: Box<dyn Members>, getters: &str, methods: &str) -> JsValue {
    let object = PageObject(members).into();
    give(&object, getters, methods);
    object
}

/// The table of a class; `live` are methods of builds with live uploads. Adds to it `into_page`, which makes an object of the page.
macro_rules! members {
    (
        $class:ident,
        getters { $($getter:ident: $get:expr,)* },
        methods { $($method:ident: $call:expr,)* },
        live { $($later:ident: $live:expr,)* },
    ) => {
        impl $crate::members::Members for $class {
            fn member(
                &self,
                place: usize,
                first: JsValue,
                second: JsValue,
            ) -> Result<JsValue, JsValue> {
                const MEMBERS: &[$crate::members::Member<$class>] =
                    &[$($get,)* $($call,)* $($live,)*];
                let member = MEMBERS.get(place);
                member.map_or(Ok(JsValue::UNDEFINED), |member| member(self, first, second))
            }
        }

        impl $class {
            pub(crate) fn into_page(self) -> JsValue {
                let getters = concat!($(stringify!($getter), " ",)*);
                let methods = if $crate::LIVE {
                    concat!($(stringify!($method), " ",)* $(stringify!($later), " ",)*)
                } else {
                    concat!($(stringify!($method), " ",)*)
                };
                $crate::members::to_page(Box::new(self), getters, methods)
            }
        }
    };
}

pub(crate) use members;
