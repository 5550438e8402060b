"""Mails in running text, each with what a careful agent would write down: desk, sender, subject, text, answers.

An answer is its text, or its text and its value. Every other question stays without an answer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProseMail:
    id: str
    desk: str
    sender: tuple[str, str]
    subject: str
    text: str
    answers: dict[str, object]


def one(name: str | None, email: str | None, phone: str | None) -> list[dict[str, str | None]]:
    return [{"name": name, "email": email, "phone": phone}]


MAILS = (
    ProseMail(
        "es-formal-many-facts",
        "bt-latam",
        ("Julián Ocampo", "jocampo@cafealtamira.example"),
        "Reporte de falla Bodega Chinchiná",
        """Estimados señores:

Reciban un cordial saludo. Por medio de la presente les informamos que el
enlace satelital de nuestra bodega de Chinchiná presenta intermitencia desde
ayer en la noche. Somos Café Altamira S.A.S. En el sitio hay energía y todos
los equipos se encuentran encendidos; los equipos están debidamente
conectados. No ha llovido en la zona. Aún no hemos reiniciado el módem.

Nuestra referencia interna es HD-20931. Para pruebas y cierre favor
contactar a Julián Ocampo, jocampo@cafealtamira.example, celular 310 555
0148. La bodega atiende de lunes a viernes de 7:00 a 17:00.

Atentamente,

Julián Ocampo
Jefe de Sistemas
Café Altamira S.A.S.
Tel. (606) 850 2211
""",
        {
            "customer_name": "Café Altamira S.A.S.",
            "site_name": "bodega de Chinchiná",
            "problem": (
                "el enlace satelital de nuestra bodega de Chinchiná presenta intermitencia desde ayer en la noche."
            ),
            "service_type": ("satelital", "satellite"),
            "site_has_power": ("En el sitio hay energía", True),
            "equipment_connected": ("los equipos están debidamente conectados", True),
            "raining": ("No ha llovido en la zona", False),
            "equipment_rebooted": ("Aún no hemos reiniciado el módem", False),
            "customer_reference": "HD-20931",
            "callback_contacts": (
                "Julián Ocampo, jocampo@cafealtamira.example, celular 310 555 0148",
                one("Julián Ocampo", "jocampo@cafealtamira.example", "+573105550148"),
            ),
            "opening_hours": "de lunes a viernes de 7:00 a 17:00",
        },
    ),
    ProseMail(
        "es-hurried-no-accents",
        "bt-latam",
        ("Pedro", "pedro.nava@refaccionesdelbajio.example"),
        "sin internet",
        """buenas
se nos cayo el internet en la sucursal leon centro desde las 8, nadie puede cobrar
si hay luz y ya reiniciamos el modem como 3 veces
no hubo apagon ni nada
mi cel 477 555 0119
pedro
""",
        {
            "site_name": "sucursal leon centro",
            "problem": "se nos cayo el internet en la sucursal leon centro desde las 8, nadie puede cobrar",
            "service_type": ("internet", "internet"),
            "site_has_power": ("si hay luz", True),
            "equipment_rebooted": ("ya reiniciamos el modem como 3 veces", True),
            "power_outage": ("no hubo apagon ni nada", False),
            "callback_contacts": ("mi cel 477 555 0119", None),
        },
    ),
    ProseMail(
        "es-capitals",
        "bt-latam",
        ("MESA DE AYUDA", "mesa@molinosdelvalle.example"),
        "ENLACE CAIDO",
        """BUENOS DIAS

EL ENLACE MPLS DE LA PLANTA PUERTO TEJADA SE ENCUENTRA CAIDO DESDE LAS
06:40. SOMOS MOLINOS DEL VALLE. NO HAY LUZ EN LA PLANTA. NO TENEMOS
CONTINGENCIA. LA PLANTA TRABAJA LAS 24 HORAS.

GRACIAS
""",
        {
            "customer_name": "MOLINOS DEL VALLE",
            "site_name": "PLANTA PUERTO TEJADA",
            "problem": "EL ENLACE MPLS DE LA PLANTA PUERTO TEJADA SE ENCUENTRA CAIDO DESDE LAS 06:40.",
            "service_type": ("MPLS", "mpls"),
            "site_has_power": ("NO HAY LUZ EN LA PLANTA", False),
            "has_backup": ("NO TENEMOS CONTINGENCIA", False),
            "opening_hours": "24 HORAS",
        },
    ),
    ProseMail(
        "es-questions-and-conditions",
        "bt-latam",
        ("Rocío Paz", "rpaz@laboratoriosandes.example"),
        "Consulta por lentitud",
        """Hola equipo, soy Rocío Paz de Laboratorios Andes.

En la sede Arequipa el internet está muy lento desde esta mañana. No sé si
hubo corte de luz. ¿Hay que reiniciar el router? Si está lloviendo puede que
sea eso, pero creo que no. Cuando volvió la luz la semana pasada pasó lo
mismo.

Gracias
Rocío
""",
        {
            "customer_name": "Laboratorios Andes",
            "site_name": "sede Arequipa",
            "problem": "En la sede Arequipa el internet está muy lento desde esta mañana.",
            "service_type": ("internet", "internet"),
        },
    ),
    ProseMail(
        "es-other-site-in-passing",
        "bt-latam",
        ("Tomás Arrieta", "tarrieta@gruposolferino.example"),
        "Agencia Maipú",
        """Buenos días, les habla Tomás Arrieta de Grupo Solferino.

La agencia Maipú quedó sin servicio a las 11:20. En la agencia Providencia
todo funciona normal y las demás sucursales tienen luz. Tenemos un enlace de
respaldo de ustedes, pero el respaldo tampoco funciona.

Saludos,
Tomás Arrieta | Infraestructura
Grupo Solferino | +56 2 2555 0170
""",
        {
            "customer_name": "Grupo Solferino",
            "site_name": "agencia Maipú",
            "problem": "La agencia Maipú quedó sin servicio a las 11:20.",
            "has_backup": ("Tenemos un enlace de respaldo de ustedes", True),
            "backup_works": ("el respaldo tampoco funciona", False),
        },
    ),
    ProseMail(
        "pt-store",
        "bt-latam",
        ("Camila Rezende", "camila.rezende@lojasarvoredo.example"),
        "Loja fora do ar",
        """Bom dia,

Aqui é a Camila, das Lojas Arvoredo. O link MPLS da loja do Shopping
Ibirapuã caiu às 8h15 e não voltou mais, estamos sem sistema nos caixas. Tem
energia no local, não houve queda de energia. Já desligamos e ligamos o
roteador. Temos backup 4G da BT e o backup está funcionando.

No local está o Anderson Prado, gerente da loja, (11) 95555-0137. A loja
abre das 10h às 22h todos os dias.

Obrigada,
Camila Rezende
""",
        {
            "customer_name": "Lojas Arvoredo",
            "site_name": "loja do Shopping Ibirapuã",
            "problem": (
                "O link MPLS da loja do Shopping Ibirapuã caiu às 8h15 e não voltou mais, estamos sem sistema "
                "nos caixas."
            ),
            "service_type": ("MPLS", "mpls"),
            "site_has_power": ("Tem energia no local", True),
            "power_outage": ("não houve queda de energia", False),
            "equipment_rebooted": ("Já desligamos e ligamos o roteador", True),
            "has_backup": ("Temos backup 4G da BT", True),
            "backup_works": ("o backup está funcionando", True),
            "local_contacts": ("Anderson Prado, gerente da loja, (11) 95555-0137", None),
            "opening_hours": "das 10h às 22h todos os dias",
        },
    ),
    ProseMail(
        "pt-hurried",
        "bt-latam",
        ("Wesley", "wesley@transportesjurema.example"),
        "urgente filial Betim",
        """pessoal bom dia

