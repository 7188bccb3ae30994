"""Calling a subscriber: the check when it subscribes, and its events."""

from urllib.parse import urlsplit

import httpx

from simulators.exact_online.oauth.grants import LOOPBACK_HOSTS

CHECK_TIMEOUT_S = 1.0
EVENT_TIMEOUT_S = 10.0


def is_acceptable(url: str) -> bool:
    """https only (rules 9); http too on this machine, where nobody has a certificate."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(url)))


def check(url: str) -> str | None:
    """POST an empty body; null when the answer is 2xx, else what came instead."""
    try:
        answer = httpx.post(url, content=b"", timeout=CHECK_TIMEOUT_S, verify=not _is_loopback(url))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
    return None if answer.is_success else str(answer.status_code)


async def deliver(url: str, body: bytes) -> str:
    """Send an event; the status of the answer, or the name of the failure."""
    headers = {"Content-Type": "application/json"}
    try:
        async with httpx.AsyncClient(timeout=EVENT_TIMEOUT_S, verify=not _is_loopback(url)) as client:
            answer = await client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
    return str(answer.status_code)


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK_HOSTS
