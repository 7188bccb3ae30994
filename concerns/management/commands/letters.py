"""`manage.py letters`: make and send this morning's letters now; `--show ADDRESS` prints what one person would get."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from concerns.letters.make import make_morning
from concerns.letters.round import go_round
from concerns.letters.send import message_of
from concerns.models import Channel, Letter, LetterKind, LetterState
from tenants.models import User


class Command(BaseCommand):
    help = "Makes and sends this morning's letters now, each once a day. Locally they go to files below .local/mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show", metavar="ADDRESS", help="print the letter this person would get; send nothing")
        parser.add_argument("--html", action="store_true", help="with --show: as HTML")

    def handle(self, *arguments: Any, **options: Any) -> None:
        if options["show"]:
            self.stdout.write(shown(options["show"], html=options["html"]))
            return
        go_round(early=True)
        made = Letter.objects.filter(day=timezone.localdate())
        for state, words in LetterState.choices:
            if count := made.filter(state=state).count():
                self.stdout.write(f"{count} {words}")


def shown(address: str, *, html: bool) -> str:
    """The letter as it would be made now, were it the first of today; nothing of it is kept."""
    person = User.objects.filter(email__iexact=address).first()
    if person is None:
        raise CommandError(f"Nobody has the address {address}.")
    day = timezone.localdate()
    with transaction.atomic():
        of_today = Letter.objects.filter(person=person, channel=Channel.MAIL, kind=LetterKind.MORNING, day=day)
        of_today.delete()
        make_morning(person, day, Channel.MAIL)
        letter = of_today.get()
        mail = message_of(letter)
        transaction.set_rollback(True)
    if letter.state == LetterState.NOTHING:
        return "Nothing to tell."
    content, _type = mail.alternatives[0]
    return str(content) if html else f"{mail.subject}\n\n{mail.body}"
