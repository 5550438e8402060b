"""Small words of Spanish, Portuguese and English by which running text is taken apart, folded."""

from __future__ import annotations

_NUMBER_WORDS = """
    un una uno dos tres cuatro cinco seis siete ocho nueve diez doce quince veinte treinta media um uma dois
    duas quatro sete oito nove dez one two three four five six seven eight nine ten half a an hora hour
"""
_FILL = """
    es is e del de da do el la o a numero number num no nro n id the ref evento event que para as code codigo
    with con com fue was ser sera uns unas unos about approximately aproximadamente cerca around up to hasta ate
    cada some mas menos of roughly unas alrededor entre sobre calculamos esperamos otros otras
"""
_STOPS = """
    a ahora al and ainda algo algun alguien antes aqui as asi aun but cada caiu cayo cliente clientes com como
    con cual cuando da de del desde despues did does donde dos e ela ele el ella em en entre era es esa ese
    eso esta estamos estan estao estava este esto for foi from fue ha habia has have hay hoje hoy i in is it
    la las le les lo los mas me mi misma mismo mucho muy na nao necesitamos ni no nos nossa nosso nuestra
    nuestro o os otra otro outra outro para pela pelo perdio pero por porque precisamos presenta puede que
    queda quedo quien reporta reportamos se sem ser si sigue sin so sobre solo son su sus also tambem tambien
    tem temos tenemos tengo tiene the there this to toda todas todo todos un una unos us uma voces was we were
    which with without y ya you your afectada afectado principal completa completo nueva nuevo entera inteira
    afetada central local dice dicen not only our tuvo tuvimos estuvo pues gracias saludos buenas buenos hola
    necesito quiero queremos favor urgente ayuda cae caen an um down unable very really still urgent serious
    regarding about related just getting back sure aware using based nuevos muchos varios conscientes urgentes
    email mail test message seguimos continuamos several many few some any new now again already offline happy
    sorry glad here too quite all both having going currently experiencing losing trying responsables usuarios
    users customers usuario user alguns varias muchas novamente nuevamente tal tienen tenia tenian tuvieron
    estaban quedaron siguen pueden funciona funcionan anda andan trabaja trabajan abre abren cierra cierran
    reportan presentan marca marcan dan sale salen entra entran levanta responde responden navega jala llega
    llegan necesita necesitan tinha ficou ficaram funcionam continua continuam apresenta apresentam consegue
    conseguem parou pararam precisa precisam nem works work reports open opens lost cannot can went keeps keep
    goes needs need had stopped came looks seems shows got personas pessoas people hubo houve ayer ontem
    yesterday manana pasada passada propia entonces aunque solamente todavia reinicio reiniciamos
"""
_NO_NAMES = """
    a el la los las un una our the my we i it this that hay no se ya si hola buenas buenos buen dear hi hello good
    estimados estimadas prezados bom boa nuestro nuestra nosso nossa o os as em en in at desde para por con com
    from to and y e de do da internet mpls vsat wifi voip router vpn ip bt link enlace please favor necesitamos
    tenemos reportamos urgente re rv fw today hoy hoje also
"""
_OPENERS = """
    el la los las en no se hay ya para por favor desde nuestro nuestra tenemos estamos un una si o os as nao tem
    temos ja na the our we it there this please at since my is everything all todo todos tudo gracias saludos
    cualquier ha a
"""
_ASKING = """
    is are was were do does did can could should would will have has had what when where why how which who que
    como cuando donde
    cual quien hay habra esta estan sera puede pueden podria podrian me nos sabe saben tienen tem pode podem
    poderia
    ha sera qual quando onde por seria
"""
_LINKS = """
    ya ja aun ainda todavia still yet no nao not never nunca ni nem sin sem tampoco tambien tambem also too se nos
    lo la los las o os a as le les me it they that this which que ha han he hemos has have had been is are was were
    be esta estan estao sigue siguen continua continuam habido hubo houve tuvimos tivemos there presentado
    registrado porem fue foi foram fueron did does do didn doesn hasn haven isn t s y e pero mas and but so aunque
    luego despues depois then after since desde solo only ahora agora now al muy bem bien tudo todo all both ambos
    ambas si sim yes by de por el ella ele ela hasta hoy hoje menos sea just thankfully unfortunately
    lamentablemente felizmente infelizmente afortunadamente temos tenemos
"""
_ARTICLES = "el la los las o a os as the un una um uma nuestro nuestra nosso nossa our my mi"

NUMBER_WORDS = frozenset(_NUMBER_WORDS.split())
"""Numbers in words, as they stand before a unit."""
FILL = frozenset(_FILL.split())
"""Words that may stand between a cue and its number."""
STOPS = frozenset(_STOPS.split())
"""Words that end the name of a writer who uses no capitals."""
NO_NAMES = frozenset(_NO_NAMES.split())
"""Words that, with a capital, are no name."""
OPENERS = frozenset(_OPENERS.split())
"""Words that, with a capital behind "S.A.", begin a new sentence."""
ASKING = frozenset(_ASKING.split())
"""Words with which a question begins."""
LINKS = frozenset(_LINKS.split())
"""Words that name nothing: a clause that begins with them alone goes on about what was spoken of."""
ARTICLES = frozenset(_ARTICLES.split())
"""Words behind which something is named."""
