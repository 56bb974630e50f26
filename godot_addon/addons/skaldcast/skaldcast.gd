@tool
extends Node
## Speaks lines through a running Skaldcast, and tells what is being heard. The autoload
## [code]Skaldcast[/code].
##
## [codeblock]
## Skaldcast.cue_finished.connect(func(cue_id: String, outcome: String, _error: String) -> void:
##     print(cue_id, " ", outcome))
## var gate := Skaldcast.say("The gate is open.", "Mira")
## [/codeblock]
## A lost connection is made again, and the session goes on without an event lost or told twice;
## lines said meanwhile wait, up to 256 requests. All clients of an engine share one voice and are
## told of the lines of all; [method is_ours] tells whose a line is.

const BakedLines := preload("baked_lines.gd")
const Cues := preload("cues.gd")
const Link := preload("link.gd")
const Message := preload("message.gd")
const Renderings := preload("renderings.gd")
const Settings := preload("settings.gd")
const Sound := preload("sound.gd")
const Voice := preload("voice.gd")

## The engine let us in. [param resumed] is true where the session goes on after a loss, false
## where it is a new one: then [signal cue_lost] has told which lines went with the old one.
signal connected(resumed: bool)
## There is no connection; it is tried again until there is one. Told once for each loss.
signal disconnected(code: int, reason: String)
## The engine will not have us, and no further try is made: see [enum SkaldcastProtocol.CloseCode].
signal refused(code: int, reason: String)

## A line waits here until there is a connection.
signal cue_kept(cue_id: String)
## A line is not spoken: see [enum SkaldcastProtocol.ErrorCode]; 0 where it never left the game.
signal cue_refused(cue_id: String, code: int, reason: String)
## The engine was started anew, or we were away for too long: how this line ended is not known.
signal cue_lost(cue_id: String)
## Another request was not done.
signal request_refused(request: String, code: int, reason: String)
## The engine cannot go on speaking.
signal failed(code: int, reason: String)

## A line was accepted.
signal cue_queued(cue_id: String, text: String)
## When a line will be heard, from now, and for how long.
signal cue_predicted(cue_id: String, starts_in_s: float, duration_s: float)
## The first sound of a line is heard.
signal cue_started(cue_id: String)
## A stretch of a line is heard; [param start] is its place in the line's text, in characters.
signal chunk_started(cue_id: String, text: String, start: int, duration_s: float)
## A word is heard; [param start] is its place in the line's text, in characters.
signal word_started(cue_id: String, word: String, start: int, duration_s: float)
## A line has ended: see [SkaldcastProtocol.Outcome]; [param error] tells why it failed.
signal cue_finished(cue_id: String, outcome: String, error: String)
## The engine is [code]idle[/code], [code]filling[/code], [code]playing[/code],
## [code]holding[/code], [code]paused[/code] or [code]draining[/code].
signal state_changed(state: String)
## Silence was put inside speech.
signal underrun(duration_s: float)
## A wait was placed at a pause of the text.
signal hold(duration_s: float)
## How much audio is ready; ten times a second, where it is subscribed to.
signal buffer_level_told(buffered_s: float)
## Every event as the engine sent it, with its [code]time_s[/code] by the engine's clock.
signal event_received(event: Dictionary)
## The answer to [method list_voices].
signal voices_listed(voices: Array[Dictionary])
## The answer to [method get_state].
signal state_reported(report: Dictionary)
## So much of the voice is missing where the game plays it itself: it stood still for too long.
signal sound_lost(duration_s: float)

var _link := Link.new()
var _sound := Sound.new(_link.send_now)
var _renderings := Renderings.new(_link.send_now)
var _baked := BakedLines.new(_get_voices)
var _own_voice: Voice  # for recorded lines where there is no player
var _cues := Cues.new()


