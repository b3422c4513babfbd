"""The fixed phrases of web pages, in the common languages: furniture, ends of articles, labels of related links.

Invariant: tables and pure matchers over one line. They name what pages everywhere say, never what one site says.
"""
# ruff: noqa: E501 -- a phrase table reads best with a language a line

import re
from functools import lru_cache
from typing import Final

import msgspec

_EDGE: Final = " \t\u00a0•*·–—-»«›‹→←↗⟶➜▶▼|#:"  # decoration around a line


def trimmed(line: str) -> str:
    """The line without bullets, arrows and other decoration at its edges."""
    return line.strip(_EDGE)


def _small(line: str) -> str:
    """A line in small letters, for phrases that are written so: three times sooner than a pattern that ignores case."""
    return line.lower() if line.isascii() else line.replace("İ", "i").lower()


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases))


# A whole line that says one of these opens what follows an article: comments, other stories, the author's box.
_ENDS = _any(
    r"(?:\d+\s+)?(?:comments?|replies|responses|thoughts|kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties)(?:\s*\(?\d*\)?)",
    r"(?:\d+\s+)(?:comments?|replies|responses|thoughts) (?:on|to)\b.*",
    r"(?:leave|post|write|add|submit) (?:a|your) (?:reply|comment|response).*",
    r"(?:join|start) the (?:discussion|conversation).*",
    r"discussion",
    r"(?:related|recommended|similar|latest|recent|popular|trending|featured|other|more|further|top|explore)\s+(?:posts?|articles?|stor(?:y|ies)|content|news|reads?|reading|topics?|blogs?|resources?|insights?|guides?)(?: posts?| articles?| stories)?",
    r"you (?:may|might) (?:also )?(?:like|enjoy|be interested in).*",
    r"(?:about|meet) the authors?|author bio|about the writer",
    r"(?:previous|next|older|newer) (?:post|article|story|entry|podcast|episode)s?",
    r"post navigation|article navigation|beitragsnavigation|navegación de entradas|navigation de l[’']article",
    r"(?:most|must)[ -](?:read|popular|viewed|commented)(?: .{0,20})?",
    r"(?:read|up|watch) next|more (?:from|in|on|about) .{2,40}|latest from .*|more to (?:read|explore)",
    r"(?:weitere|ähnliche|verwandte|mehr) (?:artikel|beiträge|meldungen|nachrichten|themen).*|das könnte (?:sie|dich) auch interessieren.*|mehr zum thema|über den autor|lesen sie auch|schreibe einen kommentar.*",
    r"articles? (?:liés|similaires|connexes|associés)|à lire aussi|sur le même (?:sujet|thème)|vous aimerez aussi.*|laisser un commentaire.*|à propos de l[’']auteur",
    r"(?:artículos|noticias|entradas) relacionad[ao]s|te puede interesar.*|deja (?:una respuesta|un comentario).*|sobre el autor",
    r"(?:articoli|notizie) correlat[ie]|potrebbe interessarti.*|lascia un commento.*",
    r"(?:artigos|notícias|posts) relacionad[ao]s|leia também|deixe um comentário.*",
    r"gerelateerde (?:artikelen|berichten)|geef een reactie.*|читайте также|похожие (?:статьи|записи)|комментарии|добавить комментарий.*",
    r"関連記事|関連ニュース|あわせて読みたい|コメント(?:する|を書く)?|相关(?:文章|阅读|新闻)|评论|관련 ?기사|댓글|مواضيع (?:ذات صلة|متعلقة)|مقالات ذات صلة|اقرأ أيضا?ً?|التعليقات|اترك تعليقا?ً?.*|مطالب مرتبط|نظرات",
    r"end of (?:article|story|post)|\[end\]|-\s?30\s?-",
    r"tags|filed under|categories|schlagwörter|étiquettes|etiquetas",
)

