extends Node
## Hears what comes over a bus of its own, as the game's mixer made it.

const BUS := &"Ear"

var _capture := AudioEffectCapture.new()
var _heard := PackedVector2Array()


func _ready() -> void:
	_capture.buffer_length = 2.0
	AudioServer.add_bus()
	AudioServer.set_bus_name(AudioServer.bus_count - 1, BUS)
	AudioServer.add_bus_effect(AudioServer.bus_count - 1, _capture)


func _process(_delta: float) -> void:
	_heard.append_array(_capture.get_buffer(_capture.get_frames_available()))


## Write it to a file, as frames of two float32; returns the frames a second.
func save(path: String) -> float:
	_process(0.0)
	FileAccess.open(path, FileAccess.WRITE).store_buffer(_heard.to_byte_array())
	assert(_capture.get_discarded_frames() == 0)
	return AudioServer.get_mix_rate()