func _init() -> void:
	process_mode = Node.PROCESS_MODE_ALWAYS  # a paused game still hears
	_link.identified.connect(_on_identified)
	_link.lost.connect(_on_lost.bind(disconnected))
	_link.refused.connect(_on_lost.bind(refused))
	_link.event_received.connect(_on_event)
	_link.event_received.connect(event_received.emit)
	_link.reply_received.connect(_on_reply)
	_link.requests_lost.connect(_on_requests_lost)
	_link.bytes_received.connect(_on_bytes)
	_link.rendering_told.connect(_renderings.tell)
	_baked.cue_started.connect(cue_started.emit)
	_baked.chunk_started.connect(chunk_started.emit)
	_baked.word_started.connect(word_started.emit)
	_baked.cue_finished.connect(_on_finished)
	_sound.lost.connect(sound_lost.emit)
	_sound.refused.connect(
		func(code: int, reason: String) -> void:
			request_refused.emit(SkaldcastProtocol.Message.AUDIO_START, code, reason)
	)


func _ready() -> void:
	if Engine.is_editor_hint():
		return
	if ResourceLoader.exists(Settings.text(Settings.BAKED)):
		_baked.recordings = load(Settings.text(Settings.BAKED)) as SkaldcastBaked
	if Settings.is_on(Settings.AT_START):
		connect_to_engine()


func _process(_delta: float) -> void:
	var now_s := Time.get_ticks_usec() / 1e6
	_link.poll(now_s)
	_sound.poll(now_s)
	_baked.poll()


func _exit_tree() -> void:
	_link.close()


## Connect, and come back whenever the connection is lost; what is empty is as in Project Settings.
func connect_to_engine(url: String = "", password: String = "") -> void:
	if _link.state != Link.State.OFF:
		disconnect_from_engine()
	_link.session.client = Settings.text(Settings.CLIENT)
	_link.session.own_channel = Settings.is_on(Settings.OWN_CHANNEL)
	_link.session.password = password if password else Settings.text(Settings.PASSWORD)
	_sound.choose(
		int(Settings.number(Settings.MIX_RATE)),
		Settings.text(Settings.ENCODING),
		Settings.number(Settings.AHEAD_S)
	)
	_link.open(url if url else Settings.text(Settings.URL))


## End the session. Lines that wait here are refused, what the engine has it goes on speaking.
func disconnect_from_engine() -> void:
	_sound.disconnected()
	_refuse(_link.close(), "the connection was ended")
	_renderings.disconnected()
	_lose_cues()


## Whether there is a connection now.
func is_online() -> bool:
	return _link.state == Link.State.READY


## Whether a line was said here, and its end not told yet.
func is_ours(cue_id: String) -> bool:
	return _cues.has(cue_id)


## Speak a line, as [param character], whose voice the cast gives. Returns its id, with which all
## signals name it. [param options]: [code]voice[/code], [code]priority[/code] (see
## [SkaldcastProtocol.Priority]), [code]speed[/code] (0.5 to 2), [code]cue_id[/code] (one that is
## known is not spoken twice). Without a connection a recorded line is played: see [SkaldcastBaked].
func say(text: String, character: String = "", options: Dictionary = {}) -> String:
	var message := _cues.begin(
		SkaldcastProtocol.Message.SAY, Settings.text(Settings.CLIENT), character, options
	)
	message["text"] = text
	if not is_online() or _baked.is_busy():
		if _baked.say(message["cue_id"], text, character, options):
			cue_queued.emit.call_deferred(message["cue_id"], text)
			return message["cue_id"]
		if _is_alone() and _link.state == Link.State.OFF:
			_refuse_later(message, "there is neither an engine nor a recording of it")
			return message["cue_id"]
	_ask(message)
	return message["cue_id"]


## Speak a line whose text is still being written; otherwise as [method say].
func say_streaming(character: String = "", options: Dictionary = {}) -> SkaldcastStream:
	var message := _cues.begin(
		SkaldcastProtocol.Message.SAY_START, Settings.text(Settings.CLIENT), character, options
	)
	var stream := SkaldcastStream.new(message["cue_id"], _ask)
	_cues.keep_stream(stream)
	_ask(message)
	return stream


