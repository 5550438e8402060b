"""Access tokens for mailboxes that take no password (RFC 6749): from a command, from Microsoft, from Google.

The libraries are imported where they are used: they take long, and most mailboxes have a password.
"""

# ruff: noqa: PLC0415
from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.doors.imap_login import LoginRefusedError

MICROSOFT = "https://login.microsoftonline.com/"
MICROSOFT_SCOPE = "https://outlook.office.com/IMAP.AccessAsUser.All"
MICROSOFT_APPLICATION_SCOPE = "https://outlook.office365.com/.default"
GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
COMMAND_SECONDS = 30
RESERVE_SECONDS = 300
"""A token is renewed so long before it ends."""
_PASSING = ("temporarily_unavailable", "server_error", "request_timeout")


@dataclass(frozen=True, slots=True)
class Application:
    """What is registered with the provider: the client's id and its secret, "" where it has none."""

    client_id: str
    secret: Callable[[], str]


class Tokens:
    """Gives the same access token until it ends, or until a new one is asked for. `fetch` gives a new one and the
    seconds that it lasts. LoginRefusedError and OSError as `fetch` raises them."""

    def __init__(self, fetch: Callable[[], tuple[str, float]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token, self._ends_at = "", 0.0

    def __call__(self, fresh: bool) -> str:
        """An access token; a new one where it is to be `fresh`."""
        with self._lock:
            if fresh or time.monotonic() >= self._ends_at:
                self._token, seconds = self._fetch()
                self._ends_at = time.monotonic() + max(seconds - RESERVE_SECONDS, 0)
            return self._token


def from_command(arguments: Sequence[str]) -> Tokens:
    """Tokens that a program prints. It keeps its own books, so it is asked for each login."""

    def fetch() -> tuple[str, float]:
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own program, without a shell
                list(arguments), capture_output=True, timeout=COMMAND_SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise LoginRefusedError(f"{arguments[0]} gave no token in {COMMAND_SECONDS} seconds") from None
        except OSError as error:
            raise LoginRefusedError(f"{arguments[0]} does not run: {error.strerror}") from None
        token = done.stdout.decode("utf-8", "replace").strip()
        if done.returncode or not token or not token.isascii() or not token.isprintable() or " " in token:
            raise LoginRefusedError(f"{arguments[0]} gave no token (exit code {done.returncode})")
        return token, 0.0

    return Tokens(fetch)


def from_microsoft(application: Application, tenant: str, token_file: Path | None) -> Tokens:
    """Tokens for Microsoft 365, by the refresh token in `token_file`; without a file the application's own."""

    def fetch() -> tuple[str, float]:
        client = _microsoft(application, tenant)
        if token_file is None:
            return _token_of(client.acquire_token_for_client([MICROSOFT_APPLICATION_SCOPE]))
        before = load_token(token_file)
        found = client.acquire_token_by_refresh_token(before, [MICROSOFT_SCOPE])
        token = _token_of(found)
        _keep_rotated(token_file, before, found.get("refresh_token"))
        return token

    return Tokens(fetch)


def from_google(application: Application, token_file: Path, *, token_uri: str = GOOGLE_TOKEN_URI) -> Tokens:
    """Tokens for Google mailboxes, by the refresh token in `token_file`."""

    def fetch() -> tuple[str, float]:
        from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
        from google.auth.transport.requests import Request
        from google.oauth2.credentials import Credentials

        before = load_token(token_file)
        credentials: Any = Credentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=before,
            token_uri=token_uri,
            client_id=application.client_id,
            client_secret=application.secret(),
        )
        try:
            credentials.refresh(Request())
        except TransportError as error:
            raise ConnectionError(f"Google gives no token: {error}") from error
        except RefreshError as error:
            if error.retryable:
                raise ConnectionError(f"Google gives no token: {error.args[0]}") from error
            raise LoginRefusedError(f"Google gives no token: {error.args[0]}") from error
        except GoogleAuthError as error:
            raise LoginRefusedError(f"Google gives no token: {error}") from error
        _keep_rotated(token_file, before, credentials.refresh_token)
        expiry = credentials.expiry
        return str(credentials.token), 3600.0 if expiry is None else _seconds_until(expiry)

    return Tokens(fetch)


def authorize_microsoft(application: Application, tenant: str, token_file: Path, tell: Callable[[str], None]) -> None:
    """Let a person consent in a browser anywhere (RFC 8628), then keep the refresh token. `tell` shows them where."""
    client = _microsoft(application, tenant, public=True)
    flow = client.initiate_device_flow([MICROSOFT_SCOPE])
    if "user_code" not in flow:
        _token_of(flow)
    tell(f"open {flow['verification_uri']} and enter the code {flow['user_code']}")
    found = client.acquire_token_by_device_flow(flow)
    _token_of(found)
    if not found.get("refresh_token"):
        raise LoginRefusedError("Microsoft gave no refresh token; does the application allow offline_access?")
    keep_token(token_file, found["refresh_token"])


def _microsoft(application: Application, tenant: str, *, public: bool = False) -> Any:  # noqa: ANN401
    # Made anew each time: its constructor asks the network, and its cache would give a refused token again.
    import msal

    other_cloud = "://" in tenant
    settings = {
        "authority": tenant if other_cloud else MICROSOFT + tenant,
        "instance_discovery": False if other_cloud else None,
        "timeout": 30,
    }
    secret = "" if public else application.secret()
    try:
        if secret:
            return msal.ConfidentialClientApplication(application.client_id, client_credential=secret, **settings)
        return msal.PublicClientApplication(application.client_id, **settings)
    except ValueError as error:
        raise LoginRefusedError(f"Microsoft does not know the tenant {tenant}: {error}") from error


def _token_of(found: Mapping[str, Any]) -> tuple[str, float]:
    if "access_token" in found:
        return str(found["access_token"]), float(found.get("expires_in", 3600))
    reason = str(found.get("error_description") or found.get("error") or "it does not say why").splitlines()[0]
    if found.get("error") in _PASSING:
        raise ConnectionError(f"Microsoft gives no token: {reason}")
    raise LoginRefusedError(f"Microsoft gives no token: {reason}")


def load_token(file: Path) -> str:
    """The refresh token in a file. LoginRefusedError where there is none."""
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise LoginRefusedError(f"{file} holds no refresh token ({why})") from None
    if not token:
        raise LoginRefusedError(f"{file} holds no refresh token")
    return token


def keep_token(file: Path, token: str) -> None:
    """Write a refresh token so that a crash leaves the old one or the new one, readable by us alone."""
    new = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
            handle.write(token + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        new.replace(file)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _keep_rotated(file: Path, before: str, after: object) -> None:
    if isinstance(after, str) and after and after != before:
        keep_token(file, after)


def _seconds_until(expiry: Any) -> float:  # noqa: ANN401 - google-auth's times are naive, and in UTC
    from datetime import UTC, datetime

    return float((expiry.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds())
