extends RefCounted
## The sound of a session: asks the engine for it while somebody listens, hands it on, and tells how
## far it was heard. The clock is an argument.
##
## A listener has the methods [code]begin[/code], [code]add[/code], [code]expect[/code],
## [code]cut[/code], [code]pause[/code], [code]place[/code] and [code]is_active[/code] of voice.gd.

const Message := preload("message.gd")
const Pcm := preload("pcm.gd")

## Sound is missing: the game was away, or stood still, for more than half a minute.
signal lost(duration_s: float)
## The engine has no sound for us.
signal refused(code: int, reason: String)

## Between two reports of how far it was heard.
const REPORT_S := 0.05
## Ids of our requests begin so; no other request's does.
const ID := "sound-"

## Who gets the sound.
var listeners: Array[RefCounted] = []

var _encoding := "f32"
var _mix_rate := 24000
var _ahead_s := 5.0
var _send: Callable  # a request, at once; it is lost with the connection
var _online := false
var _asks := false  # until the answer to audio_start comes
var _stream := 0  # of the session; 0 before there is one
var _sequence := 0  # expected next
var _position := 0  # expected next
var _reported := -1
var _due_s := 0.0
var _made := 0


func _init(send: Callable) -> void:
	_send = send


## How the sound comes, from the next stream on: frames a second (24000 or 48000), the encoding of a
## sample (see [constant Pcm.ENCODINGS]), and seconds sent ahead.
func choose(mix_rate: int, encoding: String, ahead_s: float) -> void:
	_mix_rate = mix_rate
	_encoding = encoding
	_ahead_s = ahead_s


## Hand the sound to [param listener] too, from what is being heard now on.
func add(listener: RefCounted) -> void:
	listeners.append(listener)
	listener.call(&"begin", _position, float(_mix_rate))
	if _stream == 0 and not _asks:
		_start()


## No more for [param listener]; after the last one the engine sends nothing.
func remove(listener: RefCounted) -> void:
	listeners.erase(listener)
	if listeners.is_empty() and _online and (_stream != 0 or _asks):
		_request(SkaldcastProtocol.Message.AUDIO_STOP, {})
		_stream = 0
		_asks = false


## Stand still, or go on: what was sent ahead stays good.
func pause(is_paused: bool) -> void:
	for listener in listeners:
		listener.call(&"pause", is_paused)


## Whether somebody listens.
func has_listeners() -> bool:
	return not listeners.is_empty()


## The engine let us in; where the session goes on, so does the sound.
func identified(resumed: bool) -> void:
	_online = true
	if not resumed:
		_stream = 0
	if has_listeners():
		_start()


## There is no connection: what has come is played on.
func disconnected() -> void:
	_online = false
	_asks = false


## Whether a reply belongs to a request made here; then it is acted upon.
func settle(reply: Dictionary) -> bool:
	var id := Message.text(reply, "id")
	if not id.begins_with(ID):
		return false
	if Message.text(reply, "type") == SkaldcastProtocol.Message.OK:
		if reply.has("stream") and has_listeners():
			_begin(reply)
	else:
		_on_error(Message.whole(reply, "code"), Message.text(reply, "text"))
	return true


## A binary frame has come.
func take(bytes: PackedByteArray) -> void:
	var block := Pcm.read(bytes, _encoding)
	if block == null or _asks or block.stream != _stream:
		return
	if block.sequence != _sequence or block.position != _position:
		_start()  # some is missing, which the engine still has
		return
	_sequence += 1
	_position += block.frames.size()
	for listener in listeners:
		listener.call(&"add", block.position, block.frames)


## An event about the sound.
func tell(event: Dictionary) -> void:
	if Message.whole(event, "stream") != _stream:
		return
	if event["type"] == SkaldcastProtocol.Event.AUDIO_LOST:
		lost.emit(Message.number(event, "frames") / _mix_rate)
		return
	for listener in listeners:
		listener.call(&"cut", Message.whole(event, "from_frame"), Message.whole(event, "to_frame"))
	_due_s = -INF


## Report what is due at [param now_s].
func poll(now_s: float) -> void:
	if not _online or _asks or _stream == 0 or now_s < _due_s:
		return
	var heard := _heard()
	# Who stands still with sound before it says so: the engine's voice then waits for it.
	if heard == _reported and heard == _position:
		return
	_due_s = now_s + REPORT_S
	_reported = heard
	_request(
		SkaldcastProtocol.Message.AUDIO_POSITION,
		{"stream": _stream, "frame": heard, "credit": _credit()}
	)


# The one that is behind the others counts, unless it is switched off.
func _heard() -> int:
	var active := listeners.filter(
		func(listener: RefCounted) -> bool: return listener.call(&"is_active")
	)
	var positions := (active if active else listeners).map(
		func(listener: RefCounted) -> int: return listener.call(&"place")
	)
	return maxi(positions.min() if positions else _position, _reported)


func _credit() -> int:
	return int(_ahead_s * _mix_rate)


func _start() -> void:
	if not _online:
		return
	var fields := {
		"format": {"encoding": _encoding, "sample_rate": _mix_rate, "channels": 1},
		"credit": _credit(),
	}
	if _stream != 0:
		fields["resume"] = {"stream": _stream, "frame": _position}
	_asks = true
	_request(SkaldcastProtocol.Message.AUDIO_START, fields)


func _begin(reply: Dictionary) -> void:
	_asks = false
	_stream = Message.whole(reply, "stream")
	_sequence = 0
	_position = Message.whole(reply, "frame")
	_due_s = -INF
	var resumed := Message.is_true(reply, "resumed")
	if not resumed:
		_reported = -1
	for listener in listeners:
		if resumed:
			listener.call(&"expect", _position)
		else:
			listener.call(&"begin", _position, float(_mix_rate))


func _on_error(code: int, reason: String) -> void:
	if _asks:
		_asks = false
		refused.emit(code, reason)
	elif code == SkaldcastProtocol.ErrorCode.UNKNOWN_STREAM:
		_stream = 0
		_start()


func _request(type: String, fields: Dictionary) -> void:
	_made += 1
	fields["id"] = ID + str(_made)
	fields["type"] = type
	_send.call(fields)
