"""[[mailboxes]] in config.toml: its defaults, every mistake named at once, and how it is shown."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acuse.config import Config, ConfigError
from acuse.config_file import load, render
from tests.boxes import section, toml

NOW = datetime(2026, 11, 3, 15, 20, tzinfo=UTC)


def said(folder: Path, text: str) -> list[str]:
    """What is wrong with a config.toml."""
    file = folder / "config.toml"
    file.write_text(text)
    try:
        load(file)
    except ConfigError as error:
        return [str(problem).removeprefix(f"{file}: ") for problem in error.problems]
    return []


def test_a_mailbox_needs_three_words_and_a_secret(tmp_path):
    (tmp_path / "secret").write_text("sesame")
    (tmp_path / "secret").chmod(0o600)
    text = '[[mailboxes]]\nname = "support"\nhost = "imap.example.com"\nusername = "u"\npassword_file = "secret"\n'
    assert said(tmp_path, text) == []
    (box,) = load(tmp_path / "config.toml").config.mailboxes
    assert (box.port, box.tls, box.folders, box.start, box.after) == (993, "implicit", ("INBOX",), "now", "move")
    assert (box.done_folder, box.poll_seconds, box.desk) == ("acuse", 60, "")
    shown = render(load(tmp_path / "config.toml").config)
    assert Config.model_validate(tomllib.loads(shown)).mailboxes == (box,)
    assert "sesame" not in shown


def test_the_commented_example_is_a_mailbox(tmp_path):
    (tmp_path / "support.password").write_text("sesame")
    (tmp_path / "support.password").chmod(0o600)
    lines = render(Config()).splitlines()
    text = "\n".join(line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in lines)
    assert said(tmp_path, text) == []
    assert [box.name for box in load(tmp_path / "config.toml").config.mailboxes] == ["support"]


@pytest.mark.parametrize(
    ("start", "since"),
    [
        ('"now"', NOW),
        ('"all"', None),
        ('"2026-11-01"', datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_the_start(tmp_path, start, since):
    text = toml(section(tmp_path, 143)).replace('start = "all"', f"start = {start}")
    assert said(tmp_path, text) == []
    assert load(tmp_path / "config.toml").config.mailboxes[0].since(NOW) == since


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        ({"name": "Support"}, 'mailboxes[Support].name: must be 1 to 32 of a-z, 0-9 and "-", for example "support"'),
        ({"port": 0}, "mailboxes[support].port: must be greater than 0, not the number 0"),
        ({"hots": "x"}, 'mailboxes[support].hots: unknown key; did you mean "host"?'),
        ({"start": "yesterday"}, 'mailboxes[support].start: must be "now", "all", or a day such as "2026-11-01"'),
        ({"folders": []}, "mailboxes[support].folders: must not be empty"),
        ({"folders": ["INBOX", "inbox"]}, "mailboxes[support].folders: names a folder twice"),
        ({"folders": ["acuse"]}, "mailboxes[support].done_folder: must not be one of the folders that are read"),
        ({"after": "delete"}, 'mailboxes[support].after: must be "move", "flag" or "leave"'),
        ({"host": "imap.example.com"}, "mailboxes[support].tls: would send the password in the clear"),
        ({"desk": "nowhere"}, "mailboxes[support].desk: must be one of desks.enabled"),
        ({"password_file": ""}, "mailboxes[support].password_file: a mailbox needs a password or oauth"),
        ({"password_file": "nothing"}, "mailboxes[support].password_file: "),
        ({"ca_file": "nothing"}, "mailboxes[support].ca_file: "),
        ({"oauth": "command"}, "mailboxes[support].oauth_command: must not be empty"),
        ({"oauth": "microsoft", "oauth_token_file": "t"}, "mailboxes[support].oauth_client_id: must not be empty"),
        ({"oauth": "microsoft", "oauth_client_id": "i"}, "mailboxes[support].oauth_token_file: must not be empty"),
        ({"oauth": "google", "oauth_client_id": "i"}, "mailboxes[support].oauth_client_secret_file: Google"),
    ],
)
def test_what_can_be_wrong_with_one(tmp_path, keys, wrong):
    lines = said(tmp_path, toml(section(tmp_path, 143) | keys if "oauth" not in keys else section(tmp_path, 1, **keys)))
    assert any(line.startswith(wrong) for line in lines), lines


def test_every_mistake_of_all_mailboxes_is_named_at_once(tmp_path):
    one = section(tmp_path, 143)
    texts = [toml(one), toml(one), toml(one | {"name": "b", "port": "x"}), toml(one | {"name": "c", "after": "eat"})]
    lines = said(tmp_path, "\n".join(texts))
    assert [line.partition(": ")[0] for line in lines] == [
        "mailboxes[b].port",
        "mailboxes[c].after",
        "mailboxes[support].name",
    ]
    lines = said(tmp_path, toml(one) + toml(one | {"name": "b"}))
    assert lines == ["mailboxes[b].folders: INBOX is read by mailbox support already; take it out of one of them"]


def test_a_secret_that_others_can_read(tmp_path):
    text = toml(section(tmp_path, 143))
    (tmp_path / "mailbox.password").chmod(0o644)
    assert said(tmp_path, text) == [
        f"mailboxes[support].password_file: others may read it; run chmod 600 {tmp_path}/mailbox.password"
    ]
