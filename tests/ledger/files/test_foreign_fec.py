"""Reading somebody else's FEC: separators, encodings, amounts, rates; and what is none."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.files.foreign_fec import NotReadable, read_foreign_fec, turnover

HEAD = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|PieceRef|EcritureLib|Debit|Credit"
DAY = (
    "VE|Ventes|1|20250314|411000|Clients comptoir|Z1|Z1|1190,50|0,00",
    "VE|Ventes|1|20250314|706100|Restauration sur place|Z1|Z1|0,00|1000,00",
    "VE|Ventes|1|20250314|445712|TVA collectée|Z1|Z1|0,00|100,00",
    "VE|Ventes|1|20250314|706200|Boissons 20 %|Z1|Z1|0,00|75,42",
    "VE|Ventes|1|20250314|445711|TVA collectée 20 %|Z1|Z1|0,00|15,08",
    "CA|Caisse|2|20250315|511500|Cartes à encaisser|Z1|Z1|1190,50|",
    "CA|Caisse|2|20250315|411000|Clients comptoir|Z1|Z1||1190,50",
)


def fec(*lines: str, head: str = HEAD, end: str = "\r\n") -> bytes:
    return end.join([head, *lines, ""]).encode()


def test_it_says_the_accounts__their_sums_and_their_rates() -> None:
    told = read_foreign_fec(fec(*DAY))
    assert (told.first, told.last, told.lines) == (date(2025, 3, 14), date(2025, 3, 15), 7)
    assert turnover(told) == Decimal("1075.42")
    assert told.accounts["706100"].rate == told.accounts["445712"].rate == Decimal("10.00")
    assert told.accounts["706200"].rate == told.accounts["445711"].rate == Decimal("20.00")
    assert told.accounts["511500"].rate is None
    assert (told.journals["VE"].sales, told.journals["CA"].sales) == (1, 0)
    assert dict(told.owing) == {"411000": 1}


def test_a_name_and_amounts_that_disagree_say_no_rate() -> None:
    told = read_foreign_fec(
        fec(
            "VE|V|1|20250314|707000|Ventes 5,5 %|Z|Z|0|100",
            "VE|V|1|20250314|445710|TVA|Z|Z|0|20",
            "VE|V|1|20250314|411000|Clients|Z|Z|120|0",
        )
    )
    assert told.accounts["707000"].rate is None


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (HEAD.replace("|", "\t"), "VE\tV\t1\t20250314\t706000\tServices\tZ\tZ\t0,00\t12,50"),
        (HEAD.upper(), '"VE"|V|1|20250314|"706000"|Services|Z|Z||12.50'),
        (HEAD.replace("Debit|Credit", "Montant|Sens"), "VE|V|1|20250314|706000|Services|Z|Z|12,50|C"),
        (HEAD.replace("Debit|Credit", "Montant|Sens"), "VE|V|1|20250314|706000|Services|Z|Z|0000000012,50|-1"),
        (HEAD + "|Extra", "VE|V|1|20250314|706000|Services|Z|Z|0|12,500|autre"),
    ],
)
def test_packages_write_it_in_their_ways(head: str, line: str) -> None:
    told = read_foreign_fec(fec(line, head=head, end="\n"))
    assert told.accounts["706000"].credit == Decimal("12.50")


def test_turnover__has_rebates_taken_off() -> None:
    told = read_foreign_fec(
        fec("VE|V|1|20250314|706000|Services|Z|Z|0|100", "VE|V|1|20250314|709600|Remises|Z|Z|12,50|0")
    )
    assert turnover(told) == Decimal("87.50")


def test_the_encoding_of_windows_is_read_too() -> None:
    content = fec("VE|V|1|20250314|706000|Café|Z|Z|0|1").decode().encode("cp1252")
    assert read_foreign_fec(content).accounts["706000"].name == "Café"


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        (b"", "fec_empty", {}),
        (fec(), "fec_empty", {}),
        (b"a;b\n1;2\n", "fec_columns", {"column": "JournalCode, EcritureNum, EcritureDate, CompteNum, CompteLib"}),
        (fec(head=HEAD.replace("|Debit", "")), "fec_columns", {"column": "Debit, Credit"}),
        (fec(DAY[0], DAY[1].replace("1000,00", "1e3")), "fec_cell", {"row": "3", "column": "Credit", "found": "1e3"}),
        (
            fec(DAY[0].replace("20250314", "14/03/25")),
            "fec_cell",
            {"row": "2", "column": "EcritureDate", "found": "14/03/25"},
        ),
        (fec(DAY[0].replace("411000", "CLIENT")), "fec_cell", {"row": "2", "column": "CompteNum", "found": "CLIENT"}),
        (fec("VE|V|1|20250314"), "fec_cell", {"row": "2", "column": "CompteNum", "found": ""}),
    ],
)
def test_what_is_no_fec_is_said_with_its_row(content: bytes, code: str, facts: dict[str, str]) -> None:
    with pytest.raises(NotReadable) as refused:
        read_foreign_fec(content)
    assert (refused.value.code, dict(refused.value.facts)) == (code, facts)
