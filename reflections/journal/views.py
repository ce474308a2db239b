"""The journal's JSON. Everything is about the one journal of the person who is signed in; there is no other address."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from cohort import ratelimit
from cohort.people.models import User
from cohort.ui import prompts
from reflections.journal import actions, queries, wire_format
from reflections.journal.wire_format import Refused, b64u
from reflections.models import Journal
from reflections.models.journal import FORMATS

View = Callable[..., HttpResponse]

WRITES = ("writes", 120, 60)  # name, how many, in how many seconds
KEYS = ("keys", 20, 3600)


def api(*methods: str) -> Callable[[View], View]:
    """One address of the API: 401 for nobody, 405 for other methods, refusals as JSON, never kept by a cache.

    The proof header is taken out of the request at once, so that no error report can hold it.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        @sensitive_variables()
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            proof = request.META.pop("HTTP_X_JOURNAL_PROOF", "")
            request.journal_proof = proof  # type: ignore[attr-defined]
            response: HttpResponse
            if not request.user.is_authenticated:
                response = JsonResponse({"error": "signed-out"}, status=401)
            elif request.method not in methods:
                response = JsonResponse({"error": "method"}, status=405, headers={"Allow": ", ".join(methods)})
            else:
                try:
                    response = view(request, *args, **kwargs)
                except Refused as refusal:
                    response = JsonResponse({"error": refusal.code, **refusal.body}, status=refusal.status)
            response["Cache-Control"] = "no-store"
            return response

        return inner

    return decorate


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _spend(user: User, limit: tuple[str, int, int]) -> None:
    """Count one use; refused with 429 when the window is full."""
    name, allowed, seconds = limit
    what, who = f"journal:{name}", str(user.pk)
    if not ratelimit.spend(what, who, allowed=allowed, seconds=seconds):
        raise Refused(429, "too-often", retry_after=ratelimit.retry_after(what, who))


def _proof(request: HttpRequest) -> bytes:
    try:
        return wire_format.unb64u(request.journal_proof, 32)  # type: ignore[attr-defined]
    except Refused as refusal:
        raise Refused(403, "proof") from refusal


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refused(422, "malformed") from error
    if not isinstance(data, dict):
        raise Refused(422, "malformed")
    return data


def _describe(journal: Journal) -> dict[str, Any]:
    return {
        "vault": b64u(journal.vault.bytes),
        "gen": journal.gen,
        "pending_gen": journal.pending_gen,
        "reset_on": journal.reset_on and journal.reset_on.isoformat(),
        "reset_due": journal.reset_on is not None and journal.reset_on <= actions.today(),
        "slots": [
            {
                "v": 1,
                "kind": slot.kind,
                "id": b64u(slot.slot_id.bytes),
                "gen": slot.gen,
                "it": slot.it,
                "pep": slot.pep,
                "salt": b64u(slot.salt),
                "commit": b64u(slot.commit),
                "iv": b64u(slot.iv),
                "ct": b64u(slot.ct),
            }
            for slot in journal.slots.order_by("gen", "kind")
        ],
        "links": [{"old_gen": link.old_gen, "blob": b64u(link.blob)} for link in journal.links.order_by("old_gen")],
    }


