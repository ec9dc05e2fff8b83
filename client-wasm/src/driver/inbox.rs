//! What waits for the engine.

use std::rc::Rc;

use crowfly_engine::Input;
use wasm_bindgen::JsValue;

use crate::entry::Entry;

/// An upload being added to the engine.
pub(super) struct Addition {
    pub(super) entry: Rc<Entry>,
    /// Its file, if size and type must still be read from it.
    pub(super) file: Option<JsValue>,
}

/// The contents of the inbox.
pub(super) enum Work {
    Input(Input),
    Add(Addition),
    /// An abort of an upload that failed before its create call.
    EndFailed(Rc<Entry>),
}

/// Work in two lines, replies to requests before all else: what many new uploads ask for need not wait until the last
/// of them is added.
#[derive(Default)]
pub(super) struct Inbox([Line; 2]);

impl Inbox {
    pub(super) fn push(&mut self, work: Work) {
        let [replies, rest] = &mut self.0;
        let line = match work {
            Work::Input(Input::Reply { .. }) => replies,
            _ => rest,
        };
        line.newer.push(work);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Line::is_empty)
    }

    /// What comes next is a new upload.
    pub(super) fn adds_next(&self) -> bool {
        let next = self.0.iter().find_map(Line::next);
        matches!(next, Some(Work::Add(_)))
    }

    pub(super) fn pop(&mut self) -> Option<Work> {
        self.0.iter_mut().find_map(Line::pop)
    }
}

/// First in, first out. Two lists, the older reversed, take less code than a `VecDeque`.
#[derive(Default)]
struct Line {
    older: Vec<Work>,
    newer: Vec<Work>,
}

impl Line {
    fn is_empty(&self) -> bool {
        self.older.is_empty() && self.newer.is_empty()
    }

    fn next(&self) -> Option<&Work> {
        self.older.last().or_else(|| self.newer.first())
    }

    fn pop(&mut self) -> Option<Work> {
        if self.older.is_empty() {
            std::mem::swap(&mut self.older, &mut self.newer);
            self.older.reverse();
        }
        self.older.pop()
    }
}
