"""The kinds of code that a setting may be: what the accounting it is booked in must know."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeKind(models.TextChoices):
    """What a setting's value is a code of. The catalogue of a company in Exact keeps its items by these kinds too."""

    GL_ACCOUNT = "gl_account", _("GL account")
    VAT_CODE = "vat_code", _("VAT code")
    JOURNAL = "journal", _("journal")
    THIRD_PARTY = "third_party", _("third party")
    PAYMENT_CONDITION = "payment_condition", _("payment condition")
    COST_CENTER = "cost_center", _("cost centre")
