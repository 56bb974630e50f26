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

const _DEFAULTS := {
	URL: SkaldcastProtocol.DEFAULT_URL,
	PASSWORD: "",
	AT_START: true,
	CLIENT: "game",
}


## A setting's text, as the project has it.
static func text(setting: String) -> String:
	return str(ProjectSettings.get_setting(setting, _DEFAULTS[setting]))


## Whether a setting is on.
static func is_on(setting: String) -> bool:
	return ProjectSettings.get_setting(setting, _DEFAULTS[setting]) == true


## Show the settings in the editor, each with its default.
static func register() -> void:
	for setting: String in _DEFAULTS:
		if not ProjectSettings.has_setting(setting):
			ProjectSettings.set_setting(setting, _DEFAULTS[setting])
		ProjectSettings.set_initial_value(setting, _DEFAULTS[setting])
		ProjectSettings.set_as_basic(setting, true)
	var hint := {"name": PASSWORD, "type": TYPE_STRING, "hint": PROPERTY_HINT_PASSWORD}
	ProjectSettings.add_property_info(hint)
