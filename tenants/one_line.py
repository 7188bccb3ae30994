"""What a customer, an establishment, a till and a reseller are called stands on one line: it is written into the
subjects of mails, where a second line would be another header, and into lists and messages line by line. So
does a reason.
"""

from django.core.validators import RegexValidator
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

# Control characters, ends of lines among them. Python and PostgreSQL read this alike; NUL is in no text of either.
NOT_ON_A_LINE = "[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]"
WHY_MAX = 200

refuse_lines = RegexValidator(
    NOT_ON_A_LINE, _("A name stands on one line, without tabs. Type it anew."), inverse_match=True
)


def named_on_one_line(table: str) -> CheckConstraint:
    """The database's check of the column `name`, whoever writes it."""
    return CheckConstraint(condition=~Q(name__regex=NOT_ON_A_LINE), name=f"tenants_{table}_named_on_one_line")
