"""What stands for an id in an address of the till API."""

from django.urls.converters import UUIDConverter


class AnyCaseUuid(UUIDConverter):
    """An id in capitals or in small letters, as RFC 9562 asks of whoever reads one."""

    regex = UUIDConverter.regex.replace("a-f", "a-fA-F")
