extends RefCounted
## Our lines that have not ended, and the messages that begin them. Plain.

## What a line may be told beside its text.
const OPTIONS: Array[String] = ["voice", "priority", "speed", "cue_id"]

var _accepted := {}  # by the line's id, whether the engine has accepted it
var _streams := {}
var _made := 0
# So that ids of two games, or of two runs of one, are never the same.
var _run := "%08x%08x" % [randi(), randi()]


## The message that begins a line, but for its text; [param client] begins its id.
func begin(type: String, client: String, character: String, options: Dictionary) -> Dictionary:
	_made += 1
	var message := {"type": type, "cue_id": "%s-%s-%d" % [client.left(64), _run, _made]}
	if character:
		message["character"] = character
	for option: String in options:
		if option in OPTIONS:
			message[option] = options[option]
		else:
			push_error("Skaldcast: no option '%s'; there are: %s" % [option, ", ".join(OPTIONS)])
	_accepted[message["cue_id"]] = _accepted.get(message["cue_id"], false)
	return message


## More text will come of a line.
func keep_stream(stream: SkaldcastStream) -> void:
	_streams[stream.cue_id] = stream


## Whether a line is ours and has not ended.
func has(cue_id: String) -> bool:
	return _accepted.has(cue_id)


## The engine has accepted a line.
func accept(cue_id: String) -> void:
	if has(cue_id):
		_accepted[cue_id] = true


## The lines that the engine has accepted.
func accepted() -> Array:
	return _accepted.keys().filter(func(cue_id: String) -> bool: return _accepted[cue_id])


## A line has ended: it takes no more text.
func forget(cue_id: String) -> void:
	_accepted.erase(cue_id)
	if _streams.has(cue_id):
		(_streams[cue_id] as SkaldcastStream).end()
		_streams.erase(cue_id)


## Whether a message begins a line.
static func is_begun_by(message: Dictionary) -> bool:
	var type: String = message["type"]
	return type in [SkaldcastProtocol.Message.SAY, SkaldcastProtocol.Message.SAY_START]