a filial betim ta sem internet desde as 7
a luz nao caiu e ja reiniciamos tudo
podem me ligar 31 99555 0142

Wesley
Transportes Jurema
""",
        {
            "customer_name": "Transportes Jurema",
            "site_name": "filial betim",
            "problem": "a filial betim ta sem internet desde as 7",
            "service_type": ("internet", "internet"),
            "power_outage": ("a luz nao caiu", False),
            "equipment_rebooted": ("ja reiniciamos tudo", True),
            "callback_contacts": ("31 99555 0142", None),
        },
    ),
    ProseMail(
        "en-office",
        "bt-latam",
        ("Grace Whitlock", "grace.whitlock@harrowgatemarine.example"),
        "Intermittent internet at Bridgetown office",
        """Good morning,

I am writing from Harrowgate Marine. Since Monday the internet link at our
Bridgetown office keeps dropping every 20 minutes or so. We have power and
there were no power cuts. Everything is plugged in, and we have restarted
the router twice with no luck. We do not have a BT backup.

Please call me on +1 246 555 0183. The office is open Monday to Friday from
8 am to 5 pm.

Kind regards,

Grace Whitlock
Office Manager
Harrowgate Marine
""",
        {
            "customer_name": "Harrowgate Marine",
            "site_name": "Bridgetown office",
            "problem": "Since Monday the internet link at our Bridgetown office keeps dropping every 20 minutes or so.",
            "service_type": ("internet", "internet"),
            "site_has_power": ("We have power", True),
            "power_outage": ("there were no power cuts", False),
            "equipment_connected": ("Everything is plugged in", True),
            "equipment_rebooted": ("we have restarted the router twice with no luck", True),
            "has_backup": ("We do not have a BT backup", False),
            "callback_contacts": (
                "+1 246 555 0183",
                one("Grace Whitlock", None, "+12465550183"),
            ),
            "opening_hours": "Monday to Friday from 8 am to 5 pm",
        },
    ),
    ProseMail(
        "es-packet-loss",
        "bt-latam",
        ("Hernán Duarte", "hduarte@aceiteraguarani.example"),
        "pérdida de paquetes",
        """Buenas, somos de Aceitera Guaraní. Tenemos pérdida de paquetes en el MPLS de
la planta Villeta: haciendo ping desde el servidor 10.44.2.10 hacia
10.40.1.5 se pierde el 30 %. No reiniciamos nada todavía. Contacto local:
Blas Ayala 0981 555 017.
""",
        {
            "customer_name": "Aceitera Guaraní",
            "site_name": "planta Villeta",
            "problem": (
                "Tenemos pérdida de paquetes en el MPLS de la planta Villeta: haciendo ping desde el servidor "
                "10.44.2.10 hacia 10.40.1.5 se pierde el 30 %."
            ),
            "service_type": ("MPLS", "mpls"),
            "source_ip": ("10.44.2.10", ["10.44.2.10"]),
            "destination_ip": ("10.40.1.5", ["10.40.1.5"]),
            "equipment_rebooted": ("No reiniciamos nada todavía", False),
            "local_contacts": ("Blas Ayala 0981 555 017", None),
        },
    ),
    ProseMail(
        "es-voice",
        "bt-latam",
        ("Silvia Neira", "sneira@segurospatagon.example"),
        "No salen llamadas",
        """Buenas tardes:

Escribo de Seguros Patagón. En el call center de Neuquén no podemos hacer
llamadas por la troncal SIP desde el mediodía, da tono de ocupado. Probamos
llamando desde el +54 299 555 0111 al +54 11 5555 0190 hoy a las 12:40 y a
las 13:05 y falló.

Silvia Neira
""",
        {
            "customer_name": "Seguros Patagón",
            "site_name": "call center de Neuquén",
            "problem": (
                "En el call center de Neuquén no podemos hacer llamadas por la troncal SIP desde el mediodía, da"
                " tono de ocupado."
            ),
            "service_type": ("troncal SIP", "voice"),
            "origin_number": ("+54 299 555 0111", ["+542995550111"]),
            "destination_number": ("+54 11 5555 0190", ["+541155550190"]),
            "failed_call_times": (
                "hoy a las 12:40 y a las 13:05",
                ["2026-11-09T12:40:00-05:00", "2026-11-09T13:05:00-05:00"],
            ),
        },
    ),
    ProseMail(
        "es-site-in-subject",
        "bt-latam",
        ("Noelia Cruz", "ncruz@panificadoralasmieses.example"),
        "Sucursal Tarija sin servicio",
        """Buen día, seguimos sin enlace desde las 5 am, no podemos facturar. Hay luz y
está todo conectado.

Noelia Cruz
Panificadora Las Mieses
""",
        {
            "customer_name": "Panificadora Las Mieses",
            "site_name": "Sucursal Tarija",
            "problem": "seguimos sin enlace desde las 5 am, no podemos facturar.",
            "site_has_power": ("Hay luz", True),
            "equipment_connected": ("está todo conectado", True),
        },
    ),
    ProseMail(
        "es-forward-comment",
        "bt-latam",
        ("Marta Solís", "msolis@clinicasantabrigida.example"),
        "RV: problema internet",
        """Favor atender, nos lo reportan de la clínica.

De: Recepción Norte <recepcion@clinicasantabrigida.example>
Enviado: lunes, 9 de noviembre de 2026 8:12
Para: Marta Solís <msolis@clinicasantabrigida.example>
Asunto: problema internet

Marta, la clínica Norte está sin internet desde las 7 y media. Hay luz. El
módem ya lo reiniciamos.
""",
        {
            "site_name": "clínica Norte",
            "problem": "la clínica Norte está sin internet desde las 7 y media.",
            "service_type": ("internet", "internet"),
            "site_has_power": ("Hay luz", True),
            "equipment_rebooted": ("El módem ya lo reiniciamos", True),
        },
    ),
    ProseMail(
        "es-old-facts",
        "bt-latam",
        ("Iván Rojas", "irojas@gasandino.example"),
        "Enlace caído estación Tupiza",
        """Estimados, el enlace de la estación Tupiza está caído otra vez. La semana
pasada se fue la luz y por eso falló, ayer sí había luz. Ahora no sabemos.
El mes pasado reiniciamos el equipo y volvió.

Iván Rojas
Gas Andino
""",
        {
            "customer_name": "Gas Andino",
            "site_name": "estación Tupiza",
            "problem": "el enlace de la estación Tupiza está caído otra vez.",
        },
    ),
    ProseMail(
        "en-capitals-hurried",
        "bt-latam",
        ("Ops", "ops@calypsofreight.example"),
        "LINK DOWN",
        """THE MPLS LINK AT THE PORT OF SPAIN WAREHOUSE IS DOWN SINCE 3 AM. NO POWER AT
