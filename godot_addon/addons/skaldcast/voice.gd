extends RefCounted
## Plays the voice through a node: an AudioStreamPlayer, or one for 2D or 3D. They have no class in
## common, so it is called by name.
##
## Frames go from the reel into the ring of an AudioStreamGenerator, from which Godot's mixer takes
## them in a thread of its own: as long as the ring lasts, a game that stands still is not heard to.

const Pcm := preload("pcm.gd")
const Reel := preload("reel.gd")

## Seconds that the mixer may have ahead.
const RING_S := 1.0
## After so long without a voice the node stops, until there is one; longer than the ring lasts.
const IDLE_S := 2.0
## Godot fades out what is stopped over 64 frames of the mixer's; the rest is faded in as long.
const JOIN_S := 0.0015


class _Mark:
	var at_s: float
	var where: int  # on the tape, where the mixer was

	func _init(its_time_s: float, its_place: int) -> void:
		at_s = its_time_s
		where = its_place


var _node: Node
var _skaldcast: Node
var _rate := 0.0
var _reel: Reel
var _playback: AudioStreamGeneratorPlayback
var _capacity := 0
var _latency_s := 0.0
var _sounded_s := 0.0
var _since_s := INF  # since when sound waits to begin
var _joins := false
var _recording: AudioStream
var _marks: Array[_Mark] = []


func _init(node: Node) -> void:
	_node = node


## The node comes into the tree: play what the autoload gets, or whom it was told to follow.
func enter() -> void:
	var skaldcast := _skaldcast
	if skaldcast == null and not Engine.is_editor_hint():
		skaldcast = _node.get_node_or_null(^"/root/Skaldcast")
	if skaldcast != null:
		follow(skaldcast)


## Play what [param skaldcast] gets.
func follow(skaldcast: Node) -> void:
	leave()
	_skaldcast = skaldcast
	if _node.is_inside_tree():
		_skaldcast.call(&"add_listener", self)


## The node leaves the tree, or follows another.
func leave() -> void:
	if _skaldcast != null:
		_skaldcast.call(&"remove_listener", self)
	_recording = null
	_stop()
	_rate = 0.0
	_reel = null


## Stand still, or go on.
func pause(is_paused: bool) -> void:
	_node.set(&"stream_paused", is_paused)


## A stream begins, at [param position], with so many frames a second.
func begin(position: int, mix_rate: float) -> void:
	if mix_rate != _rate:
		_stop()
		_rate = mix_rate
		_reel = Reel.new(mix_rate)
		_marks.clear()
	_follow()
	if _reel.begin(position):
		_play_anew()


## Sound has come.
func add(position: int, frames: PackedVector2Array) -> void:
	_reel.add(position, frames)


## Nothing before [param position] is to come any more.
func expect(position: int) -> void:
	_reel.expect(position)


## What lies from [param first] to before [param last] is not to be played.
func cut(first: int, last: int) -> void:
	_follow()
	if _reel.cut(first, last):
		_play_anew()


## In the stream: all before was heard, or will not be.
func place() -> int:
	return _reel.place()


## Whether it plays what it gets: its node is neither paused nor switched off.
func is_active() -> bool:
	return _node.can_process() and not _node.get(&"stream_paused")


## Keep the mixer supplied; it begins when it has [param prebuffer_s] seconds of sound, or sound has
## waited so long.
func poll(now_s: float, prebuffer_s: float) -> void:
	if _reel == null or _recording != null or _node.get(&"stream_paused"):
		return
	if _playback != null and not _node.get(&"playing"):
		_stop()  # somebody else has stopped it: what it held is played again
	_follow()
	_hear(now_s)
	if _reel.waiting() == 0:
		_since_s = INF
		if _playback != null and now_s > _sounded_s + IDLE_S:
			_stop()
		return
	_sounded_s = now_s
	_since_s = minf(now_s, _since_s)
	var is_dry := _reel.played == _reel.given
	if is_dry and _reel.waiting() < prebuffer_s * _rate and now_s - _since_s < prebuffer_s:
		return
	if _playback == null:
		_play()
	_fill()


## Play a recording; what comes of the voice meanwhile waits.
func play_recording(recording: AudioStream) -> void:
	_stop()
	_recording = recording
	_node.set(&"stream", recording)
	_node.call(&"play")
	_latency_s = AudioServer.get_output_latency()


## Seconds of the recording that were heard; null where it was heard to its end.
func recording_place_s() -> Variant:
	if _recording == null or not (_node.get(&"playing") or _node.get(&"stream_paused")):
		return null
	var mixed_s: float = _node.call(&"get_playback_position")
	return mixed_s + AudioServer.get_time_since_last_mix() - _latency_s


## The recording is over, or not to be heard to its end.
func stop_recording() -> void:
	if _recording != null:
		_node.call(&"stop")
		_node.set(&"stream_paused", false)
		_recording = null


func _play() -> void:
	var was_paused: bool = _node.get(&"stream_paused")
	var generator := AudioStreamGenerator.new()
	generator.mix_rate = _rate
	generator.buffer_length = RING_S
	_node.set(&"stream", generator)
	# On the web Godot would play a sample, which a stream without an end cannot be.
	_node.set(&"playback_type", AudioServer.PLAYBACK_TYPE_STREAM)
	_node.call(&"play")
	_node.set(&"stream_paused", was_paused)
	_playback = _node.call(&"get_stream_playback")
	_capacity = _playback.get_frames_available()
	_latency_s = AudioServer.get_output_latency()


# What the ring holds cannot be taken back, but a ring can be left.
func _play_anew() -> void:
	_stop()
	_joins = true
	_play()
	_fill()


func _stop() -> void:
	if _playback != null:
		_node.call(&"stop")
		_playback = null
		_reel.given = _reel.played


func _fill() -> void:
	var frames := _reel.give(_playback.get_frames_available())
	if _joins:
		Pcm.fade(frames, 0, int(JOIN_S * _rate), false)
		_joins = false
	_playback.push_buffer(frames)


func _follow() -> void:
	if _playback != null:
		_reel.play_to(_reel.given - (_capacity - _playback.get_frames_available()))


# What the mixer takes is heard when it has passed the output.
func _hear(now_s: float) -> void:
	if _marks.is_empty() or _marks[-1].where != _reel.played:
		_marks.append(_Mark.new(now_s, _reel.played))
	while not _marks.is_empty() and _marks[0].at_s <= now_s - _latency_s:
		_reel.hear_to(_marks[0].where)
		_marks.pop_front()
