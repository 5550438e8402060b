"""More mails in running text, worded otherwise; see `tests.prose_mails`."""

from __future__ import annotations

from tests.prose_mails import ProseMail

MORE_MAILS = (
    ProseMail(
        "es-power-came-back",
        "bt-latam",
        ("Ivonne Lara", "ilara@muebleslagaviota.example"),
        "Tienda Apizaco",
        """Qué tal, buen día. Les escribo porque la tienda de Apizaco amaneció sin
conexión: desde las 7 de la mañana el MPLS no pasa tráfico. La corriente
se nos fue anoche como media hora, pero ya regresó y las lámparas
prenden bien. El router lo apagamos y lo volvimos a prender dos veces.

Hay un respaldo 4G de ustedes, solo que no levantó. Cualquier prueba
conmigo, Ivonne Lara, 241 555 0117. En la tienda les abre Chucho Meza
(241 555 0190), de 10 a 20 todos los días.
""",
        {
            "site_name": "tienda de Apizaco",
            "problem": "la tienda de Apizaco amaneció sin conexión: desde las 7 de la mañana el MPLS no pasa tráfico.",
            "service_type": ("MPLS", "mpls"),
            "power_outage": ("La corriente se nos fue anoche como media hora", True),
            "site_has_power": ("ya regresó", True),
            "equipment_rebooted": ("El router lo apagamos y lo volvimos a prender dos veces", True),
            "has_backup": ("Hay un respaldo 4G de ustedes", True),
            "backup_works": ("no levantó", False),
            "callback_contacts": (
                "Ivonne Lara, 241 555 0117",
                [{"name": "Ivonne Lara", "email": None, "phone": "2415550117"}],
            ),
            "local_contacts": (
                "Chucho Meza (241 555 0190)",
                [{"name": "Chucho Meza", "email": None, "phone": "2415550190"}],
            ),
            "opening_hours": "de 10 a 20 todos los días",
        },
    ),
    ProseMail(
        "es-short-clauses",
        "bt-latam",
        ("Nelson", "nelson@pinturasandinas.example"),
        "Bodega Fontibón sin internet",
        """Buenas tardes, somos Pinturas Andinas. Bodega Fontibón sin internet
desde el mediodía; energía normal, sin cortes, equipos conectados, módem
reiniciado, respaldo no hay. Mi celular 300 555 0163.

Nelson
""",
        {
            "customer_name": "Pinturas Andinas",
            "site_name": "Bodega Fontibón",
            "problem": "Bodega Fontibón sin internet desde el mediodía",
            "service_type": ("internet", "internet"),
            "site_has_power": ("energía normal", True),
            "power_outage": ("sin cortes", False),
            "equipment_connected": ("equipos conectados", True),
            "equipment_rebooted": ("módem reiniciado", True),
            "has_backup": ("respaldo no hay", False),
            "callback_contacts": (
                "Mi celular 300 555 0163",
                [{"name": "Nelson", "email": None, "phone": "+573005550163"}],
            ),
        },
    ),
    ProseMail(
        "es-never-lost-power",
        "bt-latam",
        ("Marta Quiñones", "mquinones@avicolaelroble.example"),
        "Granja La Esmeralda",
        """Cordial saludo.

Escribo por la Avícola El Roble. El internet de la granja La Esmeralda
va lentísimo: las páginas tardan minutos en cargar y hay pérdida de
paquetes entre 172.16.9.20 y 198.51.100.33.

La electricidad nunca ha faltado y todos los aparatos permanecen
enchufados. Por ahora nadie le ha dado reinicio al módem. Con ustedes no
tenemos ningún enlace de contingencia.

Devolver la llamada a Marta Quiñones, 315 555 0182 o
mquinones@avicolaelroble.example. En sitio, don Evelio Prada, 317 555
0114. La granja abre de lunes a sábado, de 5:00 a 17:00.
""",
        {
            "customer_name": "Avícola El Roble",
            "site_name": "granja La Esmeralda",
            "problem": (
                "El internet de la granja La Esmeralda va lentísimo: las páginas tardan minutos en cargar "
                "y hay pérdida de paquetes entre 172.16.9.20 y 198.51.100.33."
            ),
            "service_type": ("internet", "internet"),
            "source_ip": ("172.16.9.20", ["172.16.9.20"]),
            "destination_ip": ("198.51.100.33", ["198.51.100.33"]),
            "power_outage": ("La electricidad nunca ha faltado", False),
            "equipment_connected": ("todos los aparatos permanecen enchufados", True),
            "equipment_rebooted": ("nadie le ha dado reinicio al módem", False),
            "has_backup": ("no tenemos ningún enlace de contingencia", False),
            "callback_contacts": (
                "Marta Quiñones, 315 555 0182 o mquinones@avicolaelroble.example",
                [{"name": "Marta Quiñones", "email": "mquinones@avicolaelroble.example", "phone": "+573155550182"}],
            ),
            "local_contacts": (
                "Evelio Prada, 317 555 0114",
                [{"name": "Evelio Prada", "email": None, "phone": "+573175550114"}],
            ),
            "opening_hours": "de lunes a sábado, de 5:00 a 17:00",
        },
    ),
    ProseMail(
        "es-voice-two-times",
        "bt-latam",
        ("Celeste Bravo", "cbravo@clinicasantalucia.example"),
        "No entran las llamadas",
        """Hola, les habla Celeste Bravo de Clínica Santa Lucía. Las llamadas que
entran por la troncal SIP se quedan mudas. Pasó llamando del 601 555
0130 al +57 601 555 0199 el 6/11/2026 a las 8:15 y otra vez a las 9:40. El
gateway está encendido y conectado y ya se le hizo un reset. Luz sí
tenemos.

Pueden marcarme al +57 601 555 0131.
""",
        {
            "customer_name": "Clínica Santa Lucía",
            "problem": "Las llamadas que entran por la troncal SIP se quedan mudas.",
            "service_type": ("troncal SIP", "voice"),
            "origin_number": ("+57 601 555 0130", ["+576015550130"]),
            "destination_number": ("+57 601 555 0199", ["+576015550199"]),
            "failed_call_times": (
                "6/11/2026 a las 8:15 y otra vez a las 9:40",
                ["2026-11-06T08:15:00-05:00", "2026-11-06T09:40:00-05:00"],
            ),
            "equipment_connected": ("El gateway está encendido y conectado", True),
            "equipment_rebooted": ("ya se le hizo un reset", True),
            "site_has_power": ("Luz sí tenemos", True),
            "callback_contacts": (
                "marcarme al +57 601 555 0131",
                [{"name": "Celeste Bravo", "email": None, "phone": "+576015550131"}],
            ),
        },
    ),
    ProseMail(
        "es-satellite-storm",
        "bt-latam",
        ("Edgardo Ruiz", "eruiz@petrolerasur.example"),
        "VSAT Pozo Los Toldos",
        """Señores, en el pozo Los Toldos no engancha el satélite desde la
madrugada. Hay tormenta con granizo. El generador funciona, o sea que
energía tenemos; lo que sí hubo es un microcorte a las 3. Los cables los
revisamos y están en su sitio. Falta reiniciar el módem, no quisimos
tocarlo.

Edgardo Ruiz
Petrolera Sur S.A.
""",
        {
            "customer_name": "Petrolera Sur S.A.",
            "site_name": "pozo Los Toldos",
            "problem": "en el pozo Los Toldos no engancha el satélite desde la madrugada.",
            "service_type": ("satélite", "satellite"),
            "raining": ("Hay tormenta con granizo", True),
            "site_has_power": ("energía tenemos", True),
            "power_outage": ("lo que sí hubo es un microcorte a las 3", True),
            "equipment_connected": ("están en su sitio", True),
            "equipment_rebooted": ("Falta reiniciar el módem", False),
        },
    ),
    ProseMail(
        "es-other-site-mentioned",
        "bt-latam",
        ("Lucía Ferro", "lferro@textilesdelplata.example"),
        "Enlace caído",
        """Estimados, desde hace una hora la planta Zárate no tiene enlace MPLS. En
la planta Campana en cambio trabajan sin problema. ¿Es un corte general?
Si hace falta reiniciamos el equipo. No sabemos si allá hubo corte de
luz.

Gracias, Lucía
""",
        {
            "site_name": "planta Zárate",
            "problem": "desde hace una hora la planta Zárate no tiene enlace MPLS.",
            "service_type": ("MPLS", "mpls"),
        },
    ),
    ProseMail(
        "pt-everything-said",
        "bt-latam",
        ("Renata Falcão", "renata.falcao@graosdoxingu.example"),
        "Unidade de Sorriso",
        """Prezados, bom dia.

Sou a Renata, da Grãos do Xingu. A unidade de Sorriso está com o link de
internet oscilando desde ontem. A luz piscou de madrugada, mas agora
está tudo normal na energia. Os cabos continuam no lugar e o roteador já
foi desligado e ligado de novo. Temos um 4G de contingência da BT, que
assumiu direitinho.

Quem está no local é o Osmar Brito, 66 99555-0141. Para retorno, podem
me chamar: 66 99555-0170. A unidade funciona de segunda a sábado, das 7h
às 18h.
""",
        {
            "customer_name": "Grãos do Xingu",
            "site_name": "unidade de Sorriso",
            "problem": "A unidade de Sorriso está com o link de internet oscilando desde ontem.",
            "service_type": ("internet", "internet"),
            "power_outage": ("A luz piscou de madrugada", True),
            "site_has_power": ("agora está tudo normal na energia", True),
            "equipment_connected": ("Os cabos continuam no lugar", True),
            "equipment_rebooted": ("o roteador já foi desligado e ligado de novo", True),
            "has_backup": ("Temos um 4G de contingência da BT", True),
            "backup_works": ("que assumiu direitinho", True),
            "local_contacts": ("Osmar Brito, 66 99555-0141", None),
            "callback_contacts": ("66 99555-0170", None),
            "opening_hours": "de segunda a sábado, das 7h às 18h",
        },
    ),
    ProseMail(
        "pt-hurried",
        "bt-latam",
        ("Vando", "vando@autopecasmineira.example"),
        "URGENTE loja parada",
        """oi pessoal aqui e da autopecas mineira
loja de contagem sem sistema desde cedo, mpls fora
energia ok, nao caiu luz
ja reiniciei o roteador e nada
sem contingencia
me liguem 31 99555-0122
""",
        {
            "customer_name": "autopecas mineira",
            "site_name": "loja de contagem",
            "problem": "loja de contagem sem sistema desde cedo, mpls fora",
            "service_type": ("mpls", "mpls"),
            "site_has_power": ("energia ok", True),
            "power_outage": ("nao caiu luz", False),
            "equipment_rebooted": ("ja reiniciei o roteador e nada", True),
            "has_backup": ("sem contingencia", False),
            "callback_contacts": ("31 99555-0122", None),
        },
    ),
    ProseMail(
        "en-outage-then-slow",
        "bt-latam",
        ("Marlon Pitt", "mpitt@caribbeanfoods.example"),
        "Slow link at Portmore",
        """Hello,

Caribbean Foods here. The MPLS at our Portmore depot has been crawling
ever since the electricity dropped last night for ten minutes.
Electricity has since been restored and the modem, switch and router are
all hooked up. Nobody has restarted anything so far. The backup line did
come up, thankfully.

Pings from 10.50.1.9 to 10.60.1.9 lose one in five packets. On site you
will find Keisha Grant, +1 876 555 0144; for updates please use my own
number, +1 876 555 0150. The depot is open 24 hours.

Regards
Marlon Pitt
""",
        {
            "customer_name": "Caribbean Foods",
            "site_name": "Portmore depot",
            "problem": "The MPLS at our Portmore depot has been crawling",
            "service_type": ("MPLS", "mpls"),
            "power_outage": ("the electricity dropped last night for ten minutes", True),
            "site_has_power": ("Electricity has since been restored", True),
            "equipment_connected": ("the modem, switch and router are all hooked up", True),
            "equipment_rebooted": ("Nobody has restarted anything so far", False),
            "backup_works": ("The backup line did come up", True),
            "has_backup": ("The backup line did come up", True),
            "source_ip": ("10.50.1.9", ["10.50.1.9"]),
            "destination_ip": ("10.60.1.9", ["10.60.1.9"]),
            "local_contacts": (
                "Keisha Grant, +1 876 555 0144",
                [{"name": "Keisha Grant", "email": None, "phone": "+18765550144"}],
            ),
            "callback_contacts": (
                "my own number, +1 876 555 0150",
                [{"name": "Marlon Pitt", "email": None, "phone": "+18765550150"}],
            ),
            "opening_hours": "24 hours",
        },
    ),
    ProseMail(
        "en-short-phone",
        "bt-latam",
        ("Dana Cole", "dana@bayresorts.example"),
        "No internet",
        """Hi, Bay Resorts, Montego hotel. No internet since 2pm. We've got power,
it never went off. All plugged in and I've restarted the router myself.
No BT backup here. Ring me on +1 876 555 0102, Dana.

Sent from my iPhone
""",
        {
            "customer_name": "Bay Resorts",
            "site_name": "Montego hotel",
            "problem": "No internet since 2pm.",
            "service_type": ("internet", "internet"),
            "site_has_power": ("We've got power", True),
            "power_outage": ("it never went off", False),
            "equipment_connected": ("All plugged in", True),
            "equipment_rebooted": ("I've restarted the router myself", True),
            "has_backup": ("No BT backup here", False),
            "callback_contacts": ("+1 876 555 0102", None),
        },
    ),
    ProseMail(
        "en-conditions-and-requests",
        "bt-latam",
        ("Ian Rolle", "irolle@outislandsbank.example"),
        "Exuma branch",
        """Good morning. The Exuma branch cannot reach head office over MPLS. If
power fails again we will call. Would you like us to reboot the router?
Should the backup be working in such a case? When it rains we usually
see this.

Ian
""",
        {
            "site_name": "Exuma branch",
            "problem": "The Exuma branch cannot reach head office over MPLS.",
            "service_type": ("MPLS", "mpls"),
        },
    ),
    ProseMail(
        "es-ssr-bandwidth",
        "bt-latam-ssr",
        ("Gina Olmos", "golmos@lacteosdelsur.example"),
        "Ampliación",
        """Buenas tardes, equipo:

Soy Gina Olmos, de Lácteos del Sur. Nos hace falta subir de 20 a 50 Mbps
el enlace de la planta de Osorno (servicio CL-OSO-INT-0072). Lo ideal
sería el martes 1/12/2026 a las 22:00.

Durante el cambio los atiende Pablo Neira, +56 9 5555 0181,
pneira@lacteosdelsur.example.
""",
        {
            "customer_name": "Lácteos del Sur",
            "site_name": "planta de Osorno",
            "details": (
                "Nos hace falta subir de 20 a 50 Mbps el enlace de la planta de Osorno (servicio CL-OSO-INT-0072)."
            ),
            "service_id": "CL-OSO-INT-0072",
            "requested_start": ("martes 1/12/2026 a las 22:00", "2026-12-01T22:00:00-05:00"),
            "contact": (
                "Pablo Neira, +56 9 5555 0181, pneira@lacteosdelsur.example",
                [{"name": "Pablo Neira", "email": "pneira@lacteosdelsur.example", "phone": "+56955550181"}],
            ),
        },
    ),
    ProseMail(
        "pt-ssr-vlan",
        "bt-latam-ssr",
        ("Caio Lobato", "caio.lobato@papelariacentral.example"),
        "Nova VLAN",
        """Olá,

falo em nome da Papelaria Central. Queria pedir a criação de uma VLAN
para visitantes no roteador da loja de Niterói, designação RJ-NIT-0019.
Se der, na quinta 10/12/2026 às 20h. Meu contato: Caio Lobato, (21)
99555-0136.

Abraço
""",
        {
            "customer_name": "Papelaria Central",
            "site_name": "loja de Niterói",
            "details": (
                "Queria pedir a criação de uma VLAN para visitantes no roteador da loja de Niterói, "
                "designação RJ-NIT-0019."
            ),
            "service_id": "RJ-NIT-0019",
            "requested_start": ("quinta 10/12/2026 às 20h", "2026-12-10T20:00:00-05:00"),
            "contact": ("Caio Lobato, (21) 99555-0136", None),
        },
    ),
    ProseMail(
        "en-ssr-two-sentences",
        "bt-latam-ssr",
        ("Rhea Singh", "rsingh@gulfpackaging.example"),
        "Port forwarding",
        """Dear team,

I work for Gulf Packaging. Can you forward TCP 4443 to 10.2.3.4 on the
firewall of our Chaguanas plant? The circuit is TT-CHG-FW-0033. It
should happen on 3 December 2026 at 18:30 (UTC-4). Get in touch with
Rhea Singh at rsingh@gulfpackaging.example or +1 868 555 0119 with any
questions.
""",
        {
            "customer_name": "Gulf Packaging",
            "site_name": "Chaguanas plant",
            "details": "Can you forward TCP 4443 to 10.2.3.4 on the firewall of our Chaguanas plant?",
            "service_id": "TT-CHG-FW-0033",
            "requested_start": ("3 December 2026 at 18:30 (UTC-4)", "2026-12-03T18:30:00-04:00"),
            "contact": (
                "Rhea Singh at rsingh@gulfpackaging.example or +1 868 555 0119",
                [{"name": "Rhea Singh", "email": "rsingh@gulfpackaging.example", "phone": "+18685550119"}],
            ),
        },
    ),
    ProseMail(
        "en-event-town-hall",
        "bt-virtual-event",
        ("Hazel Byrne", "hazel.byrne@moorlandbank.example"),
        "Town hall",
        """Hello team,

We are planning a town hall entitled "Winter Numbers" for Tuesday 15
December 2026 at 10:00 GMT, and it will take 45 minutes or so. About 600
colleagues are expected. Presenting will be Ruth Okafor
(ruth.okafor@moorlandbank.example). We won't need a rehearsal. My
contact details: Hazel Byrne, hazel.byrne@moorlandbank.example, +44 1632
960 114.
""",
        {
            "event_title": "Winter Numbers",
            "event_start": ("Tuesday 15 December 2026 at 10:00 GMT", "2026-12-15T10:00:00+00:00"),
            "event_timezone": "GMT",
            "event_duration": "45 minutes",
            "attendees": "About 600 colleagues",
            "presenters": (
                "Ruth Okafor (ruth.okafor@moorlandbank.example)",
                [{"name": "Ruth Okafor", "email": "ruth.okafor@moorlandbank.example", "phone": None}],
            ),
            "rehearsal": ("We won't need a rehearsal", False),
            "contact": (
                "Hazel Byrne, hazel.byrne@moorlandbank.example, +44 1632 960 114",
                [{"name": "Hazel Byrne", "email": "hazel.byrne@moorlandbank.example", "phone": "+441632960114"}],
            ),
        },
    ),
    ProseMail(
        "en-event-incident",
        "bt-virtual-event",
        ("Tom Ash", "tom.ash@fenwater.example"),
        "Slides stuck",
        """Hello,

During event EVT-2026-000087 this morning the slides stopped moving for
everybody in the Leeds office. We asked the presenter to share again and
then dropped the video. That cured it after five minutes. I'm Tom Ash,
tom.ash@fenwater.example, and I work on UK time.
""",
        {
            "event_reference": "EVT-2026-000087",
            "incident_details": (
                "During event EVT-2026-000087 this morning the slides stopped moving for everybody in the Leeds office."
            ),
            "measures_taken": "We asked the presenter to share again and then dropped the video",
            "measures_outcome": "That cured it after five minutes",
            "contact_name": "Tom Ash",
            "contact_email": "tom.ash@fenwater.example",
            "contact_timezone": "UK time",
        },
    ),
    ProseMail(
        "es-event-request",
        "bt-virtual-event",
        ("Sofía Ibarra", "sofia.ibarra@fundacionpuentes.example"),
        "Seminario web",
        """Hola, quisiéramos hacer un seminario web que se llama "Puentes 2027" el
jueves 17 de diciembre de 2026 a las 11:00, hora de Bogotá. Calculamos
unos 80 maestros y una duración de hora y media. Nos vendría bien un
ensayo previo. Expone Mario Vélez
(mario.velez@fundacionpuentes.example). Para cualquier duda estoy en
sofia.ibarra@fundacionpuentes.example.
""",
        {
            "event_title": "Puentes 2027",
            "event_start": ("jueves 17 de diciembre de 2026 a las 11:00, hora de Bogotá", "2026-12-17T11:00:00-05:00"),
            "event_timezone": "hora de Bogotá",
            "event_duration": "hora y media",
            "attendees": "unos 80 maestros",
            "rehearsal": ("Nos vendría bien un ensayo previo", True),
            "presenters": (
                "Mario Vélez (mario.velez@fundacionpuentes.example)",
                [{"name": "Mario Vélez", "email": "mario.velez@fundacionpuentes.example", "phone": None}],
            ),
            "contact": (
                "sofia.ibarra@fundacionpuentes.example",
                [{"name": "Sofía Ibarra", "email": "sofia.ibarra@fundacionpuentes.example", "phone": None}],
            ),
        },
    ),
    ProseMail(
        "es-alestra-report",
        "alestra-helpdesk",
        ("Octavio Rangel", "orangel@cementospardo.example"),
        "SAP",
        """Buenos días, soy el usuario orangel. Al abrir SAP me saca a los dos
minutos y pierdo lo capturado. Es prioridad alta porque estoy cerrando
el mes. Me encuentran en el 81 5555 0126, extensión 4410.
""",
        {
            "user_id": "orangel",
            "problem": "Al abrir SAP me saca a los dos minutos y pierdo lo capturado.",
            "application": "SAP",
            "priority": ("alta", "high"),
            "phone": ("81 5555 0126, extensión 4410", None),
        },
    ),
    ProseMail(
        "es-alestra-complaint",
        "alestra-helpdesk",
        ("Brenda Solís", "bsolis@pastasdelnorte.example"),
        "Tercera vez que escribo",
        """Hola. Llevo tres días esperando que alguien me atienda: el Excel se
cierra solo cada vez que abro el presupuesto. Mi usuario es bsolis. La
urgencia es media. Cel. 81 5555 0158.
""",
        {
            "user_id": "bsolis",
            "problem": (
                "Llevo tres días esperando que alguien me atienda: el Excel se cierra solo cada vez que "
                "abro el presupuesto."
            ),
            "application": "Excel",
            "priority": ("media", "medium"),
            "phone": ("81 5555 0158", ["+528155550158"]),
        },
    ),
    ProseMail(
        "es-alestra-capitals",
        "alestra-helpdesk",
        ("HUGO TREVIÑO", "htrevino@transportesnogal.example"),
        "CORREO",
        """NO ME LLEGAN LOS CORREOS DE OUTLOOK DESDE AYER. USUARIO HTREVINO.
PRIORIDAD BAJA. TELEFONO 81 5555 0193
""",
        {
            "user_id": "HTREVINO",
            "problem": "NO ME LLEGAN LOS CORREOS DE OUTLOOK DESDE AYER.",
            "application": "OUTLOOK",
            "priority": ("BAJA", "low"),
            "phone": ("81 5555 0193", ["+528155550193"]),
        },
    ),
    ProseMail(
        "es-smartcloud-incident",
        "smartcloud",
        ("Yelitza Mora", "ymora@ferreterialara.example"),
        "Servidor de facturación",
        """Saludos.

El servidor de facturación se apagó esta mañana y no enciende. No
estamos pudiendo facturar en ninguna de las tres tiendas. Lo que
necesitamos es que el servidor quede arriba antes del cierre.
Consideramos que es P1.
""",
        {
            "problem": "El servidor de facturación se apagó esta mañana y no enciende.",
            "impact": "No estamos pudiendo facturar en ninguna de las tres tiendas.",
            "expected_result": "Lo que necesitamos es que el servidor quede arriba antes del cierre.",
            "suggested_priority": ("P1", "P1"),
        },
    ),
    ProseMail(
        "es-smartcloud-request",
        "smartcloud",
        ("Robert Peña", "rpena@cafesandes.example"),
        "Restaurar carpeta",
        """Buenas, por error se borró la carpeta Nómina del servidor de archivos y
hay que recuperarla del respaldo del viernes. La meta es tener los
archivos hoy mismo. Perjudica a todo el departamento de RRHH, que no
puede pagar la quincena. Prioridad 2 estaría bien.
""",
        {
            "problem": (
                "por error se borró la carpeta Nómina del servidor de archivos y hay que recuperarla del "
                "respaldo del viernes."
            ),
            "expected_result": "La meta es tener los archivos hoy mismo.",
            "impact": "Perjudica a todo el departamento de RRHH, que no puede pagar la quincena.",
            "suggested_priority": ("2", "P2"),
        },
    ),
    ProseMail(
        "es-neotel-incident",
        "neotel",
        ("Agustina Roca", "aroca@cobranzasandinas.example"),
        "Agentes sin tono",
        """Hola, ¿cómo andan? Soy Agustina, de Cobranzas Andinas. A los agentes de
la campaña mora temprana se les cae el softphone en medio de la llamada
y tienen que loguearse de nuevo. Lo catalogamos como criticidad alta.
Hablen con Leandro Paz, +54 11 5555 0147.
""",
        {
            "customer_name": "Cobranzas Andinas",
            "problem": (
                "A los agentes de la campaña mora temprana se les cae el softphone en medio de la llamada "
                "y tienen que loguearse de nuevo."
            ),
            "priority": ("alta", "high"),
            "contact": (
                "Leandro Paz, +54 11 5555 0147",
                [{"name": "Leandro Paz", "email": None, "phone": "+541155550147"}],
            ),
        },
    ),
    ProseMail(
        "es-neotel-change",
        "neotel",
        ("Darío Funes", "dfunes@segurosdelplata.example"),
        "Cambio de IVR",
        """Buen día, escribo desde Seguros del Plata. Hay que cambiar el mensaje de
bienvenida del IVR por el que adjunto. Prioridad baja. Cualquier duda me
avisan a dfunes@segurosdelplata.example.
""",
        {
            "customer_name": "Seguros del Plata",
            "problem": "Hay que cambiar el mensaje de bienvenida del IVR por el que adjunto.",
            "priority": ("baja", "low"),
            "contact": (
                "dfunes@segurosdelplata.example",
                [{"name": "Darío Funes", "email": "dfunes@segurosdelplata.example", "phone": None}],
            ),
        },
    ),
    ProseMail(
        "pt-voice",
        "bt-latam",
        ("Lívia Prado", "livia.prado@clinicaserrana.example"),
        "Telefone mudo",
        """Boa tarde! Na Clínica Serrana, unidade Teresópolis, o telefone fica mudo
quando o cliente atende. Testamos ontem ligando do +55 21 2555-0108 para
o +55 21 99555-0164, e deu o mesmo. É o serviço de voz da BT. Energia
está ok, nunca caiu, tudo plugado. Não mexemos no aparelho. Falem com a
Lívia Prado no +55 21 2555-0100.
""",
        {
            "customer_name": "Clínica Serrana",
            "site_name": "unidade Teresópolis",
            "problem": "Na Clínica Serrana, unidade Teresópolis, o telefone fica mudo quando o cliente atende.",
            "service_type": ("voz", "voice"),
            "origin_number": ("+55 21 2555-0108", ["+552125550108"]),
            "destination_number": ("+55 21 99555-0164", ["+5521995550164"]),
            "site_has_power": ("Energia está ok", True),
            "power_outage": ("nunca caiu", False),
            "equipment_connected": ("tudo plugado", True),
            "equipment_rebooted": ("Não mexemos no aparelho", False),
            "callback_contacts": (
                "Lívia Prado no +55 21 2555-0100",
                [{"name": "Lívia Prado", "email": None, "phone": "+552125550100"}],
            ),
        },
    ),
    ProseMail(
        "es-cut-off-plant",
        "bt-latam",
        ("Ramiro Sosa", "rsosa@hieloscasablanca.example"),
        "Se cayó todo",
        """Buen día, Ramiro Sosa de Hielos Casablanca. Desde las 5 am quedó
incomunicada la planta Quilpué: el internet dedicado no responde.
Revisamos y la electricidad anda perfecto, en la noche no hubo cortes.
El equipo de ustedes tiene todos los cables puestos y lo reinicié
personalmente. No contamos con respaldo. Me pueden ubicar al +56 9 5550
1177.
""",
        {
            "customer_name": "Hielos Casablanca",
            "site_name": "planta Quilpué",
            "problem": "Desde las 5 am quedó incomunicada la planta Quilpué: el internet dedicado no responde.",
            "service_type": ("internet dedicado", "internet"),
            "site_has_power": ("la electricidad anda perfecto", True),
            "power_outage": ("en la noche no hubo cortes", False),
            "equipment_connected": ("El equipo de ustedes tiene todos los cables puestos", True),
            "equipment_rebooted": ("lo reinicié personalmente", True),
            "has_backup": ("No contamos con respaldo", False),
            "callback_contacts": (
                "+56 9 5550 1177",
                [{"name": "Ramiro Sosa", "email": None, "phone": "+56955501177"}],
            ),
        },
    ),
    ProseMail(
        "es-heavy-internet",
        "bt-latam",
        ("Paula Reyes", "preyes@calzadosvega.example"),
        "Lentitud",
        """Hola:

En nuestra tienda de Envigado el internet está muy pesado hoy, la caja
tarda cinco minutos en facturar. Energía hay y no ha habido
interrupciones. Tenemos el módem prendido y conectado. Aún no le hemos
dado reset. La tienda atiende de martes a domingo de 9 am a 7 pm.
La administradora es Sandra Mejía, +57 604 555 0121. Yo contesto en el
+57 310 555 0177.

Paula Reyes
Calzados Vega S.A.S.
""",
        {
            "customer_name": "Calzados Vega S.A.S.",
            "site_name": "tienda de Envigado",
            "problem": (
                "En nuestra tienda de Envigado el internet está muy pesado hoy, la caja tarda cinco "
                "minutos en facturar."
            ),
            "service_type": ("internet", "internet"),
            "site_has_power": ("Energía hay", True),
            "power_outage": ("no ha habido interrupciones", False),
            "equipment_connected": ("Tenemos el módem prendido y conectado", True),
            "equipment_rebooted": ("Aún no le hemos dado reset", False),
            "opening_hours": "de martes a domingo de 9 am a 7 pm",
            "local_contacts": (
                "Sandra Mejía, +57 604 555 0121",
                [{"name": "Sandra Mejía", "email": None, "phone": "+576045550121"}],
            ),
            "callback_contacts": (
                "+57 310 555 0177",
                [{"name": "Paula Reyes", "email": None, "phone": "+573105550177"}],
            ),
        },
    ),
    ProseMail(
        "pt-mill-link",
        "bt-latam",
        ("Otávio Lins", "otavio.lins@usinabomjardim.example"),
        "Link da usina",
        """Boa tarde,

A Usina Bom Jardim está sem comunicação com a matriz desde as 13h40 - o
link MPLS caiu e não voltou mais. Não faltou energia por aqui e os
equipamentos seguem todos conectados. Já tiramos o roteador da tomada
por 5 minutos, sem sucesso. Existe um backup por 4G, porém ele também
está fora.

Pessoa para contato: Otávio Lins, 81 99555-0144,
otavio.lins@usinabomjardim.example. Funcionamos 24 horas.
""",
        {
            "customer_name": "Usina Bom Jardim",
            "problem": (
                "A Usina Bom Jardim está sem comunicação com a matriz desde as 13h40 - o link MPLS caiu e "
                "não voltou mais."
            ),
            "service_type": ("MPLS", "mpls"),
            "power_outage": ("Não faltou energia por aqui", False),
            "equipment_connected": ("os equipamentos seguem todos conectados", True),
            "equipment_rebooted": ("Já tiramos o roteador da tomada por 5 minutos", True),
            "has_backup": ("Existe um backup por 4G", True),
            "backup_works": ("ele também está fora", False),
            "callback_contacts": ("Otávio Lins, 81 99555-0144, otavio.lins@usinabomjardim.example", None),
            "opening_hours": "24 horas",
        },
    ),
    ProseMail(
        "en-dropped-off",
        "bt-latam",
        ("Gwen Baptiste", "gwen@spiceisland.example"),
        "Grenville store",
        """Morning all,

Our Grenville store dropped off the network around 6:30 today. It is on
the broadband service. There was a brief power cut at 6 but the lights
are on again. I
power-cycled the router twice to no effect. There's no backup at this
site.

The manager there is Alvin Joseph (+1 473 555 0166). Best to call me
back on +1 473 555 0110. Opening times: 8 to 8, Mon-Sat.

Gwen Baptiste
Spice Island Grocers
""",
        {
            "customer_name": "Spice Island Grocers",
            "site_name": "Grenville store",
            "problem": "Our Grenville store dropped off the network around 6:30 today.",
            "service_type": ("broadband", "internet"),
            "power_outage": ("There was a brief power cut at 6", True),
            "site_has_power": ("the lights are on again", True),
            "equipment_rebooted": ("I power-cycled the router twice to no effect", True),
            "has_backup": ("There's no backup at this site", False),
            "local_contacts": (
                "Alvin Joseph (+1 473 555 0166)",
                [{"name": "Alvin Joseph", "email": None, "phone": "+14735550166"}],
            ),
            "callback_contacts": (
                "+1 473 555 0110",
                [{"name": "Gwen Baptiste", "email": None, "phone": "+14735550110"}],
            ),
            "opening_hours": "8 to 8, Mon-Sat",
        },
    ),
    ProseMail(
        "es-ssr-allow-list",
        "bt-latam-ssr",
        ("Mirta Galli", "mgalli@vinosdelaconcha.example"),
        "Alta de IP",
        """Estimados,

Les escribo de Vinos de la Concha. Solicitamos agregar la IP 10.20.30.40
a la lista permitida del firewall en la bodega de Luján de Cuyo. ID de
servicio AR-LUJ-FW-0012. Fecha deseada: 15/12/2026, 23:00. Contacto:
Mirta Galli, mgalli@vinosdelaconcha.example, +54 261 555-0102.
""",
        {
            "customer_name": "Vinos de la Concha",
            "site_name": "bodega de Luján de Cuyo",
            "details": (
                "Solicitamos agregar la IP 10.20.30.40 a la lista permitida del firewall en la bodega de Luján de Cuyo."
            ),
            "service_id": "AR-LUJ-FW-0012",
            "requested_start": ("15/12/2026, 23:00", "2026-12-15T23:00:00-05:00"),
            "contact": ("Mirta Galli, mgalli@vinosdelaconcha.example, +54 261 555-0102", None),
        },
    ),
    ProseMail(
        "en-event-echo",
        "bt-virtual-event",
        ("Nora Quinn", "nora.quinn@lakesidetrust.example"),
        "Audio trouble",
        """Hi,

Nora Quinn here. In this morning's webinar (EVT-2026-000211) the
panellists kept echoing and the audience complained for half an hour. I
muted everyone and reconnected the bridge. The echo went away
afterwards. You can mail me at nora.quinn@lakesidetrust.example; I'm in
Dublin, so GMT.
""",
        {
            "event_reference": "EVT-2026-000211",
            "contact_name": "Nora Quinn",
            "contact_email": "nora.quinn@lakesidetrust.example",
            "contact_timezone": "GMT",
            "incident_details": (
                "In this morning's webinar (EVT-2026-000211) the panellists kept echoing and the audience "
                "complained for half an hour."
            ),
            "measures_taken": "I muted everyone and reconnected the bridge.",
            "measures_outcome": "The echo went away afterwards.",
        },
    ),
    ProseMail(
        "es-event-year-end",
        "bt-virtual-event",
        ("Iker Luna", "iker.luna@bancoribera.example"),
        "Evento fin de año",
        """Buenos días:

Nos gustaría organizar una conferencia titulada "Cierre 2026" el viernes
18 de diciembre de 2026 a las 16:30 GMT, de unos 60 minutos. Seremos
alrededor de 200 participantes. Los ponentes son Ana Vidal
(ana.vidal@bancoribera.example) y Luis Prat
(luis.prat@bancoribera.example). No hace falta ensayo. Mi contacto es
iker.luna@bancoribera.example, +34 600 555 012.
""",
        {
            "event_title": "Cierre 2026",
            "event_start": ("viernes 18 de diciembre de 2026 a las 16:30 GMT", "2026-12-18T16:30:00+00:00"),
            "event_timezone": "GMT",
            "event_duration": "60 minutos",
            "attendees": "alrededor de 200 participantes",
            "presenters": (
                "Ana Vidal (ana.vidal@bancoribera.example) y Luis Prat (luis.prat@bancoribera.example)",
                [
                    {"name": "Ana Vidal", "email": "ana.vidal@bancoribera.example", "phone": None},
                    {"name": "Luis Prat", "email": "luis.prat@bancoribera.example", "phone": None},
                ],
            ),
            "rehearsal": ("No hace falta ensayo", False),
            "contact": ("iker.luna@bancoribera.example, +34 600 555 012", None),
        },
    ),
    ProseMail(
        "es-alestra-vpn",
        "alestra-helpdesk",
        ("Rosa Elizondo", "relizondo@harinasmty.example"),
        "VPN",
        """Buenas tardes, no logro conectarme a la VPN desde mi casa, marca error
809. Mi usuario: relizondo. Prioridad alta por favor, mañana presento.
Estoy en el 81 5555 0177.
""",
        {
            "user_id": "relizondo",
            "problem": "no logro conectarme a la VPN desde mi casa, marca error 809.",
            "application": "VPN",
            "priority": ("alta", "high"),
            "phone": ("81 5555 0177", ["+528155550177"]),
        },
    ),
    ProseMail(
        "es-smartcloud-bounces",
        "smartcloud",
        ("Jesús Arria", "jarria@clinicaavila.example"),
        "Correo",
        """Buenos días. Desde ayer los correos a Gmail nos rebotan todos. Nos está
afectando porque no podemos enviar resultados a los pacientes.
Quisiéramos que se normalice el envío hoy. Sugerimos prioridad P2.
""",
        {
            "problem": "Desde ayer los correos a Gmail nos rebotan todos.",
            "impact": "Nos está afectando porque no podemos enviar resultados a los pacientes.",
            "expected_result": "Quisiéramos que se normalice el envío hoy.",
            "suggested_priority": ("P2", "P2"),
        },
    ),
    ProseMail(
        "es-neotel-recordings",
        "neotel",
        ("Vera Costa", "vcosta@callcenternorte.example"),
        "Grabaciones",
        """Hola, soy Vera Costa de Call Center Norte. Las grabaciones del día de
ayer quedaron vacías, dura 0 segundos cada una. La prioridad es media.
Me pueden escribir a vcosta@callcenternorte.example o llamar al +54 11
5555 0163.
""",
        {
            "customer_name": "Call Center Norte",
            "problem": "Las grabaciones del día de ayer quedaron vacías, dura 0 segundos cada una.",
            "priority": ("media", "medium"),
            "contact": (
                "vcosta@callcenternorte.example o llamar al +54 11 5555 0163",
                [{"name": "Vera Costa", "email": "vcosta@callcenternorte.example", "phone": "+541155550163"}],
            ),
        },
    ),
)