THE SITE. NO BACKUP. PLEASE FIX ASAP CALYPSO FREIGHT
""",
        {
            "customer_name": "CALYPSO FREIGHT",
            "site_name": "PORT OF SPAIN WAREHOUSE",
            "problem": "THE MPLS LINK AT THE PORT OF SPAIN WAREHOUSE IS DOWN SINCE 3 AM.",
            "service_type": ("MPLS", "mpls"),
            "site_has_power": ("NO POWER AT THE SITE", False),
            "has_backup": ("NO BACKUP", False),
        },
    ),
    ProseMail(
        "es-joke-and-thanks",
        "bt-latam",
        ("Lalo", "lalo@correo.example"),
        "gracias",
        """Gracias por todo muchachos, son unos cracks. Ojalá siempre hubiera luz como
hoy en el asado jaja. Si llueve nos mojamos.

Abrazo
""",
        {},
    ),
    ProseMail(
        "es-two-sites",
        "bt-latam",
        ("Ana Vela", "avela@opticascristal.example"),
        "Sin servicio",
        """Hola, la sucursal Centro está sin internet y la sucursal Norte también está
sin internet. Somos Ópticas Cristal.""",
        {
            "customer_name": "Ópticas Cristal",
            "problem": "la sucursal Centro está sin internet y la sucursal Norte también está sin internet.",
            "service_type": ("internet", "internet"),
        },
    ),
    ProseMail(
        "ssr-es",
        "bt-latam-ssr",
        ("Carla Ibáñez", "cibanez@logisticaaustral.example"),
        "Solicitud ampliación ancho de banda",
        """Buenas tardes.

Somos Logística Austral. Solicitamos ampliar el ancho de banda del servicio
BT-CL-00831 de 20 a 50 Mbps en la sede Talcahuano. Queremos que se realice
el 25 de noviembre de 2026 a las 22:00.

Cualquier coordinación pueden contactar a Carla Ibáñez,
cibanez@logisticaaustral.example, +56 9 5555 0164.

Saludos cordiales
""",
        {
            "customer_name": "Logística Austral",
            "site_name": "sede Talcahuano",
            "details": (
                "Solicitamos ampliar el ancho de banda del servicio BT-CL-00831 de 20 a 50 Mbps en la sede Talcahuano."
            ),
            "service_id": "BT-CL-00831",
            "requested_start": ("el 25 de noviembre de 2026 a las 22:00", "2026-11-25T22:00:00-05:00"),
            "contact": (
                "Carla Ibáñez, cibanez@logisticaaustral.example, +56 9 5555 0164",
                one("Carla Ibáñez", "cibanez@logisticaaustral.example", "+56955550164"),
            ),
        },
    ),
    ProseMail(
        "ssr-en",
        "bt-latam-ssr",
        ("Dale Perry", "dperry@bluecoralresorts.example"),
        "VLAN change request",
        """Hello,

We need to add VLAN 120 to the switch at our Nassau resort. The circuit ID
is BS-NAS-0412. This is Blue Coral Resorts. Please do it on 21 November 2026
at 02:00. You can call Dale Perry on +1 242 555 0126.

Thanks,
Dale
""",
        {
            "customer_name": "Blue Coral Resorts",
            "site_name": "Nassau resort",
            "details": "We need to add VLAN 120 to the switch at our Nassau resort.",
            "service_id": "BS-NAS-0412",
            "requested_start": ("21 November 2026 at 02:00", "2026-11-21T02:00:00-05:00"),
            "contact": ("Dale Perry on +1 242 555 0126", one("Dale Perry", None, "+12425550126")),
        },
    ),
    ProseMail(
        "ssr-pt",
        "bt-latam-ssr",
        ("Rui Sampaio", "rui.sampaio@metalurgicapinhal.example"),
        "Mudança de rack",
        """Boa tarde, aqui é o Rui Sampaio da Metalúrgica Pinhal. Precisamos mover o
rack da unidade Sumaré para a sala nova. O ID do circuito é SUM-MPLS-77. Meu
celular é (19) 99555-0155.
""",
        {
            "customer_name": "Metalúrgica Pinhal",
            "site_name": "unidade Sumaré",
            "details": "Precisamos mover o rack da unidade Sumaré para a sala nova.",
            "service_id": "SUM-MPLS-77",
            "contact": ("Meu celular é (19) 99555-0155", None),
        },
    ),
    ProseMail(
        "event-en-incident",
        "bt-virtual-event",
        ("Owen Hartley", "owen.hartley@tidewaterbank.example"),
        "Audio problem in live event",
        """Hi,

Event number 7741 220 915. About half of our attendees cannot hear the
presenter since 10:05. We asked everyone to rejoin and we restarted the
audio bridge, but it made no difference.

You can reach me at owen.hartley@tidewaterbank.example, I am on London time.

Regards,
Owen Hartley
Tidewater Bank
""",
        {
            "event_reference": "7741 220 915",
            "contact_name": "Owen Hartley",
            "contact_email": "owen.hartley@tidewaterbank.example",
            "contact_timezone": "London time",
            "incident_details": "About half of our attendees cannot hear the presenter since 10:05.",
            "measures_taken": "We asked everyone to rejoin and we restarted the audio bridge",
            "measures_outcome": "it made no difference",
        },
    ),
    ProseMail(
        "event-es-incident",
        "bt-virtual-event",
        ("Pilar Escudero", "pescudero@fundacionceiba.example"),
        "Webcast sin video",
        """Buenos días, mi nombre es Pilar Escudero. En el evento con referencia
8810-332 nadie puede ver el video, la pantalla queda en negro. Ya probamos
con otro navegador y sigue igual.
Mi correo es pescudero@fundacionceiba.example y mi zona horaria es GMT-5.
""",
        {
            "event_reference": "8810-332",
            "contact_name": "Pilar Escudero",
            "contact_email": "pescudero@fundacionceiba.example",
            "contact_timezone": "GMT-5",
            "incident_details": (
                "En el evento con referencia 8810-332 nadie puede ver el video, la pantalla queda en negro."
            ),
            "measures_taken": "Ya probamos con otro navegador",
            "measures_outcome": "sigue igual",
        },
    ),
    ProseMail(
        "event-en-request",
        "bt-virtual-event",
        ("Leila Aziz", "leila.aziz@northbridgepharma.example"),
        "Town hall",
        """Dear team,

We would like to hold an event called "Spring Town Hall" on 3 December 2026
at 15:00 GMT. It will last 60 minutes and we expect about 250 attendees. We
would like a rehearsal. The presenter is Martin Cole,
martin.cole@northbridgepharma.example.

Best regards,
Leila Aziz
""",
        {
            "event_title": "Spring Town Hall",
            "event_start": ("on 3 December 2026 at 15:00 GMT", "2026-12-03T15:00:00+00:00"),
            "event_timezone": "GMT",
            "event_duration": "60 minutes",
            "attendees": "250 attendees",
            "rehearsal": ("We would like a rehearsal", True),
            "presenters": (
                "Martin Cole, martin.cole@northbridgepharma.example",
                one("Martin Cole", "martin.cole@northbridgepharma.example", None),
            ),
        },
    ),
    ProseMail(
        "event-pt-incident",
        "bt-virtual-event",
        ("Sofia Brandão", "sofia@editoramaresia.example"),
        "Problema no evento",
        """Olá, sou a Sofia Brandão, da Editora Maresia. No evento 5520 118 os
