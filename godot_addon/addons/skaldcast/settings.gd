extends RefCounted
## The addon's entries in Project Settings.

## Where the engine listens.
const URL := "skaldcast/connection/url"
## What the engine asks for where it has a password; it is saved with the project.
const PASSWORD := "skaldcast/connection/password"
## Whether the game connects by itself when it starts.
const AT_START := "skaldcast/connection/connect_at_start"
## The game's name in the engine's log, and the beginning of its lines' ids.
const CLIENT := "skaldcast/connection/client_name"
## Whether the game's lines queue among themselves only, beside those of others: for a game that
## plays their sound itself ([SkaldcastPlayer]); the engine's loudspeaker does not have it.
const OWN_CHANNEL := "skaldcast/connection/own_channel"
## Frames a second of the sound for [SkaldcastPlayer]: 24000, as voices have them, or 48000, at
## which the engine holds back the last tenth of a second of a line so long that it may come late.
const MIX_RATE := "skaldcast/sound/mix_rate"
## How its samples are sent: f32, or s16, which is half of it over a network.
const ENCODING := "skaldcast/sound/encoding"
## Seconds of it that the engine sends ahead: so long a lost connection is not heard.
const AHEAD_S := "skaldcast/sound/ahead_s"
## The recordings for a game without the engine: a [SkaldcastBaked], which the dock makes.
const BAKED := "skaldcast/baked/lines"
## What kind of files the dock records: see [SkaldcastProtocol.FileKind].
const FILE_KIND := "skaldcast/baked/file"

const _DEFAULTS := {
	URL: SkaldcastProtocol.DEFAULT_URL,
	PASSWORD: "",
	AT_START: true,
	CLIENT: "game",
	OWN_CHANNEL: false,
	MIX_RATE: 24000,
	ENCODING: "f32",
	AHEAD_S: 5.0,
	BAKED: "",
	FILE_KIND: SkaldcastProtocol.FileKind.OGG,
}
const _HINTS: Array[Dictionary] = [
	{"name": PASSWORD, "type": TYPE_STRING, "hint": PROPERTY_HINT_PASSWORD},
	{
		"name": MIX_RATE,
		"type": TYPE_INT,
		"hint": PROPERTY_HINT_ENUM,
		"hint_string": "24 kHz:24000,48 kHz:48000"
	},
	{
		"name": ENCODING,
		"type": TYPE_STRING,
		"hint": PROPERTY_HINT_ENUM,
		"hint_string": "f32,s16"
	},
	{
		"name": AHEAD_S,
		"type": TYPE_FLOAT,
		"hint": PROPERTY_HINT_RANGE,
		"hint_string": "0.2,20,0.1,suffix:s"
	},
	{
		"name": FILE_KIND,
		"type": TYPE_STRING,
		"hint": PROPERTY_HINT_ENUM,
		"hint_string": "ogg,wav"
	},
	{"name": BAKED, "type": TYPE_STRING, "hint": PROPERTY_HINT_FILE, "hint_string": "*.tres,*.res"},
]


## A setting's text, as the project has it.
static func text(setting: String) -> String:
	return str(ProjectSettings.get_setting(setting, _DEFAULTS[setting]))


## Whether a setting is on.
static func is_on(setting: String) -> bool:
	return ProjectSettings.get_setting(setting, _DEFAULTS[setting]) == true


## A setting's number; what is none counts as 0.
static func number(setting: String) -> float:
	return float(ProjectSettings.get_setting(setting, _DEFAULTS[setting]))


## Show the settings in the editor, each with its default.
static func register() -> void:
	for setting: String in _DEFAULTS:
		if not ProjectSettings.has_setting(setting):
			ProjectSettings.set_setting(setting, _DEFAULTS[setting])
		ProjectSettings.set_initial_value(setting, _DEFAULTS[setting])
		ProjectSettings.set_as_basic(setting, true)
	for hint in _HINTS:
		ProjectSettings.add_property_info(hint)
