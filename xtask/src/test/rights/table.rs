//! Every action of every role, with the test that fails without it, or why the local AWS cannot show that.

/// An action that the local AWS enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Right {
    /// The function whose role has it, by the name of its policy.
    pub(super) function: &'static str,
    /// The Sid of its statement.
    pub(super) sid: &'static str,
    /// Such as `s3:PutObject`.
    pub(super) action: &'static str,
    /// The whole-system test that fails without it.
    pub(super) test: &'static str,
}

/// An action that the local AWS does not enforce: only the template's test checks it, against the documentation.
pub(super) struct Unenforced {
    /// The function, or `*` for each.
    pub(super) function: &'static str,
    /// The Sid of its statement.
    pub(super) sid: &'static str,
    /// Such as `logs:PutLogEvents`.
    pub(super) action: &'static str,
    /// Why it cannot be shown here.
    pub(super) reason: &'static str,
}

const fn right(
    function: &'static str,
    sid: &'static str,
    action: &'static str,
    test: &'static str,
) -> Right {
    Right {
        function,
        sid,
        action,
        test,
    }
}

const fn unenforced(
    function: &'static str,
    sid: &'static str,
    action: &'static str,
    reason: &'static str,
) -> Unenforced {
    Unenforced {
        function,
        sid,
        action,
        reason,
    }
}

pub(super) const RIGHTS: &[Right] = &[
    right(
        "presign",
        "Objects",
        "s3:PutObject",
        "storage::the_unspoiled_request_is_taken",
    ),
    right(
        "presign",
        "Objects",
        "s3:GetObject",
        "api::complete_settles_a_lost_answer",
    ),
    right(
        "presign",
        "Objects",
        "s3:ListMultipartUploadParts",
        "parts::from_create_to_a_verified_record",
    ),
    right(
        "presign",
        "Objects",
        "s3:AbortMultipartUpload",
        "parts::f41_a_cancel_leaves_nothing_in_storage",
    ),
    right(
        "presign",
        "Missing",
        "s3:ListBucket",
        "api::complete_settles_a_lost_answer",
    ),
    right(
        "presign",
        "PublicObjects",
        "s3:PutObjectAcl",
        "public::a_public_object_is_readable_without_credentials_and_only_as_a_download",
    ),
    right(
        "presign",
        "Records",
        "dynamodb:GetItem",
        "api::complete_settles_a_lost_answer",
    ),
    right(
        "presign",
        "Records",
        "dynamodb:PutItem",
        "storage::the_unspoiled_request_is_taken",
    ),
    right(
        "presign",
        "Records",
        "dynamodb:UpdateItem",
        "api::cancelling_is_repeatable_and_final_for_the_id",
    ),
    right(
        "read",
        "Objects",
        "s3:GetObject",
        "records::content_is_a_download_for_a_while",
    ),
    right(
        "read",
        "Records",
        "dynamodb:BatchGetItem",
        "records::status_returns_many_at_once_in_the_order_asked",
    ),
    right(
        "read",
        "Records",
        "dynamodb:GetItem",
        "records::a_record_shows_first_what_was_declared_then_what_storage_holds",
    ),
    right(
        "read",
        "Pages",
        "dynamodb:Query",
        "records::pages_come_newest_first_and_miss_and_repeat_nothing",
    ),
    right(
        "record",
        "Objects",
        "s3:GetObject",
        "pipeline::every_object_has_its_record_within_five_seconds",
    ),
    right(
        "record",
        "Missing",
        "s3:ListBucket",
        "order::f56_news_of_an_object_that_is_gone_is_settled_at_once",
    ),
    right(
        "record",
        "Records",
        "dynamodb:GetItem",
        "scan::a85_a_clean_file_is_given_once_it_is_scanned",
    ),
    right(
        "record",
        "Records",
        "dynamodb:UpdateItem",
        "pipeline::every_object_has_its_record_within_five_seconds",
    ),
    right(
        "record",
        "Events",
        "sqs:ChangeMessageVisibility",
        "poison::f60_of_a_batch_of_ten_with_three_bad_seven_are_recorded_and_three_die",
    ),
    right(
        "forward",
        "Events",
        "sqs:SendMessage",
        "pipeline::a87_a88_the_lambda_route_takes_webm_keys_and_carries_their_address",
    ),
    right("sweep", "Objects", "s3:GetObject", REPAIRED),
    right("sweep", "Objects", "s3:AbortMultipartUpload", GIVEN_BACK),
    right(
        "sweep",
        "Objects",
        "s3:ListMultipartUploadParts",
        GIVEN_BACK,
    ),
    right(
        "sweep",
        "Multiparts",
        "s3:ListBucketMultipartUploads",
        DROPPED,
    ),
    right("sweep", "Missing", "s3:ListBucket", EXPIRED),
    right("sweep", "Records", "dynamodb:Query", DROPPED),
    right("sweep", "Records", "dynamodb:UpdateItem", REPAIRED),
    right("sweep", "Open", "dynamodb:Query", REPAIRED),
    right(
        "scanner",
        "Objects",
        "s3:GetObject",
        "scan::a85_a_clean_file_is_given_once_it_is_scanned",
    ),
    right(
        "scanner",
        "Missing",
        "s3:ListBucket",
        "scan::a85_an_object_that_is_gone_is_not_scanned",
    ),
    right(
        "scanner",
        "Results",
        "events:PutEvents",
        "scan::a85_a_clean_file_is_given_once_it_is_scanned",
    ),
];

const REPAIRED: &str = "sweep::f55_a_lost_event_is_repaired_and_the_place_is_free";
const GIVEN_BACK: &str = "sweep::f62_f63_a_place_that_was_not_given_back_is_given_back";
const DROPPED: &str =
    "sweep::f40_a94_a_multipart_upload_that_no_record_names_is_dropped_after_a_day";
const EXPIRED: &str = "sweep::a38_what_never_comes_expires_and_what_lands_later_is_the_truth";

const SOURCE: &str = "an event source's rights are checked when it is made, not when it runs";
const SENDS: &str = "the local AWS sends to an on-failure destination itself";
const LOGS: &str = "the local AWS writes a function's log itself";
const TRACES: &str = "there is no X-Ray";

pub(super) const UNENFORCED: &[Unenforced] = &[
    unenforced("*", "Logs", "logs:CreateLogStream", LOGS),
    unenforced("*", "Logs", "logs:PutLogEvents", LOGS),
    unenforced("*", "Traces", "xray:PutTelemetryRecords", TRACES),
    unenforced("*", "Traces", "xray:PutTraceSegments", TRACES),
    unenforced("record", "Events", "sqs:DeleteMessage", SOURCE),
    unenforced("record", "Events", "sqs:GetQueueAttributes", SOURCE),
    unenforced("record", "Events", "sqs:ReceiveMessage", SOURCE),
    unenforced("forward", "Failures", "sqs:SendMessage", SENDS),
    unenforced("scanner", "Failed", "sqs:SendMessage", SENDS),
];
