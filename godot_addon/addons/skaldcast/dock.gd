@tool
extends VBoxContainer
## The dock: connect to a running engine, hear how a line sounds, and have lines baked for a game
## that is shipped without the engine.

const Baker := preload("baker.gd")
const Settings := preload("settings.gd")
const SkaldcastNode := preload("skaldcast.gd")

## A recording was written into the project.
signal recorded
## Where recordings go.
const FOLDER := "res://baked_lines"
## What kind of files they may be.
const KINDS: Array[String] = [SkaldcastProtocol.FileKind.OGG, SkaldcastProtocol.FileKind.WAV]

var _skaldcast := SkaldcastNode.new()
var _baker := Baker.new(_skaldcast)
var _player := SkaldcastPlayer.new()
var _connect := _button("Connect", "Connect to the engine of Project Settings, Skaldcast.")
var _status := Label.new()
var _voices := OptionButton.new()
var _character := LineEdit.new()
var _line := LineEdit.new()
var _say := _button("Say", "Hear the line with this voice.")
var _stop := _button("Stop", "End what is being heard, and what is being baked.")
var _here := CheckBox.new()
var _bake := _button("Bake line", "Record the line, for a game without the engine.")
var _bake_file := _button("Bake file ...", "Record all lines of a file: text, character, voice.")
var _kinds := OptionButton.new()
var _files := FileDialog.new()
var _failure := ""


func _init() -> void:
	name = "Skaldcast"
	_character.name = "Character"
	_character.placeholder_text = "Character (as the game says it)"
	_line.name = "Line"
	_line.placeholder_text = "A line to hear"
	_line.text = "The gate is open."
	_here.name = "Here"
	_here.text = "Hear it here"
	_here.tooltip_text = "For an engine without a device of its own (--output null)."
	_kinds.name = "Kind"
	_kinds.tooltip_text = "What baked lines are saved as; OGG is about a seventh of WAV."
	for kind: String in KINDS:
		_kinds.add_item(kind.to_upper())
	_kinds.select(KINDS.find(Settings.text(Settings.FILE_KIND)))
	_files.file_mode = FileDialog.FILE_MODE_OPEN_FILE
	_files.filters = PackedStringArray(["*.tsv,*.txt;Lines"])
	_files.file_selected.connect(bake_file)
	_status.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
	_add([_skaldcast, _connect, _status, _voices, _character, _line])
	_add([_row([_say, _stop, _here]), _row([_bake, _bake_file, _kinds]), _files])
	_connect.pressed.connect(_on_connect_pressed)
	_say.pressed.connect(_on_say_pressed)
	_line.text_submitted.connect(_on_say_pressed.unbind(1))
	_stop.pressed.connect(_on_stop_pressed)
	_here.toggled.connect(_on_here_toggled)
	_kinds.item_selected.connect(_on_kind_selected)
	_bake.pressed.connect(_on_bake_pressed)
	_bake_file.pressed.connect(_files.popup_centered_ratio.bind(0.5))
	_listen()
	_show("Not connected.")


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and not _player.is_inside_tree():
		_player.free()


## Record all lines of a file, each with its text, character and voice, and tabs between these; the
## last two may be left out. (Godot takes every CSV file of a project for a translation.)
func bake_file(path: String) -> void:
	var file := FileAccess.open(path, FileAccess.READ)
	if file == null:
		_show("%s cannot be read: %s" % [path, error_string(FileAccess.get_open_error())])
		return
	var lines: Array[Dictionary] = []
	while not file.eof_reached():
		var cells := Array(file.get_csv_line("\t")) + ["", ""]
		if not str(cells[0]).strip_edges().is_empty():
			lines.append({"text": cells[0], "character": cells[1], "voice": cells[2]})
	_bake_lines(lines)


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
	_baker.baked.connect(_on_baked)
	_baker.failed.connect(
		func(text: String, reason: String) -> void: _failure = "“%s”: %s" % [text, reason]
	)
	_baker.finished.connect(_on_baking_finished)


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
	_skaldcast.say(_line.text, _character.text, {"voice": _voice()} if _voice() else {})


func _on_stop_pressed() -> void:
	_baker.stop()
	if _skaldcast.is_online():  # else it would end what is spoken once there is a connection
		_skaldcast.stop()


func _on_here_toggled(is_on: bool) -> void:
	if is_on:
		add_child(_player)
		_player.follow(_skaldcast)
	else:
		remove_child(_player)


func _on_bake_pressed() -> void:
	var line := {"text": _line.text, "character": _character.text, "voice": _voice()}
	_bake_lines([line])


func _bake_lines(lines: Array[Dictionary]) -> void:
	_baker.bake(lines, FOLDER, Settings.text(Settings.FILE_KIND))
	if _baker.is_busy():
		_show("Baking ...")


func _on_kind_selected(index: int) -> void:
	ProjectSettings.set_setting(Settings.FILE_KIND, KINDS[index])
	ProjectSettings.save()


func _on_baked(text: String, _file: String) -> void:
	var manifest := Baker.manifest_of(FOLDER)
	if Settings.text(Settings.BAKED) != manifest:
		ProjectSettings.set_setting(Settings.BAKED, manifest)
		ProjectSettings.save()
	_show("Baked: %s" % text)
	recorded.emit()


func _on_baking_finished(count: int, failures: int) -> void:
	var last := "; %d not, the last %s" % [failures, _failure] if failures > 0 else ""
	_show("%d baked%s" % [count, last])


# What a call of the game's says as voice.
func _voice() -> String:
	return _voices.get_item_text(_voices.selected) if _voices.selected > 0 else ""


func _show(told: String) -> void:
	_status.text = told
	var online := _skaldcast.is_online()
	for control: BaseButton in [_say, _voices]:
		control.disabled = not online
	_stop.disabled = not online and not _baker.is_busy()
	for control: BaseButton in [_bake, _bake_file]:
		control.disabled = not online or _baker.is_busy()


func _add(children: Array[Node]) -> void:
	for child in children:
		add_child(child)


static func _row(children: Array[Node]) -> HFlowContainer:
	var row := HFlowContainer.new()
	for child in children:
		row.add_child(child)
	return row


static func _button(text: String, hint: String) -> Button:
	var button := Button.new()
	button.name = text.get_slice(" ", 0) + ("File" if "file" in text else "")
	button.text = text
	button.tooltip_text = hint
	return button
