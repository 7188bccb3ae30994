"""The bytes of delivered files: stored once by their SHA-256, in compressed pieces."""

import zlib
from collections.abc import Iterator
from typing import IO

from django.db import transaction

from on_demand.models import FileContent, FilePiece

PIECE = 256 * 1024
FASTEST = 1


def keep_content(file: IO[bytes], *, sha256: str, size: int) -> FileContent:
    """Keep a file's bytes, or find the very same bytes kept before. `file` is read from its beginning."""
    with transaction.atomic():
        content, new = FileContent.objects.get_or_create(sha256=sha256, defaults={"size": size})
        if new:
            file.seek(0)
            for position, data in enumerate(iter(lambda: file.read(PIECE), b"")):
                packed = zlib.compress(data, FASTEST)
                FilePiece.objects.create(content=content, position=position, data=packed, packed=True)
    return content


def read_content(content: FileContent) -> Iterator[bytes]:
    """Yield a file's bytes, a piece at a time."""
    places = FilePiece.objects.filter(content=content).order_by("position").values_list("pk", flat=True)
    for pk in places:
        data, packed = FilePiece.objects.values_list("data", "packed").get(pk=pk)
        yield zlib.decompress(data) if packed else bytes(data)


def read_piece(content_id: int, position: int) -> bytes:
    """One piece of a file's bytes, `PIECE` long, the last one shorter."""
    data, packed = FilePiece.objects.values_list("data", "packed").get(content_id=content_id, position=position)
    return zlib.decompress(data) if packed else bytes(data)
