extends Control
## Tells a few lines in the game's own mixer, and shows each word as it is heard. Start the engine
## first, without a device of its own: [code]skaldcast --no-tui --output null[/code].
##
## On the command line, after [code]--[/code]: [code]--url=ws://HOST:PORT[/code] names another
## engine, and [code]--quit[/code] ends the demo when all has been heard.

## What is told at the start; the last line is told in pieces, as a language model writes.
const LINES: Array[String] = [
	"The gate stood open, and nobody was there.",
	"“Who goes there?” asked a voice – old, but not unkind.",
]
const PIECES: Array[String] = ["A friend, ", "said Mira; ", "and she stepped ", "into the light."]

var _heard := 0
var _said := 0

@onready var _status: Label = $Status
@onready var _line: LineEdit = $Line


func _ready() -> void:
	Skaldcast.connected.connect(func(_resumed: bool) -> void: _status.text = "Connected.")
	Skaldcast.disconnected.connect(func(_code: int, reason: String) -> void: _status.text = reason)
	Skaldcast.refused.connect(func(_code: int, reason: String) -> void: _status.text = reason)
	Skaldcast.cue_finished.connect(_on_cue_finished)
	_line.text_submitted.connect(_on_line_submitted)
	($Buttons/Again as Button).pressed.connect(tell)
	($Buttons/Pause as Button).toggled.connect(_on_pause_toggled)
	($Buttons/Skip as Button).pressed.connect(func() -> void: Skaldcast.skip())
	($Buttons/Stop as Button).pressed.connect(func() -> void: Skaldcast.stop())
	for argument in OS.get_cmdline_user_args():
		if argument.begins_with("--url="):
			Skaldcast.connect_to_engine(argument.trim_prefix("--url="))
	tell()


## Say all lines.
func tell() -> void:
	for line in LINES:
		Skaldcast.say(line)
	var tale := Skaldcast.say_streaming("Mira")
	for piece in PIECES:
		tale.push(piece)
	tale.finish()
	_said += LINES.size() + 1


func _on_cue_finished(_cue_id: String, outcome: String, _error: String) -> void:
	_heard += 1
	print("demo: line %d of %d %s" % [_heard, _said, outcome])
	if _heard == _said:
		print("demo: all was heard")
		if "--quit" in OS.get_cmdline_user_args():
			_end()


func _on_line_submitted(text: String) -> void:
	_said += 1
	Skaldcast.say(text)
	_line.clear()


func _on_pause_toggled(is_paused: bool) -> void:
	if is_paused:
		Skaldcast.pause()
	else:
		Skaldcast.resume()


# When the mixer has let go of the player; else Godot calls that a leak.
func _end() -> void:
	($Voice as SkaldcastPlayer).free()
	await get_tree().create_timer(0.1).timeout
	get_tree().quit()
