//! What the element promises.

use crate::{Case, forms, looks, picking, recorder, recorder_looks, rows};

/// The first one comes before any other has left something.
pub(crate) const CASES: &[(&str, Case)] = &[
    ("the_page_that_loads_it_is_not_held_up", looks::load),
    (
        "the_readmes_lines_send_a_form_by_keyboard_alone",
        forms::readme,
    ),
    ("a_react_app_by_keyboard_alone", forms::react),
    ("a_form_waits_for_its_files_and_says_so", forms::validity),
    (
        "a_form_is_reset_and_disabled_with_its_fieldset",
        forms::reset,
    ),
    ("a_page_that_is_come_back_to_has_its_files", forms::restored),
    ("the_focus_stays_near_a_row_that_is_removed", forms::focus),
    ("a_dropped_folder_keeps_its_paths", picking::folder),
    ("a_pasted_picture_is_uploaded", picking::paste),
    ("limits_are_told_before_anything_is_sent", picking::limits),
    (
        "a_file_without_multiple_replaces_the_one_before",
        picking::single,
    ),
    (
        "manual_uploads_wait_and_prepare_makes_what_is_sent",
        picking::prepared,
    ),
    (
        "a_page_that_refuses_inline_code_and_styles_is_as_any",
        picking::strict,
    ),
    ("a_page_without_an_api_says_so", picking::not_set_up),
    ("a_thousand_files_make_few_rows", rows::many),
    ("all_uploads_are_paused_resumed_and_cancelled", rows::all),
    (
        "a_failed_upload_looks_failed_and_is_tried_again",
        rows::failed,
    ),
    ("what_was_left_goes_on_after_a_reload", rows::reload),
    (
        "a_picture_has_a_preview_whose_address_is_given_back",
        rows::preview,
    ),
    (
        "a_screen_reader_is_told_rarely_and_in_sums",
        rows::announcements,
    ),
    ("a_withheld_file_is_not_said_to_be_verified", rows::withheld),
    ("axe_finds_nothing_in_any_look", looks::axe),
    (
        "the_element_speaks_korean_and_the_pages_own_words",
        looks::words,
    ),
    ("it_is_mirrored_from_right_to_left", looks::mirrored),
    ("a_phone_offers_its_camera_and_large_buttons", looks::phone),
    ("a_recording_is_a_field_of_its_form", recorder::field),
    ("a_refused_camera_says_what_to_do", recorder::refused),
    ("a_camera_that_goes_loses_nothing", recorder::lost),
    ("a_recording_ends_at_its_longest_time", recorder::longest),
    ("a_recording_that_failed_is_tried_again", recorder::failed),
    (
        "a_recorder_that_leaves_gives_its_camera_back",
        recorder::removed,
    ),
    (
        "what_was_recorded_goes_on_after_a_reload_or_is_discarded",
        recorder::reload,
    ),
    (
        "a_client_that_cannot_record_is_named",
        recorder::other_client,
    ),
    (
        "axe_finds_nothing_in_any_look_of_the_recorder",
        recorder_looks::axe,
    ),
    ("the_recorder_speaks_korean", recorder_looks::korean),
];
