extends Node
## Hears what comes over the bus of the voice, as the game's mixer made it. As an autoload it writes it
## at the end to the file of [code]--ear=PATH[/code]; on the web the page gets it as
## [code]window.ear[/code].

var _capture := AudioEffectCapture.new()
var _heard := PackedVector2Array()


func _ready() -> void:
	_capture.buffer_length = 3.0
	AudioServer.add_bus_effect(AudioServer.get_bus_index(&"Voice"), _capture)


func _process(_delta: float) -> void:
	_heard.append_array(_capture.get_buffer(_capture.get_frames_available()))


func _exit_tree() -> void:
	if OS.has_feature("web"):
		_process(0.0)
		var heard := Marshalls.raw_to_base64(_heard.to_byte_array())
		JavaScriptBridge.eval("window.ear = '%s'" % heard)
		return
	for argument in OS.get_cmdline_user_args():
		if argument.begins_with("--ear="):
			save(argument.trim_prefix("--ear="))


## Write it to a file, as frames of two float32; returns the frames a second.
func save(path: String) -> float:
	_process(0.0)
	FileAccess.open(path, FileAccess.WRITE).store_buffer(_heard.to_byte_array())
	if _capture.get_discarded_frames() > 0:
		push_error("the ear was too slow")
	return AudioServer.get_mix_rate()
