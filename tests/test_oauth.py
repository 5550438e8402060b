"""Access tokens: from a program, from Microsoft and from Google, whose endpoints are played by a server of ours."""

from __future__ import annotations

import json
import ssl
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from acuse.cli import main
from intake.doors import oauth
from intake.doors.imap_login import Account, LoginRefusedError
from intake.doors.imap_session import Session
from intake.doors.oauth import Application
from tests import certificates
from tests.boxes import QUICK, fetching, section, toml, wait_for
from tests.imap_script import ImapScript
from tests.office import mail


class Provider:
    """The token endpoint of a provider: `refresh` is the refresh token that is good, `access` what it gives."""

    def __init__(self, folder: Path) -> None:
        self.refresh, self.rotate_to, self.access, self.lasts = "r1", "", "a1", 3600
        self.refuse: dict[str, Any] | None = None
        self.status = 400
        self.asked: list[dict[str, str]] = []
        self.certificate, key = certificates.make(folder)
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                base = f"https://localhost:{provider.port}/tenant"
                self._say(
                    200,
                    {
                        "issuer": base + "/v2.0",
                        "token_endpoint": base + "/token",
                        "authorization_endpoint": base + "/authorize",
                        "device_authorization_endpoint": base + "/devicecode",
                    },
                )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked = dict(urllib.parse.parse_qsl(body))
                provider.asked.append(asked)
                if self.path.endswith("/devicecode"):
                    flow = {"device_code": "d", "user_code": "ABC", "verification_uri": "https://x/device"}
                    self._say(200, flow | {"expires_in": 60, "interval": 1})
                elif provider.refuse:
                    self._say(provider.status, provider.refuse)
                elif asked["grant_type"] == "refresh_token" and asked["refresh_token"] != provider.refresh:
                    self._say(400, {"error": "invalid_grant", "error_description": "it has expired"})
                else:
                    given = {"access_token": provider.access, "expires_in": provider.lasts, "token_type": "Bearer"}
                    if provider.rotate_to:
                        provider.refresh = provider.rotate_to
                    self._say(200, given | {"refresh_token": provider.refresh})

            def _say(self, code: int, value: dict[str, Any]) -> None:
                raw = json.dumps(value).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.socket = certificates.server_context(self.certificate, key).wrap_socket(
            self.http.socket, server_side=True
        )
        self.port = self.http.server_address[1]
        self.tenant = f"https://localhost:{self.port}/tenant"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    played = Provider(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(played.certificate))
    yield played
    played.close()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    oauth.keep_token(file, "r1")
    return file


PUBLIC = Application("client", lambda: "")
SECRET = Application("client", lambda: "hush")


def microsoft(provider: Provider, token_file: Path | None, application: Application = PUBLIC) -> oauth.Tokens:
    return oauth.from_microsoft(application, provider.tenant, token_file)


def google(provider: Provider, token_file: Path) -> oauth.Tokens:
    uri = f"https://localhost:{provider.port}/token"
    return oauth.from_google(SECRET, token_file, token_uri=uri)


@pytest.mark.parametrize("make", [microsoft, google])
def test_a_rotated_refresh_token_is_kept(provider, token_file, make):
    """pain 45"""
    tokens = make(provider, token_file)
    provider.rotate_to = "r2"
    assert tokens(False) == "a1"
    assert token_file.read_text() == "r2\n"
    assert token_file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in token_file.parent.glob("*token*")] == ["token"]
    provider.rotate_to, provider.access = "r3", "a2"
    assert tokens(False) == "a1"  # kept until it ends
    assert tokens(True) == "a2"
    assert token_file.read_text() == "r3\n"
    assert provider.asked[-1]["refresh_token"] == "r2"


@pytest.mark.parametrize("make", [microsoft, google])
def test_a_token_that_soon_ends_is_renewed(provider, token_file, make):
    provider.lasts = 200
    tokens = make(provider, token_file)
    assert tokens(False) == "a1"
    provider.access = "a2"
    assert tokens(False) == "a2"


@pytest.mark.parametrize("make", [microsoft, google])
def test_a_refused_refresh_token_says_so_and_a_new_file_mends_it(provider, token_file, make):
    """pain 47"""
    tokens = make(provider, token_file)
    provider.refresh = "another"
    with pytest.raises(LoginRefusedError, match="it has expired"):
        tokens(False)
    assert token_file.read_text() == "r1\n"
    oauth.keep_token(token_file, "another")
    assert tokens(False) == "a1"
    token_file.unlink()
    with pytest.raises(LoginRefusedError, match="holds no refresh token"):
        tokens(True)


