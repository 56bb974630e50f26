@tool
@icon("icon.svg")
class_name SkaldcastPlayer2D
extends AudioStreamPlayer2D
## Plays the voice from its place in a 2D scene; otherwise as [SkaldcastPlayer].
##
## The engine has one voice at a time: to let it come from whoever speaks, move the node when
## [code]cue_started[/code] tells of a line.

const SkaldcastNode := preload("skaldcast.gd")
const Voice := preload("voice.gd")

## So much must have come before a line begins, unless it is shorter.
@export_range(0.0, 1.0, 0.01, "suffix:s") var prebuffer_s := 0.1

var _voice := Voice.new(self)


func _enter_tree() -> void:
	_voice.enter()


func _process(_delta: float) -> void:
	_voice.poll(Time.get_ticks_usec() / 1e6, prebuffer_s)


func _exit_tree() -> void:
	_voice.leave()


## Play the voice of [param skaldcast]; needed only where it is not the autoload.
func follow(skaldcast: SkaldcastNode) -> void:
	_voice.follow(skaldcast)
