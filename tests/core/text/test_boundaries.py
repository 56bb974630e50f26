"""Single marks: where a pause may be, where it must not, in six languages and without spaces."""

import re

import pytest

from skaldcast.core.text.boundaries import Verdict, gap_quality, judge
from skaldcast.core.text.chunker import Chunker
from skaldcast.core.text.language import language
from skaldcast.core.text.scanner import Scanner
from skaldcast.core.types import Boundary, Chunk

from .stories import prose


def chunks_of(text: str, tag: str = "en") -> list[Chunk]:
    chunker = Chunker(language=tag)
    return chunker.push(text) + chunker.finish()


def cuts_of(text: str, tag: str = "en") -> set[int]:
    """Offsets at which a chunk begins, the first aside."""
    return {chunk.start for chunk in chunks_of(text, tag)} - {0}


def boundaries_of(text: str, tag: str = "en", known: int | None = None) -> list[Boundary | str]:
    """The verdict on each mark of `text`: its boundary, "hold" or "reject"."""
    tables = language(tag)
    verdicts: list[Boundary | str] = []
    for match in tables.pattern.finditer(text):
        verdict, mark = judge(text, match, len(text.rstrip()) if known is None else known, tables)
        verdicts.append(mark.boundary if mark else verdict.value)
    return verdicts


NEVER_INSIDE = [
    ("en", "Dr. Hallam"), ("en", "Mr. J. R. R. Tolkien"), ("en", "St. Mary"), ("en", "Mrs. Pell"),
    ("en", "e.g. the wolves"), ("en", "i.e. nobody"), ("en", "U.S. Army"), ("en", "Sgt. Brannoch"),
    ("en", "No. 5"), ("en", "Vol. II"), ("en", "p. 12"), ("en", "Fig. 3"), ("en", "10 a.m."),
    ("en", "3.14159"), ("en", "1,250,000"), ("en", "$4.50"), ("en", "12:30"), ("en", "3:15 p.m."),
    ("en", "2d6+3"), ("en", "2d6 + 3"), ("en", "1d20 - 2"), ("en", "wait...what"), ("en", ". . ."),
    ("en", "https://example.com/a.b?c=d,e;f:g--h"), ("en", "www.a.com"), ("en", "a.b@example.org"),
    ("en", "v1.2.3"), ("en", "192.168.0.1"), ("en", "index.html"), ("en", "10 000 000"),
    ("en", "12\u00a0000 crowns"), ("en", "Jan. 5"), ("en", "Messrs. Pell"),
    ("en", "60 ft. away"), ("en", "a 30-ft. cone"), ("en", "lvl. 5"), ("en", "max. 10"),
    ("en", "temp. HP"), ("en", "40 sq. ft. of"), ("en", "3 May 1492"), ("en", "$5.50"),
    ("en", "5 p.m. sharp"), ("en", "5 lb. of"), ("en", "adv. on"),
    ("en", "cf. above"), ("en", "London–Paris"), ("en", "3–5"), ("en", "3 - 5"),
    ("de", "Dr. Weiß"), ("de", "z. B. Wölfe"), ("de", "z.B. Wölfe"), ("de", "d.h. nie"),
    ("de", "am 3. Mai"), ("de", "1. Januar"), ("de", "der 2. Mann"), ("de", "Hr. Vogt"),
    ("de", "3,14"), ("de", "1.250.000"), ("de", "12.30 Uhr"), ("de", "bzw. der"), ("de", "Nr. 5"),
    ("fr", "M. Dupont"), ("fr", "Mme. Roux"), ("fr", "St. Malo"), ("fr", "1 250 000"),
    ("fr", "p. ex."), ("fr", "cf. plus"), ("fr", "av. J.-C."), ("fr", "14\u00a0h\u00a030"),
    ("fr", "« Bonjour »"), ("fr", "Quoi ?"), ("fr", "bonjour !"), ("fr", "ceci :"),
    ("es", "Sr. García"), ("es", "Dña. Ana"), ("es", "p. ej."), ("es", "EE. UU."),
    ("es", "1.250,50"), ("es", "pág. 12"), ("es", "¿Qué"), ("es", "—dijo"),
    ("it", "Sig. Rossi"), ("it", "Dott. Bianchi"), ("it", "p.es. il"), ("it", "pag. 12"),
    ("pt", "Sr. Silva"), ("pt", "Dra. Ana"), ("pt", "p. ex."), ("pt", "pág. 12"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "span"), NEVER_INSIDE)
