@tool
extends RefCounted
## Records lines one after the other, for [SkaldcastBaked]. It takes as long as hearing them.

const Message := preload("message.gd")
const Pcm := preload("pcm.gd")
const SkaldcastNode := preload("skaldcast.gd")

## A line has its recording.
signal baked(text: String, file: String)
## A line has none: [param reason] says why. The next follows.
signal failed(text: String, reason: String)
## All lines are done; so many have their recording, so many have none.
signal finished(count: int, failures: int)

## The manifest's name in the folder of the recordings.
const MANIFEST := "lines.tres"
## Of a line's text in the name of its file.
const NAME_CHARACTERS := 32

var _skaldcast: SkaldcastNode
var _folder := ""
var _waiting: Array[Dictionary] = []
var _line := {}  # being recorded
var _options := {}
var _cue_id := ""
var _reason := ""  # why its recording is no good
var _frames := PackedVector2Array()
var _rate := 0.0
var _next := 0
var _started_s := 0.0
var _count := 0
var _failures := 0


func _init(skaldcast: SkaldcastNode) -> void:
	_skaldcast = skaldcast
	_skaldcast.event_received.connect(_on_event)
	_skaldcast.cue_refused.connect(
		func(cue_id: String, _code: int, reason: String) -> void: _end(cue_id, reason)
	)
	_skaldcast.cue_lost.connect(
		func(cue_id: String) -> void: _end(cue_id, "the engine was started anew")
	)
	_skaldcast.cue_finished.connect(_on_cue_finished)


## The path of the manifest in a folder.
static func manifest_of(folder: String) -> String:
	return folder.path_join(MANIFEST)


## Whether lines are being recorded.
func is_busy() -> bool:
	return not _line.is_empty()


## Record lines, each with [code]text[/code], [code]character[/code] and [code]voice[/code], the
## last two of which may be empty, into a folder of the project.
func bake(lines: Array[Dictionary], folder: String) -> void:
	_folder = folder
	_waiting.append_array(lines)
	if not is_busy():
		_count = 0
		_failures = 0
		_skaldcast.add_listener(self)
		_go_on()


func _go_on() -> void:
	if _waiting.is_empty():
		_line = {}
		_skaldcast.remove_listener(self)
		finished.emit(_count, _failures)
		return
	var wanted: Dictionary = _waiting.pop_front()
	_options = {"voice": wanted["voice"]} if wanted.get("voice") else {}
	_line = {
		"text": str(wanted["text"]).strip_edges(),
		"character": str(wanted.get("character", "")),
		"words": [],
	}
	_reason = ""
	_frames.clear()
	_cue_id = _skaldcast.say(_line["text"], _line["character"], _options)


func _on_event(event: Dictionary) -> void:
	var cue_id := Message.text(event, "cue_id")
	match event["type"]:
		SkaldcastProtocol.Event.CUE_STARTED:
			if is_busy() and cue_id != _cue_id:
				_reason = "somebody else's line was heard beside it"
			_started_s = Message.number(event, "time_s")
		SkaldcastProtocol.Event.WORD_STARTED when cue_id == _cue_id:
			var word := [Message.text(event, "word"), Message.whole(event, "start")]
			var at_s := Message.number(event, "time_s") - _started_s
			(_line["words"] as Array).append(word + [at_s, Message.number(event, "duration_s")])


func _on_cue_finished(cue_id: String, outcome: String, error: String) -> void:
	if outcome == SkaldcastProtocol.Outcome.FINISHED:
		_end(cue_id, _reason)
	else:
		_end(cue_id, error if error else "it was %s" % outcome)


func _end(cue_id: String, reason: String) -> void:
	if cue_id != _cue_id or not is_busy():
		return
	var text: String = _line["text"]
	if reason.is_empty():
		reason = _save()
	if reason.is_empty():
		_count += 1
		baked.emit(text, _line["file"])
	else:
		_failures += 1
		failed.emit(text, reason)
	_go_on()


# Returns why not.
func _save() -> String:
	if _frames.is_empty():
		return "no sound came"
	DirAccess.make_dir_recursive_absolute(ProjectSettings.globalize_path(_folder))
	var key := SkaldcastBaked.key(_line["text"], _line["character"], _options)
	_line["file"] = _folder.path_join("%s_%s.wav" % [_name_of(_line["text"]), key.left(8)])
	_line["duration_s"] = _frames.size() / _rate
	var recording := AudioStreamWAV.new()
	recording.format = AudioStreamWAV.FORMAT_16_BITS
	recording.mix_rate = int(_rate)
	recording.data = Pcm.to_s16(_frames)
	var status := recording.save_to_wav(_line["file"])
	if status != OK:
		return "%s cannot be written: %s" % [_line["file"], error_string(status)]
	var path := manifest_of(_folder)
	var manifest := SkaldcastBaked.new()
	if ResourceLoader.exists(path):
		manifest = ResourceLoader.load(path, "", ResourceLoader.CACHE_MODE_REPLACE) as SkaldcastBaked
		if manifest == null:
			return "%s is something else" % path
	manifest.add(_line, _options)
	status = ResourceSaver.save(manifest, path)
	return "" if status == OK else "%s cannot be written: %s" % [path, error_string(status)]


static func _name_of(text: String) -> String:
	var words := RegEx.create_from_string("[^a-z0-9]+").sub(text.to_lower(), "_", true)
	words = words.left(NAME_CHARACTERS).trim_prefix("_").trim_suffix("_")
	return words if words else "line"


# What a listener has: see sound.gd. It plays nothing, and so is never behind.


## A stream begins.
func begin(position: int, mix_rate: float) -> void:
	if not _frames.is_empty():
		_reason = "the connection was lost for too long"
	_rate = mix_rate
	_next = position


## Sound has come.
func add(position: int, frames: PackedVector2Array) -> void:
	_frames.append_array(frames)
	_next = position + frames.size()


## Nothing before [param position] is to come any more.
func expect(position: int) -> void:
	_next = maxi(position, _next)


## Sound was taken back: the line was ended.
func cut(_first: int, last: int) -> void:
	expect(last)


## It goes on when the engine does.
func pause(_is_paused: bool) -> void:
	pass


## All before was taken.
func place() -> int:
	return _next


## It takes what comes.
func is_active() -> bool:
	return true
