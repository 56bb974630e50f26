class_name SkaldcastStream
extends RefCounted
## A line whose text is still being written, as a language model does. Made by
## [code]Skaldcast.say_streaming()[/code]; the voice begins before the text is complete.
##
## [codeblock]
## var tale := Skaldcast.say_streaming("Mira")
## tale.push("Once upon ")
## tale.push("a time.")
## tale.finish()
## [/codeblock]

## Names the line in all signals.
var cue_id := ""

# Brings a request on its way; false where it cannot be kept.
var _ask: Callable
var _length := 0
var _open := true


func _init(its_cue_id: String, ask: Callable) -> void:
	cue_id = its_cue_id
	_ask = ask


## Whether it takes more text: it was neither finished, nor refused, nor lost.
func is_open() -> bool:
	return _open


## More text. Returns false where it is not taken; the signal [code]cue_refused[/code] tells why.
func push(text: String) -> bool:
	if not _open:
		return false
	for start in range(0, text.length(), _piece()):
		var piece := text.substr(start, _piece())
		# With its place a piece may be sent again and is not spoken twice.
		var message := {"text": piece, "start": _length}
		if not _request(SkaldcastProtocol.Message.SAY_APPEND, message):
			return false
		_length += piece.length()
	return true


## The text is complete.
func finish() -> void:
	if _open:
		_request(SkaldcastProtocol.Message.SAY_FINISH, {})
		_open = false


## Nothing more can be said here; called by the addon where the line was refused or lost.
func end() -> void:
	_open = false


func _request(type: String, fields: Dictionary) -> bool:
	fields["type"] = type
	fields["cue_id"] = cue_id
	return _ask.call(fields)


# So long that its frame is never refused: a character has at most six bytes in JSON.
static func _piece() -> int:
	return 8192
