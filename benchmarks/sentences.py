"""Ten plain sentences for measuring voices: no invented names, which no recogniser would know."""

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
