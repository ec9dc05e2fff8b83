//! Every action of every role, with the test that fails without it, or why the local AWS cannot show that.

/// The function whose role may do this (by the name of its policy), the Sid of the statement, the action, and the
/// whole-system test that fails without it.
pub(super) type Right = [&'static str; 4];

/// Every action that the local AWS enforces.
const ENFORCED: &str = "
presign  Objects       s3:PutObject                   storage::the_unspoiled_request_is_taken
presign  Objects       s3:GetObject                   api::complete_settles_a_lost_answer
presign  Objects       s3:ListMultipartUploadParts    parts::from_create_to_a_verified_record
presign  Objects       s3:AbortMultipartUpload        parts::f41_a_cancel_leaves_nothing_in_storage
presign  Missing       s3:ListBucket                  api::complete_settles_a_lost_answer
presign  PublicObjects s3:PutObjectAcl                public::a_public_object_is_readable_without_credentials_and_only_as_a_download
presign  Records       dynamodb:BatchGetItem          storage::the_unspoiled_request_is_taken
presign  Records       dynamodb:GetItem               api::complete_settles_a_lost_answer
presign  Records       dynamodb:PutItem               storage::the_unspoiled_request_is_taken
presign  Records       dynamodb:UpdateItem            api::cancelling_is_repeatable_and_final_for_the_id
read     Objects       s3:GetObject                   records::content_is_a_download_for_a_while
read     Records       dynamodb:BatchGetItem          records::status_returns_many_at_once_in_the_order_asked
read     Records       dynamodb:GetItem               records::a_record_shows_first_what_was_declared_then_what_storage_holds
read     Pages         dynamodb:Query                 records::pages_come_newest_first_and_miss_and_repeat_nothing
read     Rates         dynamodb:UpdateItem            records::content_is_a_download_for_a_while
remove   Objects       s3:DeleteObject                removing::an_owner_deletes_and_the_event_confirms_the_tombstone
remove   Records       dynamodb:GetItem               removing::an_owner_deletes_and_the_event_confirms_the_tombstone
remove   Records       dynamodb:UpdateItem            removing::an_owner_deletes_and_the_event_confirms_the_tombstone
record   Objects       s3:GetObject                   pipeline::every_object_has_its_record_within_five_seconds
record   Missing       s3:ListBucket                  order::f56_news_of_an_object_that_is_gone_is_settled_at_once
record   Records       dynamodb:GetItem               scan::a85_a_clean_file_is_given_once_it_is_scanned
record   Records       dynamodb:UpdateItem            pipeline::every_object_has_its_record_within_five_seconds
record   Events        sqs:ChangeMessageVisibility    poison::f60_of_a_batch_of_ten_with_three_bad_seven_are_recorded_and_three_die
record   Notifications events:PutEvents               told::stored_verified_withheld_and_deleted_uploads_are_on_the_bus
forward  Events        sqs:SendMessage                pipeline::a87_a88_the_lambda_route_takes_webm_keys_and_carries_their_address
sweep    Objects       s3:GetObject                   sweep::f55_a_lost_event_is_repaired_and_the_place_is_free
sweep    Objects       s3:AbortMultipartUpload        sweep::f62_f63_a_place_that_was_not_given_back_is_given_back
sweep    Objects       s3:ListMultipartUploadParts    sweep::f62_f63_a_place_that_was_not_given_back_is_given_back
sweep    Keep          s3:PutObject                   live::a_recording_that_is_left_alone_is_kept
sweep    Multiparts    s3:ListBucketMultipartUploads  sweep::f40_a94_a_multipart_upload_that_no_record_names_is_dropped_after_a_day
sweep    Missing       s3:ListBucket                  sweep::a38_what_never_comes_expires_and_what_lands_later_is_the_truth
sweep    Records       dynamodb:Query                 sweep::f40_a94_a_multipart_upload_that_no_record_names_is_dropped_after_a_day
sweep    Records       dynamodb:UpdateItem            sweep::f55_a_lost_event_is_repaired_and_the_place_is_free
sweep    Open          dynamodb:Query                 sweep::f55_a_lost_event_is_repaired_and_the_place_is_free
sweep    Notifications events:PutEvents               told::the_sweep_sends_what_record_could_not
presign  DataKeys      kms:GenerateDataKey            owned::a_file_goes_through_a_bucket_with_a_key
presign  Key           kms:Decrypt                    owned::a_file_of_many_parts_goes_through_a_bucket_with_a_key
read     Key           kms:Decrypt                    owned::a_file_goes_through_a_bucket_with_a_key
record   Key           kms:Decrypt                    owned::a_file_goes_through_a_bucket_with_a_key
scanner  Objects       s3:GetObject                   scan::a85_a_clean_file_is_given_once_it_is_scanned
scanner  Missing       s3:ListBucket                  scan::a85_an_object_that_is_gone_is_not_scanned
scanner  Results       events:PutEvents               scan::a85_a_clean_file_is_given_once_it_is_scanned
";

pub(super) fn rights() -> Vec<Right> {
    let rows = ENFORCED.lines().map(str::split_ascii_whitespace);
    rows.filter_map(|cells| cells.collect::<Vec<_>>().try_into().ok())
        .collect()
}

const SOURCE: &str = "an event source's rights are checked when it is made, not when it runs";
const SENDS: &str = "the local AWS sends to an on-failure destination itself";
const LOGS: &str = "the local AWS writes a function's log itself";
const TRACES: &str = "there is no X-Ray";
const KEYS: &str = "only for objects does the local AWS ask for rights to a key, not for messages, rows and variables";

/// Actions that the local AWS does not enforce, so that only the template's test checks them, against the
/// documentation: function (`*` for each), statement, action, and why it cannot be shown here.
pub(super) const UNENFORCED: [[&str; 4]; 13] = [
    ["*", "Logs", "logs:CreateLogStream", LOGS],
    ["*", "Logs", "logs:PutLogEvents", LOGS],
    ["*", "Traces", "xray:PutTelemetryRecords", TRACES],
    ["*", "Traces", "xray:PutTraceSegments", TRACES],
    ["remove", "Key", "kms:Decrypt", KEYS],
    ["sweep", "Key", "kms:Decrypt", KEYS],
    ["forward", "Key", "kms:Decrypt", KEYS],
    ["forward", "DataKeys", "kms:GenerateDataKey", KEYS],
    ["record", "Events", "sqs:DeleteMessage", SOURCE],
    ["record", "Events", "sqs:GetQueueAttributes", SOURCE],
    ["record", "Events", "sqs:ReceiveMessage", SOURCE],
    ["forward", "Failures", "sqs:SendMessage", SENDS],
    ["scanner", "Failed", "sqs:SendMessage", SENDS],
];
