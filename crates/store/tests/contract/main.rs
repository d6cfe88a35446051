//! What every store keeps, whichever database it uses: the suite is written against `dyn Store`, and a database joins
//! by one line at the end of this file.
#![allow(clippy::unwrap_used)]

mod attachments;
mod beside;
#[path = "../common/mod.rs"]
mod common;
mod desk;
mod erased;
mod intake;
mod lists;
mod log;
mod messages;
mod office;
mod tokens;

/// All checks in one place, by name.
mod checks {
    pub use crate::attachments::*;
    pub use crate::beside::*;
    pub use crate::desk::*;
    pub use crate::erased::*;
    pub use crate::intake::*;
    pub use crate::lists::*;
    pub use crate::log::*;
    pub use crate::messages::*;
    pub use crate::office::*;
    pub use crate::tokens::*;
}

/// One test for each check, on the store that `$fresh` makes.
macro_rules! contract {
    ($database:ident, $fresh:path, $($check:ident),* $(,)?) => {
        mod $database {
            $(
                #[test]
                fn $check() {
                    let (_keep, store) = $fresh();
                    super::checks::$check(&store);
                }
            )*
        }
    };
}

fn sqlite() -> (tempfile::TempDir, store::sqlite::SqliteStore) {
    let folder = tempfile::TempDir::new().unwrap();
    let store = store::sqlite::open(folder.path(), &store::Options::default()).unwrap();
    (folder, store)
}

macro_rules! on {
    ($database:ident, $fresh:path) => {
        contract!(
            $database,
            $fresh,
            appended_events_are_read_back,
            only_the_next_event_is_taken,
            erased_part_is_gone_and_the_chain_holds,
            what_was_erased_can_be_listed,
            unique_value_is_held_by_one_record,
            undone_command_leaves_nothing,
            what_is_settled_is_not_undone,
            numbers_have_no_gap,
            repeated_command_finds_the_first_answer,
            due_days_come_in_order,
            lists_answer_every_filter_and_lose_nothing_between_pages,
            record_row_is_replaced_as_a_whole,
            sums_are_those_of_the_records_behind_them,
            sums_as_of_a_list_of_positions_stay,
            sums_by_month_keep_step_with_their_deltas,
            reader_sees_one_state,
            definitions_and_notes_stay,
            published_comes_newest_first_and_leaves_a_stub,
            accounts_and_agencies_are_kept_by_government,
            looks_are_noted,
            messages_are_found_by_id_by_record_and_by_state,
            message_goes_on_as_a_whole,
            looks_are_listed_newest_first,
            posts_are_held_from_a_day_to_a_day,
            what_was_granted_can_only_end,
            accounts_and_agencies_have_a_past,
            what_administrators_did_is_numbered,
            sight_is_the_same_for_a_list_and_for_one_record,
            narrowing_is_replaced,
            transaction_keeps_to_its_government,
            dropped_transaction_leaves_nothing,
            writers_take_turns,
            what_stands_can_be_listed,
            duty_is_one_holders,
            session_is_known_until_it_ends,
            sessions_and_attempts_are_swept,
            of_attempts_at_once_one_counts,
            session_within_a_transaction_of_another_thread_waits_and_stands,
            file_comes_back_from_any_place,
            absent_file_is_absent,
            altered_bytes_are_not_taken_in,
            file_is_staged_for_whoever_brought_it,
            held_file_outlives_every_sweep_until_it_is_released,
            holding_stands_or_falls_with_its_transaction,
            held_files_are_listed_in_order,
            what_waits_is_found_by_whom_and_where,
            what_waits_goes_with_a_transaction_that_is_undone,
            due_days_are_counted_and_listed_between_two_days,
            drafts_are_their_authors_alone,
            remarks_stay_as_they_were_written,
            a_source_tells_a_person_once,
            what_was_found_is_told_by_day,
            how_far_somebody_came_is_kept,
            files_that_came_and_went_are_noted,
            staged_file_waits_until_it_is_taken_away,
            token_is_known_until_it_is_taken_back,
            expired_tokens_are_swept,
        );
    };
}

on!(sqlite_store, super::sqlite);

fn postgres() -> (String, store::postgres::PostgresStore) {
    static SERVER: std::sync::OnceLock<pgserver::Server> = std::sync::OnceLock::new();
    let server = SERVER.get_or_init(|| pgserver::Server::start(false).unwrap());
    let url = server.database("contract").unwrap();
    let store = store::postgres::open(&url, &store::Options::default()).unwrap();
    (url, store)
}

on!(postgres_store, super::postgres);
