"""Line by line: what can fail, what happens then, and the test that shows it, with the kinds that the apps have.

A worker dies before sending:
    test_faults.py::test_killed_before_the_attempt_it_goes_again
A worker dies after the attempt mark, before the record (both rules):
    test_faults.py::test_killed_after_sending_a_resend_kind_goes_again_as_the_same_message
    test_faults.py::test_killed_after_sending_a_drop_kind_stays_and_is_listed
The mail server answers 4xx or 5xx, is slow, times out, or is gone:
    delivery/test_smtp.py::test_what_the_server_says_decides
    delivery/test_smtp.py::test_a_server_that_does_not_answer_in_time_is_tried_again
    delivery/test_smtp.py::test_a_server_that_is_gone_keeps_everything_waiting
    delivery/test_sender.py::test_a_busy_server_is_tried_again_at_growing_distances
    delivery/test_sender.py::test_no_try_after_the_last_hour
The server refuses the address, or mail comes back for good:
    delivery/test_sender.py::test_a_refused_address_gets_no_optional_mail_and_facilitators_are_told_once
    test_pages.py::test_a_person_whose_mail_comes_back_is_told_on_the_page
Somebody marks our mail as unwanted:
    delivery/test_sender.py::test_a_complaint_stops_all_that_is_optional_without_a_mail
A template is broken:
    delivery/test_sender.py::test_a_template_error_fails_that_row_alone
    monitoring/test_alerts.py::test_a_broken_template_is_told_and_the_log_says_so
The broker is away, comes back, or comes back empty:
    test_faults.py::test_without_a_broker_the_action_goes_on_and_beat_finds_the_row
    test_failing_machines.py::test_an_emptied_broker_loses_no_message
    test_failing_machines.py::test_a_channel_whose_connection_is_closed_says_so
    test_failing_machines.py::test_two_beats_a_dead_broker_and_an_empty_one_make_one_mail_each
Two beats, planners or senders at once:
    test_failing_machines.py::test_two_beats_a_dead_broker_and_an_empty_one_make_one_mail_each
    test_faults.py::test_two_planners_at_once_make_each_row_once
    test_faults.py::test_two_senders_at_once_send_each_mail_once
Beat, planner or sender is dead:
    monitoring/test_health.py::test_reminders_are_unwell_after_fifteen_silent_minutes
    monitoring/test_alerts.py::test_a_part_that_is_silent_for_fifteen_minutes_is_told_once_an_hour
    monitoring/test_alerts.py::test_each_good_run_of_the_planner_pings_while_the_sender_lives
All was off for long:
    test_failing_machines.py::test_after_a_long_outage_what_is_late_is_listed_and_can_be_sent_by_hand
A session is moved after, or before, its reminder:
    test_failing_facts.py::test_moved_to_another_day_after_the_reminder_makes_one_corrected_reminder
    test_failing_facts.py::test_moved_on_the_same_day_makes_only_the_message_about_the_change
    test_failing_facts.py::test_moved_across_midnight_before_the_reminder_moves_the_reminder
A session is moved across a clock change:
    test_failing_facts.py::test_moved_across_a_clock_change_it_stays_three_in_the_afternoon
A session is cloned:
    test_failing_facts.py::test_a_copy_is_a_draft_and_says_nothing_until_it_is_published
A session is called off:
    test_failing_facts.py::test_called_off_takes_every_reminder_along
A member joins late, or leaves:
    test_failing_facts.py::test_who_joins_late_is_invited_and_not_reminded_of_the_past
    delivery/test_planner.py::test_members_only_kinds_end_with_the_membership
A person's time zone changes:
    test_failing_facts.py::test_a_new_time_zone_moves_what_is_waiting
A member is in two cohorts:
    test_failing_facts.py::test_two_cohorts_on_one_day_share_one_mail
    delivery/test_sender.py::test_limits_hold_over_all_cohorts_and_never_for_essential_messages
An address changes:
    test_failing_facts.py::test_a_new_address_gets_the_reminder_and_the_old_one_keeps_its_mark
Somebody unsubscribes between plan and send:
    test_failing_facts.py::test_one_click_between_plan_and_send_holds
Quiet hours would make it too late:
    delivery/test_sender.py::test_a_message_that_quiet_hours_would_make_too_late_expires
The survey is answered between plan and send:
    test_failing_facts.py::test_answered_between_plan_and_send_is_not_reminded
A mass mail was a mistake:
    ../applications/decisions/test_releasing.py::test_calling_back_undoes_everything
    ../sessions/planning/test_undo.py::test_publishing_taken_back_is_a_draft_that_nobody_heard_of
    ../sessions/planning/test_undo.py::test_a_change_taken_back_is_as_members_know_it
    ../sessions/planning/test_undo.py::test_called_off_and_taken_back_it_takes_place_with_all_its_reminders
Private words:
    ../test_canary.py::test_no_private_word_in_any_kind_for_any_role
    ../test_canary.py::test_no_private_word_in_rows_broker_history_or_log
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_the_table_above_names_tests_that_exist() -> None:
    named = re.findall(r"^    (\S+\.py)::(test_\w+)$", __doc__ or "", re.M)
    assert len(named) > 30
    assert [f"{file}::{test}" for file, test in named if f"def {test}(" not in (HERE / file).read_text()] == []
