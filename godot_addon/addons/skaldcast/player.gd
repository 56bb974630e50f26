@tool
@icon("icon.svg")
class_name SkaldcastPlayer
extends AudioStreamPlayer
## Plays the voice inside the game, on its own buses, as any other sound. Put it anywhere in a
## scene; it finds the autoload [code]Skaldcast[/code] by itself.
##
## Start the engine without a device of its own, or every line is heard twice:
## [code]skaldcast --no-tui --output null[/code]. The voice then keeps the pace of the game, and all
## signals of a line follow what was heard here. Bus and volume are those of the node;
## [code]Skaldcast.set_volume()[/code] sets that of the engine's own device. A node that is paused
## with the tree holds the voice.

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
