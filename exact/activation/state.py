"""The state of an establishment's activation in one word, for the console and the till API."""

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exact.api.consent import Consent, consent_of, usable
from exact.models import Activation, LinkStep


class ActivationState(models.TextChoices):
    """The words of the till API, with what people read."""

    INACTIVE = "inactive", _("switched off")
    AWAITING_LOGIN = "awaiting_login", _("logging in at Exact")
    AWAITING_DIVISION = "awaiting_division", _("choosing the company")
    INVALID = "invalid", _("to be mended")
    ACTIVE = "active", _("active")
    RECONNECT_REQUIRED = "reconnect_required", Consent.LOST.label


def state_of(activation: Activation) -> ActivationState:
    """Return the state of an activation, which comes with its division's connection."""
    if activation.active and not consent_of(activation.division.connection).usable:
        return ActivationState.RECONNECT_REQUIRED
    if activation.problems:
        return ActivationState.INVALID
    return ActivationState.ACTIVE if activation.active else ActivationState.INACTIVE


def stopped_activations() -> QuerySet[Activation]:
    """Activations that are on and cannot be used (`RECONNECT_REQUIRED`): somebody must log in at Exact again."""
    return Activation.objects.filter(active=True).exclude(usable("division__connection__"))


def shown_state_of(activation: Activation) -> ActivationState | Consent:
    """Return what people read of an activation: its state, or, of a sound one, the state of its consent."""
    state, consent = state_of(activation), consent_of(activation.division.connection)
    if state is ActivationState.ACTIVE and consent in (Consent.DOUBTFUL, Consent.ENDING):
        return consent
    return state


def state_at(step: LinkStep | None) -> ActivationState:
    """Return the state of an activation that is not on, by the step of the activation link that is in use."""
    if step in (LinkStep.INTRODUCTION, LinkStep.LOGIN):
        return ActivationState.AWAITING_LOGIN
    if step in (LinkStep.DIVISION, LinkStep.CHECKS, LinkStep.START):
        return ActivationState.AWAITING_DIVISION
    return ActivationState.INACTIVE
