"""Machines told from people, by what their mails say of themselves."""

import pytest

from intake.parse import parse
from rules.model import Message, ReadingClass

PERSON = b"From: Ana <ana@x.example>\r\nTo: mesa@y.example\r\nSubject: Sin enlace\r\n"
ANSWER = b"In-Reply-To: <1@y.example>\r\n"


def read(header: bytes, body: bytes = b"texto\r\n") -> Message:
    return parse(header + b"\r\n" + body)


def names(message: Message) -> set[str]:
    return {sign.name for sign in message.signs}


@pytest.mark.parametrize(
    ("header", "sign", "evidence"),
    [
        (b"Return-Path: <>\r\n", "null_return_path", "<>"),
        (b"Auto-Submitted: auto-generated\r\n", "auto_submitted", "auto-generated"),
        (b"auto-submitted: Auto-Replied (vacation)\r\n", "auto_submitted", "Auto-Replied"),
        (b"List-Id: Avisos <Avisos.X.example>\r\n", "list", "avisos.x.example"),
        (b"List-Unsubscribe: <mailto:x@x.example>\r\n", "list", "list-unsubscribe"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "list", "list-unsubscribe-post"),
        (b"List-Software: x\r\nList-Id: <avisos.x.example>\r\n", "list", "avisos.x.example"),
        (b"Precedence: Bulk\r\n", "precedence", "bulk"),
        (b"X-Auto-Response-Suppress: DR, AutoReply\r\n", "suppress", "DR, AutoReply"),
        (b"X-Auto-Response-Suppress: All\r\n", "suppress", "All"),
        (b"X-Auto-Response-Suppress: DR\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n", "suppress", "OOF, AutoReply"),
        (b"X-Loop: mesa@y.example\r\n", "loop", "mesa@y.example"),
        (b"Received: by x\r\n" * 51, "received_count", "51"),
        (b"X-Autoreply: yes\r\n", "vacation_header", "x-autoreply: yes"),
        (b"X-Autorespond: Ausente\r\n", "vacation_header", "x-autorespond: Ausente"),
        (b"Precedence: auto_reply\r\n", "vacation_header", "precedence: auto_reply"),
    ],
)
def test_header_signs(header: bytes, sign: str, evidence: str) -> None:
    found = {one.name: one.evidence for one in read(header + PERSON).signs}
    assert found == {sign: evidence}


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Auto-Submitted: no\r\n",
        b"Auto-Submitted: no (a person)\r\n",
        b"X-Auto-Response-Suppress: OOF, DR, RN, NRN\r\n",
        b"Precedence: normal\r\n",
        b"Received: by x\r\n" * 50,
        b"Return-Path: <ana@x.example>\r\n",
        b"X-Autoreply: no\r\n",
    ],
)
def test_a_person_bears_no_sign(header: bytes) -> None:
    message = read(header + PERSON)
    assert (message.signs, message.klass) == ((), ReadingClass.NEW)
    assert read(header + PERSON + ANSWER).klass is ReadingClass.REPLY


@pytest.mark.parametrize(
    "address",
    ["MAILER-DAEMON@x.example", "postmaster@x.example", "owner-list@x.example", "list-request@x.example"],
)
def test_addresses_of_machines(address: str) -> None:
    message = read(f"From: Sistema <{address}>\r\nSubject: x\r\n".encode())
    assert [(sign.name, sign.evidence) for sign in message.signs] == [("robot_address", address)]


def test_the_reverse_path_of_a_list_is_no_machine_of_its_own() -> None:
    path = b"Return-Path: <mesa-bounces@y.example>\r\n"
    assert names(read(path + PERSON)) == {"robot_address"}
    assert names(read(path + PERSON + b"List-Id: <mesa.y.example>\r\n")) == {"list"}


@pytest.mark.parametrize(
    "subject",
    [
        "Respuesta automática: Su incidente INC-2026-000001",
        "Respuesta automatica: x",
        "Fuera de la oficina",
        "Fuera de oficina: Re: x",
        "Fuera de la oficina hasta el 9 de noviembre",
        "Resposta automática: Chamado",
        "Fora do escritório",
        "Aviso de férias",
        "Automatic reply: Your incident",
        "Out of Office: x",
        "Out of the office until Monday",
        "Auto-reply: x",
        "[EXTERNO] Respuesta automática: x",
    ],
)
def test_absence_notices_without_any_header(subject: str) -> None:
    message = read(f"From: ana@x.example\r\nSubject: {subject}\r\n".encode())
    assert (message.klass, names(message)) == (ReadingClass.AUTOMATIC, {"vacation_subject"})


@pytest.mark.parametrize(
    "subject",
    [
        "Respuesta automática del IVR no funciona",
        "Fuera de servicio el enlace",
        "Enlace fuera de la oficina principal caído",
        "Fuera de la oficina de Lima no hay enlace",
        "RV: Respuesta automática: x",
        "Out of service since Monday",
        "Automatic reply is not working",
        "Vacation request portal down",
    ],
)
def test_people_write_about_machines(subject: str) -> None:
    assert read(f"From: ana@x.example\r\nSubject: {subject}\r\n".encode()).klass is ReadingClass.NEW


def test_a_monitoring_system_writes_a_new_mail() -> None:
    message = read(PERSON + b"Auto-Submitted: auto-generated\r\n")
    assert (message.klass, names(message)) == (ReadingClass.NEW, {"auto_submitted"})


