@icon("icon.svg")
class_name SkaldcastDialogues
extends Node
## Speaks the lines of Dialogue Manager and of Dialogic 2, whichever of them the project has. Put it
## into the first scene, or make it an autoload after theirs.
##
## Who speaks is the line's character, whose voice the cast gives. A line that comes before the one
## before it has been heard to its end takes its place.

const SkaldcastNode := preload("skaldcast.gd")

## Told when a line goes to the engine, with its id in all signals of [code]Skaldcast[/code].
signal line_said(cue_id: String, character: String, text: String)

var _cue_id := ""
# Tags of BBCode, which both addons leave in their lines; not brackets that are escaped.
var _tags := RegEx.create_from_string("\\[/?[A-Za-z_#][^\\[\\]]*\\]")


func _ready() -> void:
	# By name and not by type: neither of the two need be there.
	_listen(get_node_or_null(^"/root/DialogueManager"), &"got_dialogue", _on_got_dialogue)
	_listen(get_node_or_null(^"/root/Dialogic/Text"), &"about_to_show_text", _on_about_to_show_text)


## Speak a line, in the place of the one before it unless [param append] is true; for other sources
## of dialogue.
func say(text: String, character: String = "", append: bool = false) -> void:
	var skaldcast: SkaldcastNode = get_node(^"/root/Skaldcast")
	var spoken := _tags.sub(text, "", true).strip_edges()
	if not append and skaldcast.is_ours(_cue_id):
		skaldcast.skip(_cue_id)
	if spoken:
		_cue_id = skaldcast.say(spoken, character)
		line_said.emit(_cue_id, character, spoken)


func _listen(source: Node, named: StringName, heard: Callable) -> void:
	if source != null and source.has_signal(named):
		source.connect(named, heard)


func _on_got_dialogue(line: Object) -> void:
	say(_text(line.get(&"text")), _text(line.get(&"character")))


func _on_about_to_show_text(info: Dictionary) -> void:
	var character: Variant = info.get("character")
	var named := ""
	if character is Object:
		named = _text((character as Object).get(&"display_name"))
	say(_text(info.get("text")), named, info.get("append") == true)


static func _text(value: Variant) -> String:
	return value if value is String else ""
