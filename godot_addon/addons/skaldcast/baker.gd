@tool
extends RefCounted
## Has lines made into sound files by the engine, for [SkaldcastBaked]: as fast as the voice goes, and
## beside what is being heard.

const Rendering := preload("rendering.gd")
const Renderings := preload("renderings.gd")
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
## Why an engine without the feature [code]render[/code] cannot bake.
const TOO_OLD := "the engine is too old to bake lines: update it"
## Lines that are made at a time, so that the engine has always one to go on with.
const AT_ONCE := 4

var _skaldcast: SkaldcastNode
var _renderings: Renderings
var _folder := ""
var _waiting: Array[Dictionary] = []
var _making := {}  # what was wanted, by its rendering
var _count := 0
var _failures := 0


func _init(skaldcast: SkaldcastNode) -> void:
	_skaldcast = skaldcast
	_renderings = skaldcast.renderings()
	_skaldcast.connected.connect(_on_connected)
	_skaldcast.refused.connect(
		func(_code: int, reason: String) -> void: _fail_waiting(reason)
	)


## The path of the manifest in a folder.
static func manifest_of(folder: String) -> String:
	return folder.path_join(MANIFEST)


## Whether lines are being recorded.
func is_busy() -> bool:
	return not _waiting.is_empty() or not _making.is_empty()


## Record lines, each with [code]text[/code], [code]character[/code] and [code]voice[/code], the
## last two of which may be empty, into a folder of the project, as files of [param kind]: see
## [SkaldcastProtocol.FileKind]. Where the connection is lost it goes on with the next one.
func bake(lines: Array[Dictionary], folder: String, kind: String) -> void:
	_folder = folder
	if not is_busy():
		_count = 0
		_failures = 0
	for line in lines:
		_waiting.append(line.merged({"kind": kind}))
	if not _skaldcast.is_online():
		_fail_waiting("there is no connection: connect first")
	elif not _renderings.is_possible:
		_fail_waiting(TOO_OLD)
	else:
		_go_on()


## Record no more.
func stop() -> void:
	if not is_busy():
		return
	_waiting.clear()
	if _making.is_empty():  # it waited for a connection
		finished.emit(_count, _failures)
	for rendering: Rendering in _making.keys():
		_renderings.cancel(rendering)


func _on_connected(_resumed: bool) -> void:
	if not _renderings.is_possible:
		_fail_waiting(TOO_OLD)
	elif is_busy():
		_go_on()


func _go_on() -> void:
	while _renderings.is_possible and _making.size() < AT_ONCE and not _waiting.is_empty():
		_make(_waiting.pop_front())
	if not is_busy():
		finished.emit(_count, _failures)


func _make(wanted: Dictionary) -> void:
	var options := {"voice": wanted["voice"]} if wanted.get("voice") else {}
	var text := str(wanted["text"]).strip_edges()
	var rendering := _renderings.ask(text, str(wanted.get("character", "")), options, wanted["kind"])
	_making[rendering] = wanted
	rendering.ended.connect(_on_ended.bind(rendering, text, options), CONNECT_ONE_SHOT)


func _on_ended(error: String, rendering: Rendering, text: String, options: Dictionary) -> void:
	var wanted: Dictionary = _making[rendering]
	_making.erase(rendering)
	if rendering.is_lost:
		_waiting.push_front(wanted)
		return
	var line := {
		"text": text,
		"character": str(wanted.get("character", "")),
		"words": rendering.words,
		"duration_s": rendering.duration_s,
	}
	var reason := error if error else _save(line, options, wanted["kind"], rendering.data)
	if reason.is_empty():
		_count += 1
		baked.emit(text, line["file"])
	else:
		_fail(text, reason)
	_go_on()


func _fail(text: String, reason: String) -> void:
	_failures += 1
	failed.emit(text, reason)


func _fail_waiting(reason: String) -> void:
	var given_up := _waiting.duplicate()
	_waiting.clear()
	for wanted: Dictionary in given_up:
		_fail(str(wanted["text"]), reason)
	if not given_up.is_empty() and not is_busy():
		finished.emit(_count, _failures)


# Returns why not.
func _save(line: Dictionary, options: Dictionary, kind: String, data: PackedByteArray) -> String:
	if line["duration_s"] == 0.0:
		return "there is nothing to say in it"
	DirAccess.make_dir_recursive_absolute(ProjectSettings.globalize_path(_folder))
	var key := SkaldcastBaked.key(line["text"], line["character"], options)
	var base := _folder.path_join("%s_%s" % [_name_of(line["text"]), key.left(8)])
	line["file"] = "%s.%s" % [base, kind]
	var file := FileAccess.open(line["file"], FileAccess.WRITE)
	if file == null:
		var status := FileAccess.get_open_error()
		return "%s cannot be written: %s" % [line["file"], error_string(status)]
	file.store_buffer(data)
	var fault := file.get_error()
	file.close()
	if fault != OK:
		return "%s cannot be written: %s" % [line["file"], error_string(fault)]
	_remove_others(base, kind)
	return _note(line, options)


# What was recorded of this line before, as a file of another kind, would be played for it.
func _remove_others(base: String, kind: String) -> void:
	for other: String in SkaldcastBaked.KINDS:
		for old: String in ["%s.%s" % [base, other], "%s.%s.import" % [base, other]]:
			if other != kind and FileAccess.file_exists(old):
				DirAccess.remove_absolute(ProjectSettings.globalize_path(old))


# Returns why not.
func _note(line: Dictionary, options: Dictionary) -> String:
	var path := manifest_of(_folder)
	var manifest := SkaldcastBaked.new()
	if ResourceLoader.exists(path):
		manifest = ResourceLoader.load(path, "", ResourceLoader.CACHE_MODE_REPLACE) as SkaldcastBaked
		if manifest == null:
			return "%s is something else" % path
	manifest.add(line, options)
	var status := ResourceSaver.save(manifest, path)
	return "" if status == OK else "%s cannot be written: %s" % [path, error_string(status)]


static func _name_of(text: String) -> String:
	var words := RegEx.create_from_string("[^a-z0-9]+").sub(text.to_lower(), "_", true)
	words = words.left(NAME_CHARACTERS).trim_prefix("_").trim_suffix("_")
	return words if words else "line"