def test_machines_that_answer_are_automatic() -> None:
    assert read(PERSON + b"Auto-Submitted: auto-replied\r\n").klass is ReadingClass.AUTOMATIC
    assert read(PERSON + ANSWER + b"Auto-Submitted: auto-generated\r\n").klass is ReadingClass.AUTOMATIC
    assert read(b"Return-Path: <>\r\n" + PERSON + ANSWER).klass is ReadingClass.AUTOMATIC
    assert read(b"From: MAILER-DAEMON (Mail Delivery System)\r\n").klass is ReadingClass.AUTOMATIC


def test_list_mail_keeps_its_class_for_the_desk_to_judge() -> None:
    message = read(PERSON + b"List-Id: <mesa.y.example>\r\nPrecedence: list\r\n")
    assert (message.klass, names(message)) == (ReadingClass.NEW, {"list", "precedence"})


def test_forwards_are_no_replies() -> None:
    assert read(PERSON.replace(b"Sin", b"RV: Sin") + ANSWER).klass is ReadingClass.NEW


RETURNED = b"Message-ID: <ack.1@y.example>\r\nSubject: [INC-2026-000001] Incidente registrado\r\nTo: ana@x.example\r\n"
REPORT = (
    b"--B\r\nContent-Type: text/plain\r\n\r\nUser unknown\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; x.example\r\n\r\nFinal-Recipient: rfc822; ana@x.example\r\n"
    b"Action: failed\r\nStatus: 5.1.1\r\n"
)


def report_header(kind: bytes) -> bytes:
    return (
        b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\nSubject: Undelivered\r\n"
        b"Content-Type: multipart/report; report-type=" + kind + b"; boundary=B\r\n"
    )


@pytest.mark.parametrize("status", [b"5.7.1", b"4.4.1", b"9"])
def test_delivery_reports_of_any_status(status: bytes) -> None:  # pain 36
    message = read(report_header(b"delivery-status"), REPORT.replace(b"5.1.1", status) + b"--B--\r\n")
    assert message.klass is ReadingClass.DELIVERY_STATUS


@pytest.mark.parametrize(
    "returned",
    [
        b"--B\r\nContent-Type: message/rfc822\r\n\r\n" + RETURNED + b"\r\nSu reporte\r\n--B--\r\n",
        b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n" + RETURNED + b"\r\n--B--\r\n",
    ],
)
def test_a_delivery_report_gives_the_header_of_what_it_returns(returned: bytes) -> None:
    message = read(report_header(b"delivery-status"), REPORT + returned)
    assert message.klass is ReadingClass.DELIVERY_STATUS
    assert {"delivery_status", "null_return_path", "robot_address"} == names(message)
    assert message.reported.strip() == RETURNED.strip()
    assert (message.attachments, message.forwarded) == ((), ())
    assert [body.text.strip() for body in message.bodies] == ["User unknown"]


def test_a_read_receipt() -> None:
    body = (
        b"--B\r\nContent-Type: text/plain\r\n\r\nRead\r\n--B\r\nContent-Type: message/disposition-notification\r\n\r\n"
    )
    message = read(
        report_header(b"disposition-notification").replace(b"MAILER-DAEMON", b"ana"),
        body + b"Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--B--\r\n",
    )
    assert message.klass is ReadingClass.READ_RECEIPT
    assert "read_receipt" in names(message)


def test_a_delivery_report_that_follows_no_standard() -> None:
    body = (
        b"Hi. This is the qmail-send program at x.example.\nI'm afraid I wasn't able to deliver your message to the "
        b"following addresses.\n\n<ana@x.example>:\nuser is unknown\n\n"
        b"--- Below this line is a copy of the message.\n\n"
    )
    header = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n"
    message = read(header, body + RETURNED.replace(b"\r\n", b"\n") + b"\nSu reporte: recibido\n")
    assert message.klass is ReadingClass.DELIVERY_STATUS
    assert ("delivery_status", "ana@x.example") in {(sign.name, sign.evidence) for sign in message.signs}
    assert message.reported.splitlines() == RETURNED.splitlines()


def test_a_customer_who_forwards_a_delivery_report_opens_a_ticket() -> None:
    report = report_header(b"delivery-status") + b"\r\n" + REPORT + b"--B--\r\n"
    attached = b"--C\r\nContent-Type: text/plain\r\n\r\nMire\r\n--C\r\nContent-Type: message/rfc822\r\n\r\n" + report
    message = read(PERSON + b"Content-Type: multipart/mixed; boundary=C\r\n", attached + b"--C--\r\n")
    assert (message.klass, message.signs) == (ReadingClass.NEW, ())
    assert message.forwarded == (report.removesuffix(b"\r\n"),)


def test_a_customer_who_quotes_a_delivery_report_opens_a_ticket() -> None:
    quoted = b"Delivery to the following recipient failed\n\n  bob@z.example\n\nAna Ruiz, ana@x.example, Banco\n"
    assert read(PERSON, quoted).klass is ReadingClass.NEW


@pytest.mark.parametrize("subject", [b"Undelivered mail since Monday", b"Correo devuelto al cliente"])
def test_a_customer_who_complains_of_undelivered_mail_opens_a_ticket(subject: bytes) -> None:
    message = read(PERSON.replace(b"Sin enlace", subject), b"No llega el correo.\n\nAna Ruiz, ana@x.example, Banco\n")
    assert (message.klass, message.signs) == (ReadingClass.NEW, ())