@pytest.mark.parametrize("make", [microsoft, google])
def test_a_provider_in_trouble_is_no_refusal(provider, token_file, make):
    provider.refuse = {"error": "temporarily_unavailable", "error_description": "later"}
    with pytest.raises(OSError, match=r"later|temporarily"):
        make(provider, token_file)(False)
    provider.close()
    with pytest.raises(OSError, match=r"(?i)connection|refused"):
        make(provider, token_file)(True)


def test_an_application_logs_in_by_itself(provider):
    tokens = microsoft(provider, None, SECRET)
    assert tokens(False) == "a1"
    assert provider.asked[-1]["grant_type"] == "client_credentials"
    assert provider.asked[-1]["client_secret"] == "hush"
    provider.access = "a2"
    assert tokens(True) == "a2"  # the library's own cache is not asked


def test_a_person_consents_with_a_code(provider, tmp_path):
    told: list[str] = []
    file = tmp_path / "new"
    oauth.authorize_microsoft(PUBLIC, provider.tenant, file, told.append)
    assert told == ["open https://x/device and enter the code ABC"]
    assert file.read_text() == "r1\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_command_that_authorizes(provider, tmp_path, capsys):
    keys = {"oauth_client_id": "client", "oauth_tenant": provider.tenant, "oauth_token_file": "token"}
    config = tmp_path / "config.toml"
    config.write_text(toml(section(tmp_path, 143, oauth="microsoft", **keys)))
    assert main(["mailbox", "authorize", "support", "--config", str(config)]) == 0
    assert "enter the code ABC" in capsys.readouterr().out
    assert (tmp_path / "token").read_text() == "r1\n"
    assert main(["mailbox", "authorize", "suport", "--config", str(config)]) == 64
    assert 'did you mean "support"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import sys; sys.exit(3)", r"exit code 3"),
        ("print('')", "gave no token"),
        ("print('two words')", "gave no token"),
        ("print('a\\nb')", "gave no token"),
    ],
)
def test_a_command_that_gives_no_token(program, why):
    with pytest.raises(LoginRefusedError, match=why):
        oauth.from_command([sys.executable, "-c", program])(False)


def test_a_command_that_is_not_there():
    with pytest.raises(LoginRefusedError, match="does not run"):
        oauth.from_command(["/nowhere/token"])(False)


def test_a_command_is_asked_each_time(tmp_path):
    count = tmp_path / "count"
    program = f"p = open({str(count)!r}, 'a+'); p.write('x'); p.seek(0); print('t' + str(len(p.read())))"
    tokens = oauth.from_command([sys.executable, "-c", program])
    assert [tokens(False), tokens(False), tokens(True)] == ["t1", "t2", "t3"]


def test_an_expired_token_costs_one_more_login(tmp_path):
    """The server refuses what the provider thought good: a new token is fetched once, and nothing alarms. pain 44"""
    server, file = ImapScript(), tmp_path / "current"
    file.write_text("old")
    server.accounts["desk"] = "new"
    # Gives the token of the file, and then the next one.
    program = f"p = open({str(file)!r}, 'r+'); print(p.read()); p.seek(0); p.truncate(); p.write('new')"
    box = section(tmp_path, server.port, oauth="command", oauth_command=[sys.executable, "-c", program])
    server.inbox.add(mail("one"))
    try:
        with fetching(tmp_path, f"sqlite:///{tmp_path}/a.db", box) as desk:
            wait_for("the mail", desk.works)
            assert server.logins == 2
            assert desk.alarms() == []
            # A session ends with its token; the next one gets a new one without a restart.
            server.accounts["desk"] = "newer"
            server.cut()
            wait_for("the alarm", lambda: desk.alarms() == ["mailbox:support"])
            file.write_text("newer")
            server.accounts["desk"] = "new"
            wait_for("its end", lambda: not desk.alarms())
    finally:
        server.close()


def test_a_source_that_gives_no_token_is_asked_once_for_each_login():
    server = ImapScript()
    asked: list[bool] = []

    def source(fresh: bool) -> str:
        asked.append(fresh)
        raise LoginRefusedError("no token today")

    context = ssl.create_default_context()
    account = Account("support", "127.0.0.1", server.port, "none", context, "desk", token=source)
    try:
        with pytest.raises(LoginRefusedError, match="no token today"):
            Session(account, QUICK.bounds)
    finally:
        server.close()
    assert asked == [False]
