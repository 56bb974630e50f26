extends RefCounted
## Reads messages of the engine. A field that is missing or of another type reads as empty, so that
## whatever answers at the address cannot stop the game.


## The object in a text frame; empty where there is none.
static func parse(frame: String) -> Dictionary:
	var json := JSON.new()
	if json.parse(frame) != OK:
		return {}
	return json.data if json.data is Dictionary else {}


## A text; empty where there is none.
static func text(message: Dictionary, field: String) -> String:
	var value: Variant = message.get(field)
	return value if value is String else ""


## A number; 0 where there is none.
static func number(message: Dictionary, field: String) -> float:
	var value: Variant = message.get(field)
	return value if value is float or value is int else 0.0


## A whole number: JSON has only floats in Godot.
static func whole(message: Dictionary, field: String) -> int:
	return int(number(message, field))


## Whether a field is true.
static func is_true(message: Dictionary, field: String) -> bool:
	var value: Variant = message.get(field)
	return value is bool and value


## An object inside; empty where there is none.
static func object(message: Dictionary, field: String) -> Dictionary:
	var value: Variant = message.get(field)
	return value if value is Dictionary else {}


## A list; empty where there is none.
static func list(message: Dictionary, field: String) -> Array:
	var value: Variant = message.get(field)
	return value if value is Array else []


## The objects in a list; empty where there is none.
static func objects(message: Dictionary, field: String) -> Array[Dictionary]:
	var found: Array[Dictionary] = []
	found.assign(list(message, field).filter(func(row: Variant) -> bool: return row is Dictionary))
	return found
