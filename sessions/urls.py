from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sessions.views import agenda, agreements, attendance, catching_up, library, live, planning, stream, tables

app_name = "program_sessions"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sessions.surveys.urls")),  # the lead's part: keep this line
    # library and agreements
    path("library/", library.library, name="library"),
    path("library/<slug:slug>/", library.activity, name="activity"),
    path("cohorts/<slug:slug>/agreements/", agreements.agreements, name="agreements"),
    path("cohorts/<slug:slug>/agreements/new/", agreements.edit, name="agreement_new"),
    path("cohorts/<slug:slug>/agreements/<uuid:pk>/", agreements.edit, name="agreement"),
    path("cohorts/<slug:slug>/agreements/<uuid:pk>/let-go/", agreements.retire, name="agreement_retire"),
    # planning
    path("sessions/", planning.index, name="index"),
    path("cohorts/<slug:slug>/sessions/new/", planning.create, name="create"),
    path("sessions/<uuid:pk>/", planning.session, name="session"),
    path("sessions/<uuid:pk>/change/", planning.change, name="change"),
    path("sessions/<uuid:pk>/publish/", planning.publish, name="publish"),
    path("sessions/<uuid:pk>/call-off/", planning.call_off, name="call_off"),
    path("sessions/<uuid:pk>/take-back/<slug:step>/", planning.take_back, name="take_back"),
    path("sessions/<uuid:pk>/session.ics", planning.calendar, name="calendar"),
    path("sessions/<uuid:pk>/agenda/", agenda.builder, name="agenda"),
    path("sessions/<uuid:pk>/agenda/add/", agenda.add, name="block_add"),
    path("sessions/<uuid:pk>/agenda/<uuid:block>/", agenda.change, name="block"),
    path("sessions/<uuid:pk>/agenda/<uuid:block>/<slug:verb>/", agenda.act, name="block_act"),
    path("sessions/<uuid:pk>/print/run-sheet/", planning.run_sheet, name="run_sheet"),
    path("sessions/<uuid:pk>/print/agenda/", planning.paper_agenda, name="paper_agenda"),
    path("sessions/<uuid:pk>/print/table-cards/", planning.table_cards, name="table_cards"),
    # the live room
    path("sessions/<uuid:pk>/open/", live.open_room, name="open_room"),
    path("sessions/<uuid:pk>/close/", live.close_room, name="close_room"),
    path("sessions/<uuid:pk>/live/", live.desk, name="live"),
    path("sessions/<uuid:pk>/live/press/", live.press, name="press"),
    path("sessions/<uuid:pk>/live/state.json", live.state, name="state"),
    path("sessions/<uuid:pk>/live/stream", stream.stream, name="stream"),
    path("sessions/<uuid:pk>/live/pause-seen/", live.pause_seen, name="pause_seen"),
    path("sessions/<uuid:pk>/screen/", live.screen, name="screen"),
    path("sessions/<uuid:pk>/now/", live.phone, name="now"),
    path("sessions/<uuid:pk>/pause-please/", live.pause_please, name="pause_please"),
    # who is here
    path("s/", attendance.type_code, name="type_code"),
    path("s/<slug:code>/", attendance.check_in, name="check_in"),
    path("sessions/<uuid:pk>/register/", attendance.register, name="register"),
    path("sessions/<uuid:pk>/register/close/", attendance.close_register, name="close_register"),
    path("sessions/<uuid:pk>/register/open/", attendance.open_register, name="open_register"),
    path("sessions/<uuid:pk>/catch-up/", catching_up.catch_up, name="catch_up"),
    path("sessions/<uuid:pk>/tables/", tables.tables, name="tables"),
    path("sessions/<uuid:pk>/tables/draw/", tables.draw, name="draw"),
    path("sessions/<uuid:pk>/tables/work/", tables.work_facts, name="work_facts"),
    path("sessions/<uuid:pk>/tables/apart/<uuid:rule>/remove/", tables.remove_rule, name="rule_remove"),
]
