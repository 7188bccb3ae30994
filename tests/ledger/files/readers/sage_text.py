"""A reader of the parametrable text of Sage 100 in its default columns."""

from tests.ledger.files.readers.line import ZERO, ReadLine, check_lines, comma_amount, physical_lines, short_date

HEADINGS = [
    "Code journal",
    "Date de piece",
    "N piece",
    "N compte general",
    "N compte tiers",
    "Libelle ecriture",
    "Montant debit",
    "Montant credit",
    "Date echeance",
    "Reference piece",
]


def read_sage_text(content: bytes, *, charset: str = "cp1252", label_width: int = 35) -> list[ReadLine]:
    head, *rest = physical_lines(content, charset)
    assert head.split(";") == HEADINGS
    read = [_line(line) for line in rest]
    assert all(len(line.label) <= label_width for line in read)
    return check_lines(read)


def _line(line: str) -> ReadLine:
    cells = line.split(";")
    assert len(cells) == 10, f"{len(cells)} columns"
    journal, day, document, account, third_party, label, debit, credit, due, reference = cells
    assert due == "" and reference == document
    assert len(journal) <= 6 and len(document) <= 13 and len(account) <= 13 and len(third_party) <= 17
    return ReadLine(
        journal=journal,
        entry=f"{journal} {day} {document}",
        day=short_date(day),
        document=document,
        account=account,
        third_party=third_party,
        label=label,
        debit=comma_amount(debit) if debit else ZERO,
        credit=comma_amount(credit) if credit else ZERO,
    )
