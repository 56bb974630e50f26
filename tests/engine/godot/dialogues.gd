extends Node
## Stands for Dialogue Manager and for Dialogic, as far as their signals of a line go.

signal got_dialogue(line: Object)
signal about_to_show_text(info: Dictionary)


class Line:
	var character := ""
	var text := ""
	var display_name := ""


## A line as Dialogue Manager tells it.
func tell_manager(character: String, text: String) -> void:
	var line := Line.new()
	line.character = character
	line.text = text
	got_dialogue.emit(line)


## A line as Dialogic tells it.
func tell_dialogic(character: String, text: String) -> void:
	var person := Line.new()
	person.display_name = character
	about_to_show_text.emit({"text": text, "character": person, "append": false})
