//! Storage: the effect of a PUT, and the final contents.

use crowfly_contract::{CompleteRequest, Crc64Nvme, ErrorCode, Grant, PlanKind, Stored, UploadId};
use crowfly_engine::{Completion, Receipt, Reply, SendFailure};

use super::Server;
use super::server::{Object, refusal};

impl Server {
    /// A PUT whose headers came at `began`, and whose last byte came at `now`.
    pub fn put(&mut self, began: u64, now: u64, grant: &Grant, size: u64, crc: Crc64Nvme) -> Reply {
        let failed = |status, code: &str, message: &str| {
            Reply::SendFailed(SendFailure::Http {
                status,
                s3_code: Some(code.into()),
                s3_message: Some(message.into()),
                retry_after_ms: None,
                request_id: Some("s3-1".into()),
            })
        };
        let Some(leave) = self.urls.get(&grant.url).cloned() else {
            return failed(403, "SignatureDoesNotMatch", "");
        };
        let id = leave.id;
        *self.puts.entry(id).or_default() += 1;
        if began >= leave.until {
            return failed(403, "AccessDenied", "Request has expired");
        }
        if leave.size != size {
            return failed(403, "SignatureDoesNotMatch", "");
        }
        if !self.mute && leave.crc.is_some_and(|signed| signed != crc) {
            return failed(400, "BadDigest", "");
        }
        self.received += size;
        let crc = if self.corrupts {
            Crc64Nvme::new(!crc.value())
        } else {
            crc
        };
        if let Some(number) = leave.part {
            return match self.put_part(id, number, size, crc) {
                true => Reply::Sent(Receipt::default()),
                false => failed(404, "NoSuchUpload", ""),
            };
        }
        if self.objects.contains_key(&id) {
            return failed(412, "PreconditionFailed", "");
        }
        if !self.forgets {
            self.objects.insert(
                id,
                Object {
                    size,
                    crc,
                    stored_at: now,
                },
            );
        }
        Reply::Sent(self.receipt(crc))
    }

    fn receipt(&self, crc: Crc64Nvme) -> Receipt {
        let receipt = Receipt {
            etag: Some("etag".into()),
            crc64nvme: (!self.mute).then_some(crc),
            version_id: None,
        };
        if self.exposes {
            receipt
        } else {
            Receipt::default()
        }
    }

    pub fn complete(&mut self, now: u64, id: UploadId, body: &CompleteRequest) -> Reply {
        let Some(pending) = self.created.get(&id) else {
            return refusal(ErrorCode::NotFound);
        };
        // Only a live upload says its size when it is complete.
        if pending.item.live != body.size.is_some() {
            return refusal(ErrorCode::InvalidSize);
        }
        let size = pending.item.size.or(body.size).unwrap_or_default();
        let large =
            pending.item.live || matches!(PlanKind::for_new_file(size), Ok(PlanKind::Multipart(_)));
        if large
            && !self.forgets
            && !self.objects.contains_key(&id)
            && let Err(code) = self.assemble(now, id, size, body.crc64nvme)
        {
            return refusal(code);
        }
        let planted = self.forgets.then(|| Object {
            size,
            crc: self.created[&id]
                .item
                .crc64nvme
                .unwrap_or(Crc64Nvme::new(0)),
            stored_at: 0,
        });
        let found = self.objects.get(&id).cloned().or(planted);
        if found.is_some() {
            self.confirmed.insert(id);
        }
        match found {
            Some(object) => Reply::Completed(Completion::Stored(Stored {
                id,
                key: self.key(id),
                size: object.size,
                // With the planted fault the server lies about what it holds, too.
                crc64nvme: (!self.mute).then_some(if self.splices && large {
                    Crc64Nvme::new(object.crc.value() ^ 1)
                } else if self.corrupts {
                    Crc64Nvme::new(!object.crc.value())
                } else {
                    object.crc
                }),
                etag: "etag".into(),
                version_id: None,
            })),
            None => refusal(ErrorCode::NotStored),
        }
    }
}
