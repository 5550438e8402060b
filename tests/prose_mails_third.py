"""A third set of mails in running text: forwards that carry the request, consequences, names in full, changes."""

from __future__ import annotations

from tests.prose_mails import ProseMail, one

THIRD_MAILS = (
    ProseMail(
        "pt-clinic-unit-and-name-behind-number",
        "bt-latam",
        ("Teresa Amaral", "teresa@boticaserena.example"),
        "link fora",
        """Boa tarde,

Aqui é da Farmácia Botica Serena, unidade Guarapari. O link de internet caiu às 9h.
Não temos redundância nem outro link. Podem falar comigo mesma no +55 27 99955-0166 (Teresa Amaral).
A farmácia nunca fecha.

Teresa
""",
        {
            "customer_name": "Farmácia Botica Serena",
            "site_name": "unidade Guarapari",
            "problem": "O link de internet caiu às 9h.",
            "service_type": ("internet", "internet"),
            "has_backup": ("Não temos redundância nem outro link", False),
            "callback_contacts": (
                "comigo mesma no +55 27 99955-0166 (Teresa Amaral)",
                one("Teresa Amaral", None, "+5527999550166"),
            ),
            "opening_hours": "A farmácia nunca fecha",
        },
    ),
    ProseMail(
        "es-because-of-this-and-wanted-state",
        "smartcloud",
        ("Rosa Elena Prieto", "reprieto@laceiba.example"),
        "Correo lento",
        """Buenas tardes:

El correo de la sede Maracay tarda más de una hora en llegar desde ayer. Debido a esto
los cobradores no pueden confirmar pagos. Necesitamos que los mensajes lleguen al momento
como el mes pasado. Sugerimos prioridad P3.

Rosa Elena Prieto
""",
        {
            "problem": "El correo de la sede Maracay tarda más de una hora en llegar desde ayer.",
            "impact": "los cobradores no pueden confirmar pagos",
            "expected_result": "que los mensajes lleguen al momento como el mes pasado",
            "suggested_priority": ("P3", "P3"),
        },
    ),
    ProseMail(
        "en-this-leaves-us",
        "smartcloud",
        ("Grant Olufemi", "golufemi@harborlight.example"),
        "File server",
        """Hello,

The file server has been dropping every mapped drive since 6 this morning. This leaves us without
the price lists, and Friday is our busiest day. We need it to stay up through the weekend.
We would call it P2.

Grant
""",
        {
            "problem": "The file server has been dropping every mapped drive since 6 this morning.",
            "impact": "This leaves us without the price lists, and Friday is our busiest day.",
            "expected_result": "We need it to stay up through the weekend.",
            "suggested_priority": ("P2", "P2"),
        },
    ),
    ProseMail(
        "es-forwarded-request-below",
        "bt-latam-ssr",
        ("Hugo Insfrán", "hinsfran@yerbatera.example"),
        "RV: puerto para la báscula",
        """Buenas, ¿podrán ver lo de abajo? El ID del servicio es AR-POS-MPL-0071.

Hugo Insfrán
Sistemas - Cooperativa Yerbatera

________________________________
De: Lidia Kramer <lkramer@yerbatera.example>
Enviado: martes, 1 de diciembre de 2026 9:10
Para: Hugo Insfrán <hinsfran@yerbatera.example>
Asunto: puerto para la báscula

Hugo:

Necesitamos que abran el puerto 4001 hacia la báscula de la planta de Apóstoles,
el viernes 11 de diciembre de 2026 a las 10:00.

Lidia
""",
        {
            "customer_name": "Cooperativa Yerbatera",
            "site_name": "planta de Apóstoles",
            "details": (
                "Necesitamos que abran el puerto 4001 hacia la báscula de la planta de Apóstoles, "
                "el viernes 11 de diciembre de 2026 a las 10:00."
            ),
            "service_id": "AR-POS-MPL-0071",
            "requested_start": "el viernes 11 de diciembre de 2026 a las 10:00",
        },
    ),
    ProseMail(
        "es-critical-alone-and-write-to-me",
        "neotel",
        ("Nahuel Sosa", "nsosa@cobranzasdelplata.example"),
        "caído",
        """Hola, soy Nahuel Sosa de Cobranzas del Plata. No entran llamadas a la cola de ventas desde las 9.
Esto es crítico. Escribanme a nsosa@cobranzasdelplata.example o llamen al 011 4555-7720.
""",
        {
            "customer_name": "Cobranzas del Plata",
            "problem": "No entran llamadas a la cola de ventas desde las 9.",
            "priority": ("crítico", "critical"),
            "contact": (
                "nsosa@cobranzasdelplata.example o llamen al 011 4555-7720",
                one("Nahuel Sosa", "nsosa@cobranzasdelplata.example", "+541145557720"),
            ),
        },
    ),
    ProseMail(
        "en-operator-reloaded",
        "bt-virtual-event",
        ("Dana Whitlock", "dana.whitlock@fernhillbank.example"),
        "Slides problem",
        """Hi,

During event EVT-2026-000311 the web player showed the slides of the rehearsal rather than the final deck.
The producer reloaded the presentation twice, which made no difference; it only came right after we
uploaded the deck again.

I'm on Central time, dana.whitlock@fernhillbank.example.

Dana Whitlock
""",
        {
            "event_reference": "EVT-2026-000311",
            "contact_name": "Dana Whitlock",
            "contact_email": "dana.whitlock@fernhillbank.example",
            "contact_timezone": "Central time",
            "incident_details": (
                "During event EVT-2026-000311 the web player showed the slides of the rehearsal rather than the "
                "final deck."
            ),
            "measures_taken": "The producer reloaded the presentation twice",
            "measures_outcome": ("which made no difference; it only came right after we uploaded the deck again"),
        },
    ),
    ProseMail(
        "en-officers-speak",
        "bt-virtual-event",
        ("Priya Nair", "priya.nair@stonebridgefoods.example"),
        "Results webcast",
        """Hello,

We would like to run a webcast called "Half Year in Focus" on Tuesday 9 February 2027 at 10:00 London time.
It will last about an hour and a half and we expect around 300 people. Speakers: our CEO Martin Holt
(martin.holt@stonebridgefoods.example, +44 20 7946 0411) and our COO Ines Duarte
(ines.duarte@stonebridgefoods.example, +44 20 7946 0412). We need a rehearsal.
The person to talk to is me, Priya Nair, +44 20 7946 0410.

Priya
""",
        {
            "event_title": "Half Year in Focus",
            "event_start": ("Tuesday 9 February 2027 at 10:00 London time", "2027-02-09T10:00:00+00:00"),
            "event_timezone": "London time",
            "event_duration": "about an hour and a half",
            "attendees": "around 300 people",
            "presenters": (
                "Martin Holt (martin.holt@stonebridgefoods.example, +44 20 7946 0411) and our COO Ines Duarte "
                "(ines.duarte@stonebridgefoods.example, +44 20 7946 0412)",
                [
                    *one("Martin Holt", "martin.holt@stonebridgefoods.example", "+442079460411"),
                    *one("Ines Duarte", "ines.duarte@stonebridgefoods.example", "+442079460412"),
                ],
            ),
            "rehearsal": ("We need a rehearsal", True),
            "contact": ("Priya Nair, +44 20 7946 0410", one("Priya Nair", None, "+442079460410")),
        },
    ),
    ProseMail(
        "es-more-than-one-request-sentence",
        "bt-latam-ssr",
        ("Emilio Barrenechea", "ebarrenechea@molinosdelsur.example"),
        "Mudanza de gabinete",
        """Estimados: somos Molinos del Sur. Queremos mudar el gabinete de la sucursal Osorno al subsuelo.
Hay que instalar también una toma nueva para el router. El servicio es CL-OSO-MPL-0212.

Emilio Barrenechea
""",
        {
            "customer_name": "Molinos del Sur",
            "site_name": "sucursal Osorno",
            "details": (
                "Queremos mudar el gabinete de la sucursal Osorno al subsuelo. "
                "Hay que instalar también una toma nueva para el router."
            ),
            "service_id": "CL-OSO-MPL-0212",
        },
    ),
)
