//! Files in parts, and the clock.
#![cfg(target_arch = "wasm32")]

#[macro_use]
mod support;

cases!("/tests/cases/multipart.js":
    a_large_file_goes_in_parts,
    one_call_comes_before_the_first_part,
    a_server_that_knows_no_first_parts_refuses_them_once,
    the_next_file_asks_for_the_part_size_that_suits_the_path,
    a_later_page_asks_for_it_at_once_on_the_same_network_for_a_day,
    a_page_without_local_storage_uploads_all_the_same,
    a_part_is_sent_with_exactly_its_headers,
    parts_without_checksums,
    parts_that_storage_let_go_of_are_a_warning,
    time_goes_on_while_the_computer_sleeps,
    a_wall_clock_that_is_corrected_changes_nothing,
);
