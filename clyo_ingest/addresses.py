"""The public addresses of the till API, as its answers name them."""

from uuid import UUID

from django.conf import settings


def api_address(path: str) -> str:
    """The address of something below /api/v1/: "closings" → "https://…/api/v1/closings"."""
    return f"{settings.PUBLIC_URL}/api/v1/{path}"


def closing_address(closing_id: UUID) -> str:
    """Where a till asks for one of its closings."""
    return api_address(f"closings/{closing_id}")


def export_address(export_id: UUID) -> str:
    """Where a till asks for an export of its establishment."""
    return api_address(f"exports/{export_id}")
