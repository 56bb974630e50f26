extends RefCounted
## A line that the engine makes into a sound file: what of it has come. Plain.

## All of it has come, or [param error] says why not.
signal ended(error: String)

## The file.
var data := PackedByteArray()
## For each word its text, its place in the line, when it begins, and for how long it is heard.
var words: Array = []
## Of the sound.
var duration_s := 0.0
## Whether it ended with the connection: it may be asked for again.
var is_lost := false

var _sequence := 0


## Put bytes where they belong; false where some before them are missing.
func write(sequence: int, position: int, bytes: PackedByteArray) -> bool:
	if sequence != _sequence or position < 0 or position > data.size():
		return false
	_sequence += 1
	if position == data.size():
		data.append_array(bytes)
	else:
		data = data.slice(0, position) + bytes + data.slice(position + bytes.size())
	return true


## It ends here.
func end(error: String) -> void:
	ended.emit(error)
