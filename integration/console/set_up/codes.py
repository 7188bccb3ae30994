"""Pairing codes for people: as text to type, and as a picture to scan."""

from collections.abc import Iterable
from dataclasses import dataclass

import segno

from clyo_ingest.keys import issue_code
from tenants.models import Till, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A new code of a till, and its picture as SVG."""

    till: Till
    code: str
    picture: str


def make_codes(tills: Iterable[Till], *, by: User | None, why: str = "") -> list[Code]:
    """A new code for each till; earlier ones end. They can be shown this once: only their digests are kept."""
    return [_draw(till, issue_code(till, by=by, why=why)) for till in tills]


def _draw(till: Till, code: str) -> Code:
    """A scanner types what it reads, so the picture holds the code and nothing else. No Micro QR: few can read it."""
    return Code(till=till, code=code, picture=segno.make_qr(code).svg_inline(omitsize=True, border=2))