## Fade out and keep the place.
func pause() -> void:
	_baked.pause(true)
	if not _is_alone():
		_ask({"type": SkaldcastProtocol.Message.PAUSE})


## Go on where [method pause] left off.
func resume() -> void:
	_baked.pause(false)
	if not _is_alone():
		_ask({"type": SkaldcastProtocol.Message.RESUME})


## End the line that is being heard, or the one named; the next follows.
func skip(cue_id: String = "") -> void:
	var the_one_heard := cue_id.is_empty() and (_is_alone() or _baked.is_busy())
	if the_one_heard or _baked.has(cue_id):
		_baked.skip(cue_id)
		return
	var message := {"type": SkaldcastProtocol.Message.SKIP}
	if cue_id:
		message["cue_id"] = cue_id
	_ask(message)


## Fade out and end all lines, those of others too.
func stop() -> void:
	_baked.stop()
	if not _is_alone():
		_ask({"type": SkaldcastProtocol.Message.STOP})


## Take back the lines that wait; what is being heard goes on.
func clear() -> void:
	_baked.clear()
	if not _is_alone():
		_ask({"type": SkaldcastProtocol.Message.CLEAR})


## Who speaks with which voice, from the next line on: voices by character.
func set_cast(voices: Dictionary) -> void:
	_ask({"type": SkaldcastProtocol.Message.SET_CAST, "cast": voices})


## Set the engine's master volume, from 0 to 1.
func set_volume(volume: float) -> void:
	_ask({"type": SkaldcastProtocol.Message.SET_VOLUME, "volume": volume})


## Ask for the voices there are; [signal voices_listed] tells them.
func list_voices() -> void:
	_ask({"type": SkaldcastProtocol.Message.LIST_VOICES})


## Ask how things stand; [signal state_reported] tells it.
func get_state() -> void:
	_ask({"type": SkaldcastProtocol.Message.GET_STATE})


## Choose the events that are told: of [SkaldcastProtocol.Event]. Ordinary games need not.
func subscribe(events: Array[String]) -> void:
	_link.session.events = events.duplicate()
	_ask({"type": SkaldcastProtocol.Message.SUBSCRIBE, "events": events})


## The files that the engine makes of lines: see renderings.gd. The dock bakes lines with it.
func renderings() -> Renderings:
	return _renderings


## Hand the voice to a player too: see sound.gd. [SkaldcastPlayer] does it by itself.
func add_listener(listener: RefCounted) -> void:
	_sound.add(listener)


## A player plays no more.
func remove_listener(listener: RefCounted) -> void:
	_sound.remove(listener)


# Whether recorded lines are all there is.
func _is_alone() -> bool:
	return _baked.recordings != null and not is_online()


func _get_voices() -> Array[RefCounted]:
	if _sound.has_listeners():
		return _sound.listeners
	if _own_voice == null:
		var player := AudioStreamPlayer.new()
		add_child(player, false, INTERNAL_MODE_BACK)
		_own_voice = Voice.new(player)
	return [_own_voice]


# On its way, or kept; false where it is neither, which is told by a signal.
func _ask(message: Dictionary) -> bool:
	var bytes := JSON.stringify(message).to_utf8_buffer().size()
	if bytes > SkaldcastProtocol.MAX_MESSAGE_BYTES - 64:  # its id comes to it
		_refuse_later(message, "it is too long: use say_streaming() and push()")
		return false
	if not _link.outbox.add(message):
		_refuse_later(message, "too many requests wait for an answer of the engine")
		return false
	if is_online():
		_link.flush()
	elif Cues.is_begun_by(message):
		cue_kept.emit.call_deferred(message["cue_id"])
	return true


# When the caller has the line's id.
func _refuse_later(message: Dictionary, reason: String) -> void:
	_on_error.call_deferred(message, 0, reason)