def test_no_chunk_ends_inside(tag: str, span: str) -> None:
    for before in range(2, 150, 3):
        text = f"{prose(before)} {span} {prose(100, before).lower()}."
        start = text.index(span)
        inside = {cut for cut in cuts_of(text, tag) if start < cut < start + len(span)}
        assert not inside, chunks_of(text, tag)


ENDS = [
    ("en", "He came home at 10 a.m. The door was open."), ("en", "Apples, etc. The rest was bad."),
    ("en", "He lived in the U.S. The house is gone."), ("en", 'He said "no." Then he left.'),
    ("en", "He said no. They left."), ("en", "It was 1999. Nobody knew."), ("en", "So do I. Go."),
    ("en", "Wait... Then it came."), ("en", "Really?! Yes."), ("en", "(He knew.) She did not."),
    ("en", "Stop! “Why?”"), ("en", "It is over.  \n Next."), ("en", "He paid $4. She paid 5."),
    ("en", "**Gone.** All gone."), ("en", "It ended in 1066. 300 men were left."),
    ("de", "Er sagte: „Nein.“ Dann ging er."), ("de", "Es war 1999. Niemand kam."),
    ("de", "Äpfel, Birnen usw. Der Rest blieb."), ("fr", "Il dit : « Non ! » Puis il partit."),
    ("fr", "Des pommes, etc. Le reste était perdu."), ("es", "Se fue. ¿Por qué?"),
    ("es", "¡Hola! ¿Qué tal?"), ("it", "Non so chi è. Poi venne."), ("pt", "Ele foi. Depois veio."),
    ("ja", "彼は笑った。そして去った。"), ("zh", "他笑了。然后走了。"),
    ("ja", "「行こう。」彼は言った。"),
    ("en", "It was the 3rd of Mirtul, 1372 DR. The gate opened."),
    ("en", "It was 1372 DR. THE GATE OPENED."), ("en", "We counted in DR. The elves did not."),
    ("en", "It fell 30 FT. The rope was too short."),
    ("en", "यह पहला है। यह दूसरा है।"), ("en", "هل تعرف؟ نعم."),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "text"), ENDS)
def test_a_sentence_ends_inside(tag: str, text: str) -> None:
    assert Boundary.SENTENCE in boundaries_of(text, tag)


REJECTED = [
    ("en", "Mr. Pell came"), ("en", "1. First the door"), ("en", "J. Pell came"),
    ("en", "about approx. five"), ("en", "Yes: 2. The door"), ("de", "am 3. Mai kam"),
    ("en", "the king. of"), ("en", "St. Mary came"), ("en", "a.m. on the dot"),
    ("en", "DR. SMITH CAME"), ("en", "MR. J. SMITH CAME"), ("en", "P.P.S. The horse"),
    ("fr", "P.-S. Le cheval"), ("es", "P.D. El caballo"),
    *((tag, f"{sign} {word} so it")
      for tag, word in (("en", "And"), ("de", "Und"), ("fr", "Et"), ("es", "Y"), ("it", "E"),
                        ("pt", "E"))
      for sign in ("P.S.", "P.P.S.", "N.B.")),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "text"), REJECTED)
def test_a_full_stop_that_ends_nothing_is_rejected(tag: str, text: str) -> None:
    assert Boundary.SENTENCE not in boundaries_of(text + " and on", tag)


