"""Verbs that stand between a name and what it says, in forms that narration uses."""

from typing import Final

SPEECH_VERBS: Final = frozenset(
    (
        # English: told in the past, as stories are, and in the present, as at the table.
        "said says say asked asks replied replies answered answers whispered whispers murmured "
        "murmurs muttered mutters mumbled mumbles shouted shouts yelled yells cried cries called "
        "calls screamed screams shrieked shrieks roared roars bellowed bellows barked barks growled "
        "growls snarled snarls hissed hisses snapped snaps spat spits rasped rasps croaked croaks "
        "grunted grunts groaned groans moaned moans sighed sighs sobbed sobs laughed laughs chuckled "
        "chuckles giggled giggles cackled cackles snorted snorts scoffed scoffs sneered sneers "
        "purred purrs drawled drawls intoned intones chanted chants sang sings recited recites read "
        "reads announced announces declared declares proclaimed proclaims stated states remarked "
        "remarks observed observes noted notes commented comments added adds continued continues "
        "began begins repeated repeats insisted insists demanded demands commanded commands ordered "
        "orders begged begs pleaded pleads urged urges warned warns threatened threatens promised "
        "promises swore swears vowed vows admitted admits confessed confesses agreed agrees argued "
        "argues protested protests objected objects interrupted interrupts interjected interjects "
        "explained explains suggested suggests offered offers wondered wonders mused muses thought "
        "thinks told tells spoke speaks inquired inquires enquired enquires questioned questions "
        "pressed presses prompted prompts responded responds retorted retorts countered counters "
        "quipped quips teased teases joked jokes mocked mocks taunted taunts greeted greets "
        "exclaimed exclaims gasped gasps breathed breathes stammered stammers stuttered stutters "
        "boomed booms thundered thunders echoed echoes crooned croons cooed coos wheezed wheezes "
        "concluded concludes finished finishes conceded concedes corrected corrects assured assures "
        "grumbled grumbles rumbled rumbles lied lies prayed prays "
        # German
        "sagte sagt fragte fragt antwortete antwortet flüsterte flüstert murmelte murmelt rief ruft "
        "schrie schreit brüllte brüllt knurrte knurrt zischte zischt seufzte seufzt lachte lacht "
        "erwiderte erwidert entgegnete entgegnet meinte meint sprach spricht raunte raunt brummte "
        "brummt erklärte erklärt befahl befiehlt bat bittet warnte warnt ergänzte stammelte "
        # French
        "dit demanda demande répondit répond murmura murmure chuchota chuchote cria crie hurla hurle "
        "ajouta ajoute grogna grogne souffla souffle reprit reprend répliqua réplique ordonna "
        "s'écria s'exclama soupira soupire déclara "
        # Spanish, Italian, Portuguese
        "dijo dice preguntó pregunta respondió responde susurró susurra murmuró gritó grita exclamó "
        "añadió contestó ordenó disse chiese chiede rispose risponde sussurrò sussurra mormorò gridò "
        "grida esclamò aggiunse perguntou pergunta respondeu sussurrou murmurou gritou exclamou"
    ).split()
)
