"""What a program session is made of. One file per meaning; import the names from here."""

from sessions.models.agreements import Agreement
from sessions.models.attendance import Attendance
from sessions.models.library import Activity, Answer, Grouping, Phase, Reader
from sessions.models.plan import Block, Decider, Objective, Priority, Prompt, Session
from sessions.models.run import PauseRequest, Run, RunEvent
from sessions.models.surveys import HeardNote, SealedAnswer, Survey, SurveyAnswer, SurveyTicket
from sessions.models.tables import PairRule, Seat, SeatingFacts, Table, TableDraw, TableRole

__all__ = [
    "Activity",
    "Agreement",
    "Answer",
    "Attendance",
    "Block",
    "Decider",
    "Grouping",
    "HeardNote",
    "Objective",
    "PairRule",
    "PauseRequest",
    "Phase",
    "Priority",
    "Prompt",
    "Reader",
    "Run",
    "RunEvent",
    "SealedAnswer",
    "Seat",
    "SeatingFacts",
    "Session",
    "Survey",
    "SurveyAnswer",
    "SurveyTicket",
    "Table",
    "TableDraw",
    "TableRole",
]