participantes não conseguem entrar, aparece erro 403. Pedimos que limpassem
o cache, mas não adiantou. Estamos no horário de Brasília.
""",
        {
            "event_reference": "5520 118",
            "contact_name": "Sofia Brandão",
            "contact_timezone": "horário de Brasília",
            "incident_details": "os participantes não conseguem entrar, aparece erro 403.",
            "measures_taken": "Pedimos que limpassem o cache",
            "measures_outcome": "não adiantou",
        },
    ),
    ProseMail(
        "alestra-outlook",
        "alestra-helpdesk",
        ("Berenice Salas", "bsalas@vidriosmonterrey.example"),
        "No puedo entrar al correo",
        """Buenos días, mi usuario es bsalas. Desde ayer no puedo abrir Outlook, me
marca un error de perfil. Me pueden marcar al 81 8555 0177. Es prioridad
alta porque tengo cierre.

Gracias
Berenice Salas
""",
        {
            "user_id": "bsalas",
            "problem": "Desde ayer no puedo abrir Outlook, me marca un error de perfil.",
            "application": "Outlook",
            "phone": ("81 8555 0177", ["+528185550177"]),
            "priority": ("alta", "high"),
        },
    ),
    ProseMail(
        "alestra-printer-extension",
        "alestra-helpdesk",
        ("Omar Treviño", "otrevino@acerosdelnorte.example"),
        "impresora",
        """Hola, la impresora de compras no imprime desde SAP, se queda la cola
atascada. Estoy en la extensión 4412. No es urgente.

Omar Treviño
Aceros del Norte, Tel. 81 8555 0100
""",
        {
            "problem": "la impresora de compras no imprime desde SAP, se queda la cola atascada.",
            "application": "SAP",
            "phone": ("4412", ["4412"]),
        },
    ),
    ProseMail(
        "alestra-complaint",
        "alestra-helpdesk",
        ("Gilberto Luna", "gluna@acerosdelnorte.example"),
        "Queja",
        """Quiero poner una queja: llevo tres días esperando que me atiendan y nadie me llama.

Gilberto Luna
""",
        {"problem": "Quiero poner una queja: llevo tres días esperando que me atiendan y nadie me llama."},
    ),
    ProseMail(
        "smartcloud-mail",
        "smartcloud",
        ("Yolanda Rivas", "yrivas@droguerialosllanos.example"),
        "Correo detenido",
        """Buenas tardes.

Desde las 2 de la tarde no recibimos correos externos en ningún buzón.
Esperamos que los correos vuelvan a entrar y que se recuperen los perdidos.
El impacto es alto: no podemos recibir pedidos de los clientes. Sugerimos
prioridad P1.

Yolanda Rivas
Droguería Los Llanos, C.A.
""",
        {
            "problem": "Desde las 2 de la tarde no recibimos correos externos en ningún buzón.",
            "expected_result": "Esperamos que los correos vuelvan a entrar y que se recuperen los perdidos.",
            "impact": "El impacto es alto: no podemos recibir pedidos de los clientes.",
            "suggested_priority": ("P1", "P1"),
        },
    ),
    ProseMail(
        "smartcloud-request",
        "smartcloud",
        ("Luis Marcano", "lmarcano@astillerosmargarita.example"),
        "Restaurar carpeta",
        """Hola, necesitamos restaurar la carpeta Planos del servidor de archivos, se
borró por error esta mañana. Están paradas 12 personas de ingeniería.
Prioridad 2 por favor.
""",
        {
            "problem": (
                "necesitamos restaurar la carpeta Planos del servidor de archivos, se borró por error esta mañana."
            ),
            "impact": "Están paradas 12 personas de ingeniería.",
            "suggested_priority": ("2", "P2"),
        },
    ),
    ProseMail(
        "neotel-critical",
        "neotel",
        ("Fabián Godoy", "fgodoy@cobrosdelsur.example"),
        "agentes caídos",
        """Hola, les escribo de Cobros del Sur. Desde las 9 los agentes no pueden
loguearse en la plataforma, estamos parados. Prioridad crítica. Pueden
llamar a Fabián Godoy al +54 11 5555 0142.
""",
        {
            "customer_name": "Cobros del Sur",
            "problem": "Desde las 9 los agentes no pueden loguearse en la plataforma, estamos parados.",
            "priority": ("crítica", "critical"),
            "contact": ("Fabián Godoy al +54 11 5555 0142", one("Fabián Godoy", None, "+541155550142")),
        },
    ),
    ProseMail(
        "neotel-question",
        "neotel",
        ("Inés Quinteros", "iquinteros@telecobro.example"),
        "Duda reportes",
        """Buenas, ¿cómo puedo programar el reporte de abandono para que llegue todos
los lunes? Gracias!

Inés Quinteros
Telecobro S.R.L.
""",
        {
            "customer_name": "Telecobro S.R.L.",
            "problem": "¿cómo puedo programar el reporte de abandono para que llegue todos los lunes?",
        },
    ),
    ProseMail(
        "neotel-en",
        "neotel",
        ("Karen Blythe", "karen.blythe@summitcollections.example"),
        "Recordings",
        """Hi there, this is Karen Blythe from Summit Collections. We cannot download
any recordings since the upgrade last night. High priority please. You can
talk to me on +54 11 5555 0188.

Karen
""",
        {
            "customer_name": "Summit Collections",
            "problem": "We cannot download any recordings since the upgrade last night.",
            "priority": ("High", "high"),
            "contact": ("+54 11 5555 0188", one("Karen Blythe", None, "+541155550188")),
        },
    ),
    ProseMail(
        "neotel-pt",
        "neotel",
        ("Davi Moura", "davi@cobrancatriunfo.example"),
        "discador",
        """Boa tarde, falo da Cobrança Triunfo. O discador não está funcionando desde
hoje cedo, nenhuma campanha disca. A prioridade é alta.
""",
        {
            "customer_name": "Cobrança Triunfo",
            "problem": "O discador não está funcionando desde hoje cedo, nenhuma campanha disca.",
            "priority": ("alta", "high"),
        },
    ),
    ProseMail(
        "es-reported-speech",
        "bt-latam",
        ("Elsa Prado", "eprado@hotelesdelalba.example"),
        "Hotel Piedra Azul",
        """Buenas noches. El hotel Piedra Azul no tiene internet, los huéspedes están
reclamando. El guardia dice que se fue la luz un momento a las 19:00 pero
que ya volvió la luz. En sitio está Roberto Lara, +506 8555 0123. Me dicen
que quizás el router está desconectado.

Elsa Prado
Hoteles del Alba
""",
        {
            "customer_name": "Hoteles del Alba",
            "site_name": "hotel Piedra Azul",
            "problem": "El hotel Piedra Azul no tiene internet, los huéspedes están reclamando.",
            "service_type": ("internet", "internet"),
            "power_outage": ("El guardia dice que se fue la luz un momento a las 19:00", True),
            "site_has_power": ("que ya volvió la luz", True),
            "local_contacts": ("Roberto Lara, +506 8555 0123", one("Roberto Lara", None, "+50685550123")),
        },
    ),
    ProseMail(
        "en-rain-and-hours",
        "bt-latam",
        ("Trevor Bailey", "tbailey@sunreefquarry.example"),
        "VSAT at Pelican Point quarry",
        """Hello, we lost the VSAT at the Pelican Point site around 14:00. It's not
