@tool
extends EditorPlugin
## Switches the addon on as a user does, hears a line through its dock, and switches it off.


func _enter_tree() -> void:
	_use.call_deferred()


func _use() -> void:
	EditorInterface.set_plugin_enabled("skaldcast", true)
	_tell("on")
	var dock := EditorInterface.get_base_control().find_child("Skaldcast", true, false)
	var skaldcast: Node = dock.get_child(0)
	var connected: Signal = skaldcast.connected
	var voices_listed: Signal = skaldcast.voices_listed
	var cue_finished: Signal = skaldcast.cue_finished
	(dock.find_child("Connect", true, false) as Button).pressed.emit()
	await connected
	await voices_listed
	(dock.find_child("Say", true, false) as Button).pressed.emit()
	var ended: Array = await cue_finished
	print("editor: the line has %s" % ended[1])
	EditorInterface.set_plugin_enabled("skaldcast", false)
	_tell("off")
	get_tree().quit()


func _tell(now: String) -> void:
	print("editor: %s, autoload %s" % [now, ProjectSettings.has_setting("autoload/Skaldcast")])
	print("editor: url setting %s" % ProjectSettings.has_setting("skaldcast/connection/url"))
