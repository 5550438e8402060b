"""The commands that look into the database, for people and for programs, beside a running daemon on either database."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from acuse.cli import main
from acuse.cli_look import TICKET_COLUMNS
from acuse.terminal import as_json, print_rows
from tests.conftest import POSTGRES, postgres_or_skip
from tests.daemon import ROOT, Daemon, mail, running

Call = Callable[..., str]

ONE_READER = "[reading]\nprocesses = 1\n"
HOSTILE = "\x1b]0;owned\x07\x1b[2J[bold]\u202e{{ 7*7 }}"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def daemon(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that has decided four mails: two tickets, one vacation notice, and one of a hostile hand."""
    folder = tmp_path_factory.mktemp("desk")
    if request.param == "sqlite":
        yield from _filled(folder, "")
        return
    name = f"acuse_{uuid.uuid4().hex[:12]}"
    with postgres_or_skip() as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield from _filled(folder, POSTGRES.rpartition("/")[0] + f"/{name}")
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _filled(folder: Path, url: str) -> Iterator[Daemon]:
    with running(folder, ONE_READER, database_url=url) as started:
        started.send(mail(1))
        started.send(mail(2))
        started.send(mail(3, extra="Auto-Submitted: auto-replied\r\n"))
        body = f"Nombre del cliente: {HOSTILE}\r\nDescripción del problema: {HOSTILE * 5}\r\n"
        hostile = mail(4, sender="eva@otro.example", body=body).replace(b"Ana Ruiz", b'"[bold]Eva"')
        started.send(hostile, sender="eva@otro.example")
        decided = lambda: [one for one in started.events() if one["event"] == "work.decided"]  # noqa: E731
        started.wait_for("four decisions", lambda: len(decided()) == 4)
        started.wait_for("three messages", lambda: len(started.outgoing()) == 3)
        yield started