raining and there is power. Nobody has rebooted the modem yet. The site is
manned 24/7. The site contact is Joy Francis (+1 869 555 0104,
joy.francis@sunreefquarry.example).

Trevor Bailey, Sun Reef Quarry
""",
        {
            "customer_name": "Sun Reef Quarry",
            "site_name": "Pelican Point site",
            "problem": "we lost the VSAT at the Pelican Point site around 14:00.",
            "service_type": ("VSAT", "satellite"),
            "raining": ("It's not raining", False),
            "site_has_power": ("there is power", True),
            "equipment_rebooted": ("Nobody has rebooted the modem yet", False),
            "opening_hours": "24/7",
            "local_contacts": (
                "Joy Francis (+1 869 555 0104, joy.francis@sunreefquarry.example",
                one("Joy Francis", "joy.francis@sunreefquarry.example", "+18695550104"),
            ),
        },
    ),
    ProseMail(
        "es-vigilante",
        "bt-latam",
        ("Rodrigo Peña", "rpena@cementospacora.example"),
        "Caída enlace Cali",
        """Cordial saludo,

Mi nombre es Rodrigo Peña, trabajo en Cementos Pácora. Les escribo porque
desde las 4:30 am perdimos conectividad en la planta de Yumbo; el router no
enciende ningún led WAN. Según el vigilante, no ha habido cortes de energía
y en este momento sí hay fluido eléctrico. El equipo está conectado. Ya lo
reiniciaron dos veces.

El acceso es con Mauricio Londoño, supervisor, cel 315 555 0101. El horario de la planta es 24/7.

Quedo atento,
Rodrigo
""",
        {
            "customer_name": "Cementos Pácora",
            "site_name": "planta de Yumbo",
            "problem": (
                "desde las 4:30 am perdimos conectividad en la planta de Yumbo; el router no enciende ningún led WAN."
            ),
            "power_outage": ("no ha habido cortes de energía", False),
            "site_has_power": ("en este momento sí hay fluido eléctrico", True),
            "equipment_connected": ("El equipo está conectado", True),
            "equipment_rebooted": ("Ya lo reiniciaron dos veces", True),
            "local_contacts": ("Mauricio Londoño, supervisor, cel 315 555 0101", None),
            "opening_hours": "24/7",
        },
    ),
    ProseMail(
        "pt-satellite-storm",
        "bt-latam",
        ("Luana Prado", "luana@redefarmasul.example"),
        "Link Satélite Farmácia Uruguaiana",
        """Boa noite pessoal,

Sou da Rede Farma Sul. A antena da filial Uruguaiana parou, sem sinal desde
as 18h. Está chovendo muito forte aqui. Teve uma queda de energia rápida às
17h50, mas já voltou. Já tirei da tomada e liguei de novo o modem e nada.
Não temos outro link.

Qualquer coisa falem comigo no 55 99655 0190.

Luana Prado
""",
        {
            "customer_name": "Rede Farma Sul",
            "site_name": "filial Uruguaiana",
            "problem": "A antena da filial Uruguaiana parou, sem sinal desde as 18h.",
            "service_type": ("Satélite", "satellite"),
            "raining": ("Está chovendo muito forte aqui", True),
            "power_outage": ("Teve uma queda de energia rápida às 17h50", True),
            "equipment_rebooted": ("Já tirei da tomada", True),
            "callback_contacts": ("55 99655 0190", [{"name": "Luana Prado", "email": None, "phone": "+5555996550190"}]),
        },
    ),
    ProseMail(
        "en-slow-mpls",
        "bt-latam",
        ("Kirk Mendes", "kmendes@demeraratimber.example"),
        "Slow MPLS - Linden sawmill",
        """Hi,

Demerara Timber here. Users at the Linden sawmill complain that everything
over the MPLS is extremely slow since around noon. A ping from 10.8.3.20 to
10.1.1.7 shows 400 ms and 12% loss. Power is fine, no outages today as far
as I know. The router was restarted at 1 pm. We've got no backup circuit.

For testing you can reach me on my cell +592 555 0177, local contact is
Onika Roberts +592 555 0166. The mill is open from 6am to 6pm, Monday to
Saturday.

Thanks
Kirk Mendes
""",
        {
            "customer_name": "Demerara Timber",
            "site_name": "Linden sawmill",
            "problem": (
                "Users at the Linden sawmill complain that everything over the MPLS is extremely slow since "
                "around noon."
            ),
            "service_type": ("MPLS", "mpls"),
            "source_ip": ("10.8.3.20", ["10.8.3.20"]),
            "destination_ip": ("10.1.1.7", ["10.1.1.7"]),
            "site_has_power": ("Power is fine", True),
            "power_outage": ("no outages today as far as I know", False),
            "equipment_rebooted": ("The router was restarted at 1 pm", True),
            "has_backup": ("We've got no backup circuit", False),
            "callback_contacts": (
                "my cell +592 555 0177",
                [{"name": "Kirk Mendes", "email": None, "phone": "+5925550177"}],
            ),
            "local_contacts": (
                "Onika Roberts +592 555 0166",
                [{"name": "Onika Roberts", "email": None, "phone": "+5925550166"}],
            ),
            "opening_hours": "from 6am to 6pm, Monday to Saturday",
        },
    ),
    ProseMail(
        "es-capitals-no-accents",
        "bt-latam",
        ("Norma", "norma@ferreteriaelyunque.example"),
        "AYUDA",
        """NO TENGO INTERNET EN LA TIENDA DE VILLA NUEVA DESDE AYER. YA APAGUE Y PRENDI
EL APARATO. SI HAY LUZ. POR FAVOR LLAMENME AL 5555 0134. NORMA DE FERRETERIA
EL YUNQUE
""",
        {
            "customer_name": "FERRETERIA EL YUNQUE",
            "site_name": "TIENDA DE VILLA NUEVA",
            "problem": "NO TENGO INTERNET EN LA TIENDA DE VILLA NUEVA DESDE AYER.",
            "service_type": ("INTERNET", "internet"),
            "equipment_rebooted": ("YA APAGUE Y PRENDI EL APARATO", True),
            "site_has_power": ("SI HAY LUZ", True),
            "callback_contacts": ("5555 0134", None),
        },
    ),
    ProseMail(
        "ssr-es-change",
        "bt-latam-ssr",
        ("Gloria Téllez", "gtellez@hospitalsanfermin.example"),
        "Requerimiento de cambio de IP",
        """Buen día equipo SSR,

Requerimos el cambio de la IP pública del servicio MX-INT-55120 en nuestro
sitio Hospital San Fermín Norte. La ventana sería el sábado 14/11/2026 a las
23:00 hrs. El cliente es Hospital San Fermín. La persona de contacto es el
Ing. Raúl Cota, raul.cota@hospitalsanfermin.example, 664 555 0109.

Gracias.
""",
        {
            "customer_name": "Hospital San Fermín",
            "site_name": "Hospital San Fermín Norte",
            "details": (
                "Requerimos el cambio de la IP pública del servicio MX-INT-55120 en nuestro sitio Hospital San "
                "Fermín Norte."
            ),
            "service_id": "MX-INT-55120",
            "requested_start": ("el sábado 14/11/2026 a las 23:00 hrs", "2026-11-14T23:00:00-05:00"),
            "contact": ("Raúl Cota, raul.cota@hospitalsanfermin.example, 664 555 0109", None),
        },
    ),
    ProseMail(
        "event-en-launch",
        "bt-virtual-event",
        ("Amaya Ferrán", "aferran@bodegasurdaibai.example"),
        "Request: product launch webcast",
        """Hello,

