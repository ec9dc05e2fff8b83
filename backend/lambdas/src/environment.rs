//! The clients that a function opens at its cold start, named by its environment.

use crowfly_aws::{Bucket, EventBus, Presigner, Queue, Session, Table};
use crowfly_core::address::ObjectAddress;
use crowfly_core::record::Recorder;

use crate::variables::{StartError, Variables};

/// The variables of a function, and the session shared by its clients.
pub struct Environment<'a> {
    /// The variables.
    pub variables: Variables<'a>,
    session: Session,
}

impl<'a> Environment<'a> {
    /// Reads the variables of the AWS SDKs.
    ///
    /// # Errors
    /// [`StartError::Session`].
    pub fn new(variables: Variables<'a>) -> Result<Self, StartError> {
        let session = variables.session()?;
        Ok(Self { variables, session })
    }

    /// The table `TABLE`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn table(&self) -> Result<Table, StartError> {
        let name = self.variables.needed("TABLE")?;
        Ok(Table::open(&self.session, &name))
    }

    /// The queue `QUEUE_URL`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn queue(&self) -> Result<Queue, StartError> {
        let url = self.variables.needed("QUEUE_URL")?;
        Ok(Queue::open(&self.session, &url))
    }

    /// The event bus `EVENT_BUS`, if it is set.
    pub fn bus(&self) -> Option<EventBus> {
        let name = self.variables.given("EVENT_BUS")?;
        Some(EventBus::open(&self.session, &name))
    }

    /// The bucket `BUCKET`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn bucket(&self) -> Result<Bucket, StartError> {
        Ok(Bucket::open(&self.session, &self.bucket_name()?))
    }

    /// A presigner for the bucket `BUCKET`, with the lifetime `URL_LIFETIME_SECONDS` and the settings
    /// `TRANSFER_ACCELERATION` and `UPLOAD_HOSTS`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn presigner(&self) -> Result<Presigner, StartError> {
        let lifetime = self.variables.url_lifetime()?;
        let bucket = self.bucket_name()?;
        let presigner = Presigner::open(&self.session, &bucket, lifetime)?;
        let presigner = match self.variables.transfer_acceleration()? {
            true => presigner.accelerated(&self.session),
            false => presigner,
        };
        Ok(match self.variables.two_upload_hosts()? {
            true => presigner.by_two_hosts(&self.session),
            false => presigner,
        })
    }

    /// The recorder of the bucket `BUCKET`, with the setting `SCAN_UPLOADS`.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn recorder(&self) -> Result<Recorder, StartError> {
        Ok(Recorder {
            address: self.address()?,
            scan_uploads: self.variables.scan_uploads()?,
            outbox: self.variables.outbox(),
            bucket: self.bucket_name()?,
        })
    }

    /// How URLs of the bucket's objects are formed.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn address(&self) -> Result<ObjectAddress, StartError> {
        Ok(self.session.address(&self.bucket_name()?))
    }

    /// The name of the bucket.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn bucket_name(&self) -> Result<String, StartError> {
        self.variables.needed("BUCKET")
    }
}
