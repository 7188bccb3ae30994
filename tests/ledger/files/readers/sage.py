"""A reader of Sage 100's #FLG/#VER/#MECG file, one field per line, numbered from 1 as the specification does."""

from tests.ledger.files.readers.line import ZERO, ReadLine, check_lines, comma_amount, physical_lines, short_date

BLOCK = 1 + 38 + 1  # the mark, the fields, a blank line
NEVER_FILLED = (5, 6, 8, 10, 13, 19, 20, 21, 25, 26, 30, 31, 32, 36, 37)
ZEROS = (12, 16, 22, 23, 24, 27, 28, 29, 34, 38)
WIDTHS = {1: 6, 4: 13, 7: 13, 9: 17, 11: 69, 33: 17}


def read_sage(content: bytes, *, label_width: int = 35) -> list[ReadLine]:
    lines = physical_lines(content, "cp850")
    assert lines[:3] == ["#FLG 000", "#VER 31", "#DEV EUR"]
    assert lines[-1] == "#FIN"
    body = lines[3:-1]
    assert len(body) % BLOCK == 0
    blocks = [body[start : start + BLOCK] for start in range(0, len(body), BLOCK)]
    read = [_line(block) for block in blocks]
    assert all(len(line.label) <= label_width for line in read)
    return check_lines(read)


def _line(block: list[str]) -> ReadLine:
    mark, *fields, blank = block
    assert (mark, blank) == ("#MECG", "")
    field = dict(enumerate(fields, start=1))
    assert len(field) == 38 and "\t" not in "".join(fields)
    assert not any(field[number] for number in NEVER_FILLED)
    assert all(field[number] == "0" for number in ZEROS)
    assert (field[14], field[15], field[35]) == ("0,000000", "0,00", "0,00")
    assert all(len(field[number]) <= width for number, width in WIDTHS.items())
    assert field[2] == field[3] and field[4] == field[33]
    amount = comma_amount(field[18])
    assert field[17] in ("0", "1")
    return ReadLine(
        journal=field[1],
        # The format has no number: lines of one journal, day and document are one entry.
        entry=f"{field[1]} {field[3]} {field[4]}",
        day=short_date(field[3]),
        document=field[4],
        account=field[7],
        third_party=field[9],
        label=field[11],
        debit=amount if field[17] == "0" else ZERO,
        credit=amount if field[17] == "1" else ZERO,
    )
