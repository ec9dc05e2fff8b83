//! Files of the page: a `Blob`, an object that imitates one, or a file handle.

use crowfly_contract::limits::MAX_SAFE_INTEGER;
use crowfly_contract::{Crc64Nvme, SNIFF_BYTES};
use crowfly_engine::ReadFailure;
use crowfly_engine::crc64::Crc64;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use crate::clock::pause;
use crate::page::{global, has_function, invoke, property};
use crate::task::wait_foreign;

/// Length of the samples from head, middle and tail that distinguish two files of equal size.
const SAMPLE_BYTES: f64 = 65_536.0;
/// Up to this size the sample is the whole file.
pub(crate) const WHOLE_SAMPLE: f64 = 3.0 * SAMPLE_BYTES;
/// Retries of a read that failed, and the pause before the first, in milliseconds; it doubles. A busy browser refuses
/// a read that it grants a moment later.
const READ_RETRIES: u32 = 3;
const READ_PAUSE_MS: u32 = 250;

#[wasm_bindgen]
extern "C" {
    /// Calls a prototype's getter on `object`: it throws for an object of another type.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn get_as(prototype: &JsValue, name: &str, object: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = Uint8Array)]
    type Octets;

    /// Throws for a length that exceeds the memory.
    #[wasm_bindgen(constructor, js_class = "Uint8Array", catch)]
    fn new(buffer: &JsValue) -> Result<Octets, JsValue>;
}

/// The size of a `Blob` or `File` of any window; `None` for an imitation.
pub(crate) fn blob_size(value: &JsValue) -> Option<f64> {
    let blob = property(&property(&global(), "Blob"), "prototype");
    get_as(&blob, "size", value).ok()?.as_f64()
}

/// A file of another window as a `Blob` of this one, which has the same bytes: a promise of a window that is gone
/// never settles.
pub(crate) fn adopted(file: JsValue) -> JsValue {
    if file.is_instance_of::<Blob>() || blob_size(&file).is_none() {
        return file;
    }
    match Blob::new_with_blob_sequence(&Array::of1(&file)) {
        Ok(own) => own.into(),
        Err(_) => file,
    }
}

/// The size that a file reports; negative if none.
pub(crate) fn stated_size(file: &JsValue) -> f64 {
    let size = property(file, "size").as_f64().unwrap_or(-1.0);
    let integer = size.trunc() == size && size <= MAX_SAFE_INTEGER as f64;
    if integer { size } else { -1.0 }
}

/// Whether a value is, or imitates, a `Blob`; a `File` of another window counts too.
pub(crate) fn is_blob(value: &JsValue) -> bool {
    value.is_instance_of::<Blob>()
        || (has_function(value, "slice") && has_function(value, "arrayBuffer"))
}

/// Whether a value is a file, or imitates one with a valid size. For a real file, reading the size may access the
/// disk, so that is deferred.
pub(crate) fn is_readable(value: &JsValue) -> bool {
    is_blob(value) && (value.is_instance_of::<Blob>() || stated_size(value) >= 0.0)
}

/// Whether a value is a file handle, as given by the file picker and by drag and drop.
/// <https://developer.mozilla.org/docs/Web/API/FileSystemFileHandle>
pub(crate) fn is_handle(value: &JsValue) -> bool {
    property(value, "kind") == "file" && has_function(value, "getFile")
}

/// A range of a file, or the exception of an imitation.
pub(crate) fn slice(file: &JsValue, start: f64, end: f64) -> Result<JsValue, JsValue> {
    invoke(file, "slice", Array::of2(&start.into(), &end.into()))
}

/// All bytes of a slice of a file.
pub(crate) async fn bytes(piece: JsValue) -> Result<Uint8Array, JsValue> {
    let read = wait_foreign(invoke(&piece, "arrayBuffer", Array::new())?).await?;
    octets(&read)
}

/// A buffer as bytes. A value of another kind becomes bytes of another length, which readers reject.
pub(crate) fn octets(buffer: &JsValue) -> Result<Uint8Array, JsValue> {
    Octets::new(buffer).map(JsCast::unchecked_into)
}

/// The meaning of an exception on reading a file; `None` if the page cannot read any file at the moment, so that
/// it proves nothing about this one.
///
/// NotReadableError means that the file's modification time or size changed since it was picked; WebKit also throws
/// it for every file once a navigation has started, even one that ends as a download.
/// <https://w3c.github.io/FileAPI/#dfn-error-codes>
pub(crate) async fn read_failure(error: JsValue) -> Option<ReadFailure> {
    if property(&error, "name") != "NotReadableError" {
        return Some(ReadFailure::Unreadable);
    }
    let probe = Blob::new_with_str_sequence(&Array::of1(&"x".into())).ok()?;
    bytes(probe.into()).await.ok()?;
    Some(ReadFailure::Changed)
}

/// Waits before a read that failed is retried; false if it failed for good.
pub(crate) async fn may_retry(failure: Option<ReadFailure>, retries: &mut u32) -> bool {
    match failure {
        None => {}
        Some(ReadFailure::Changed) if *retries < READ_RETRIES => *retries += 1,
        Some(_) => return false,
    }
    pause(READ_PAUSE_MS << retries.saturating_sub(1)).await;
    true
}

/// Reads the first byte of a range: the failure, or `None` if readable. Requests to storage with an unreadable body
/// fail without a reason.
pub(crate) async fn probe(file: JsValue, start: f64, end: f64) -> Option<ReadFailure> {
    let mut retries = 0;
    loop {
        let one = match slice(&file, start, end.min(start + 1.0)) {
            Ok(piece) => bytes(piece).await,
            Err(error) => Err(error),
        };
        let failure = match one {
            Ok(read) if f64::from(read.length()) == (end - start).min(1.0) => return None,
            Ok(_) => return Some(ReadFailure::Changed),
            Err(error) => read_failure(error).await,
        };
        // While the page cannot read any file, this request could not be repeated either.
        if failure.is_none() || !may_retry(failure, &mut retries).await {
            return failure;
        }
    }
}

/// The first bytes of a file, for format detection.
pub(crate) async fn read_first(file: JsValue) -> Result<Uint8Array, JsValue> {
    bytes(slice(&file, 0.0, SNIFF_BYTES as f64)?).await
}

/// The checksum of head, middle and tail of a file, 64 KiB each, or of the whole file if that is not more.
/// `whole` is the whole file's checksum, if known.
pub(crate) async fn sample(
    file: JsValue,
    size: f64,
    whole: Option<Crc64Nvme>,
) -> Result<Crc64Nvme, JsValue> {
    let mut source = file.clone();
    if size > WHOLE_SAMPLE {
        let last = size - SAMPLE_BYTES;
        let pieces = Array::new();
        for start in [0.0, (last / 2.0).floor(), last] {
            pieces.push(&slice(&file, start, start + SAMPLE_BYTES)?);
        }
        source = Blob::new_with_blob_sequence(&pieces)?.into();
    } else if let Some(crc) = whole {
        return Ok(crc);
    }
    let mut digest = Crc64::new();
    digest.update(&bytes(source).await?.to_vec());
    Ok(digest.value())
}
