@tool
extends VBoxContainer
## The dock: connect to a running engine, and hear how a line sounds.

const SkaldcastNode := preload("skaldcast.gd")

var _skaldcast := SkaldcastNode.new()
var _connect := Button.new()
var _status := Label.new()
var _voices := OptionButton.new()
var _line := LineEdit.new()
var _say := Button.new()
var _stop := Button.new()


func _init() -> void:
	name = "Skaldcast"
	_connect.name = "Connect"
	_connect.text = "Connect"
	_line.placeholder_text = "A line to hear"
	_line.text = "The gate is open."
	_say.name = "Say"
	_say.text = "Say"
	_stop.text = "Stop"
	_status.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
	for child: Node in [_skaldcast, _connect, _status, _voices, _line, _say, _stop]:
		add_child(child)
	_connect.pressed.connect(_on_connect_pressed)
	_say.pressed.connect(_on_say_pressed)
	_line.text_submitted.connect(_on_say_pressed.unbind(1))
	_stop.pressed.connect(_skaldcast.stop)
	_listen()
	_show("Not connected.")


func _listen() -> void:
	_skaldcast.connected.connect(_on_connected)
	_skaldcast.voices_listed.connect(_on_voices_listed)
	_skaldcast.disconnected.connect(
		func(_code: int, reason: String) -> void: _show("Trying again: %s" % reason)
	)
	_skaldcast.refused.connect(
		func(_code: int, reason: String) -> void: _show("Refused: %s" % reason)
	)
	_skaldcast.cue_refused.connect(
		func(_cue_id: String, _code: int, reason: String) -> void: _show(reason)
	)
	_skaldcast.failed.connect(func(_code: int, reason: String) -> void: _show(reason))
	_skaldcast.word_started.connect(
		func(_cue_id: String, word: String, _start: int, _duration_s: float) -> void: _show(word)
	)
	_skaldcast.cue_finished.connect(
		func(_cue_id: String, outcome: String, _error: String) -> void: _show(outcome)
	)


func _on_connect_pressed() -> void:
	_show("Connecting ...")
	_skaldcast.connect_to_engine()


func _on_connected(_resumed: bool) -> void:
	_show("Connected.")
	_skaldcast.list_voices()


func _on_voices_listed(voices: Array[Dictionary]) -> void:
	_voices.clear()
	_voices.add_item("(the narrator's voice)")
	for row in voices:
		if row.get("available") == true:
			_voices.add_item(str(row.get("voice", "")))


func _on_say_pressed() -> void:
	var options := {}
	if _voices.selected > 0:
		options["voice"] = _voices.get_item_text(_voices.selected)
	_skaldcast.say(_line.text, "", options)


func _show(told: String) -> void:
	_status.text = told
	var online := _skaldcast.is_online()
	for control: Button in [_say, _stop, _voices]:
		control.disabled = not online
