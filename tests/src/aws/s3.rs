use devkit::aws::{elements, presign};
use devkit::http::{Request, Response, encode, encode_path};

use super::Aws;

impl Aws {
    /// The object's URL, path style.
    pub fn object_url(&self, key: &str) -> String {
        let (s3, bucket) = (&self.stack.s3, &self.stack.bucket);
        format!("{s3}/{bucket}/{}", encode_path(key))
    }

    /// GET of an object, with its checksum.
    #[track_caller]
    pub fn get_object(&self, key: &str) -> Response {
        self.checked("GET", key)
    }

    /// HEAD of an object, with its checksum.
    #[track_caller]
    pub fn head_object(&self, key: &str) -> Response {
        self.checked("HEAD", key)
    }

    #[track_caller]
    fn checked(&self, method: &str, key: &str) -> Response {
        let request = Request::new(method, self.object_url(key));
        self.s3(request.header("x-amz-checksum-mode", "ENABLED"))
    }

    /// Whether storage holds an object under `key`.
    #[track_caller]
    pub fn has_object(&self, key: &str) -> bool {
        match self.head_object(key).status {
            200 => true,
            404 => false,
            other => panic!("HEAD {key}: {other}"),
        }
    }

    /// Writes an object as the account's owner. Like every writer, it may not overwrite one.
    #[track_caller]
    pub fn put_object(&self, key: &str, media_type: &str, bytes: &[u8]) -> Response {
        self.s3(Request::new("PUT", self.object_url(key))
            .header("content-type", media_type)
            .header("if-none-match", "*")
            .body(bytes))
    }

    /// Deletes an object as the account's owner.
    #[track_caller]
    pub fn delete_object(&self, key: &str) -> Response {
        self.s3(Request::new("DELETE", self.object_url(key)))
    }

    /// How many multipart uploads of `key` are neither completed nor aborted.
    #[track_caller]
    pub fn open_multiparts(&self, key: &str) -> usize {
        self.multiparts(key).len()
    }

    /// Starts a multipart upload that the system does not know of; returns its id.
    #[track_caller]
    pub fn create_multipart(&self, key: &str) -> String {
        let url = format!("{}?uploads=", self.object_url(key));
        let text = self.s3(Request::new("POST", url)).text();
        let id = elements(&text, "UploadId").concat();
        assert!(!id.is_empty(), "begin a multipart upload: {text}");
        id
    }

    /// Aborts all multipart uploads of `key`, as the bucket's lifecycle rule does after some days:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html>.
    #[track_caller]
    pub fn abort_multiparts(&self, key: &str) {
        for id in self.multiparts(key) {
            let url = format!("{}?uploadId={}", self.object_url(key), encode(&id));
            let answer = self.s3(Request::new("DELETE", url));
            assert!(answer.status == 204, "abort: {}", answer.text());
        }
    }

    #[track_caller]
    fn multiparts(&self, key: &str) -> Vec<String> {
        let (s3, bucket) = (&self.stack.s3, &self.stack.bucket);
        let url = format!("{s3}/{bucket}?prefix={}&uploads=", encode(key));
        let answer = self.s3(Request::new("GET", url));
        let text = answer.text();
        assert!(answer.status == 200, "list multipart uploads: {text}");
        elements(&text, "UploadId")
    }

    /// A PUT presigned here, to compare with what the system signs.
    pub fn presigned_put(
        &self,
        key: &str,
        headers: &[(String, String)],
        seconds: u64,
        unix: u64,
    ) -> String {
        let mut at = self.client.now("s3");
        at.unix = unix;
        presign("PUT", &self.object_url(key), headers, seconds, &at)
    }

    fn s3(&self, request: Request) -> Response {
        self.client.sign("s3", request).send()
    }
}