We're planning a webcast titled "Vendimia 2027" for 18 January 2027 at 17:00
CET. It should run for about 45 minutes with some 120 participants. No
rehearsal needed. Speakers: Iker Salas (iker.salas@bodegasurdaibai.example)
and Nora Vidal (nora.vidal@bodegasurdaibai.example).

Amaya Ferrán, +34 944 555 011
""",
        {
            "event_title": "Vendimia 2027",
            "event_start": ("18 January 2027 at 17:00 CET", None),
            "event_timezone": "CET",
            "event_duration": "45 minutes",
            "attendees": "120 participants",
            "rehearsal": ("No rehearsal needed", False),
            "presenters": (
                "Iker Salas (iker.salas@bodegasurdaibai.example) and Nora Vidal (nora.vidal@bodegasurdaibai.example",
                None,
            ),
        },
    ),
    ProseMail(
        "event-en-based-in",
        "bt-virtual-event",
        ("Greg Tanaka", "greg.tanaka@polarisfreight.example"),
        "Cannot join",
        """Two of our speakers keep getting kicked out of the session every few
minutes. The reference is 4410 887 212. They tried Chrome and Edge and a
different network, no change so far.

I'm based in Houston (Central time). greg.tanaka@polarisfreight.example

Greg Tanaka
""",
        {
            "event_reference": "4410 887 212",
            "contact_name": "Greg Tanaka",
            "contact_email": "greg.tanaka@polarisfreight.example",
            "contact_timezone": "Central time",
            "incident_details": "Two of our speakers keep getting kicked out of the session every few minutes.",
            "measures_taken": "They tried Chrome and Edge and a different network",
            "measures_outcome": "no change so far",
        },
    ),
    ProseMail(
        "alestra-excel",
        "alestra-helpdesk",
        ("Patricia Lozano", "plozano@envasesregios.example"),
        "Excel se cierra",
        """Que tal, soy Paty Lozano de nóminas (usuario plozano). Cada que abro el
archivo de nómina en Excel se cierra solo y pierdo lo que llevo. Ya reinicié
la compu. Me urge porque hoy pagamos, prioridad alta. Ext 2231.
""",
        {
            "user_id": "plozano",
            "problem": "Cada que abro el archivo de nómina en Excel se cierra solo y pierdo lo que llevo.",
            "application": "Excel",
            "priority": ("alta", "high"),
            "phone": ("2231", ["2231"]),
        },
    ),
    ProseMail(
        "alestra-windows-account",
        "alestra-helpdesk",
        ("Hugo Cantú", "hcantu@envasesregios.example"),
        "contraseña",
        """Buenas tardes, se me bloqueó la contraseña de Windows. Mi usuario de red es
ENV\\hcantu y mi teléfono es 81 8555 0145. Puede esperar, prioridad baja.
Saludos.
""",
        {
            "user_id": "ENV\\hcantu",
            "problem": "se me bloqueó la contraseña de Windows.",
            "application": "Windows",
            "priority": ("baja", "low"),
            "phone": ("81 8555 0145", ["+528185550145"]),
        },
    ),
    ProseMail(
        "smartcloud-disk-full",
        "smartcloud",
        ("Argenis Colina", "acolina@navieraelmorro.example"),
        "Servidor de archivos lleno",
        """Saludos. El disco del servidor de archivos se llenó y los usuarios no pueden
guardar documentos. Necesitamos que amplíen el volumen a 500 GB. Afecta a
todo el departamento de operaciones, unas 40 personas. Consideramos que es
prioridad alta.
""",
        {
            "problem": "El disco del servidor de archivos se llenó y los usuarios no pueden guardar documentos.",
            "expected_result": "Necesitamos que amplíen el volumen a 500 GB.",
            "impact": "Afecta a todo el departamento de operaciones, unas 40 personas.",
            "suggested_priority": ("alta", "P2"),
        },
    ),
    ProseMail(
        "smartcloud-en",
        "smartcloud",
        ("Mary Oduber", "mary.oduber@caribeseguros.example"),
        "VPN",
        """Good afternoon, since the update last night nobody in claims can connect to
the VPN. We expect the access to be restored before tomorrow morning. 25
users are affected and we cannot process claims. Suggested priority:
critical.
""",
        {
            "problem": "since the update last night nobody in claims can connect to the VPN.",
            "expected_result": "We expect the access to be restored before tomorrow morning.",
            "impact": "25 users are affected and we cannot process claims.",
            "suggested_priority": ("critical", "P1"),
        },
    ),
    ProseMail(
        "neotel-whatsapp",
        "neotel",
        ("Emiliano Brandt", "ebrandt@creditosuyo.example"),
        "Ajuste en el IVR",
        """Hola gente, ¿cómo andan? Soy Emiliano de Crédito Suyo. Necesitamos agregar
una opción nueva en el IVR de cobranzas para que derive al grupo Mora. Es de
prioridad media. Mi whatsapp es +54 9 351 555 0170, cualquier cosa me
escriben.
""",
        {
            "customer_name": "Crédito Suyo",
            "problem": "Necesitamos agregar una opción nueva en el IVR de cobranzas para que derive al grupo Mora.",
            "priority": ("media", "medium"),
            "contact": ("whatsapp es +54 9 351 555 0170", None),
        },
    ),
    ProseMail(
        "neotel-firm-in-signature",
        "neotel",
        ("Soledad Arce", "sarce@aseguradoraquebrada.example"),
        "Grabaciones no se escuchan",
        """Buenos días:

Desde la actualización del domingo las grabaciones se escuchan entrecortadas
en todas las campañas. La operación sigue, pero auditoría no puede trabajar.

Saludos,

Soledad Arce
Coordinadora de Calidad
Aseguradora Quebrada S.A.
+54 11 5555 0155
""",
        {
            "customer_name": "Aseguradora Quebrada S.A.",
            "problem": (
                "Desde la actualización del domingo las grabaciones se escuchan entrecortadas en todas las "
                "campañas. La operación sigue, pero auditoría no puede trabajar."
            ),
        },
    ),
    ProseMail(
        "pt-formal",
        "bt-latam",
        ("Débora Lins", "debora.lins@usinaitapiranga.example"),
        "RES interna",
        """Prezados, bom dia.

Informamos que a unidade Itapiranga está sem comunicação desde 05h40 de
hoje. Trata-se de circuito MPLS. Há energia no local e todos os equipamentos
estão ligados e conectados. O roteador foi reiniciado às 06h10 sem sucesso.
Não houve falta de energia. Não possuímos contingência BT nesta unidade.

Chamado interno 88213. Contato local: Valdir Nunes (34) 99955-0121. Contato
para testes: NOC Usina, (34) 3255-0100, noc@usinaitapiranga.example. Horário
de funcionamento: 24 horas.