func _on_lost(code: int, reason: String, told: Signal) -> void:
	_sound.disconnected()
	_renderings.disconnected()
	told.emit(code, reason)


func _on_bytes(frame: PackedByteArray) -> void:
	if not _renderings.take(frame):
		_sound.take(frame)


func _on_identified(resumed: bool) -> void:
	if not resumed:
		_lose_cues()
	_sound.identified(resumed)
	_renderings.identified(_link.session.features)
	connected.emit(resumed)


func _on_reply(request: Dictionary, reply: Dictionary) -> void:
	if _sound.settle(reply) or _renderings.settle(reply):
		return
	if reply["type"] == SkaldcastProtocol.Message.ERROR:
		_on_error(request, Message.whole(reply, "code"), Message.text(reply, "text"))
		return
	match request.get("type"):
		SkaldcastProtocol.Message.SAY, SkaldcastProtocol.Message.SAY_START:
			_cues.accept(request["cue_id"])
		SkaldcastProtocol.Message.LIST_VOICES:
			voices_listed.emit(Message.objects(reply, "voices"))
		SkaldcastProtocol.Message.GET_STATE:
			state_reported.emit(reply)


func _on_error(request: Dictionary, code: int, reason: String) -> void:
	if request.has("cue_id") and request["type"] != SkaldcastProtocol.Message.SKIP:
		_cues.forget(request["cue_id"])
		cue_refused.emit(request["cue_id"], code, reason)
	elif request.is_empty():
		failed.emit(code, reason)
	else:
		request_refused.emit(request["type"], code, reason)


func _on_requests_lost(requests: Array[Dictionary]) -> void:
	_refuse(requests, "the connection was lost before the reply")


func _refuse(requests: Array[Dictionary], reason: String) -> void:
	for request in requests:
		_on_error(request, 0, reason)


# The engine no longer has our session: of what it had accepted no end will be told.
func _lose_cues() -> void:
	for cue_id: String in _cues.accepted():
		_cues.forget(cue_id)
		cue_lost.emit(cue_id)


func _on_finished(cue_id: String, outcome: String, error: String) -> void:
	_cues.forget(cue_id)
	cue_finished.emit(cue_id, outcome, error)


func _on_event(event: Dictionary) -> void:
	var cue_id := Message.text(event, "cue_id")
	var text := Message.text(event, "text")
	var start := Message.whole(event, "start")
	var duration_s := Message.number(event, "duration_s")
	match event["type"]:
		SkaldcastProtocol.Event.CUE_QUEUED:
			cue_queued.emit(cue_id, text)
		SkaldcastProtocol.Event.CUE_PREDICTED:
			cue_predicted.emit(cue_id, Message.number(event, "starts_in_s"), duration_s)
		SkaldcastProtocol.Event.CUE_STARTED:
			cue_started.emit(cue_id)
		SkaldcastProtocol.Event.CHUNK_STARTED:
			chunk_started.emit(cue_id, text, start, duration_s)
		SkaldcastProtocol.Event.WORD_STARTED:
			word_started.emit(cue_id, Message.text(event, "word"), start, duration_s)
		SkaldcastProtocol.Event.CUE_FINISHED:
			_on_finished(cue_id, Message.text(event, "outcome"), Message.text(event, "error"))
		SkaldcastProtocol.Event.STATE_CHANGED:
			_sound.pause(Message.text(event, "state") == "paused")
			state_changed.emit(Message.text(event, "state"))
		SkaldcastProtocol.Event.UNDERRUN:
			underrun.emit(duration_s)
		SkaldcastProtocol.Event.HOLD:
			hold.emit(duration_s)
		SkaldcastProtocol.Event.BUFFER_LEVEL:
			buffer_level_told.emit(Message.number(event, "buffered_s"))
		SkaldcastProtocol.Event.AUDIO_CLEARED, SkaldcastProtocol.Event.AUDIO_LOST:
			_sound.tell(event)