KINDS = [
    ("en", "one; two", Boundary.SEMICOLON),
    ("en", "one: two", Boundary.COLON),
    ("en", "one, two", Boundary.COMMA),
    ("en", "one — two", Boundary.DASH),
    ("en", "one—two", Boundary.DASH),
    ("en", "one -- two", Boundary.DASH),
    ("en", "one - two", Boundary.DASH),
    ("en", "one... two", Boundary.DASH),
    ("en", "(one) two", Boundary.BRACKET),
    ("en", "“one” two", Boundary.BRACKET),
    ("en", "“One?” said two", Boundary.BRACKET),
    ("en", "Oh! how nice", Boundary.COMMA),
    ("en", "he came and then he went on", Boundary.CONJUNCTION),
    ("en", "one.\n\ntwo", Boundary.PARAGRAPH),
    ("en", "one\n \ntwo", Boundary.PARAGRAPH),
    ("es", "Hola —dijo él", Boundary.DASH),
    ("ja", "今、ここ", Boundary.COMMA),
    ("ja", "今；ここ", Boundary.SEMICOLON),
    ("ja", "今：ここ", Boundary.COLON),
    ("ja", "「行こう！」と言った", Boundary.BRACKET),
    ("de", "er kam und dann ging er weiter", Boundary.CONJUNCTION),
    ("fr", "il vint parce que le roi vivait", Boundary.CONJUNCTION),
]


@pytest.mark.parametrize(("tag", "text", "boundary"), KINDS)
def test_each_mark_has_its_boundary(tag: str, text: str, boundary: Boundary) -> None:
    assert boundary in boundaries_of(text, tag)


@pytest.mark.parametrize(
    "text", ["Wait.", "Wait. ", "one,", "one —", "one (two)", "U.S. The", 'He fell. "', "one and"]
)
def test_a_mark_that_the_next_characters_decide_is_held(text: str) -> None:
    verdicts = boundaries_of(text + " " if text == "one and" else text)
    assert verdicts[-1] == Verdict.HOLD.value


@pytest.mark.parametrize("text", ["It.", "It. ", "one - two"])
def test_a_held_mark_is_decided_once_more_is_known(text: str) -> None:
    assert Verdict.HOLD.value not in boundaries_of(text + " Then it went")


def test_an_opening_dash_belongs_to_what_it_opens() -> None:
    text = "El viejo guardián miró la puerta del castillo —dijo la mujer— y no contestó a nadie."
    assert any(text[cut] == "—" for cut in cuts_of(text, "es"))


def test_a_line_of_dialogue_keeps_its_dash() -> None:
    text = (
        "La porte du vieux moulin était fermée depuis longtemps.\n— Qui est là ? demanda-t-il en "
        "frappant encore une fois de toutes ses forces.\n— Personne, répondit une voix très douce."
    )
    assert not any(chunk.text.rstrip().endswith("—") for chunk in chunks_of(text, "fr"))


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("de", "Seit Mittag fiel Schnee auf der Straße nach Norden, und als der Fuhrmann den Turm "
               "sah, spürte er die Zügel nicht mehr. „Wer da?“, rief eine Stimme von oben. Am 3. "
               "Mai, so sagte man später, sei er gestorben; niemand wusste es genau."),
        ("fr", "La neige tombait depuis midi sur la route du nord, et quand le charretier vit la "
               "tour, il ne sentait plus ses mains. « Qui va là ? » cria une voix. « Un ami », "
               "dit-il, mais personne ne lui répondit ; la porte resta fermée."),
        ("es", "La nieve caía desde el mediodía sobre el camino del norte, y cuando el carretero "
               "vio la torre ya no sentía las manos. —¿Quién vive? —gritó una voz. —Un amigo "
               "—dijo él, pero nadie le contestó; la puerta siguió cerrada."),
        ("it", "La neve cadeva da mezzogiorno sulla strada del nord, e quando il carrettiere vide "
               "la torre non sentiva più le mani. «Chi va là?» gridò una voce. «Un amico», disse, "
               "ma nessuno gli rispose; la porta restò chiusa."),
        ("pt", "A neve caía desde o meio-dia sobre a estrada do norte, e quando o carreteiro viu a "
               "torre já não sentia as mãos. — Quem vem lá? — gritou uma voz. — Um amigo — disse "
               "ele, mas ninguém respondeu; a porta continuou fechada."),
        ("ja", "北の道には昼から雪が降り続いていて、御者が塔を見つけたときには、もう手綱の感触も"
               "なくなっていた。「そこにいるのは誰だ？」と上から声がした。「友だちです。」と彼は"
               "答えた。しかし、誰も返事をしなかった。門は閉じたままで、雪はますます激しくなり、"
               "風が松の木の間をうなりながら通り抜けていった。彼はもう一度、門を叩いた。"),
        ("zh", "从中午开始，北方的路上就一直下着雪；当车夫看见那座塔的时候，他的手已经没有知觉了。"
               "“谁在那里？”上面有人喊道。“一个朋友。”他说。可是没有人回答他，大门依然紧闭，雪越下"
               "越大，狼群在远处的松林里嚎叫，好像整个世界都已经睡着了，只剩下他和那匹骡子。"),
    ],
)  # fmt: skip
def test_prose_in_other_languages_pauses_at_marks(tag: str, text: str) -> None:
    chunks = chunks_of(text, tag)
    assert "".join(chunk.text for chunk in chunks) == text
    assert len(chunks) > 1 or len(text) < 123
    assert all(2.4 <= chunk.estimated_s <= 8.0 for chunk in chunks)
    assert all(chunk.boundary >= Boundary.COMMA for chunk in chunks)


