@tool
extends EditorPlugin
## The addon in the editor: the autoload, the settings, and the dock.

const AUTOLOAD := "Skaldcast"
const Dock := preload("dock.gd")
const Settings := preload("settings.gd")

var _dock: Dock


func _enable_plugin() -> void:
	add_autoload_singleton(AUTOLOAD, "skaldcast.gd")


func _disable_plugin() -> void:
	remove_autoload_singleton(AUTOLOAD)


func _enter_tree() -> void:
	Settings.register()
	_dock = Dock.new()
	_dock.recorded.connect(_on_recorded)
	add_control_to_dock(DOCK_SLOT_RIGHT_BL, _dock)


func _exit_tree() -> void:
	remove_control_from_docks(_dock)
	_dock.queue_free()


# So that the editor imports it.
func _on_recorded() -> void:
	EditorInterface.get_resource_filesystem().scan()
