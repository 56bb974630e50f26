"""What is written, and what is said in its place."""

import pytest

from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.types import SpokenForm

SPEAKABLE = SpeakableText()


def spoken(text: str) -> str:
    return SPEAKABLE.speak(text, "en-US", SpokenForm.WORDS).text


def table(lines: str) -> pytest.MarkDecorator:
    """Cases, one a line: what is written -> what is said."""
    pairs = [line.split(" -> ") for line in lines.strip().splitlines()]
    return pytest.mark.parametrize(("written", "said"), [(a.strip(), b.strip()) for a, b in pairs])


@table(
    """
    7 goblins -> seven goblins
    1,234 coins -> one thousand two hundred and thirty-four coins
    12,000 men -> twelve thousand men
    1,000,001 stars -> one million and one stars
    the 3rd guard -> the third guard
    the 22nd, the 101st -> the twenty-second, the one hundred and first
    the 1,000th ship -> the one thousandth ship
    3.14 -> three point one four
    0.05 -> zero point zero five
    -5 degrees -> minus five degrees
    it fell to −3 -> it fell to minus three
    agent 007 -> agent zero zero seven
    version 1.2.3 -> version one point two point three
    5k gold -> five thousand gold
    pages 3–7 -> pages three to seven
    a 3-2 win -> a three to two win
    a 10-year-old -> a ten-year-old
    call 555-1234 -> call five five five, one two three four
    rolls of 3,4,5 -> rolls of three, four, five
    ISBN 978-3-16-1484 -> ISBN nine seven eight, three, one six, one four eight four
    edition 3.5e in 4K -> edition 3.5e in 4K
    (5) and [6] -> (five) and [six]
    B12 and R2D2 -> B12 and R2D2
    He came. 12 men saw it. -> He came. Twelve men saw it.
    """
)
def test_numbers_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    In 1492 they sailed. -> In fourteen ninety-two they sailed.
    It was 1905. -> It was nineteen oh five.
    by 2005, or 2012 -> by two thousand and five, or twenty twelve
    the year 1500 was cold -> the year fifteen hundred was cold
    1372 DR -> thirteen seventy-two DR
    1492–1503 -> fourteen ninety-two to fifteen oh three
    the 1490s -> the fourteen nineties
    the 1800s -> the eighteen hundreds
    the '90s -> the nineties
    1492 gold pieces -> one thousand four hundred and ninety-two gold pieces
    in 1500 years -> in one thousand five hundred years
    1,492 ships -> one thousand four hundred and ninety-two ships
    """
)
def test_years_are_told_from_numbers(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    1/2 of it -> one half of it
    3/4 done -> three quarters done
    2/3, 5/8 -> two thirds, five eighths
    1 1/2 miles -> one and a half miles
    1½ cups, ½ cup -> one and a half cups, one half cup
    10/10 -> ten out of ten
    35/40 HP -> thirty-five out of forty hit points
    24/7 -> twenty-four seven
    50% of them -> fifty percent of them
    5-10 % -> five to ten percent
    99.9% -> ninety-nine point nine percent
    """
)
def test_fractions_and_percent(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    $5 -> five dollars
    $1 -> one dollar
    $5.50 -> five dollars and fifty cents
    £3.50 -> three pounds and fifty pence
    $0.99 -> ninety-nine cents
    €20 -> twenty euros
    -$5 -> minus five dollars
    $3 million -> three million dollars
    $5–10 -> five to ten dollars
    5 gp and 1 sp -> five gold pieces and one silver piece
    12 sp / 3 cp / 1 pp -> twelve silver pieces, three copper pieces, one platinum piece
    1,500 ep -> one thousand five hundred electrum pieces
    """
)
def test_money_and_coins(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    3 May 1492 -> the third of May fourteen ninety-two
    on the 3 May 1492, at dawn -> on the third of May fourteen ninety-two, at dawn
    on the 3rd of May, 1492 -> on the third of May fourteen ninety-two
    1492-05-03 -> the third of May fourteen ninety-two
    May 3rd -> May third
    May 3, 1492, at dawn -> May third, fourteen ninety-two, at dawn
    6.5.2024 -> the sixth of May twenty twenty-four
    2024/05/06 -> the sixth of May twenty twenty-four
    12/25/2024 -> the twenty-fifth of December twenty twenty-four
    Jan. 5 -> January fifth
    May 5 heroes enter? -> May five heroes enter?
    12:30 -> twelve thirty
    12:00 -> twelve o'clock
    at 7:05 a.m. today -> at seven oh five A.M. today
    5 pm -> five P.M.
    5 p.m. sharp -> five P.M. sharp
    At 5 p.m. The bell rang. -> At five P.M. The bell rang.
    odds of 3:1 -> odds of three to one
    """
)
def test_dates_and_times(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    King Charles II -> King Charles the second
    Charles II's dog -> Charles the second's dog
    King Henry V, -> King Henry the fifth,
    Chapter IV -> Chapter four
    World War II -> World War two
    Act III, Scene V -> Act three, Scene five
    KING CHARLES XIV -> KING CHARLES the fourteenth
    Queen Isolde -> Queen Isolde
    I mix it -> I mix it
    King Arthur, I beg you -> King Arthur, I beg you
    Malcolm X -> Malcolm X
    Vol. II -> Volume two
    The IV drip -> The IV drip
    plan C, the CIVIL war, XL shirts -> plan C, the CIVIL war, XL shirts
    Am I? -> Am I?
    """
)
def test_roman_numerals_only_where_they_surely_are(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    60 ft. away -> sixty feet away
    It is 60 ft. The end. -> It is sixty feet. The end.
    1 ft. more -> one foot more
    5 lb. of it -> five pounds of it
    10 mi -> ten miles
    30 °C -> thirty degrees Celsius
    5 km/h -> five kilometers an hour
    120' away -> one hundred and twenty feet away
    6'2" tall -> six feet two inches tall
    'I have 5' he said -> 'I have five' he said
    a 30-ft. cone -> a thirty-foot cone
    a 20-foot-radius sphere -> a twenty-foot-radius sphere
    a 10x10 ft. room -> a ten by ten feet room
    5-10 ft. wide -> five to ten feet wide
    10 ft./round -> ten feet per round
    He has 2.5 gp. "5 gp!" -> He has two point five gold pieces. "five gold pieces!"
    1 ft. 2 in. tall -> one foot two inches tall
    range 80/320 ft., one target -> range eighty to three hundred and twenty feet, one target
    5 in. long -> five inches long
    5 in the morning -> five in the morning
    """
)
def test_units(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    2d6+3 fire damage -> two d six plus three fire damage
    2d6 + 3 -> two d six plus three
    d20 -> d twenty
    1d4-1 -> one d four minus one
    2d20kh1 -> two d twenty keep the highest
    4d6dl1 -> four d six drop the lowest
    1d6+1d4+2 piercing -> one d six plus one d four plus two piercing
    8d6/2 -> eight d six divided by two
    roll 3d6s -> roll three d sixes
    d% -> d percent
    """
)
def test_dice(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    DC 15 -> D C fifteen
    AC 17 -> A.C. seventeen
    Beat the AC. He fell. -> Beat the A.C. He fell.
    10 HP, then 1 HP -> ten hit points, then one hit point
    an NPC and the GM -> an N P C and the G M
    STR/DEX/CON -> strength, dexterity, constitution
    CR 1/4 -> C R one quarter
    +5 to hit -> plus five to hit
    with adv. on it -> with advantage on it
    THE CON MAN -> THE CON MAN
    a LOUD bang from NASA -> a LOUD bang from NASA
    """
)
def test_the_table_s_own_abbreviations(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    Mr. Smith and Mrs. Jones -> Mister Smith and Missus Jones
    Dr. Who in St. Paul -> Doctor Who in Saint Paul
    e.g. this, i.e. that -> for example this, that is that
    swords, bows, etc. The rest -> swords, bows, et cetera. The rest
    etc. and more -> et cetera and more
    him vs. her vs it -> him versus her versus it
    on Main St. He left -> on Main Street. He left
    no. I won't -> no. I won't
    no. 5 and No. 6 -> number five and Number six
    No. He left. -> No. He left.
    the end. Then -> the end. Then
    """
)
def test_common_abbreviations(written: str, said: str) -> None:
    assert spoken(written) == said


@table(
    """
    see https://www.example.org/path?x=1, now -> see example dot org slash path, now
    See example.com. -> See example dot com.
    anna.smith@example.org wrote -> anna dot smith at example dot org wrote
    rock & roll, D&D -> rock and roll, D and D
    and/or, he/she -> and or, he or she
    w/ cheese, w/o it -> with cheese, without it
    N/A -> not applicable
    #5 and #DungeonLife -> number five and hashtag Dungeon Life
    § 5 -> section five
    A → B -> A to B
    3 × 4 ≥ 5 -> three times four at least five
    2 + 2 = 4 -> two plus two equals four
    30° north -> thirty degrees north
    ~5, <5 and > 3 -> about five, less than five and greater than three
    20 €, 5$ -> twenty euros, five dollars
    """
)
def test_addresses_and_symbols(written: str, said: str) -> None:
    assert spoken(written) == said


def test_a_narrator_s_lines() -> None:
    line = (
        "The wyrm unleashes its breath: each of you in a 60-ft. cone makes a DC 17 DEX save, "
        "taking 10d6 (35) fire damage on a failure, or 1/2 as much on a success."
    )
    assert spoken(line) == (
        "The wyrm unleashes its breath: each of you in a sixty-foot cone makes a D C seventeen "
        "dexterity save, taking ten d six (thirty-five) fire damage on a failure, or one half as "
        "much on a success."
    )
