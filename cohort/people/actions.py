"""Everything that changes cohorts, memberships and invitations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohort.people import history, signals
from cohort.people.models import Cohort, Invitation, Membership, Role, User
from cohort.people.states import NotPossible

INVITATION_DAYS = 14
INVITATION_SALT = "people.invitation"


@transaction.atomic
def start_cohort(*, by: User, **fields: Any) -> Cohort:
    """Make a cohort and its first coordinator."""
    cohort = Cohort.objects.create(**fields)
    Membership.objects.create(cohort=cohort, user=by, role=Role.COORDINATOR)
    history.record("cohort.started", cohort, actor=by, cohort=cohort)
    return cohort


@transaction.atomic
def change_cohort(*, cohort: Cohort, by: User, **fields: Any) -> Cohort:
    """Change what a cohort says about itself. History keeps the names of the fields, not their words."""
    changed = [name for name, value in fields.items() if getattr(cohort, name) != value]
    if changed:
        for name in changed:
            setattr(cohort, name, fields[name])
        cohort.save(update_fields=changed)
        history.record("cohort.changed", cohort, actor=by, cohort=cohort, fields=changed)
    return cohort


@transaction.atomic
def give_role(*, cohort: Cohort, user: User, role: str, by: User | None) -> Membership:
    """Give ``user`` a role; giving it twice changes nothing."""
    membership, made = Membership.objects.get_or_create(cohort=cohort, user=user, role=role, ended_at=None)
    if made:
        history.record("membership.started", membership, actor=by, cohort=cohort, role=role)
    return membership


@transaction.atomic
def end_role(*, membership: Membership, by: User) -> None:
    """End a membership. The last coordinator of a cohort cannot leave it without anybody in charge.

    :raises NotPossible: this is the only coordinator.
    """
    Cohort.objects.select_for_update().get(pk=membership.cohort_id)
    membership.refresh_from_db()
    if membership.ended_at:
        return
    if membership.role == Role.COORDINATOR:
        others = Membership.objects.current().filter(cohort_id=membership.cohort_id, role=Role.COORDINATOR)
        if not others.exclude(pk=membership.pk).exists():
            raise NotPossible(_("A cohort needs at least one coordinator. Invite another one first."))
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    history.record("membership.ended", membership, actor=by, cohort=membership.cohort, role=membership.role)


@transaction.atomic
def invite(*, cohort: Cohort, email: str, role: str, by: User) -> Invitation:
    """Invite an address to a role and say so with :data:`signals.invited`, on which the outbox queues the mail with the
    signed link.

    :raises NotPossible: an invitation for this address and role is open, or the person already has the role.
    """
    email = email.strip().lower()
    if Membership.objects.current().filter(cohort=cohort, user__email__iexact=email, role=role).exists():
        raise NotPossible(_("This person already has that role in this cohort."))
    Invitation.objects.filter(
        cohort=cohort, email__iexact=email, role=role, accepted_at=None, revoked_at=None, expires_at__lte=timezone.now()
    ).update(revoked_at=timezone.now())
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                cohort=cohort,
                email=email,
                role=role,
                invited_by=by,
                expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
            )
    except IntegrityError as error:
        raise NotPossible(_("This address already has an open invitation to that role.")) from error
    history.record("invitation.sent", invitation, actor=by, cohort=cohort, role=role)
    signals.invited.send(Invitation, invitation=invitation)
    return invitation


def invitation_token(invitation: Invitation) -> str:
    """The signed part of an invitation's link."""
    return signing.dumps(str(invitation.pk), salt=INVITATION_SALT)


def open_invitation(token: str) -> Invitation:
    """The invitation behind a link, if it can still be taken up.

    :raises NotPossible: the link was changed, has run out, was taken back or was used.
    """
    try:
        pk = signing.loads(token, salt=INVITATION_SALT)
        invitation = Invitation.objects.select_related("cohort", "invited_by").get(pk=pk)
    except (signing.BadSignature, Invitation.DoesNotExist) as error:
        raise NotPossible(_("This link is not complete. Please copy the whole address from your email.")) from error
    if invitation.accepted_at:
        raise NotPossible(_("This invitation has been used. Sign in to go on."))
    if invitation.revoked_at or invitation.expires_at <= timezone.now():
        raise NotPossible(_("This invitation has run out. Ask the person who invited you for a new one."))
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Membership:
    """Take up an invitation: the membership starts and the link is spent.

    :raises NotPossible: as :func:`open_invitation`.
    """
    invitation = open_invitation(token)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        accepted_at=timezone.now(), accepted_by=user
    )
    if not taken:
        raise NotPossible(_("This invitation has been used. Sign in to go on."))
    history.record("invitation.accepted", invitation, actor=user, cohort=invitation.cohort, role=invitation.role)
    return give_role(cohort=invitation.cohort, user=user, role=invitation.role, by=user)


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """Take an open invitation back; its mail, if not yet sent, is not sent."""
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now()):
        history.record("invitation.revoked", invitation, actor=by, cohort=invitation.cohort, role=invitation.role)


@transaction.atomic
def change_profile(*, user: User, **fields: Any) -> None:
    """Change a person's own name, zone and language."""
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))
