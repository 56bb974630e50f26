extends RefCounted
## Plays recorded lines one after the other, and tells of them as the engine does.

## See the signals of the same names of [code]Skaldcast[/code].
signal cue_started(cue_id: String)
## A recorded line is one stretch.
signal chunk_started(cue_id: String, text: String, start: int, duration_s: float)
## A word is heard.
signal word_started(cue_id: String, word: String, start: int, duration_s: float)
## A line has ended.
signal cue_finished(cue_id: String, outcome: String, error: String)

## The recordings; null where the game has none.
var recordings: SkaldcastBaked

var _voices: Callable  # those through which it is heard, of voice.gd
var _waiting: Array[Dictionary] = []
var _now := {}  # the line that is heard
var _words_told := 0


func _init(voices: Callable) -> void:
	_voices = voices


## Whether a line is heard or waits.
func is_busy() -> bool:
	return not _now.is_empty() or not _waiting.is_empty()


## Whether this line is heard or waits.
func has(cue_id: String) -> bool:
	return ([_now] + _waiting).any(
		func(line: Dictionary) -> bool: return line.get("cue_id") == cue_id
	)


## Play a recording after those that wait; false where there is none for it.
func say(cue_id: String, text: String, character: String, options: Dictionary) -> bool:
	var found := {} if recordings == null else recordings.find(text, character, options)
	if found.is_empty():
		return false
	if options.get("priority") == SkaldcastProtocol.Priority.INTERRUPT:
		stop()
	if not has(cue_id):
		_waiting.append(found.merged({"cue_id": cue_id}))
	return true


## Go on with what is due.
func poll() -> void:
	if not _now.is_empty():
		_follow()
	if _now.is_empty() and not _waiting.is_empty():
		_begin(_waiting.pop_front())


## Stand still, or go on.
func pause(is_paused: bool) -> void:
	if not _now.is_empty():
		_all(&"pause", [is_paused])


## End the line that is heard, or the one named.
func skip(cue_id: String) -> void:
	if cue_id.is_empty() or _now.get("cue_id") == cue_id:
		_end(SkaldcastProtocol.Outcome.SKIPPED)
	else:
		_take_back(SkaldcastProtocol.Outcome.SKIPPED, cue_id)


## End the line that is heard, and those that wait.
func stop() -> void:
	_take_back(SkaldcastProtocol.Outcome.INTERRUPTED)
	_end(SkaldcastProtocol.Outcome.INTERRUPTED)


## Take back the lines that wait.
func clear() -> void:
	_take_back(SkaldcastProtocol.Outcome.SKIPPED)


func _begin(line: Dictionary) -> void:
	var sound := SkaldcastBaked.sound(line)
	if sound == null:
		var error := "its recording %s is not there" % line["file"]
		cue_finished.emit(line["cue_id"], SkaldcastProtocol.Outcome.FAILED, error)
		return
	_now = line
	_words_told = 0
	_all(&"play_recording", [sound])
	cue_started.emit(line["cue_id"])
	chunk_started.emit(line["cue_id"], line["text"], 0, line["duration_s"])


func _follow() -> void:
	var place_s: Variant = _all(&"recording_place_s", [])
	var words: Array = _now["words"]
	while _words_told < words.size() and (place_s == null or words[_words_told][2] <= place_s):
		var word: Array = words[_words_told]
		_words_told += 1
		word_started.emit(_now["cue_id"], word[0], word[1], word[3])
		if _now.is_empty():
			return  # whoever heard that has ended it
	if place_s == null:
		_end(SkaldcastProtocol.Outcome.FINISHED)


func _end(outcome: String) -> void:
	if _now.is_empty():
		return
	var cue_id: String = _now["cue_id"]
	_now = {}
	_all(&"stop_recording", [])
	cue_finished.emit(cue_id, outcome, "")


func _take_back(outcome: String, only: String = "") -> void:
	for line: Dictionary in _waiting.duplicate():
		if only.is_empty() or line["cue_id"] == only:
			_waiting.erase(line)
			cue_finished.emit(line["cue_id"], outcome, "")


# What the first of them says.
func _all(method: StringName, arguments: Array) -> Variant:
	var answers: Array = (_voices.call() as Array).map(
		func(voice: RefCounted) -> Variant: return voice.callv(method, arguments)
	)
	return answers.front()
