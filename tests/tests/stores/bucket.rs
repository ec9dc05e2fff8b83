//! The bucket, as its owner sees it: signed requests for assertions, none of which an example makes.

use crowfly_contract::Crc64Nvme;
use crowfly_engine::crc64::Crc64;
use devkit::aws::elements;
use devkit::http::{Request, Response, encode, encode_path};
use serde_json::Value;

use crate::store::{BUCKET, Store};

pub(crate) const CRC: &str = "x-amz-checksum-crc64nvme";

/// The checksum that the SDK computes.
pub(crate) fn crc64nvme(bytes: &[u8]) -> Crc64Nvme {
    let mut crc = Crc64::new();
    crc.update(bytes);
    crc.value()
}

impl Store {
    /// Sends a request, signed now.
    pub(crate) fn send(&self, request: Request) -> Response {
        self.client.sign("s3", request).send()
    }

    /// The address of a key, or with `""` of the bucket.
    pub(crate) fn url(&self, key: &str) -> String {
        format!("{}/{BUCKET}/{}", self.client.url, encode_path(key))
    }

    pub(crate) fn create_bucket(&self) {
        let made = self.send(Request::new("PUT", format!("{}/{BUCKET}", self.client.url)));
        assert_eq!(made.status, 200, "{}", made.text());
    }

    /// The rules that `docs/SIGNER.md` shows, for one origin.
    pub(crate) fn set_cors(&self, origin: &str) {
        let page = std::fs::read_to_string(devkit::paths::root().join("docs/SIGNER.md"));
        let page = page.expect("docs/SIGNER.md");
        let json = page
            .split("```json")
            .nth(1)
            .and_then(|rest| rest.split("```").next());
        let rules: Value = serde_json::from_str(json.expect("the rules")).expect("rules in JSON");
        let elements = |name: &str, tag: &str| {
            let list = rules[0][name].as_array().into_iter().flatten();
            let list = list.filter_map(Value::as_str);
            let list = list.map(|value| format!("<{tag}>{value}</{tag}>"));
            list.collect::<String>()
        };
        let rule = format!(
            "<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><CORSRule>\
             <AllowedOrigin>{origin}</AllowedOrigin>{}{}{}<MaxAgeSeconds>{}</MaxAgeSeconds></CORSRule>\
             </CORSConfiguration>",
            elements("AllowedMethods", "AllowedMethod"),
            elements("AllowedHeaders", "AllowedHeader"),
            elements("ExposeHeaders", "ExposeHeader"),
            rules[0]["MaxAgeSeconds"]
        );
        let set = self.send(Request::new("PUT", format!("{}?cors=", self.url(""))).body(rule));
        assert_eq!(set.status, 200, "{}", set.text());
    }

    /// The object with its checksum, if the store states one.
    pub(crate) fn get(&self, key: &str) -> Response {
        let request = Request::new("GET", self.url(key)).header("x-amz-checksum-mode", "ENABLED");
        self.send(request)
    }

    /// Keys with multipart uploads that are neither completed nor aborted.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        let listed = self.send(Request::new("GET", format!("{}?uploads=", self.url(""))));
        assert_eq!(listed.status, 200, "{}", listed.text());
        let uploads = elements(&listed.text(), "Upload");
        uploads
            .iter()
            .flat_map(|upload| elements(upload, "Key"))
            .collect()
    }

    /// Begins a multipart upload whose parts carry checksums; returns its id.
    pub(crate) fn begin(&self, key: &str) -> String {
        let request = Request::new("POST", format!("{}?uploads=", self.url(key)))
            .header("x-amz-checksum-algorithm", "CRC64NVME")
            .header("x-amz-checksum-type", "FULL_OBJECT");
        let begun = self.send(request);
        let id = elements(&begun.text(), "UploadId").concat();
        assert!(!id.is_empty(), "{} {}", begun.status, begun.text());
        id
    }

    pub(crate) fn put_part(
        &self,
        key: &str,
        id: &str,
        number: u32,
        bytes: &[u8],
        crc: Crc64Nvme,
    ) -> Response {
        let query = format!("partNumber={number}&uploadId={}", encode(id));
        let request = Request::new("PUT", format!("{}?{query}", self.url(key)));
        self.send(request.header(CRC, crc.to_string()).body(bytes))
    }

    /// What the list of parts says, as XML.
    pub(crate) fn list_parts(&self, key: &str, id: &str) -> String {
        self.send(Request::new(
            "GET",
            format!("{}?uploadId={}", self.url(key), encode(id)),
        ))
        .text()
    }

    pub(crate) fn complete(
        &self,
        key: &str,
        id: &str,
        etags: &[String],
        crc: Crc64Nvme,
    ) -> Response {
        let parts = etags.iter().zip(1..).map(|(etag, number): (_, u32)| {
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
        });
        let parts: String = parts.collect();
        let space = "http://s3.amazonaws.com/doc/2006-03-01/";
        let body =
            format!("<CompleteMultipartUpload xmlns=\"{space}\">{parts}</CompleteMultipartUpload>");
        let request = Request::new("POST", format!("{}?uploadId={}", self.url(key), encode(id)))
            .header(CRC, crc.to_string())
            .header("x-amz-checksum-type", "FULL_OBJECT")
            .body(body);
        self.send(request)
    }
}
