"""Mail domains whose addresses belong to strangers to each other: one of them says nothing of its neighbours."""

from __future__ import annotations

_MAIL = """
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com passport.com
yahoo.com ymail.com rocketmail.com myyahoo.com aol.com aim.com verizon.net icloud.com me.com mac.com
gmx.com gmx.net gmx.de gmx.es web.de mail.com email.com usa.com zoho.com zohomail.com
proton.me protonmail.com pm.me tutanota.com tuta.io tuta.com fastmail.com fastmail.fm hey.com hushmail.com
yandex.com yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru rambler.ru qq.com 163.com 126.com sina.com naver.com
outlook.es outlook.pt outlook.com.br outlook.com.ar outlook.cl hotmail.es hotmail.com.ar hotmail.com.br hotmail.com.mx
hotmail.cl hotmail.co.uk hotmail.fr live.com.mx live.com.ar live.com.br live.cl live.com.pt live.co.uk
yahoo.es yahoo.com.mx yahoo.com.ar yahoo.com.br yahoo.com.co yahoo.com.ve yahoo.com.pe yahoo.cl yahoo.co.uk yahoo.fr
uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com r7.com zipmail.com.br oi.com.br
prodigy.net.mx infinitummail.com terra.com terra.es terra.cl terra.com.pe terra.com.co une.net.co etb.net.co
cantv.net arnet.com.ar fibertel.com.ar speedy.com.ar ciudad.com.ar vtr.net adinet.com.uy tigo.com.py
telefonica.net movistar.es ono.com orange.es sapo.pt mail.telepac.pt netcabo.pt clix.pt iol.pt
comcast.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com
btinternet.com btopenworld.com sky.com virginmedia.com talktalk.net ntlworld.com blueyonder.co.uk
orange.fr wanadoo.fr free.fr sfr.fr laposte.net t-online.de freenet.de libero.it virgilio.it tin.it
"""

_SERVICES = """
service-now.com servicenow.com zendesk.com freshdesk.com salesforce.com force.com hubspot.com intercom-mail.com
jira.com atlassian.net github.com gitlab.com mailer.monday.com asana.com amazonses.com sendgrid.net mailgun.org
"""

SHARED = frozenset(f"{_MAIL} {_SERVICES}".split())
"""Providers of mailboxes to the public, and services that write for many customers from one domain."""


def is_shared(domain: str) -> bool:
    """Whether two addresses of `domain`, compared as a whole and in any case, may be those of strangers."""
    return domain.lower() in SHARED
