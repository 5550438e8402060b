"""What goes wrong with the database is told in the log and in alarms without what customers wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, text

from tests.conftest import StillClock
from tests.office import FORM, Office, mail, office

SUBJECT = "Enlace Quipu-77"


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: StillClock) -> Iterator[Office]:
    with office(tmp_path, database_url, clock) as opened:
        # As the log shows them: with their traceback.
        structlog.get_config()["processors"].insert(0, structlog.processors.format_exc_info)
        yield opened


def refuse_tickets(connection: Connection) -> None:
    """PostgreSQL quotes the row that breaks a rule."""
    if connection.dialect.name == "sqlite":
        trigger = "CREATE TRIGGER never BEFORE INSERT ON ticket BEGIN SELECT RAISE(ABORT, 'never'); END"
        connection.execute(text(trigger))
    else:
        connection.execute(text("ALTER TABLE ticket ADD CONSTRAINT never CHECK (id < 0)"))


def test_a_mail_that_the_database_refuses_is_quoted_nowhere(desk: Office) -> None:
    desk.runtime.writer.call(refuse_tickets)
    row = desk.take(mail(SUBJECT, FORM))
    for _ in range(10):
        desk.clock.forward(hours=1)
        desk.decide()
    (row,) = desk.works()
    assert (row["state"], "IntegrityError" in row["error"]) == ("parked", True)
    assert desk.alarms() == ["parked"]
    said = str(desk.log) + row["error"] + "".join(message.as_string() for _, _, message in desk.queued("alarm"))
    assert "INSERT INTO ticket" in said
    for theirs in ("Quipu-77", "Banco del Sur", "Sucursal 9", "ana@cliente.example"):
        assert theirs not in said