def test_a_region_selects_its_language_and_an_unknown_one_knows_the_marks_alone() -> None:
    assert language("de-AT") is language("de_CH") is language("de")
    assert language("xx").conjunctions == frozenset()
    assert boundaries_of("Es ist aus. Dann kam er.", "xx")[0] is Boundary.SENTENCE


@pytest.mark.parametrize(
    "text", ["it was as cold as ice", "more and more of it", "he fell even when he slept"]
)
def test_a_conjunction_that_clings_is_no_pause(text: str) -> None:
    assert set(boundaries_of(text + " in those long days")) == {Verdict.REJECT.value}


def test_of_two_conjunctions_the_first_has_the_pause() -> None:
    assert boundaries_of("he came and then he went on again") == [
        Boundary.CONJUNCTION,
        Verdict.REJECT.value,
    ]


def test_a_dash_that_opens_a_line_of_dialogue_is_no_pause_after_it() -> None:
    assert boundaries_of("Quem vem? — Um amigo", "pt") == [Boundary.SENTENCE, "reject"]


@pytest.mark.parametrize(
    "text",
    [
        "10 a.m.", "5 Uhr", "12 000", "2 + 3", "Dr. Who", "J. Who", "No. 5", "a\u00a0b",
        "60 ft.", "5 lb.", "12 gp", "DC 15", "AC 17", "3 May", "May 3rd", "Chapter IV",
        "Charles II", "Scene V", "10 HP", "30 °C", "3 million",
    ],
)  # fmt: skip
def test_words_that_are_tied_together_are_not_parted(text: str) -> None:
    gap = re.search(r"\s", text)
    assert gap is not None
    tag = "de" if "Uhr" in text else "en"
    assert gap_quality(text + " then", gap.start(), gap.end(), language(tag)) is None


@pytest.mark.parametrize("text", ["men and", "He I", "Malcolm X", "the DC", "15 men"])
def test_words_that_only_stand_together_may_be_parted(text: str) -> None:
    at = text.index(" ")
    assert gap_quality(text + " then", at, at + 1, language("en")) is not None


def test_a_pause_after_an_article_is_worse_than_one_before_a_preposition() -> None:
    def quality(text: str) -> float:
        at = text.index(" ")
        return gap_quality(text, at, at + 1, language("en")) or 0.0

    assert quality("the house was") < quality("house was red") < quality("house in town")


def test_nothing_is_judged_beyond_what_is_known() -> None:
    scanner = Scanner(language("en"), 500)
    scanner.append("He went   \n\n")
    scanner.scan(100)
    assert scanner.judged <= scanner.known == 7
