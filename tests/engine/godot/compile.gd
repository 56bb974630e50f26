extends SceneTree
## Names what Godot warns of in this project, and compiles every script of the addon and the demo.

const WARNINGS := "debug/gdscript/warnings/"
const WARN := 1


func _initialize() -> void:
	for setting in ProjectSettings.get_property_list():
		var named: String = setting["name"]
		if named.begins_with(WARNINGS) and setting["type"] == TYPE_INT:
			if ProjectSettings.get_setting(named) == WARN:
				print("warns: %s" % named.trim_prefix("debug/"))
	for folder: String in ["res://addons/skaldcast", "res://demo"]:
		for file in DirAccess.get_files_at(folder):
			if file.get_extension() == "gd":
				_compile(folder.path_join(file))
	quit()


func _compile(path: String) -> void:
	var script: GDScript = load(path)
	if script != null and script.can_instantiate():
		print("compiles: %s" % path.trim_prefix("res://"))