@api("GET")
def state(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and their slots. All that is personal comes this way, never in the page itself."""
    user = _user(request)
    journal = queries.journal_of(user)
    return JsonResponse(
        {
            "csrf": get_token(request),
            "account": str(user.pk),
            "email": user.email,
            "name": user.get_full_name(),
            "formats": list(FORMATS),
            "journal": journal and _describe(journal),
            "sign_in": f"{reverse(settings.LOGIN_URL)}?next={reverse('reflections:journal')}",
        }
    )


@api("GET")
def offered(request: HttpRequest) -> HttpResponse:
    """Questions to write about. Which one is chosen is never sent back."""
    found = prompts.prompts_for(_user(request))
    return JsonResponse({"prompts": [{"id": p.id, "text": str(p.text), "source": str(p.source)} for p in found]})


@api("POST", "DELETE")
def journal(request: HttpRequest) -> HttpResponse:
    """Set a journal up, or remove it with all that is in it."""
    user = _user(request)
    _spend(user, KEYS)
    if request.method == "DELETE":
        actions.delete_journal(owner=user, proof=_proof(request))
        return HttpResponse(status=204)
    data = _json(request)
    made = actions.create(
        owner=user,
        vault=wire_format.identifier(data.get("vault")),
        verifier=wire_format.unb64u(data.get("verifier"), 32),
        slots=wire_format.slots(data.get("slots")),
    )
    return JsonResponse({"journal": _describe(made)}, status=201)


@api("GET")
def records(request: HttpRequest) -> HttpResponse:
    """Sealed records, 200 at a time."""
    found = queries.journal_of(_user(request))
    if found is None:
        raise Refused(404, "no-journal")
    after = request.GET.get("after")
    page = queries.record_page(found, wire_format.identifier(after) if after else None)
    following = b64u(page[-1].record_id.bytes) if len(page) == queries.PAGE else None
    return JsonResponse({"records": [actions.as_json(record) for record in page], "next": following})


@api("PUT", "DELETE")
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Save one revision of a record, or remove the record."""
    user = _user(request)
    _spend(user, WRITES)
    if request.method == "DELETE":
        actions.delete_record(owner=user, record_id=record_id, proof=_proof(request))
        return HttpResponse(status=204)
    base = request.GET.get("base_rev", "")
    if not base.isdecimal() or len(base) > 9:
        raise Refused(422, "malformed")
    envelope = wire_format.envelope(request.body)
    rev = actions.put_record(
        owner=user, record_id=record_id, base_rev=int(base), envelope=envelope, proof=_proof(request)
    )
    return JsonResponse({"rev": rev})


@api("POST")
def slots(request: HttpRequest) -> HttpResponse:
    """A new passphrase, a new code, or both at once."""
    user = _user(request)
    _spend(user, KEYS)
    actions.replace_slots(owner=user, slots=wire_format.slots(_json(request).get("slots")), proof=_proof(request))
    return JsonResponse({"ok": True})


@api("POST")
def rotation(request: HttpRequest, step: str) -> HttpResponse:
    """Move to a new journal key: ``start``, then every record is saved again, then ``finish``."""
    user = _user(request)
    _spend(user, KEYS)
    if step == "cancel":
        raise Refused(404, "no-step")
    if step == "finish":
        return JsonResponse({"gen": actions.finish_rotation(owner=user, proof=_proof(request))})
    data = _json(request)
    gen = wire_format.whole(data.get("gen"), 2, wire_format.MAX_NUMBER)
    actions.start_rotation(
        owner=user,
        gen=gen,
        verifier=wire_format.unb64u(data.get("verifier"), 32),
        slots=wire_format.slots(data.get("slots")),
        link=wire_format.link(data.get("link"), gen),
        proof=_proof(request),
    )
    return JsonResponse({"gen": gen}, status=201)


@api("POST")
def reset(request: HttpRequest, step: str) -> HttpResponse:
    """Start again without any key: ask, wait seven days, finish. Whoever can open the journal can stop it."""
    user = _user(request)
    _spend(user, KEYS)
    if step == "cancel":
        actions.cancel_reset(owner=user, proof=_proof(request))
        return JsonResponse({"reset_on": None})
    if not did_recently_reauthenticate(request):
        again = f"{reverse('account_reauthenticate')}?next={reverse('reflections:journal')}"
        raise Refused(403, "sign-in-again", sign_in=again)
    if step == "finish":
        actions.finish_reset(owner=user)
        return HttpResponse(status=204)
    journal = actions.ask_reset(owner=user)
    return JsonResponse({"reset_on": journal.reset_on and journal.reset_on.isoformat()}, status=202)