@pytest.fixture
def call(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> Call:
    """A command in this process; what it printed. It must end with `code`."""

    def run(*arguments: str, code: int = 0) -> str:
        assert main([*arguments, "--config", str(daemon.config)]) == code
        shown = capsys.readouterr()
        assert not (set(shown.out + shown.err) & set("\x1b\x07\u202e"))
        return shown.out if code == 0 else shown.err

    return run


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_status(call):
    found = json.loads(call("status", "--json"))
    assert set(found) == {"in", "out", "promise_at_risk", "customers_not_reached", "next_timer", "mailboxes", "alarms"}
    mails = {"waiting": 0, "parked": 0, "ticket": 3, "automatic": 1}
    assert found["in"] == {"deliveries": 4, "mails": mails, "oldest_undecided": None}
    assert found["out"]["messages"] == {"done": 3} or found["out"]["messages"].get("sent") == 3
    shown = call("status")
    assert "All mail is answered or in hand." in shown
    assert "4 received, 0 waiting, 0 parked" in shown
    assert "1 automatic, 3 ticket" in shown


def test_ticket_list(call):
    found = rows(call("ticket", "list", "--json"))
    assert len({one["reference"] for one in found}) == 3
    assert all(one["reference"].startswith("INC-") for one in found)
    assert {one["requester"] for one in found} == {"ana.ruiz@cliente.example", "eva@otro.example"}
    shown = call("ticket", "list")
    for one in found:
        assert one["reference"] in shown
        assert one["requester"] in shown
    assert len(call("ticket", "list", "--limit", "1").splitlines()) == 2
    assert call("ticket", "list", "--state", "closed") == "There are no such tickets.\n"
    assert call("ticket", "list", "--desk", "nobody", "--json") == ""
    assert len(rows(call("ticket", "list", "--state", "new", "--desk", "bt-latam", "--json"))) == 3


def test_ticket_show(call):
    reference = rows(call("ticket", "list", "--json"))[-1]["reference"]
    found = json.loads(call("ticket", "show", reference, "--json"))
    assert found["history_agrees"]
    assert found["events"][0]["name"] == "opened"
    assert found["people"][0]["address"]
    assert found["mails"][0]["disposition"] == "ticket"
    (message,) = found["messages"]
    assert message["purpose"] == "acknowledgement"
    assert message["recipients"][0]["state"] == "sent"
    shown = call("ticket", "show", reference.lower())
    assert reference in shown
    assert message["recipients"][0]["address"] in shown


def test_what_a_stranger_wrote_is_shown_as_text(call):
    reference = next(one["reference"] for one in rows(call("ticket", "list", "--json")) if "eva" in one["requester"])
    shown = call("ticket", "show", reference)
    assert "[bold]" in shown
    assert "{{ 7*7 }}" in shown
    found = json.loads(call("ticket", "show", reference, "--json"))
    assert (
        "\u202e" in found["answers"]["customer_name"]["text"] or "[bold]" in found["answers"]["customer_name"]["text"]
    )


def test_an_unknown_ticket_is_65(call):
    assert call("ticket", "show", "INC-1999-000001", code=os.EX_DATAERR) == "There is no ticket INC-1999-000001.\n"
    assert "\\x1b" in call("ticket", "show", "\x1b[31m\udcff'; --", code=os.EX_DATAERR)


@pytest.mark.parametrize("form", ["{}", "<{}>", " <{}> "])
def test_trace_of_a_mail_of_theirs(call, form):
    found = json.loads(call("trace", form.format("m1@cliente.example"), "--json"))
    assert found["message_id"] == "m1@cliente.example"
    (delivery,) = found["deliveries"]
    assert delivery["mail_from"] == "ana.ruiz@cliente.example"
    (decision,) = found["decisions"]
    assert decision["disposition"] == "ticket"
    assert decision["reasons"]
    assert found["tickets"] == [decision["reference"]]
    shown = call("trace", "m1@cliente.example")
    assert decision["reference"] in shown
    assert "acknowledge" in shown


def test_trace_of_a_mail_of_ours(call, daemon):
    raw = daemon.outgoing()[0].decode()
    message_id = next(line for line in raw.splitlines() if line.startswith("Message-ID:")).partition(":")[2].strip()
    found = json.loads(call("trace", message_id, "--json"))
    (message,) = found["messages"]
    assert message["purpose"] == "acknowledgement"
    assert found["tickets"] == [message["reference"]]
    assert found["deliveries"] == []
    assert message["reference"] in call("trace", message_id)


def test_trace_of_a_mail_that_opened_nothing(call):
    assert "bt-latam: automatic" in call("trace", "m3@cliente.example")


def test_trace_of_an_unknown_id_is_65(call):
    assert call("trace", "<\x1bnobody@x.example>", code=os.EX_DATAERR).startswith("Nothing is known of <\\x1bnobody@")


def test_queue(call):
    found = json.loads(call("queue", "--json"))
    assert set(found) == {"in", "out", "timers"}
    assert found["in"] == found["out"] == []
    assert "in: nothing waits" in call("queue")
    assert call("queue", "out") == "out: nothing waits\n"
    assert set(json.loads(call("queue", "in", "--json"))) == {"in"}
    assert "the queues are: in, out, timers, all" in call("queue", "sideways", code=os.EX_USAGE)


def test_retry_of_nothing(call, capsys):
    call("queue", "--retry")


@pytest.mark.parametrize("columns", [80, 200])
def test_a_table_fits_the_terminal_and_cuts_no_number(call, columns):
    found = rows(call("ticket", "list", "--json"))
    drawn = io.StringIO()
    terminal = Console(file=drawn, width=columns, force_terminal=True, color_system=None)
    print_rows(terminal, found, TICKET_COLUMNS, "")
    lines = re.sub("\x1b\\[[0-9;]*m", "", drawn.getvalue()).splitlines()
    assert max(map(len, lines)) <= columns
    for one in found:
        (line,) = [line for line in lines if one["reference"] in line]
        assert one["state"] in line
    assert ("not shown" in "\n".join(lines)) is (columns == 80)


def test_a_pipe_gets_every_column_uncut(call):
    head, *lines = call("ticket", "list").splitlines()
    assert head.split() == [
        "reference",
        "opened_at",
        "state",
        "requester",
        "acknowledgement",
        "kind",
        "priority",
        "desk",
    ]
    assert all(line.rstrip().endswith("bt-latam") for line in lines)


# Without a database -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["status"], ["ticket", "list"], ["queue", "--retry"], ["trace", "x"]])
def test_before_the_first_start(tmp_path, capsys, command):
    file = tmp_path / "config.toml"
    file.write_text("")
    assert main([*command, "--config", str(file)]) == os.EX_CONFIG
    assert (
        f"{file}: database.url: {tmp_path}/var/acuse.db is not there yet; acuse run makes it" in capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == [file]


def test_db_upgrade_makes_a_database_and_does_it_once(tmp_path, capsys):
    file = tmp_path / "config.toml"
    file.write_text("")
    arguments = ["--config", str(file)]
    assert main(["db", "upgrade", *arguments]) == 0
    assert "database: empty -> " in capsys.readouterr().out
    assert main(["db", "upgrade", *arguments]) == 0
    assert "already" in capsys.readouterr().out
    assert main(["status", *arguments]) == 0
    assert "0 received" in capsys.readouterr().out
    assert main(["ticket", "list", *arguments]) == 0
    assert capsys.readouterr().out == "No tickets.\n"
    assert main(["ticket", "list", "--json", *arguments]) == 0
    assert capsys.readouterr().out == ""


def test_db_upgrade_where_no_folder_can_be(tmp_path, capsys):
    file = tmp_path / "config.toml"
    file.write_text('[database]\nurl = "sqlite:///config.toml/a.db"\n')
    assert main(["db", "upgrade", "--config", str(file)]) == os.EX_CONFIG
    assert "database.url: the folder of" in capsys.readouterr().err


# The command line itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["status", "--bogus"], "No such option: --bogus"),
        (["status", "left"], "unexpected extra argument"),
        (["trace"], "Missing"),
        (["ticket", "list", "--limit", "0"], "--limit"),
        (["ticket", "list", "--limit", "many"], "--limit"),
        (["run", "--roles", "receive,dance"], "the roles are: receive, poll, work, send, tick"),
        (["run", "--roles", ""], "the roles are"),
        (["\x1b[31m"], "\\x1b[31m"),
    ],
)
def test_a_wrong_command_line_is_64(capsys, arguments, said):
    assert main(arguments) == os.EX_USAGE
    shown = capsys.readouterr().err
    assert said in shown
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["ticket"], ["db"], ["config"]])
def test_half_a_command_shows_help(capsys, arguments):
    assert main(arguments) == os.EX_USAGE
    shown = capsys.readouterr()
    assert "Usage" in shown.out + shown.err