Atenciosamente,
Débora Lins
Usina Itapiranga S/A
""",
        {
            "customer_name": "Usina Itapiranga S/A",
            "site_name": "unidade Itapiranga",
            "problem": "Informamos que a unidade Itapiranga está sem comunicação desde 05h40 de hoje.",
            "service_type": ("MPLS", "mpls"),
            "site_has_power": ("Há energia no local", True),
            "equipment_connected": ("todos os equipamentos estão ligados e conectados", True),
            "equipment_rebooted": ("O roteador foi reiniciado às 06h10 sem sucesso", True),
            "power_outage": ("Não houve falta de energia", False),
            "has_backup": ("Não possuímos contingência BT nesta unidade", False),
            "customer_reference": "88213",
            "local_contacts": ("Valdir Nunes (34) 99955-0121", None),
            "callback_contacts": ("NOC Usina, (34) 3255-0100, noc@usinaitapiranga.example", None),
            "opening_hours": "24 horas",
        },
    ),
    ProseMail(
        "es-camp-storm",
        "bt-latam",
        ("Estela Quispe", "equispe@minerapampahuasi.example"),
        "Campamento Huayllay",
        """Ingenieros buenas tardes, el VSAT del campamento Huayllay se cayó a las 3 pm
con la tormenta, sigue lloviendo fuerte. Tenemos grupo electrógeno así que
energía hay. No tenemos respaldo de BT. Coordinar con el Sr. Abel Ticona,
RPM 955 555 018, él está en el campamento. Gracias
""",
        {
            "site_name": "campamento Huayllay",
            "problem": "el VSAT del campamento Huayllay se cayó a las 3 pm con la tormenta, sigue lloviendo fuerte.",
            "service_type": ("VSAT", "satellite"),
            "raining": ("sigue lloviendo fuerte", True),
            "site_has_power": ("Tenemos grupo electrógeno así que energía hay", True),
            "has_backup": ("No tenemos respaldo de BT", False),
            "local_contacts": ("Abel Ticona, RPM 955 555 018", None),
        },
    ),
    ProseMail(
        "es-microcuts",
        "bt-latam",
        ("Ximena Larrea", "xlarrea@pesquerapuntabrava.example"),
        "Problema en Manta",
        """Estimado equipo BT,

Les comento que en nuestra oficina de Manta llevamos toda la mañana con
microcortes en el enlace de internet: se va dos o tres minutos y regresa. Ya
verificamos el cableado y todo se encuentra conectado correctamente.
Electricidad sí tenemos y no se ha ido en ningún momento. Reiniciamos el
equipo BT a las 10:15.

Soy Ximena Larrea, encargada de TI de Pesquera Punta Brava. Para coordinar
las pruebas me pueden llamar al +593 99 555 0142 o escribirme a
xlarrea@pesquerapuntabrava.example. Atendemos de 8h00 a 18h00, de lunes a
sábado.

Saludos cordiales,
Ximena
""",
        {
            "customer_name": "Pesquera Punta Brava",
            "site_name": "oficina de Manta",
            "problem": (
                "Les comento que en nuestra oficina de Manta llevamos toda la mañana con microcortes en el "
                "enlace de internet: se va dos o tres minutos y regresa."
            ),
            "service_type": ("internet", "internet"),
            "equipment_connected": ("todo se encuentra conectado correctamente", True),
            "site_has_power": ("Electricidad sí tenemos", True),
            "power_outage": ("no se ha ido en ningún momento", False),
            "equipment_rebooted": ("Reiniciamos el equipo BT a las 10:15", True),
            "callback_contacts": (
                "me pueden llamar al +593 99 555 0142 o escribirme a xlarrea@pesquerapuntabrava.example",
                [{"name": "Ximena Larrea", "email": "xlarrea@pesquerapuntabrava.example", "phone": "+593995550142"}],
            ),
            "opening_hours": "de 8h00 a 18h00, de lunes a sábado",
        },
    ),
    ProseMail(
        "es-slang",
        "bt-latam",
        ("Beto", "beto.salinas@correo.example"),
        "no jala",
        """que onda, no jala el internet en el local de plaza galerias, ya checamos
cables y todo ok. hay luz. somos zapaterias el gavilan. gracias

Beto
Enviado desde mi Samsung
""",
        {
            "customer_name": "zapaterias el gavilan",
            "site_name": "local de plaza galerias",
            "problem": "que onda, no jala el internet en el local de plaza galerias, ya checamos cables y todo ok.",
            "service_type": ("internet", "internet"),
            "site_has_power": ("hay luz", True),
        },
    ),
    ProseMail(
        "en-formal",
        "bt-latam",
        ("Marlon Griffith", "mgriffith@spicelandfoods.example"),
        "Re-opening: Grenville plant offline",
        """Dear Sirs,

Please be advised that our plant in Grenville has been offline since 21:40
last night. The service is MPLS. The security guard confirmed that there is
electricity and that it did not go off at any time. It's been raining on and
off. All cables are in place and every device is connected. We have not
restarted anything yet, should we? There is a BT backup but it did not come
up.

Our ticket number is SF-7782. Contact at the plant: Lester Noel, +1 473 555
0119, lester.noel@spicelandfoods.example. For call-back use +1 473 555 0120
(Marlon Griffith). Hours of the plant are 7am-11pm every day.

Yours faithfully,
Marlon Griffith
IT Manager, Spiceland Foods Ltd.
""",
        {
            "customer_name": "Spiceland Foods Ltd.",
            "site_name": "plant in Grenville",
            "problem": "Please be advised that our plant in Grenville has been offline since 21:40 last night.",
            "service_type": ("MPLS", "mpls"),
            "site_has_power": ("The security guard confirmed that there is electricity", True),
            "power_outage": ("it did not go off at any time", False),
            "raining": ("It's been raining on and off", True),
            "equipment_connected": ("All cables are in place", True),
            "equipment_rebooted": ("We have not restarted anything yet", False),
            "has_backup": ("There is a BT backup", True),
            "backup_works": ("it did not come up", False),
            "customer_reference": "SF-7782",
            "local_contacts": ("Lester Noel, +1 473 555 0119, lester.noel@spicelandfoods.example", None),
            "callback_contacts": ("+1 473 555 0120 (Marlon Griffith)", None),
            "opening_hours": "7am-11pm every day",
        },
    ),
    ProseMail(
        "pt-hotel",
        "bt-latam",
        ("Jussara", "jussara@hoteisvelamar.example"),
        "Sem internet no hotel",
        """Oi, tudo bem?

O hotel Velamar Porto está sem internet desde ontem à noite, os hóspedes
estão reclamando muito. Luz tem. Não sei se caiu energia de madrugada. O
técnico da casa reiniciou o modem mas não resolveu. Meu celular: (81)
98555-0133, Jussara.

Obrigada!
""",
        {
            "site_name": "hotel Velamar Porto",
            "problem": (
                "O hotel Velamar Porto está sem internet desde ontem à noite, os hóspedes estão reclamando muito."
            ),
            "service_type": ("internet", "internet"),
            "site_has_power": ("Luz tem", True),
            "equipment_rebooted": ("O técnico da casa reiniciou o modem", True),
            "callback_contacts": ("(81) 98555-0133, Jussara", None),
        },
    ),
    ProseMail(
        "ssr-pt-firewall",
        "bt-latam-ssr",
        ("Otávio Leme", "oleme@quimicaparaiba.example"),
        "Solicitação",
        """Prezados,