# Lines that are furniture wherever they stand, by the reason that the report gives.
_FURNITURE: Final = (
    (
        "share buttons",
        _any(
            r"(?:\d+\s*)?shares?|share (?:this|on|via|the|article|post|story).{0,40}|(?:tweet|pin|like|print|email|e-mail|save|copy link|link copied|facebook|twitter|x|x \(twitter\)|linkedin|pinterest|whatsapp|telegram|reddit|instagram|youtube|vimeo|tiktok|flipboard|pocket|messenger|threads|bluesky|mastodon|rss|rss feed|follow us(?: on .{0,30})?)",
            r"teilen|drucken|partager(?: .{0,30})?|imprimer|envoyer|compartir(?: en .{0,20})?|imprimir|enviar|condividi.{0,20}|stampa|compartilh(?:ar|e).{0,20}|delen|поделиться.{0,20}|シェア(?:する)?|ツイート|分享(?:到.{0,8})?|공유|شارك.{0,16}|مشاركة|طباعة|اشتراک‌?گذاری",
        ),
    ),
    (
        "navigation",
        _any(
            r"skip to (?:main )?content|(?:open |close |main |toggle )?(?:menu|navigation)|home|search(?: for:?)?|log ?in|sign ?in|sign ?up|my account|register|contact(?: us)?|about(?: us)?|back(?: to (?:top|blog|all articles|menu|home))?|top|previous|next|prev|close|reply|read more|learn more\.?|see more|view (?:all|more).{0,30}|load(?:ing)?(?: more)?(?: comments)?(?:\.\.\.|…)?|table of contents|contents|in this article|on this page|jump to.{0,20}|text size|small|medium|large|a{2,3}|light|dark|system|english|deutsch|français|español|italiano|português|norsk|svenska|edit|print this page|filter by|topic|topics|blog|blogs|news",
            r"zum inhalt springen|startseite|suche|anmelden|menü|aller au contenu.{0,10}|accueil|rechercher|connexion|ir al contenido|inicio|buscar|iniciar sesión|vai al contenuto|cerca|accedi|início|entrar|naar inhoud|zoeken|главная|поиск|меню|войти|ホーム|検索|メニュー|ログイン|首页|搜索|登录|الرئيسية|بحث|القائمة|خانه|جستجو",
            r"(?:[\w’']+\s*[>›»/]\s*){2,}.{0,120}",
        ),
    ),
    (
        "advertisement",
        _any(
            r"advertisements?|ads?|sponsored(?: content)?|promoted|anzeige|werbung|publicité|publicidad|pubblicità|publicidade|advertentie|реклама|広告|\[?pr\]?|广告|광고|إعلان(?:ات)?|آگهی|continue reading below.*|story continues below.*|article continues (?:after|below).*"
        ),
    ),
    (
        "newsletter",
        _any(
            r"(?:subscribe|sign up|join)\b.{0,80}(?:newsletter|mailing list|inbox|updates|e-?mails?)\b.{0,60}|subscribe|newsletter|abonnieren|s[’']abonner|suscr[ií]bete.{0,20}|iscriviti.{0,30}|inscreva-se.{0,20}|your email address will not be published.*"
        ),
    ),
    (
        "reading time",
        _any(
            r"(?:\W{0,4}\d{1,3}\W{0,2}(?:min(?:ute)?s?\.?(?: (?:to )?read)?(?: time)?|minutes? (?:to read|de lecture)|min\.? (?:lesezeit|de lectura|di lettura|de leitura)|分(?:钟|で読めます)?|분)){1,3}",
            r"(?:reading time|lesezeit|temps de lecture|tiempo de lectura|tempo di lettura|tempo de leitura)\W*(?:\d+.{0,12})?|min(?:s|utes)? read|\d+ views?|[\d,.]+ ?(?:k|views|shares|likes|words)|\d{1,2}:\d\d|\d{1,6}|0",
        ),
    ),
    (
        "copyright",
        _any(
            r"(?:copyright|©|\(c\)).{0,160}|.{0,80}all rights reserved.{0,40}|alle rechte vorbehalten.{0,20}|tous droits réservés.{0,20}|todos los derechos reservados.{0,20}|tutti i diritti riservati.{0,20}|\W*privacy(?: policy)?(?:\W+terms.{0,60})?|terms (?:of (?:use|service)|and conditions|& conditions)(?: .{0,40})?|cookies?(?: policy| preferences| settings)?|無断転載.{0,20}|جميع الحقوق محفوظة.{0,40}"
        ),
    ),
    (
        "tags",
        _any(
            r"(?:tags?|tagged|filed under|categories|category|topics?|schlagwörter|stichworte|étiquettes|mots-clés|etiquetas|palabras clave|метки|теги|タグ|标签|الوسوم)\s*[:：].{0,300}|(?:#[\w-]+[\s,]*){1,12}"
        ),
    ),
)