def test_help_and_version(capsys):
    assert main(["--help"]) == 0
    assert "ingest" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("acuse ")


def test_help_waits_for_no_library_that_it_does_without():
    code = (
        "import sys; from acuse.cli import main; main(['--help']); "
        "sys.exit(any(m in sys.modules for m in sys.argv[1:]))"
    )
    heavy = ["sqlalchemy", "pydantic", "jinja2", "apscheduler", "aiosmtpd", "mailparser", "dateparser"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_mistake_of_ours_is_one_line_and_70(capsys, monkeypatch, debug):
    def broken(_: object) -> None:
        raise ZeroDivisionError("\x1b[2J")

    monkeypatch.setattr("acuse.config_file.load", broken)
    monkeypatch.setenv("ACUSE_DEBUG", debug)
    assert main(["config", "show"]) == os.EX_SOFTWARE
    said = capsys.readouterr().err
    assert said.startswith("acuse: a mistake in acuse itself: ZeroDivisionError: \\x1b[2J")
    assert ("Traceback" in said) is bool(debug)


def test_a_reader_that_goes_away_is_no_mistake(tmp_path):
    command = (
        f"{sys.executable} -m acuse config show --config {tmp_path}/config.toml | head -n 1; exit ${{PIPESTATUS[0]}}"
    )
    (tmp_path / "config.toml").write_text("")
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.startswith("# acuse")


def test_a_full_disk_under_the_output(tmp_path):
    (tmp_path / "config.toml").write_text("")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "acuse", "config", "show", "--config", str(tmp_path / "config.toml")],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == os.EX_IOERR
    assert done.stderr == "acuse: No space left on device\n"


def test_json_holds_nothing_that_a_terminal_acts_upon() -> None:
    value = {"name": "a\x7f\x9b\u061c\u202e\U000e0041\ud800\x1b[2Jz"}
    text = as_json(value)
    assert set(text) <= set(map(chr, range(0x20, 0x7F)))
    assert json.loads(text) == value
