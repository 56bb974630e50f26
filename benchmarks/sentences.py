"""Plain sentences for measuring voices: no invented names, which no recogniser would know."""

PLAIN = (
    "The old gate stood at the end of the road, and nobody had opened it for years.",
    "She lit a small lamp, set it on the table, and waited for the rain to stop.",
    "There was a letter under the door, written in a hand that he did not know.",
    "We walked along the river until the sun went down behind the hills.",
    "The captain counted his men twice, and one of them was missing.",
    "A cold wind blew through the hall, and every candle went out at once.",
    "You may keep the horse, said the farmer, but you must leave the bridge tonight.",
    "Far below, the water moved slowly between the black stones.",
    "He laughed, turned the key, and the heavy chest opened without a sound.",
    "In the morning they found the camp empty and the fire still warm.",
)

STORY = (
    *PLAIN,
    "The sword on the wall had not been moved since the old king died, yet it was warm.",
    "Nobody spoke, for the dragon was asleep, and its breath shook the dust from the stones.",
    "Three riders came out of the forest before dawn, and only two of them left a shadow.",
    "Keep your voice down, she said, because the dead in this hall are very light sleepers.",
    "The wizard poured the tea, shook his head, and asked them to begin again.",
    "Beneath the tower there was a second tower, and beneath that one there was a sea.",
    "He paid with a silver coin, and the shopkeeper bit it, smiled, and locked the door.",
    "When the bell rang for the third time, every dog in the village began to howl.",
    "They crossed the bridge one by one, and the last of them cut the ropes behind him.",
    "It was a small key for such a large door, but it turned, and the mountain opened.",
)
"""Twenty, of a fantasy tale."""
