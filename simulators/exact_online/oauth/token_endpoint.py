"""`POST /api/oauth2/token` (rules 1.3)."""

import base64
import binascii
import hmac
from urllib.parse import parse_qsl, unquote_plus

from starlette.responses import JSONResponse, PlainTextResponse, Response

from .grants import ACCESS_LIFE_MS, Grants, TokenPair, TokenRefused


def token_response(body: bytes, authorization: str | None, country: str, grants: Grants) -> Response:
    """A pair of tokens, or the refusal, for the form in the body. `country` is the one whose address was called."""
    try:
        form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
        pair = _grant(form, authorization, country, grants)
    except UnicodeDecodeError:
        return JSONResponse({"error": "invalid_request"}, 400)
    except TokenRefused as refusal:
        return _refusal(refusal)
    seconds = ACCESS_LIFE_MS // 1000
    return JSONResponse(
        {
            "access_token": pair.access_token,
            "token_type": "bearer",
            "expires_in": str(seconds) if grants.readings.expires_in == "text" else seconds,  # rules 1.3
            "refresh_token": pair.refresh_token,
        },
        headers={"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"},
    )


def _grant(form: dict[str, str], authorization: str | None, country: str, grants: Grants) -> TokenPair:
    client_id, secret = _credentials(form, authorization, basic=grants.readings.basic_authentication == "accepted")
    client = grants.client_in(country, client_id)
    if client is None or not hmac.compare_digest(client["secret"].encode(), secret.encode()):
        raise TokenRefused(401, {"error": "invalid_client", "error_description": "Unknown client or wrong secret."})
    match form.get("grant_type"):
        case "authorization_code":
            return grants.exchange(client_id, form.get("code", ""), form.get("redirect_uri", ""))
        case "refresh_token":
            return grants.refresh(client_id, form.get("refresh_token", ""))
    raise TokenRefused(400, {"error": "unsupported_grant_type"})


def _credentials(form: dict[str, str], authorization: str | None, *, basic: bool) -> tuple[str, str]:
    """From the body, or by Basic; a Bearer header makes the call fail (rules 1.3)."""
    if authorization is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic" or not basic:
        raise TokenRefused(401, {"error": "invalid_client", "error_description": "Unsupported authorization."})
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TokenRefused(401, {"error": "invalid_client"}) from error
    return unquote_plus(client_id), unquote_plus(secret)


def _refusal(refusal: TokenRefused) -> Response:
    headers = {"Reason": refusal.reason} if refusal.reason is not None else None
    if isinstance(refusal.body, str):
        return PlainTextResponse(refusal.body, refusal.status, headers)
    return JSONResponse(refusal.body, refusal.status, headers)
