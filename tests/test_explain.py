"""`acuse explain`: the contract of its JSON, and that no file, however made, stops it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from acuse.cli import main
from tests.daemon import ROOT, mail

MAILS = ROOT / "tests" / "mails"
KEYS = [
    "file",
    "desk",
    "disposition",
    "kind",
    "language",
    "sender",
    "fields",
    "missing",
    "priority",
    "thread_reference",
    "reply_text",
    "commands",
    "attachments",
    "reasons",
    "responses",
    "notes",
    "also",
]


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`acuse explain --json` in a folder of its own; the objects."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
        assert main(["explain", "--json", *arguments]) == code
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def put(name: str, raw: bytes) -> str:
    Path(name).write_bytes(raw)
    return name


def test_every_object_has_the_keys_of_the_contract(explain, tmp_path):
    files = [str(path) for path in sorted(MAILS.glob("*.eml"))]
    files += [put("empty", b""), put("nobody.eml", mail().replace(b"mo.bud@bt.com", b"x@y.example"))]
    found = explain(*files)
    assert [one["file"] for one in found] == files
    for one in found:
        assert list(one) == KEYS
        assert set(one["sender"]) == {"address", "name", "role", "authenticity"}
        for answer in one["fields"].values():
            assert set(answer) == {"text", "value", "where", "how"}
        for reason in one["reasons"]:
            assert set(reason) == {"rule", "outcome", "detail"}
            assert reason["outcome"] in ("hit", "miss")
    assert [one["disposition"] for one in found[-2:]] == [None, None]
    assert found[-1]["notes"] == ["no_desk_addressed"]


def test_a_ticket(explain):
    (found,) = explain(str(MAILS / "form-plain-spanish.eml"))
    assert (found["desk"], found["disposition"], found["kind"], found["language"]) == (
        "bt-latam",
        "ticket",
        "incident",
        "es",
    )
    (response,) = found["responses"]
    assert response["to"] == found["sender"]["address"]
    assert response["template"] == "acknowledgement"
    assert "INC-2026-" in response["subject"]


def test_nothing_is_made_on_the_disk(explain, tmp_path):
    explain(str(MAILS / "form-plain-spanish.eml"))
    assert list(tmp_path.iterdir()) == []


def test_two_desks(explain):  # pain 20
    two = mail().replace(b"To: mo.bud@bt.com", b"To: mo.bud@bt.com, servicedesk@neotel.example, x@y.example")
    (found,) = explain(put("two.eml", two))
    assert (found["desk"], found["also"]) == ("bt-latam", ["neotel"])


def test_a_desk_may_be_chosen(explain):
    (found,) = explain("--desk", "neotel", put("one.eml", mail()))
    assert found["desk"] == "neotel"
    assert "desk_not_enabled" in found["notes"]
    assert found["responses"] == [] or found["responses"][0]["subject"]


def test_an_unknown_desk_is_64(explain, capsys):
    Path("a.eml").write_bytes(mail())
    assert main(["explain", "--desk", "bt-latm", "a.eml"]) == os.EX_USAGE
    assert 'did you mean "bt-latam"?' in capsys.readouterr().err


def test_a_mail_that_names_its_thread_is_taken_at_its_word(explain):
    reply = mail(extra="In-Reply-To: <x@y.example>\r\n").replace(b"Enlace caido 1", b"Re: [INC-2026-000123] Enlace")
    (found,) = explain(put("reply.eml", reply))
    assert (found["disposition"], found["thread_reference"]) == ("update", "INC-2026-000123")
    assert found["reply_text"] is not None


def test_files_that_cannot_be_read_are_told_and_passed_over(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    put("good.eml", mail())
    Path("folder").mkdir()
    put("big.eml", mail(body="x" * 5000))
    Path("config.toml").write_text("[smtp]\nmax_message_bytes = 4000\n")
    code = main(["explain", "--json", "nowhere.eml", "folder", "big.eml", "\x1b[2J", "good.eml"])
    shown = capsys.readouterr()
    assert code == os.EX_NOINPUT
    assert shown.err.splitlines() == [
        "nowhere.eml: No such file or directory",
        "folder: Is a directory",
        "big.eml: has more than the 4000 bytes of smtp.max_message_bytes",
        "\\x1b[2J: No such file or directory",
    ]
    assert [json.loads(line)["file"] for line in shown.out.splitlines()] == ["good.eml"]


def test_a_name_that_is_no_text(explain):
    name = os.fsdecode(b"jos\xe9.eml")
    (found,) = explain(put(name, mail()))
    assert found["file"] == name


@pytest.mark.parametrize(
    "raw",
    [
        mail().replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b0")
        + b"".join(
            b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (depth, depth + 1)
            for depth in range(2000)
        ),
        mail(extra="X-A: 1\r\n" * 20_000),
        mail(extra="From: " + "(" * 50_000 + "\r\n"),
        mail(body="<" * 100_000).replace(b"text/plain", b"text/html"),
        mail().replace(b"charset=utf-8", b'charset="\0"'),
        mail() + bytes(range(256)) * 100,
        b"To: mo.bud@bt.com",
    ],
    ids=["depth", "fields", "comments", "tags", "charset", "bytes", "one field"],
)
def test_no_mail_stops_it(explain, raw):
    hostile, good = put("hostile.eml", raw), put("good.eml", mail())
    first, second = explain(hostile, good)
    assert list(first) == KEYS
    assert first["disposition"]
    assert second["disposition"] == "ticket"


@pytest.mark.parametrize("error", [RecursionError(), MemoryError(), ValueError("x"), "slow"])
def test_what_the_reader_raises_leaves_what_the_header_tells(explain, monkeypatch, error):
    real = __import__("acuse.explain", fromlist=["parse"]).parse

    def broken(raw: bytes) -> object:
        if b"good" in raw:
            return real(raw)
        if error == "slow":
            while True:
                pass
        raise error

    monkeypatch.setattr("acuse.explain.parse", broken)
    Path("config.toml").write_text("[reading]\ntime_limit_seconds = 1\n")
    first, second = explain(put("bad.eml", mail(1)), put("good.eml", mail(2, extra="X-It: good\r\n")))
    assert first["disposition"] == "ticket"
    assert "unreadable" in first["notes"]
    assert second["fields"]


def test_the_line_of_an_mbox_at_the_top(explain):
    (found,) = explain(put("a.eml", b"From ana@cliente.example Tue Nov  3 10:20:00 2026\n" + mail()))
    assert found["disposition"] == "ticket"


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_what_a_stranger_wrote_moves_no_terminal(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.chdir(tmp_path)
    evil = "\x1b]0;owned\x07\x9b2J[bold red]\u202eabc[/]"
    raw = mail(body=f"Nombre del cliente: {evil}\r\nDescripción del problema: {evil}\r\n")
    raw = raw.replace(b"Subject: Enlace", b"Subject: " + evil.encode() + b" [bold]Enlace")
    assert main(["explain", *arguments, put("[red]\x1b.eml", raw)]) == 0
    shown = capsys.readouterr().out
    assert not set(shown) & set("\x1b\x07\x9b\u202e")
    assert "[bold red]" in shown
    assert "[red]" in shown


def test_for_people(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["explain", str(MAILS / "form-plain-spanish.eml")]) == 0
    shown = capsys.readouterr().out
    for said in ("ticket  bt-latam  incident  es", "customer_name", "acknowledge", "hit"):
        assert said in shown


# For people -----------------------------------------------------------------------------------------------------------


def shown(capsys: pytest.CaptureFixture[str], name: str) -> str:
    assert main(["explain", str(MAILS / name)]) == 0
    return capsys.readouterr().out


def test_people_see_the_mail_with_its_answers_marked(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    out = shown(capsys, "form-plain-spanish.eml")
    assert "  Sitio del cliente: Tienda 14, carrera 23 n.º 61-20, Manizales   ← site_name" in out
    assert "equipo muestra la luz WAN apagada.   ← problem" in out
    assert "¿Funciona la contingencia de BT?: No   ← backup_works: no" in out
    assert "s Coordinador de redes" in out
    assert "s signature" in out
    assert "> quoted" not in out


def test_people_see_what_is_old_in_a_reply_and_not_all_of_it(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    out = shown(capsys, "reply-inline-spanish.eml")
    assert "> quoted" in out
    assert "more lines of old text" in out
    assert "← " in out


def test_people_see_the_rules_and_the_answer_that_would_leave(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    out = shown(capsys, "form-next-line-english.eml")
    assert "hit      open " in out
    assert "miss     thread " in out
    assert "(understood as 5 November 2026, 07:40 (UTC-5); 5 November 2026, 08:05 (UTC-5))" in out


def test_what_a_stranger_wrote_does_nothing_to_a_terminal(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    put("evil.eml", mail().replace(b"\r\n\r\n", b"\r\n\r\nSitio: \x1b[2J\x1b]0;x\x07[red]caja\r\n", 1))
    assert main(["explain", "evil.eml"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[red]caja" in out


def test_every_answer_says_how_it_was_found(explain):
    form, prose = explain(str(MAILS / "form-plain-spanish.eml"), str(MAILS / "prose-spanish.eml"))
    assert {answer["how"] for answer in form["fields"].values()} == {"label"}
    hows = {answer["how"] for answer in prose["fields"].values()}
    assert "stated" in hows
    assert "label" not in hows
