"""Words that hold sentences together and say nothing of what they are about: never shown as what articles share.

Invariant: nothing is weighed by them. Over a large collection it shows by itself which words are common, and `related`
goes by that; in five articles "the" may stand in two only, and would be told as what those two have in common.
A word that means something in another of these languages ("war" in English, "die" in English, "man", "son") is on no
list, since terms do not know their language. Decision 0051.
"""

import functools
from typing import Final

from sitegen.content.terms import named_terms

_WORDS: Final = (
    # English
    (
        "about above across after again against all almost along already also although always among and "
        "another any anyone anything are aren't around because been before behind being below between "
        "both but came can cannot can't could couldn't did didn't does doesn't doing done don't down "
        "during each either else enough even ever every everyone everything for from get gets getting "
        "give given goes going gone got had hadn't has hasn't have haven't having her here hers herself "
        "him himself his how however i'm isn't its it's itself just keep kept later least less let like "
        "made make makes many maybe more most much must near neither never next nobody nor not nothing "
        "now off often once one only onto other others our out over own perhaps put quite rather really "
        "said same say says see seen several shall she should shouldn't since some someone something "
        "sometimes soon still such take taken than that that's the their theirs them themselves then "
        "there there's these they they're thing things this those though three through thus together too "
        "took toward towards two under until upon use used using very want wasn't way went were weren't "
        "what when where whether which while who whole whom whose why will with within without won't "
        "would wouldn't yes yet you your yours"
    ),
    # what addresses and markup leave in a text
    "http https www href html",
    # German
    (
        "aber alle andere anderem anderen anderer anderes allem allen aller alles als auch auf aus bei "
        "beim bis bisher bist dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus "
        "darf darin darum darunter das dass dazu dein deine deinem deinen deiner dem denen denn der deren "
        "des deshalb dessen dich diese diesem diesen dieser dieses dir doch dort durch ein eine einem "
        "einen einer eines einige einigen einmal etwa etwas euch euer für gegen gibt habe haben hatte "
        "hatten hätte hier hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer immer ins ist jede jedem "
        "jeden jeder jedes jedoch jene jetzt kann kein keine keinem keinen keiner können konnte mehr mein "
        "meine mich mir mit muss müssen nach nachdem neben nicht nichts noch nur oder ohne schon sehr sei "
        "sein seine seinem seinen seiner seit selbst sich sie sind sogar solche soll sollen sondern sonst "
        "soweit über und uns unser unsere unter viel viele vom von vor während wann waren warum weil "
        "weiter welche welcher wenn werden wer wie wieder wir wird wirst wohl wurde wurden würde würden "
        "zum zur zwar zwischen"
    ),
    # French
    (
        "afin ainsi alors après assez aucun aucune aujourd'hui auquel aussi autre autres aux avaient "
        "avait avant avec avoir beaucoup bien ceci cela celle celles celui ces cet cette ceux chaque chez "
        "comme comment contre d'un d'une dans déjà depuis derrière des deux devant doit donc dont elle "
        "elles encore entre est étaient était être eux fait faire fois furent fut ici ils jamais jusqu'à "
        "jusque l'un l'une laquelle lequel les lesquels leur leurs lorsque lui mais malgré même mêmes mes "
        "moins mon n'est n'était nos nous ont par parce parfois parmi pas pendant peu peut peuvent "
        "plusieurs pourquoi près presque puis puisque qu'il qu'elle qu'un quand que quel quelle quelles "
        "quelque quelques quels qui quoi sans sauf selon sera seront ses seulement sinon soit sont sous "
        "souvent sur surtout tandis tant tel telle tellement toujours tous toute toutes très une voici "
        "voilà vos votre vous"
    ),
    # Spanish
    (
        "ahora algo alguien alguna algunas alguno algunos ante antes aquel aquella aquí así aún aunque "
        "bajo cada casi contra cual cuales cuando cuanto cuya cuyo dado debe desde después donde ella "
        "ellas ellos entonces entre eran eres esa esas ese eso esos esta está estaba estado están estar "
        "estas este esto estos fue fueron había habían hace hacer hacia hasta les luego más menos mi mía "
        "mientras mis misma mismo mucha muchas mucho muchos muy nada nadie ningún ninguna ninguno nos "
        "nosotros nuestra nuestro nunca otra otras otro otros para pero poco podía por porque pues puede "
        "pueden que qué quien quién quienes según ser será si siempre sido sino sobre sólo solo sus "
        "también tampoco tanto te tenía tiene tienen toda todas todavía todo todos tras tuvo una unas uno "
        "unos usted vez vosotros y ya yo"
    ),
    # Arabic
    (
        "إلى الى على هذا هذه ذلك تلك هؤلاء التي الذي الذين اللذين اللتان كان كانت كانوا يكون تكون ليس "
        "ليست لكن ولكن بعد قبل حتى عند عندما منذ بين حول دون فوق تحت ثم كما كيف ماذا لماذا متى أين حيث "
        "إذا اذا إذ أما إما أنه أنها إنه إنها لأن لأنه وهو وهي هما نحن أنا أنت أنتم وكان وكانت فكان فقد "
        "وقد لقد قال وقال قالت كل بعض غير أيضا ايضا جدا أكثر أقل مثل أي أية ولا وما ومن وفي وعلى وإلى فيه "
        "فيها منه منها عليه عليها إليه إليها به بها له لها لهم ولم ولن سوف هنا هناك الآن لدى لديه مع ومع "
        "عن وعن نحو خلال أحد واحد واحدة أول آخر أخرى"
    ),
    # Persian
    (
        "این آن برای است بود بودند باشد شد شده شود می‌شود کرد کرده کردن کند می‌کند دارد داشت دارند اما "
        "ولی اگر نیز هم همه هیچ هنوز همین همان چون چرا چگونه کجا وقتی پس پیش بین درباره روی زیر بدون دیگر "
        "یکی یک دو بسیار خیلی فقط باید توان خود خودش ما شما آنها آنان ایشان وی او من تو را که چه تا نیست "
        "نبود هست هستند بوده خواهد گفت"
    ),
    # Hebrew
    (
        "אבל אולי אותה אותו אותם אחד אחרי אחת איך אין אלא אלה אליו אליה אנחנו אני אפילו אשר אתה אתם בגלל "
        "בין בלי גם הוא היא היה היו הייתה הזה הזאת הם הן הנה ואז והיא והוא ולא זאת יותר יש כאן כאשר כבר "
        "כדי כל כמו כמה כפי ככה כשהוא לאחר להיות לו לה להם לפני לכן למה מאוד מאד מול מי מתי משום עד עדיין "
        "עוד על עליו עליה עם עצמו עצמה פחות פה רק שהוא שהיא שוב של שלא שלה שלהם שלו שלי שם תחת"
    ),
    # Japanese, which is compared by pairs of characters
    (
        "する して した います ます です ません から まで こと もの よう それ これ "
        "あれ その この あの ここ そこ ため など なる なっ ない なく なかった たち "
        "だっ でし いる いた いて ある あり あった られ れる せる という とき ところ "
        "でも けれど しか"
    ),
)


@functools.cache
def function_words() -> frozenset[int]:
    """The terms of all of them, as `Terms.hashes` holds words. Cost: 3 ms, once."""
    return frozenset(named_terms(" ".join(_WORDS)).words)