_LABELS = (
    r"read(?: more| also| next| on)?|also read|related(?: (?:article|story|stories|post|news|reading|content|coverage))?|see also|see more|more on this|more|don[’']t miss|recommended|must[ -]read|further reading|you may also like"
    r"|lesen sie (?:auch|mehr|dazu)|lies auch|siehe auch|mehr (?:zum thema|dazu|lesen)|auch interessant|dazu"
    r"|(?:à )?lire (?:aussi|également)|voir aussi|sur le même (?:sujet|thème)|à voir aussi"
    r"|le(?:e|a|er)(?: también| más| además)|vea también|ver también|véase también|te puede interesar|más información|relacionad[ao]s?"
    r"|leggi anche|vedi anche|per approfondire|leia (?:também|mais)|veja também|saiba mais"
    r"|lees ook|zie ook|läs (?:också|även|mer)|se (?:også|även)|læs også|les også|lue myös|katso myös"
    r"|czytaj (?:też|także|również|więcej)|zobacz (?:też|także|również)|přečtěte si (?:také|i)|čtěte (?:také|též)|viz také|olvassa el|lásd még|citește și|vezi și"
    r"|ayrıca (?:okuyun|bakınız)|bunu da oku(?:yun)?|ilgili(?: haber)?|baca juga|lihat juga|đọc thêm|xem thêm"
    r"|читайте (?:также|еще|ещё)|см\.? также|смотрите также|по теме|читайте також|διαβάστε (?:επίσης|ακόμη)|δείτε επίσης"
    r"|اقرأ أيضا?ً?|إقرأ أيضا?ً?|اقرأ المزيد|شاهد أيضا?ً?|انظر أيضا?ً?|طالع أيضا?ً?|بیشتر بخوانید|همچنین بخوانید|مطالب مرتبط|קראו גם|ראו גם|קרא גם"
    r"|関連記事|関連|あわせて読みたい|合わせて読みたい|参考|相关(?:阅读|文章|新闻)|延伸阅读|另请参阅|相關(?:閱讀|文章|新聞)|延伸閱讀|관련 ?기사|관련 ?글|더 ?보기"
)
_LABELLED = re.compile(rf"^[\W_]*(?P<label>{_LABELS})\s*(?:[:：»›>→|]+|\s[–—-]+)\s*(?P<title>\S.*?)\s*$", re.IGNORECASE)
_BARE_LABEL = re.compile(rf"^[\W_]*(?P<label>{_LABELS})\s*[:：»›>→]?\s*$", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_SAYS = re.compile(r"\w")
_RULE = re.compile(r"[*_=~\s·•-]{3,}")

MAX_LINK = 300  # characters of a related line; a longer one is prose
MAX_FURNITURE = 200


class Labelled(msgspec.Struct, frozen=True):
    """A related line taken apart; `title` is empty where the label stands alone."""

    label: str
    title: str
    url: str = ""


def read_label(line: str) -> Labelled | None:
    """A "READ: title" line in any of the common languages."""
    if len(line) > MAX_LINK:
        return None
    match = _LABELLED.match(line)
    if match is None:
        return None
    title, url = match["title"], ""
    if address := _ADDRESS.search(title):
        url = address[0].rstrip(").,]>")
        title = title.replace(address[0], "").strip(" ()[]<>-–—|")
    if not re.search(r"[^\W\d_]", title) and not url:
        return None
    return Labelled(" ".join(match["label"].split()), " ".join(title.split()), url)


def bare_label(line: str) -> str:
    """The label of a line that is nothing but a label; else empty."""
    match = _BARE_LABEL.match(line) if len(line) < 40 else None
    return " ".join(match["label"].split()) if match else ""


@lru_cache(maxsize=4096)
def furniture(line: str) -> str:
    """The reason why a line is furniture wherever it stands; empty when it is not."""
    if len(line) > MAX_FURNITURE:
        return ""
    text = trimmed(line)
    if not _SAYS.search(text):
        return "" if _RULE.fullmatch(line) else "decoration"
    text = _small(text)
    return next((reason for reason, pattern in _FURNITURE if pattern.fullmatch(text)), "")


def opens_the_end(line: str) -> bool:
    """Whether the line opens what follows an article: comments, other stories, the author's box."""
    return len(line) <= 80 and _ENDS.fullmatch(_small(trimmed(line))) is not None
