use super::{Aws, presign, sign};
use crate::http::{Request, Response, encode_path};

impl Aws {
    /// The object's address, path style.
    pub fn object_url(&self, key: &str) -> String {
        format!(
            "{}/{}/{}",
            self.stack.s3,
            self.stack.bucket,
            encode_path(key)
        )
    }

    /// GET of an object, with its checksum.
    #[track_caller]
    pub fn get_object(&self, key: &str) -> Response {
        self.s3(Request::new("GET", self.object_url(key)).header("x-amz-checksum-mode", "ENABLED"))
    }

    /// HEAD of an object, with its checksum.
    #[track_caller]
    pub fn head_object(&self, key: &str) -> Response {
        self.s3(Request::new("HEAD", self.object_url(key)).header("x-amz-checksum-mode", "ENABLED"))
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

    /// Writes an object as the account's owner, who may not write over one either.
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

    /// A presigned PUT of ours, to compare with what the system signs.
    pub fn presigned_put(
        &self,
        key: &str,
        headers: &[(String, String)],
        seconds: u64,
        unix: u64,
    ) -> String {
        let mut at = self.moment("s3");
        at.unix = unix;
        presign("PUT", &self.object_url(key), headers, seconds, &at)
    }

    fn s3(&self, request: Request) -> Response {
        sign(request, &self.moment("s3")).send()
    }
}
