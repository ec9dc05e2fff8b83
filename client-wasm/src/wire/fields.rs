//! The fields of one JavaScript object.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crowfly_contract::Metadata;
use crowfly_contract::limits::MAX_SAFE_INTEGER;
use crowfly_engine::Wrong;
use js_sys::Object;
use wasm_bindgen::JsValue;

use crate::page;
use crate::text::decimal;

thread_local! {
    /// The first wrong field of the value that is being read. Its path grows from the inside out.
    /// Never dropped, as threads of a page are not: registering a destructor would cost code.
    static WRONG: Cell<ManuallyDrop<Option<Wrong>>> = const { Cell::new(ManuallyDrop::new(None)) };
}

/// What is wrong with the value that was read since the last call.
pub(super) fn take_wrong() -> Option<Wrong> {
    replace(None)
}

fn replace(wrong: Option<Wrong>) -> Option<Wrong> {
    ManuallyDrop::into_inner(WRONG.replace(ManuallyDrop::new(wrong)))
}

/// Notes what was expected of a field, unless another was wrong before.
fn note(name: &str, expected: &str) {
    let wrong = take_wrong().unwrap_or_else(|| Wrong {
        // A name may be the server's own choice.
        path: cut(name),
        problem: ["expected ", expected].concat(),
    });
    replace(Some(wrong));
}

/// The wrong field is inside this one.
fn within(name: &str) {
    if let Some(mut wrong) = take_wrong() {
        let dot = if wrong.path.is_empty() { "" } else { "." };
        wrong.path = [name, dot, &wrong.path].concat();
        replace(Some(wrong));
    }
}

/// Reads the fields of one object. A missing or mistyped field is noted, and [`Fields::all`] then returns
/// nothing: one check at the end instead of an exit at every field.
pub(crate) struct Fields<'a> {
    object: &'a JsValue,
    wrong: Cell<bool>,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(object: &'a JsValue) -> Self {
        let right = object.is_object();
        if !right {
            note("", OBJECT);
        }
        Self {
            object,
            wrong: Cell::new(!right),
        }
    }

    /// The value, if all its fields were valid.
    pub(crate) fn all<T>(&self, value: T) -> Option<T> {
        (!self.wrong.get()).then_some(value)
    }

    /// A field that may be absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<JsValue> {
        page::given(self.object, name)
    }

    /// Marks the object as invalid unless this holds.
    pub(crate) fn require(&self, right: bool) {
        self.wrong.set(self.wrong.get() || !right);
    }

    /// Marks the object as invalid unless the field has a value.
    pub(crate) fn must<T: Default>(&self, name: &str, expected: &str, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            note(name, expected);
            self.wrong.set(true);
            T::default()
        })
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        Some(self.must(name, "true or false", self.get(name)?.as_bool()))
    }

    /// A text for people, cut at 500 characters.
    pub(crate) fn sentence(&self, name: &str) -> String {
        cut(&self.text(name))
    }

    pub(crate) fn maybe_text(&self, name: &str) -> Option<String> {
        Some(self.must(name, "a string", self.get(name)?.as_string()))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.must(name, "a string", self.maybe_text(name))
    }

    /// Every number of the contract is a non-negative integer that JavaScript represents exactly.
    pub(crate) fn maybe_integer(&self, name: &str) -> Option<u64> {
        let number = self.get(name)?.as_f64().unwrap_or(f64::NAN);
        let integer = number as u64;
        let right = integer as f64 == number && integer <= MAX_SAFE_INTEGER;
        Some(self.must(name, INTEGER, right.then_some(integer)))
    }

    pub(crate) fn integer(&self, name: &str) -> u64 {
        self.must(name, INTEGER, self.maybe_integer(name))
    }

    pub(crate) fn integer_in(&self, name: &str, range: RangeInclusive<u32>) -> u32 {
        let integer = u32::try_from(self.integer(name)).ok();
        let (from, to) = (
            decimal((*range.start()).into()),
            decimal((*range.end()).into()),
        );
        let expected = [INTEGER, " from ", &from, " to ", &to].concat();
        self.must(
            name,
            &expected,
            integer.filter(|integer| range.contains(integer)),
        )
    }

    pub(crate) fn parsed<T: FromStr>(&self, name: &str, expected: &str) -> Option<T> {
        self.noted(name, expected, self.text(name).parse().ok())
    }

    pub(crate) fn maybe_parsed<T: FromStr>(&self, name: &str, expected: &str) -> Option<T> {
        self.noted(name, expected, self.maybe_text(name)?.parse().ok())
    }

    fn noted<T>(&self, name: &str, expected: &str, value: Option<T>) -> Option<T> {
        self.must(name, expected, value.as_ref().map(|_| ()));
        value
    }

    pub(crate) fn object<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>) -> Option<T> {
        let read = read(&self.get(name).unwrap_or_default());
        if read.is_none() {
            within(name);
        }
        read
    }

    /// Every item of a list.
    pub(crate) fn list<T>(&self, name: &str, read: fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        let whole = self.each(name, &mut |item| {
            read(&item).map(|item| list.push(item)).is_some()
        });
        whole.then_some(list)
    }

    /// Whether there is a list and all its items are accepted.
    pub(super) fn each(&self, name: &str, take: &mut dyn FnMut(JsValue) -> bool) -> bool {
        let list = self.get(name).unwrap_or_default();
        let length = self.must(name, "a list", page::length(&list));
        for place in 0..length {
            if !take(page::item(&list, place)) {
                within(&[name, "[", &decimal(place.into()), "]"].concat());
                return false;
            }
        }
        !self.wrong.get()
    }

    /// An object of strings, or what makes one by its entries: `Headers`, a `Map`, a list of pairs. Empty if absent.
    pub(crate) fn texts(&self, name: &str) -> Metadata {
        let mut texts = Metadata::new();
        let Some(mut object) = self.get(name) else {
            return texts;
        };
        if page::has_function(&object, "entries")
            && let Ok(entries) = Object::from_entries(&object)
        {
            object = entries.into();
        }
        let fields = Fields::of(&object);
        for key in fields.must("", OBJECT, page::keys(&object)).iter() {
            let key = key.as_string().unwrap_or_default();
            let text = fields.text(&key);
            texts.insert(key, text);
        }
        if fields.wrong.get() {
            within(name);
            self.wrong.set(true);
        }
        texts
    }
}

/// The first 500 characters.
fn cut(text: &str) -> String {
    page::first_match(r"^([\s\S]{0,500})", "", text).unwrap_or_default()
}

/// Whether it is an address of the web.
pub(super) fn is_http(text: &str) -> bool {
    page::first_match("^(https?)://", "i", text).is_some()
}

// What is expected of a field.
pub(super) const ID: &str = "an upload id";
pub(super) const KEY: &str = "a key of 1 to 1024 bytes";
pub(super) const CRC: &str = "base64 of 8 bytes";
pub(super) const WORD: &str = "a word of the contract";
pub(super) const HTTP: &str = "an https or http address";
const INTEGER: &str = "an integer";
const OBJECT: &str = "an object";