A Química Paraíba solicita a liberação da porta 8443 no firewall do link da
unidade Jacareí, serviço JAC-INET-204. Gostaríamos que fosse executado no
dia 20/11/2026 às 21h. Categoria: configuração de firewall. Contato: Otávio
Leme, oleme@quimicaparaiba.example, (12) 99755-0108.

Att,
Otávio Leme
""",
        {
            "customer_name": "Química Paraíba",
            "site_name": "unidade Jacareí",
            "ssr_category": "configuração de firewall",
            "details": (
                "A Química Paraíba solicita a liberação da porta 8443 no firewall do link da unidade Jacareí, "
                "serviço JAC-INET-204."
            ),
            "service_id": "JAC-INET-204",
            "requested_start": ("no dia 20/11/2026 às 21h", "2026-11-20T21:00:00-05:00"),
            "contact": ("Otávio Leme, oleme@quimicaparaiba.example, (12) 99755-0108", None),
        },
    ),
    ProseMail(
        "event-en-slides",
        "bt-virtual-event",
        ("Hannah Doyle", "hdoyle@ravenhillmedia.example"),
        "Slides not advancing",
        """Good afternoon,

During today's event (ID 9031 557 020) the slides do not advance for the
audience, they stay on slide 3. We had the presenter re-upload the deck;
that did not fix it.

Hannah Doyle
hdoyle@ravenhillmedia.example
Ravenhill Media, Dublin (GMT)
""",
        {
            "event_reference": "9031 557 020",
            "contact_name": "Hannah Doyle",
            "contact_email": "hdoyle@ravenhillmedia.example",
            "incident_details": "the slides do not advance for the audience, they stay on slide 3.",
            "measures_taken": "We had the presenter re-upload the deck",
            "measures_outcome": "that did not fix it",
        },
    ),
    ProseMail(
        "event-es-assembly",
        "bt-virtual-event",
        ("Ramiro Sosa", "rsosa@camaraagro.example"),
        "Evento virtual asamblea",
        """Buenas tardes, quisiéramos organizar un evento virtual llamado "Asamblea
Anual 2027" el 12 de febrero de 2027 a las 10:00 hora de Argentina, con una
duración de dos horas y unos 400 participantes. Sí queremos un ensayo
previo. Presentan Ramiro Sosa (rsosa@camaraagro.example) y Laura Vidal
(lvidal@camaraagro.example). Mi teléfono es +54 11 5555 0107.
""",
        {
            "event_title": "Asamblea Anual 2027",
            "event_start": ("el 12 de febrero de 2027 a las 10:00", None),
            "event_timezone": "hora de Argentina",
            "event_duration": "dos horas",
            "attendees": "400 participantes",
            "rehearsal": ("Sí queremos un ensayo previo", True),
            "presenters": ("Ramiro Sosa (rsosa@camaraagro.example) y Laura Vidal (lvidal@camaraagro.example", None),
            "contact": ("teléfono es +54 11 5555 0107", None),
        },
    ),
    ProseMail(
        "alestra-capitals",
        "alestra-helpdesk",
        ("Nancy Elizondo", "nelizondo@plasticospesqueria.example"),
        "SAP",
        """BUENOS DIAS. NO ME DEJA ENTRAR A SAP, ME SALE USUARIO BLOQUEADO. MI USUARIO
ES NELIZONDO. TEL 81 8555 0163. PRIORIDAD MEDIA. GRACIAS
""",
        {
            "user_id": "NELIZONDO",
            "problem": "NO ME DEJA ENTRAR A SAP, ME SALE USUARIO BLOQUEADO.",
            "application": "SAP",
            "phone": ("81 8555 0163", ["+528185550163"]),
            "priority": ("MEDIA", "medium"),
        },
    ),
    ProseMail(
        "alestra-install",
        "alestra-helpdesk",
        ("Carlos Ibarra", "cibarra@plasticospesqueria.example"),
        "instalacion",
        """Hola buen día, solicito me instalen AutoCAD en mi equipo, soy del área de
proyectos, usuario cibarra01. Cuando tengan tiempo, no corre prisa. Mi
extensión es la 1187.
""",
        {
            "user_id": "cibarra01",
            "problem": "solicito me instalen AutoCAD en mi equipo, soy del área de proyectos",
            "application": "AutoCAD",
            "phone": ("1187", ["1187"]),
        },
    ),
    ProseMail(
        "smartcloud-website",
        "smartcloud",
        ("Freddy Urbina", "furbina@laboratorioscoro.example"),
        "Página web caída",
        """Buenos días, la página web de la empresa da error 503 desde anoche. Lo que
necesitamos es que quede en línea hoy mismo. Como consecuencia no estamos
recibiendo pedidos y estamos perdiendo ventas. Prioridad sugerida: P1.

Freddy
""",
        {
            "problem": "la página web de la empresa da error 503 desde anoche.",
            "expected_result": "Lo que necesitamos es que quede en línea hoy mismo.",
            "impact": "Como consecuencia no estamos recibiendo pedidos y estamos perdiendo ventas.",
            "suggested_priority": ("P1", "P1"),
        },
    ),
    ProseMail(
        "smartcloud-new-mailbox",
        "smartcloud",
        ("Ligia Parra", "lparra@avicolaelroble.example"),
        "Usuario nuevo",
        """Saludos, por favor crear una cuenta de correo para Daniel Ortega, entra el
lunes a ventas. Debería quedar con acceso a la carpeta compartida. No hay
mayor impacto por ahora. Prioridad baja.
""",
        {
            "problem": "por favor crear una cuenta de correo para Daniel Ortega, entra el lunes a ventas.",
            "expected_result": "Debería quedar con acceso a la carpeta compartida.",
            "impact": "No hay mayor impacto por ahora.",
            "suggested_priority": ("baja", "P4"),
        },
    ),
    ProseMail(
        "neotel-export",
        "neotel",
        ("Agustina Roldán", "aroldan@mutualdelparque.example"),
        "Error al exportar",
        """Hola, buen día! En Mutual del Parque nos aparece un error cuando exportamos
los reportes de agentes a Excel: "timeout". Probamos en dos PCs. No nos
frena la operación, digamos prioridad media. Contacto: Agustina Roldán,
aroldan@mutualdelparque.example, 0351 555 0129.
""",
        {
            "customer_name": "Mutual del Parque",
            "problem": (
                "En Mutual del Parque nos aparece un error cuando exportamos los reportes de agentes a Excel: "
                '"timeout".'
            ),
            "priority": ("media", "medium"),
            "contact": ("Agustina Roldán, aroldan@mutualdelparque.example, 0351 555 0129", None),
        },
    ),
    ProseMail(
        "neotel-pt-question",
        "neotel",
        ("Vera Tavares", "vera@recuperadorapontal.example"),
        "Dúvida",
        """Bom dia! Somos a Recuperadora Pontal. Gostaria de saber se é possível
integrar o discador com o nosso CRM e quanto tempo leva. Sem pressa. Podem
falar com Vera Tavares pelo vera@recuperadorapontal.example.
""",
        {
            "customer_name": "Recuperadora Pontal",
            "problem": "Gostaria de saber se é possível integrar o discador com o nosso CRM e quanto tempo leva.",
            "contact": (
                "Vera Tavares pelo vera@recuperadorapontal.example",
                [{"name": "Vera Tavares", "email": "vera@recuperadorapontal.example", "phone": None}],
            ),
        },
    ),
)
