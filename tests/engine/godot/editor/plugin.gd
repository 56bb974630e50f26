@tool
extends EditorPlugin
## Switches the addon on as a user does, hears a line through its dock, records some, and switches it
## off.

const OGG := 0
const WAV := 1


func _enter_tree() -> void:
	_use.call_deferred()


func _use() -> void:
	EditorInterface.set_plugin_enabled("skaldcast", true)
	_tell("on")
	var dock := EditorInterface.get_base_control().find_child("Skaldcast", true, false)
	var skaldcast: Node = dock.get_child(0)
	var connected: Signal = skaldcast.get("connected")
	var voices_listed: Signal = skaldcast.get("voices_listed")
	var cue_finished: Signal = skaldcast.get("cue_finished")
	(dock.find_child("Connect", true, false) as Button).pressed.emit()
	await connected
	await voices_listed
	(dock.find_child("Say", true, false) as Button).pressed.emit()
	var ended: Array = await cue_finished
	print("editor: the line has %s" % ended[1])
	(dock.find_child("Character", true, false) as LineEdit).text = "Mira"
	(dock.find_child("Line", true, false) as LineEdit).text = "Who goes there?"
	var recorded: Signal = dock.get("recorded")
	for kind: int in [WAV, OGG]:  # the second takes the place of the first
		_choose(dock, kind)
		(dock.find_child("Bake", true, false) as Button).pressed.emit()
		await recorded
	_choose(dock, WAV)
	dock.call("bake_file", "res://lines.tsv")
	for line: int in 2:
		await recorded
	print("editor: baked")
	EditorInterface.set_plugin_enabled("skaldcast", false)
	_tell("off")
	get_tree().quit()


func _choose(dock: Node, kind: int) -> void:
	var kinds := dock.find_child("Kind", true, false) as OptionButton
	kinds.select(kind)
	kinds.item_selected.emit(kind)


func _tell(now: String) -> void:
	print("editor: %s, autoload %s" % [now, ProjectSettings.has_setting("autoload/Skaldcast")])
	print("editor: url setting %s" % ProjectSettings.has_setting("skaldcast/connection/url"))
