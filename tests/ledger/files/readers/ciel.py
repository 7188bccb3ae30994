"""A reader of XIMPORT.TXT by its positions, counted from 1 as the specification does."""

from tests.ledger.files.readers.line import ZERO, ReadLine, check_lines, comma_amount, long_date, physical_lines

POSITIONS = {
    "movement": (1, 5),
    "journal": (6, 7),
    "date": (8, 15),
    "due": (16, 23),
    "document": (24, 35),
    "account": (36, 46),
    "label": (47, 71),
    "amount": (72, 84),
    "side": (85, 85),
    "pointing": (86, 97),
    "analytic": (98, 103),
    "account_name": (104, 137),
    "euro": (138, 138),
    "version": (139, 142),
}


def read_ciel(content: bytes, *, charset: str = "ascii", decimal_sign: str = ".") -> list[ReadLine]:
    lines = physical_lines(content, charset)
    movements = [int(line[:5]) for line in lines]
    assert sorted(set(movements)) == list(range(1, len(set(movements)) + 1)), "movements are not numbered through"
    assert movements == sorted(movements)
    return check_lines([_line(line, decimal_sign) for line in lines])


def _line(line: str, decimal_sign: str) -> ReadLine:
    assert len(line) == 142, f"{len(line)} characters"
    field = {name: line[first - 1 : last] for name, (first, last) in POSITIONS.items()}
    assert field["movement"] == field["movement"].strip().rjust(5)
    for name in ("journal", "document", "account", "label", "account_name"):
        assert field[name] == field[name].strip().ljust(len(field[name])), f"{name} is not on the left"
    assert not any(field[name].strip() for name in ("due", "pointing", "analytic"))
    assert (field["euro"], field["version"]) == ("O", "2003")
    assert field["side"] in "DC" and field["amount"] == field["amount"].strip().rjust(13)
    text = field["amount"].strip()
    assert decimal_sign in text
    amount = comma_amount(text.replace(decimal_sign, ","))
    day = long_date(field["date"])
    return ReadLine(
        journal=field["journal"].strip(),
        entry=field["movement"].strip(),
        day=day,
        document=field["document"].strip(),
        account=field["account"].strip(),
        third_party="",
        label=field["label"].strip(),
        debit=amount if field["side"] == "D" else ZERO,
        credit=amount if field["side"] == "C" else ZERO,
    )
