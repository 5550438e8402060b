"""The way into a mailbox: by password, or by an OAuth access token (XOAUTH2), and what went wrong in words."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError

from intake.doors.imap_wire import Client

_LATER = ("[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[LIMIT]", "[OVERQUOTA]")
"""Response codes (RFC 5530) of a refusal that says nothing about the password."""


class LoginRefusedError(Exception):
    """The server knows us not; the text is fit for an operator."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how to get in. `tls` is implicit, starttls or none. Either `password` gives the password,
    or `token` an OAuth access token, a new one where its argument is true."""

    name: str
    host: str
    port: int
    tls: str
    context: ssl.SSLContext
    username: str
    password: Callable[[], str] | None = None
    token: Callable[[bool], str] | None = None


def log_in(client: Client, account: Account) -> None:
    """By token or password. An access token that is refused may have ended before its time: then once a new one."""
    try:
        if account.token is None:
            _by_password(client, account)
            return
        token = account.token(False)
        try:
            _by_token(client, account, token)
        except LoginRefusedError:
            _by_token(client, account, account.token(True))
    except UnicodeError:
        raise LoginRefusedError("the name or password has signs that this server cannot take") from None


def _by_password(client: Client, account: Account) -> None:
    password = account.password() if account.password else ""
    with _Refused():
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(account.username, password)
        elif client.has_capability("LOGINDISABLED"):
            raise LoginRefusedError("the server offers no login by password on this connection")
        else:
            client.login(account.username, password)


def _by_token(client: Client, account: Account, token: str) -> None:
    answers = iter([f"user={account.username}\1auth=Bearer {token}\1\1"])
    with _Refused():
        # What follows a refused token is the reason, which wants an empty answer.
        client.sasl_login("XOAUTH2", lambda _challenge: next(answers, ""))


class _Refused:
    """Tells a refused login from a broken connection and from a server in trouble; IMAPClient makes one of all."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, IMAPClientError) or isinstance(error, CapabilityError):
            return
        if isinstance(error.__context__, IMAPClientAbortError):
            raise error.__context__
        text = why(error)
        if not any(code in text.upper() for code in _LATER):
            raise LoginRefusedError(text) from error


def why(error: BaseException) -> str:
    """What went wrong in a few words for an operator."""
    match error:
        case ssl.SSLCertVerificationError():
            text = f"its certificate is not accepted: {error.verify_message}"
        case TimeoutError():
            text = "no answer in time"
        case OSError():
            text = error.strerror or str(error)
        case imaplib.IMAP4.error():
            text = str(error.args[0] if error.args else "").strip()
        case _:
            text = str(error)
    return " ".join((text or type(error).__name__).split())[:300]
