@tool
extends EditorPlugin
## Switches the addon on as a user does, hears a line through its dock, records some, and switches it
## off.


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
	(dock.find_child("Bake", true, false) as Button).pressed.emit()
	var recorded: Signal = dock.get("recorded")
	await recorded
	dock.call("bake_file", "res://lines.tsv")
	await recorded
	print("editor: baked")
	EditorInterface.set_plugin_enabled("skaldcast", false)
	_tell("off")
	get_tree().quit()


func _tell(now: String) -> void:
	print("editor: %s, autoload %s" % [now, ProjectSettings.has_setting("autoload/Skaldcast")])
	print("editor: url setting %s" % ProjectSettings.has_setting("skaldcast/connection/url"))
