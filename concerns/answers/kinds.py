"""Every question that can be answered from a letter, and who may."""

from typing import assert_never

import django_otp

from concerns.answers.closed_day import ClosedDayQuestion
from concerns.answers.means import MeansQuestion
from concerns.answers.question import AnswerableQuestion
from concerns.answers.slot import SlotQuestion
from concerns.concern import Question, QuestionKind
from concerns.models import AnswerLink
from tenants.models import Establishment, User
from tenants.scope import all_visible_to


def class_of(kind: QuestionKind) -> type[AnswerableQuestion]:
    """The class that asks and answers a kind of question. For a new kind mypy asks for a class."""
    match kind:
        case QuestionKind.MEANS:
            return MeansQuestion
        case QuestionKind.SLOT:
            return SlotQuestion
        case QuestionKind.CLOSED:
            return ClosedDayQuestion
    assert_never(kind)


def open_to(person: User, asked: Question) -> AnswerableQuestion | None:
    """The question, if this person may answer it from a letter now; else None, also for another's establishment.

    A person with a second factor, or who must have one, answers in the console: a link in a mail must not bypass it.
    """
    its_class = class_of(asked.kind)
    if person.is_support or django_otp.user_has_device(person) or not person.has_perm(its_class.permission):
        return None
    shops = Establishment.objects.select_related("tenant__reseller", *its_class.looked_for)
    shop = all_visible_to(person, shops).filter(pk=asked.shop).first()
    return None if shop is None or _is_suspended(shop) else its_class(shop, asked.about)


def _is_suspended(shop: Establishment) -> bool:
    return any(row.suspended_at for row in (shop, shop.tenant, shop.tenant.reseller))


def question_of(link: AnswerLink) -> Question:
    """The question that a link asks."""
    return Question(kind=QuestionKind(link.kind), shop=link.establishment_id, about=link.about)
