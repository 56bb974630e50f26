@icon("icon.svg")
class_name SkaldcastSubtitle
extends RichTextLabel
## Shows what is being heard, word by word. Put it anywhere in a scene; it finds the autoload
## [code]Skaldcast[/code] by itself.

const SkaldcastNode := preload("skaldcast.gd")

## Marks that appear together with the word before them.
const CLOSING := ".,;:!?…)]}\"'”’»›。、，！？」』"

## Whether words appear as they are heard; else each stretch appears whole.
@export var word_by_word := true
## Whether the lines of other programs that speak through the same engine are shown too.
@export var show_others := true
## Seconds for which the last words stay when a line has ended.
@export_range(0.0, 10.0, 0.1, "suffix:s") var stay_s := 0.5

var _cue_id := ""
var _start := 0
var _leaving := Timer.new()


func _init() -> void:
	_leaving.one_shot = true
	_leaving.timeout.connect(wipe)
	add_child(_leaving, false, Node.INTERNAL_MODE_FRONT)


func _ready() -> void:
	bbcode_enabled = false  # a line's text is text, whatever brackets it has
	# So that words do not move when more of them appear.
	visible_characters_behavior = TextServer.VC_CHARS_AFTER_SHAPING
	wipe()
	var skaldcast := get_node_or_null(^"/root/Skaldcast")
	if skaldcast is SkaldcastNode:
		follow(skaldcast)


## Show what [param skaldcast] tells; needed only where it is not the autoload.
func follow(skaldcast: SkaldcastNode) -> void:
	skaldcast.chunk_started.connect(
		func(cue_id: String, chunk: String, start: int, _duration_s: float) -> void:
			if show_others or skaldcast.is_ours(cue_id):
				show_chunk(cue_id, chunk, start)
	)
	skaldcast.word_started.connect(
		func(cue_id: String, word: String, start: int, _duration_s: float) -> void:
			show_word(cue_id, word, start)
	)
	skaldcast.cue_finished.connect(
		func(cue_id: String, _outcome: String, _error: String) -> void: end_cue(cue_id)
	)
	skaldcast.cue_lost.connect(end_cue)


## What can be read now.
func shown_text() -> String:
	var whole := get_parsed_text()
	return whole if visible_characters < 0 else whole.left(visible_characters)


## A stretch of a line begins, at [param start] of its text.
func show_chunk(cue_id: String, chunk: String, start: int) -> void:
	_leaving.stop()
	_cue_id = cue_id
	_start = start
	text = chunk
	visible_characters = 0 if word_by_word else -1


## A word of the stretch is heard; of another line it is passed over.
func show_word(cue_id: String, word: String, start: int) -> void:
	if word_by_word and cue_id == _cue_id:
		var end := start + word.length() - _start
		while end < text.length() and text[end] in CLOSING:
			end += 1
		visible_characters = maxi(visible_characters, end)


## A line has ended: its last words are all shown, and go after a while.
func end_cue(cue_id: String) -> void:
	if cue_id != _cue_id:
		return
	visible_characters = -1
	if stay_s > 0.0 and is_inside_tree():
		_leaving.start(stay_s)
	else:
		wipe()


## Show nothing.
func wipe() -> void:
	_cue_id = ""
	text = ""
	visible_characters = 0
