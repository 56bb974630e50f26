extends Control
## Does what a test writes to standard input, and tells every signal on standard output.
##
## A line in is an expression whose base is the autoload; its end is the game's end. A line out is
## [code]NAME [ARGUMENTS][/code] in JSON.

const Baker := preload("res://addons/skaldcast/baker.gd")
const Dialogues := preload("dialogues.gd")
const Ear := preload("ear.gd")

var _baker: Baker

@onready var _subtitle: SkaldcastSubtitle = $Subtitle


func _ready() -> void:
	for told: Dictionary in (Skaldcast.get_script() as Script).get_script_signal_list():
		_tell_signal(told["name"], (told["args"] as Array).size())
	Skaldcast.word_started.connect(
		func(_cue_id: String, _word: String, _start: int, _duration_s: float) -> void:
			tell("subtitle", [_subtitle.shown_text()])
	)
	_name(Ear.new(), "Ear", self)
	WorkerThreadPool.add_task(_read)
	tell("started", [])


func tell(named: String, values: Array) -> void:
	print("%s %s" % [named, JSON.stringify(values)])


func perform(line: String) -> void:
	var expression := Expression.new()
	if expression.parse(line) != OK:
		push_error(expression.get_error_text())
		return
	tell("result", [expression.execute([], Skaldcast)])


## Tell the test when so much time has passed, though the tree be paused.
func tell_after(seconds: float) -> void:
	get_tree().create_timer(seconds).timeout.connect(tell.bind("time_has_passed", []))


## Dialogue Manager and Dialogic, with the adapter that hears them.
func add_dialogues() -> void:
	var dialogic := Node.new()
	dialogic.name = "Dialogic"
	_name(Dialogues.new(), "Text", dialogic)
	get_tree().root.add_child(dialogic)
	_name(Dialogues.new(), "DialogueManager", get_tree().root)
	var adapter := SkaldcastDialogues.new()
	adapter.line_said.connect(
		func(cue_id: String, character: String, line: String) -> void:
			tell("line_said", [cue_id, character, line])
	)
	add_child(adapter)


## Have lines made into files, as the dock does.
func bake(texts: Array, kind: String) -> void:
	if _baker == null:
		_baker = Baker.new(Skaldcast)
		_baker.baked.connect(func(text: String, file: String) -> void: tell("baked", [text, file]))
		_baker.failed.connect(
			func(text: String, reason: String) -> void: tell("not_baked", [text, reason])
		)
		_baker.finished.connect(
			func(count: int, failures: int) -> void: tell("baking_finished", [count, failures])
		)
	var lines: Array[Dictionary] = []
	lines.assign(texts.map(func(text: String) -> Dictionary: return {"text": text}))
	_baker.bake.call_deferred(lines, "user://baked", kind)  # its end comes after the result


## Bake no more.
func stop_baking() -> void:
	_baker.stop.call_deferred()


## Where the game keeps its files.
func user_folder() -> String:
	return OS.get_user_data_dir()


## An engine of the game's own.
func start_engine(program: String, arguments: Array) -> void:
	var engine := SkaldcastProcess.new()
	engine.name = "Engine"
	engine.program = program
	engine.arguments = PackedStringArray(arguments)
	engine.started.connect(
		func(url: String, password: String) -> void: tell("engine_started", [url, password])
	)
	engine.failed_to_start.connect(func(reason: String) -> void: tell("engine_failed", [reason]))
	engine.stopped.connect(func(exit_code: int) -> void: tell("engine_stopped", [exit_code]))
	add_child(engine)


## A player of this class, on the bus to which the ear listens.
func add_player(kind: String) -> void:
	var player: Node = {
		"SkaldcastPlayer": SkaldcastPlayer,
		"SkaldcastPlayer2D": SkaldcastPlayer2D,
		"SkaldcastPlayer3D": SkaldcastPlayer3D,
	}[kind].new()
	player.set(&"bus", &"Voice")
	_name(player, "Player", self)
	if kind == "SkaldcastPlayer3D":
		_name(Camera3D.new(), "Camera", self)


func _name(node: Node, named: String, parent: Node) -> void:
	node.name = named
	parent.add_child(node)


func _read() -> void:
	while true:
		var line := OS.read_string_from_stdin(65536)
		if line.is_empty():
			_end.call_deferred()
			return
		perform.call_deferred(line.strip_edges())


# When the mixer has let go of a player; else Godot calls that a leak.
func _end() -> void:
	if has_node(^"Player"):
		$Player.free()
		await get_tree().create_timer(0.1).timeout
	get_tree().quit()


func _tell_signal(named: String, arguments: int) -> void:
	var heard: Array[Callable] = [
		func() -> void: tell(named, []),
		func(a: Variant) -> void: tell(named, [a]),
		func(a: Variant, b: Variant) -> void: tell(named, [a, b]),
		func(a: Variant, b: Variant, c: Variant) -> void: tell(named, [a, b, c]),
		func(a: Variant, b: Variant, c: Variant, d: Variant) -> void: tell(named, [a, b, c, d]),
	]
	Skaldcast.connect(named, heard[arguments])
