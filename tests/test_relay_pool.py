"""Several connections to one relay."""

from __future__ import annotations

import threading

from responders.relay import Outcome, OutgoingMail, RecipientResult, result
from responders.relay_pool import RelayPool


class Held:
    """A relay that takes a mail only when told to."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.closed = False

    def send(self, mail: OutgoingMail) -> tuple[RecipientResult, ...]:
        self.begun.set()
        assert self.go.wait(20)
        return tuple(result(one, Outcome.SENT, 250, "ok") for one in mail.rcpt_tos)

    def close(self) -> None:
        self.closed = True


def a_mail(number: int) -> OutgoingMail:
    return OutgoingMail(f"<m{number}@desk.example>", "", ("ana@cliente.example",), b"x")


def test_a_slow_mail_holds_up_nobody_and_a_free_connection_is_used_again() -> None:  # I7
    slow, quick = Held(), Held()
    quick.go.set()
    pool = RelayPool([quick, slow])  # the last one is taken first
    waiting = threading.Thread(target=pool.send, args=(a_mail(1),))
    waiting.start()
    assert slow.begun.wait(20)
    assert [one.outcome for one in pool.send(a_mail(2))] == [Outcome.SENT]
    assert [one.outcome for one in pool.send(a_mail(3))] == [Outcome.SENT]
    slow.go.set()
    waiting.join(20)
    pool.close()
    assert (slow.closed, quick.closed) == (True, True)
