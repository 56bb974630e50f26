@icon("icon.svg")
class_name SkaldcastProcess
extends Node
## An engine of the game's own: started hidden, found by its port file, and ended with the game.
##
## Ship the folder that [code]make dist[/code] builds beside the game. The engine takes a port that
## is free and a new password each time, so games side by side have each their own, and it ends with
## the game, even if that crashes. The autoload [code]Skaldcast[/code] is connected by itself: switch
## its setting [code]connect_at_start[/code] off. Not for the web, nor for phones.

const SkaldcastNode := preload("skaldcast.gd")

## The engine listens, and the autoload connects.
signal started(url: String, password: String)
## There will be no engine; [param reason] is for the game's log.
signal failed_to_start(reason: String)
## The engine has ended, though the game goes on: [method start] begins anew.
signal stopped(exit_code: int)

## The engine's program. A relative path begins at the game's own program, in the editor at the
## project's folder; on Windows [code].exe[/code] is added.
@export var program := "skaldcast/skaldcast"
## More of its command line, as [code]--voice[/code] and a voice's name.
@export var arguments := PackedStringArray()
## Whether the engine is started with this node.
@export var start_at_once := true
## Whether the autoload is connected once the engine listens.
@export var connect_autoload := true
## Seconds that an engine may take until it listens.
@export_range(1.0, 300.0, 1.0, "suffix:s") var most_start_s := 60.0

# 0 where there is none.
var _pid := 0
var _port_file := ""
var _waited_s := 0.0
var _is_started := false
static var _made := 0


func _ready() -> void:
	process_mode = Node.PROCESS_MODE_ALWAYS
	if start_at_once and not Engine.is_editor_hint():
		start()


func _process(delta: float) -> void:
	if _pid == 0:
		return
	if not OS.is_process_running(_pid):
		_on_ended(OS.get_process_exit_code(_pid))
	elif not _is_started:
		_waited_s += delta
		_look()


func _exit_tree() -> void:
	stop()


## Start the engine; [signal started] or [signal failed_to_start] tells what became of it.
func start() -> void:
	if _pid != 0:
		return
	var path := _path_of(program)
	if OS.has_feature("web") or OS.has_feature("mobile"):
		_fail("no engine can be started here")
	elif not FileAccess.file_exists(path):
		_fail("there is no engine at %s" % path)
	else:
		_made += 1
		var named := "user://skaldcast-%d-%d.json" % [OS.get_process_id(), _made]
		_port_file = ProjectSettings.globalize_path(named)
		_is_started = false
		_waited_s = 0.0
		_pid = maxi(OS.create_process(path, _command_line()), 0)
		if _pid == 0:
			_fail("%s cannot be started" % path)


## End the engine at once. To let the voice fade out, call [code]Skaldcast.stop()[/code] before.
func stop() -> void:
	if _pid != 0:
		OS.kill(_pid)
		_pid = 0
		_remove_port_file()


## Whether the engine listens.
func is_started() -> bool:
	return _pid != 0 and _is_started


func _command_line() -> PackedStringArray:
	var options := PackedStringArray(
		["--no-tui", "--no-web", "--port-file", _port_file, "--parent", str(OS.get_process_id())]
	)
	options.append_array(["--set", "bridge.address=127.0.0.1:0"])
	options.append_array(arguments)
	return options


# The file is there from one moment to the next, and whole.
func _look() -> void:
	if not FileAccess.file_exists(_port_file):
		if _waited_s > most_start_s:
			stop()
			_fail("the engine did not listen within %d s" % most_start_s)
		return
	var told: Variant = JSON.parse_string(FileAccess.get_file_as_string(_port_file))
	if not (told is Dictionary and told.get("url") is String and told.get("password") is String):
		stop()
		_fail("the engine's port file cannot be read")
		return
	_is_started = true
	var url: String = told["url"]
	var password: String = told["password"]
	var skaldcast := get_node_or_null(^"/root/Skaldcast")
	if connect_autoload and skaldcast is SkaldcastNode:
		(skaldcast as SkaldcastNode).connect_to_engine(url, password)
	started.emit(url, password)


func _on_ended(exit_code: int) -> void:
	_pid = 0
	_remove_port_file()
	if _is_started:
		stopped.emit(exit_code)
	else:
		_fail("the engine ended at once, with status %d" % exit_code)


# It is gone where the engine ended in good order.
func _remove_port_file() -> void:
	if FileAccess.file_exists(_port_file):
		DirAccess.remove_absolute(_port_file)


# When the caller has had the time to listen.
func _fail(reason: String) -> void:
	failed_to_start.emit.call_deferred(reason)


static func _path_of(named: String) -> String:
	var path := named
	if path.is_relative_path():
		var folder := OS.get_executable_path().get_base_dir()
		if OS.has_feature("editor"):
			folder = ProjectSettings.globalize_path("res://")
		path = folder.path_join(path)
	if OS.has_feature("windows") and not path.ends_with(".exe"):
		path += ".exe"
	return path
