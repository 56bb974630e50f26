@tool
@icon("icon.svg")
class_name SkaldcastBaked
extends Resource
## Lines that were recorded in the editor, for a game that is shipped without the engine. The dock
## makes it; Project Settings, Skaldcast, Baked name it.
##
## A recording stands for one call of [code]Skaldcast.say()[/code]: the same text, character, voice
## and speed. Where there is no engine, that call plays it, and tells of it as the engine would.

## Kinds of recordings, the one that is taken first at the beginning.
const KINDS: Array[String] = ["ogg", "mp3", "wav"]

## The recordings: by [method key], each with [code]file[/code], [code]text[/code],
## [code]character[/code], [code]duration_s[/code] and [code]words[/code], which has for each word
## its text, its place in the line, when it begins, and for how long it is heard.
@export var lines: Dictionary = {}


## What tells one recording from another.
static func key(text: String, character: String, options: Dictionary) -> String:
	var voice := str(options.get("voice", ""))
	var speed := float(options.get("speed", 1.0))
	return JSON.stringify([text, character, voice, speed]).sha256_text().left(16)


## Note a recording.
func add(line: Dictionary, options: Dictionary) -> void:
	lines[key(line["text"], line["character"], options)] = line


## The recording for such a call; empty where there is none.
func find(text: String, character: String, options: Dictionary) -> Dictionary:
	var found: Variant = lines.get(key(text, character, options), {})
	return found if found is Dictionary else {}


## The sound of a recording; null where its file is gone. An OGG or MP3 file of the same name comes
## before the WAV file: so a recording may be made smaller by any program.
static func sound(line: Dictionary) -> AudioStream:
	var file := str(line.get("file", ""))
	for kind: String in KINDS.slice(0, 2):
		var smaller := "%s.%s" % [file.get_basename(), kind]
		if ResourceLoader.exists(smaller, "AudioStream"):
			return load(smaller)
	return load(file) if ResourceLoader.exists(file, "AudioStream") else null
