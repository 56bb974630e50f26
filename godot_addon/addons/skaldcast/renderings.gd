extends RefCounted
## The sound files that the engine makes for us: asks for them, and gives each what comes of it.

const Message := preload("message.gd")
const Pcm := preload("pcm.gd")
const Rendering := preload("rendering.gd")

## What an engine that makes files has among its features.
const FEATURE := "render"
## Ids of our requests begin so; no other request's does.
const ID := "render-"

## Whether the engine to which we are connected makes files; false too where there is none.
var is_possible := false

var _send: Callable  # a request, at once; it is lost with the connection
var _asked := {}  # by request, until the answer comes; null where it is not wanted any more
var _coming := {}  # by stream
var _made := 0


func _init(send: Callable) -> void:
	_send = send


## Have a line made into a sound file, over the connection that there is: [param text],
## [param character] and [param options] as [code]Skaldcast.say()[/code] has them, [param file] of
## [SkaldcastProtocol.FileKind].
func ask(text: String, character: String, options: Dictionary, file: String) -> Rendering:
	var fields := {"text": text, "file": file}
	for option: String in ["voice", "speed"]:
		if options.has(option):
			fields[option] = options[option]
	if character:
		fields["character"] = character
	var rendering := Rendering.new()
	_asked[_request(SkaldcastProtocol.Message.RENDER, fields)] = rendering
	return rendering


## Nobody wants a file any more.
func cancel(rendering: Rendering) -> void:
	var request: Variant = _asked.find_key(rendering)
	if request != null:
		_asked[request] = null
	var stream: Variant = _coming.find_key(rendering)
	if stream != null:
		_stop(stream)
	if request != null or stream != null:
		rendering.end("it was stopped")


## An engine let us in.
func identified(features: Array) -> void:
	is_possible = FEATURE in features


## There is no connection: nothing more comes of any.
func disconnected() -> void:
	is_possible = false
	var lost: Array = _asked.values() + _coming.values()
	_asked.clear()
	_coming.clear()
	for rendering: Rendering in lost:
		if rendering != null:
			rendering.is_lost = true
			rendering.end("the connection was lost")


## Whether a reply belongs to a request made here; then it is acted upon.
func settle(reply: Dictionary) -> bool:
	var id := Message.text(reply, "id")
	if not id.begins_with(ID):
		return false
	if not _asked.has(id):
		return true
	var rendering: Rendering = _asked[id]
	_asked.erase(id)
	var is_ok := Message.text(reply, "type") == SkaldcastProtocol.Message.OK
	if is_ok:
		_coming[Message.whole(reply, "stream")] = rendering
	if rendering == null and is_ok:
		_stop(Message.whole(reply, "stream"))
	elif rendering != null and not is_ok:
		rendering.end(Message.text(reply, "text"))
	return true


## Whether a binary frame belongs to a file; then it is taken.
func take(frame: PackedByteArray) -> bool:
	if _coming.is_empty() or frame.size() < Pcm.HEADER_BYTES:
		return false
	var stream := frame.decode_u32(0)
	if not _coming.has(stream):
		return false
	var rendering: Rendering = _coming[stream]
	var data := frame.slice(Pcm.HEADER_BYTES)
	if not rendering.write(frame.decode_u32(4), frame.decode_s64(8), data):
		_stop(stream)
		rendering.end("a part of it is missing")
	return true


## Something that is told of a file.
func tell(message: Dictionary) -> void:
	var stream := Message.whole(message, "stream")
	if not _coming.has(stream):
		return
	var rendering: Rendering = _coming[stream]
	match message["type"]:
		SkaldcastProtocol.Message.RENDER_WORDS:
			for row: Dictionary in Message.objects(message, "words"):
				var word := [Message.text(row, "word"), Message.whole(row, "start")]
				var times := [Message.number(row, "start_s"), Message.number(row, "duration_s")]
				rendering.words.append(word + times)
		SkaldcastProtocol.Message.RENDER_FINISHED:
			_coming.erase(stream)
			rendering.duration_s = Message.number(message, "duration_s")
			rendering.end(_fault(rendering, message))


static func _fault(rendering: Rendering, message: Dictionary) -> String:
	var error := Message.text(message, "error")
	if error.is_empty() and rendering.data.size() != Message.whole(message, "size"):
		return "a part of it is missing"
	return error


func _stop(stream: int) -> void:
	_coming.erase(stream)
	_request(SkaldcastProtocol.Message.RENDER_CANCEL, {"stream": stream})


# Returns its id.
func _request(type: String, fields: Dictionary) -> String:
	_made += 1
	var message := fields.merged({"id": ID + str(_made), "type": type})
	_send.call(message)
	return message["id"]
