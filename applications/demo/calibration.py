"""The demo's shared start of reading, done and talked about, and one question to an applicant with its answer."""

from __future__ import annotations

from datetime import timedelta

from applications.models import (
    Answer,
    Application,
    Calibration,
    Call,
    Decision,
    Example,
    ExampleReading,
    Inquiry,
    Review,
)
from applications.review.calibration.queries import invented
from cohort.people import demo, history
from cohort.people.models import Role

NOTE = (
    "A realistic plan to ask for cover counts as a plan: it can be a 4. On room to change we score the example, not "
    "the job title. One sentence that blames a funder is not a 1 when the rest shows what the person did."
)
CRITERIA = (
    "authority",
    "change_aim",
    "reflective_practice",
    "peer_contribution",
    "community_accountability",
    "commitment",
)
#: Levels of the four readers for each example, by criterion in the order above.
LEVELS = {
    "even_middle": [(3, 4, 4, 3, 3, 4), (3, 3, 4, 3, 3, 3), (4, 4, 4, 3, 3, 4), (3, 4, 3, 3, 2, 4)],
    "uneven": [(4, 2, 1, 2, 5, 2), (3, 3, 2, 2, 5, 4), (5, 3, 1, 3, 4, 3), (4, 2, 2, 2, 5, 3)],
}
COMMENTS = {
    1: "The example puts the fault on others.",
    2: "Named, but not how it would be done.",
    5: "Shows who holds the power now, and what it cost.",
}
QUESTION = "You write that later hours would help most in one of your two places. Which one, and how do you know?"
ANSWER = "In the one near the ferry. We counted missed calls by hour last spring; two of three came after five."


def load_examples(stage: demo.Stage) -> None:
    """All four readers have scored both examples, two weeks ago, and agreed on a reading of the anchors."""
    call = Call.objects.filter(cohort=stage.recruiting).exclude(state=Call.State.DRAFT).order_by("created_at").first()
    readers = [membership.user for membership in stage.members(stage.recruiting, Role.SCREENER)]
    if call is None or len(readers) < 4 or Calibration.objects.filter(call=call).exists():
        return
    by = stage.people.get("coordinator1")
    began, over = stage.now - timedelta(days=17), stage.now - timedelta(days=15)
    calibration = Calibration.objects.create(
        call=call, state=Calibration.State.OVER, note=NOTE, started_at=began, started_by=by, over_at=over
    )
    history.record("calibration.started", calibration, actor=by, cohort=call.cohort, examples=list(LEVELS))
    for place, key in enumerate((key for key in invented() if key in LEVELS), start=1):
        example = Example.objects.create(calibration=calibration, position=place, key=key)
        ExampleReading.objects.bulk_create(
            [
                ExampleReading(
                    example=example,
                    reader=reader,
                    started_at=began,
                    sent_at=began + timedelta(hours=5 + turn),
                    marks={
                        criterion: {"level": level, "cannot_judge": False, "comment": COMMENTS.get(level, "")}
                        for criterion, level in zip(CRITERIA, levels, strict=True)
                    },
                )
                for turn, (reader, levels) in enumerate(zip(readers, LEVELS[key], strict=False))
            ]
        )
    history.record("calibration.over", calibration, actor=by, cohort=call.cohort)


def load_question(stage: demo.Stage) -> None:
    """One applicant was asked for more, and answered."""
    call = Call.objects.filter(cohort=stage.recruiting).exclude(state=Call.State.DRAFT).order_by("created_at").first()
    if call is None or Inquiry.objects.filter(application__call=call).exists():
        return
    decided = Decision.objects.filter(application__call=call).values("application_id")
    read = Review.objects.filter(application__call=call, state=Review.State.SUBMITTED).values("application_id")
    application = (
        Application.objects.filter(call=call, state=Application.State.SUBMITTED, pk__in=read)
        .exclude(pk__in=decided)
        .order_by("number")
        .first()
    )
    if application is None:
        return
    by, asked = stage.people.get("coordinator1"), stage.now - timedelta(days=4)
    inquiry = Inquiry.objects.create(
        application=application,
        number=1,
        words=QUESTION,
        readers=Inquiry.Readers.REVIEWER,
        asked_by=by,
        asked_at=asked,
        state=Inquiry.State.ANSWERED,
        due_on=(stage.now + timedelta(days=3)).date(),
        answered_at=stage.now - timedelta(days=2),
    )
    Answer.objects.create(
        application=application,
        question=inquiry.answer_key,
        value=ANSWER,
        visibility="reviewer",
        saved_at=stage.now - timedelta(days=2),
    )
    Decision.objects.create(
        application=application,
        value=Decision.Value.NEEDS_INFORMATION,
        reason_code="ASK_APPLICANT",
        decided_by=by,
        decided_at=asked,
    )
    history.record("inquiry.asked", inquiry, actor=by, cohort=call.cohort, application=str(application.pk), number=1)


def register() -> None:
    demo.register(15, "examples", load_examples)
    demo.register(16, "question", load_question)
