"""The books of a mailbox: who reads it, how far, and what is left to put away; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import select

from rules.cursor import Cursor, below, fresh, wanted
from storage import accounts, inbox
from storage.accounts import Kept
from storage.database import Database
from storage.schema import delivery, imap_account
from tests.arrivals import NOW, NOWHERE, arrival

SPAN = timedelta(seconds=60)


def at(**span: float):
    return NOW + timedelta(**span)


def test_one_owner_reads_a_mailbox_until_its_lease_ends(database: Database):
    with database.write.begin() as connection:
        assert accounts.lease(connection, "support", "a", NOW, SPAN) == NOW
        assert accounts.lease(connection, "support", "b", at(seconds=59), SPAN) is None
        assert accounts.lease(connection, "support", "a", at(seconds=30), SPAN) == NOW
        assert accounts.lease(connection, "support", "b", at(seconds=89), SPAN) is None
        assert accounts.lease(connection, "support", "b", at(seconds=90), SPAN) == NOW  # first seen stays
        assert accounts.lease(connection, "support", "a", at(seconds=91), SPAN) is None
        accounts.release(connection, "a")
        assert accounts.lease(connection, "support", "c", at(seconds=92), SPAN) is None
        accounts.release(connection, "b")
        assert accounts.lease(connection, "support", "c", at(seconds=92), SPAN) == NOW
        accounts.release(connection)
        assert accounts.lease(connection, "support", "a", at(seconds=93), SPAN) == NOW


def test_of_many_that_ask_at_once_one_gets_it(database: Database):
    """pain 16"""
    got, ready = [], threading.Barrier(6)

    def ask(name: str) -> None:
        ready.wait()
        with database.write.begin() as connection:
            if accounts.lease(connection, "support", name, NOW, SPAN):
                got.append(name)

    threads = [threading.Thread(target=ask, args=(f"owner{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_trouble_is_remembered_from_its_beginning(database: Database):
    with database.write.begin() as connection:
        accounts.lease(connection, "support", "a", NOW, SPAN)
        assert accounts.went_wrong(connection, "support", "no answer", at(minutes=1)) == at(minutes=1)
        assert accounts.went_wrong(connection, "support", "refused" * 500, at(minutes=2)) == at(minutes=1)
        (box,) = accounts.overview(connection, ["support"])
        assert (box["failing_since"], box["error"][:7], len(box["error"])) == (at(minutes=1), "refused", 500)
        accounts.went_well(connection, "support", at(minutes=3))
        found = accounts.overview(connection, ["support", "other"])
        assert found == [
            {"name": "support", "owner": "a", "last_ok_at": at(minutes=3), "failing_since": None, "error": None},
            {"name": "other", "owner": None, "last_ok_at": None, "failing_since": None, "error": None},
        ]


def keep(connection, *uids: int, uidvalidity: int = 7, put_away: bool = True) -> None:
    mails = [Kept("support", "INBOX", uidvalidity, uid, put_away) for uid in uids]
    keys = [f"support/INBOX/{uidvalidity}/{uid}" for uid in uids]
    inbox.receive(connection, [arrival(key, source_key=key) for key in keys], NOWHERE)
    accounts.note(connection, mails, NOW)


def test_the_cursor_goes_up_with_the_mails_and_never_down(database: Database):
    with database.write.begin() as connection:
        accounts.lease(connection, "support", "a", NOW, SPAN)
        assert accounts.cursor(connection, "support", "INBOX") is None
        accounts.move_cursor(connection, "support", "INBOX", Cursor(7, 10, 11), NOW)
        keep(connection, 14, 12)
        assert accounts.cursor(connection, "support", "INBOX") == Cursor(7, 14, 11)
        keep(connection, 3, put_away=False)
        assert accounts.cursor(connection, "support", "INBOX") == Cursor(7, 14, 11)
        # What comes late from before a change of UIDVALIDITY does not move the new cursor.
        keep(connection, 99, uidvalidity=6)
        assert accounts.cursor(connection, "support", "INBOX") == Cursor(7, 14, 11)
        assert accounts.to_put_away(connection, "support", "INBOX", 7) == [12, 14]


def test_mail_cursor_and_note_are_one_transaction(database: Database):
    with database.write.begin() as connection:
        accounts.lease(connection, "support", "a", NOW, SPAN)
        accounts.move_cursor(connection, "support", "INBOX", Cursor(7, 0, 1), NOW)
    with database.write.connect() as connection:
        connection.begin()
        keep(connection, 1)  # and the power goes
    with database.read.connect() as connection:
        assert accounts.cursor(connection, "support", "INBOX") == Cursor(7, 0, 1)
        assert accounts.to_put_away(connection, "support", "INBOX", 7) == []
        assert connection.execute(select(delivery)).first() is None


def test_a_new_uidvalidity_drops_the_notes_of_the_old(database: Database):
    with database.write.begin() as connection:
        accounts.lease(connection, "support", "a", NOW, SPAN)
        accounts.move_cursor(connection, "support", "INBOX", Cursor(7, 0, 1), NOW)
        accounts.move_cursor(connection, "support", "Junk", Cursor(7, 0, 1), NOW)
        keep(connection, *range(1, 1200))
        accounts.note(connection, [Kept("support", "Junk", 7, 1, True)], NOW)
        accounts.put_away(connection, "support", "INBOX", 7, list(range(1, 1190)))
        assert accounts.to_put_away(connection, "support", "INBOX", 7) == list(range(1190, 1200))
        accounts.move_cursor(connection, "support", "INBOX", Cursor(8, 5, 6), NOW)
        assert accounts.to_put_away(connection, "support", "INBOX", 7) == []
        assert accounts.to_put_away(connection, "support", "Junk", 7) == [1]
        assert accounts.cursor(connection, "support", "INBOX") == Cursor(8, 5, 6)
        keys = [f"support/INBOX/7/{uid}" for uid in (1, 700, 1199, 1200)]
        assert accounts.delivered(connection, keys) == frozenset(keys[:3])


def test_a_mailbox_is_first_seen_once(database: Database):
    with database.write.begin() as connection:
        assert accounts.first_seen_at(connection, "support") is None
        accounts.lease(connection, "support", "a", NOW, SPAN)
        accounts.lease(connection, "support", "a", at(days=1), SPAN)
        assert accounts.first_seen_at(connection, "support") == NOW
        assert connection.execute(select(imap_account.c.owner)).scalars().all() == ["a"]


def test_which_uids_are_new_and_wanted():
    cursor = Cursor(1, 100, 50)
    assert fresh(cursor, [100]) == []  # a server's answer to UID 101:*
    assert fresh(cursor, [103, 101, 3, 101]) == [101, 103]
    assert below(cursor, [103, 101, 3, 100]) == [3, 100]
    assert wanted(cursor, 49, NOW, None)
    assert wanted(cursor, 49, None, NOW)
    assert wanted(cursor, 49, NOW, NOW)
    assert not wanted(cursor, 49, at(seconds=-1), NOW)
    assert wanted(cursor, 50, at(days=-900), NOW)
