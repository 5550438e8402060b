"""`acuse check --online`: what relay and mailboxes answer. Nothing is sent, and nothing is changed on any server."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import datetime

from acuse.config import Loaded, Outgoing
from acuse.config_mailbox import MailboxSection
from acuse.mailboxes import account_of, times_of
from acuse.problems import Problem
from acuse.sending import smtp_relay
from intake.doors.imap_login import LoginRefusedError, why
from intake.doors.imap_mail import Place, source_key
from intake.doors.imap_session import Session, SoftError
from responders.smtp_client import RelayError
from rules.cursor import Cursor, below, fresh, wanted
from storage import accounts
from storage.database import HEAD, Database, revision
from storage.looking import open_untouched


@dataclass(frozen=True)
class Answers:
    """What the servers said: `fine` for people, and the problems."""

    fine: list[str]
    problems: list[Problem]


def ask(loaded: Loaded, now: datetime) -> Answers:
    """Connect to the relay and to every mailbox, log in and look."""
    answers = Answers([], [])
    _relay(loaded, answers)
    database = open_untouched(loaded.database_url)
    try:
        known = database if database and revision(database) == HEAD else None
        for box in loaded.config.mailboxes:
            _mailbox(loaded, box, known, now, answers)
    finally:
        if database:
            database.close()
    return answers


def _relay(loaded: Loaded, answers: Answers) -> None:
    settings = loaded.config.outgoing
    if settings.mode is Outgoing.MAILDIR:
        return
    relay = smtp_relay(loaded, loaded.config.service.hostname or socket.gethostname() or "localhost")
    try:
        relay.look()
    except (RelayError, OSError) as error:
        cure = f"{settings.host}:{settings.port} does not take our mail: {why(error)}"
        answers.problems.append(Problem(loaded.file, "outgoing.host", cure))
    else:
        login = f", logged in as {settings.username}" if settings.username else ""
        answers.fine.append(f"relay {settings.host}:{settings.port}: answers (tls: {settings.tls}){login}")
    finally:
        relay.close()


def _mailbox(loaded: Loaded, box: MailboxSection, database: Database | None, now: datetime, answers: Answers) -> None:
    key = f"mailboxes[{box.name}]"
    try:
        session = Session(account_of(loaded, box), times_of(box).bounds)
    except LoginRefusedError as error:
        name = "oauth" if box.oauth else "password_file"
        answers.problems.append(Problem(loaded.file, f"{key}.{name}", _refused(box, error)))
        return
    except Exception as error:  # noqa: BLE001 - whatever a server does, the others are looked at too
        cure = f"{box.host}:{box.port} cannot be used: {why(error)}; see host, port, tls and ca_file"
        answers.problems.append(Problem(loaded.file, f"{key}.host", cure))
        return
    try:
        for folder in box.folders:
            try:
                count = _count(session, box, folder, database, now)
            except SoftError as error:
                cure = f"{folder}: {error}; make it or take it out"
                answers.problems.append(Problem(loaded.file, f"{key}.folders", cure))
            else:
                answers.fine.append(f"mailbox {box.name}: {folder}: {count} mails would be taken")
        answers.fine.append(f"mailbox {box.name}: {_afterwards(session, box)}")
    except Exception as error:  # noqa: BLE001 - as above
        answers.problems.append(Problem(loaded.file, f"{key}.host", f"{box.host}: {why(error)}"))
    finally:
        session.close()


def _refused(box: MailboxSection, error: LoginRefusedError) -> str:
    if not box.oauth:
        return f"{box.username} is not let in: {why(error)}; see username and the password in the file"
    cure = "see oauth_command" if box.oauth == "command" else f"run acuse mailbox authorize {box.name}"
    return f"{box.username} is not let in: {why(error)}; {cure}"


def _count(session: Session, box: MailboxSection, folder: str, database: Database | None, now: datetime) -> int:
    """How many mails a daemon that starts now would take."""
    opened = session.open(folder, to_write=False)
    there = session.uids()
    cursor, first_seen_at = None, None
    if database:
        with database.read.connect() as connection:
            cursor = accounts.cursor(connection, box.name, folder)
            first_seen_at = accounts.first_seen_at(connection, box.name)
    if cursor is None or cursor.uidvalidity != opened.uidvalidity:
        highest = max(there, default=0)
        cursor = Cursor(opened.uidvalidity, highest, highest + 1)
    since = box.since(first_seen_at or now)
    old = [uid for uid in below(cursor, there) if uid < cursor.first_uid]
    if old and since:
        arrivals = session.arrivals(session.uids(1, cursor.first_uid - 1, since))
        old = [uid for uid in old if uid in arrivals and wanted(cursor, uid, arrivals[uid], since)]
    found = [*old, *(uid for uid in below(cursor, there) if uid >= cursor.first_uid)]
    keys = [source_key(box.name, Place(folder, opened.uidvalidity, uid)) for uid in found]
    taken: frozenset[str] = frozenset()
    if database and keys:
        with database.read.connect() as connection:
            taken = accounts.delivered(connection, keys)
    return len(fresh(cursor, there)) + len(found) - len(taken)


def _afterwards(session: Session, box: MailboxSection) -> str:
    if box.after == "leave":
        return "mails stay as they are"
    if box.after == "flag":
        return "mails are marked as read"
    if not session.can_move():
        return "the server knows neither MOVE nor UIDPLUS: mails are marked as read instead of moved"
    there = "" if session.named(box.done_folder) else ", which will be made"
    return f"mails are moved to the folder {box.done_folder}{there}"
