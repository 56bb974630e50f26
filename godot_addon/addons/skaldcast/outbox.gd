extends RefCounted
## Requests in their order, each until its reply has come, and across lost connections. Plain.
##
## Holds at most [constant MAX_REQUESTS]; who adds one more is told, nobody waits.

const Message := preload("message.gd")

## Requests without a reply; the engine takes 1,000 at once.
const MAX_REQUESTS := 256
## Text that is put together; a character has at most six bytes in JSON, a frame 65,536.
const MERGED_CHARACTERS := 8192


class _Request:
	var message: Dictionary
	var sent := false

	func _init(its_message: Dictionary) -> void:
		message = its_message


var _requests := {}
var _made := 0


## Keep a request until its reply comes; false where there are too many. It gets its `id` here.
func add(message: Dictionary) -> bool:
	if _merge(message):
		return true
	if _requests.size() >= MAX_REQUESTS:
		return false
	_made += 1
	message["id"] = str(_made)
	_requests[message["id"]] = _Request.new(message)
	return true


## What is to be sent now, oldest first; it counts as sent.
func take_unsent() -> Array[Dictionary]:
	var messages: Array[Dictionary] = []
	for request: _Request in _requests.values():
		if not request.sent:
			request.sent = true
			messages.append(request.message)
	return messages


## The request to which a reply came, which is kept no longer; empty where it is not known.
func settle(id: String) -> Dictionary:
	if not _requests.has(id):
		return {}
	var request: _Request = _requests[id]
	_requests.erase(id)
	return request.message


## The connection is lost: what may be repeated is sent again. Returns the rest, whose fate nobody
## knows.
func lose_sent() -> Array[Dictionary]:
	var doubtful: Array[Dictionary] = []
	for id: String in _requests.keys():
		var request: _Request = _requests[id]
		if request.sent and not may_repeat(request.message):
			_requests.erase(id)
			doubtful.append(request.message)
		request.sent = false
	return doubtful


## Give up all requests; returns them.
func clear() -> Array[Dictionary]:
	var given_up: Array[Dictionary] = []
	for request: _Request in _requests.values():
		given_up.append(request.message)
	_requests.clear()
	return given_up


## Whether a request does no more when it comes twice: cues have ids, and pieces of them places;
## only a skip that names no cue would end another.
static func may_repeat(message: Dictionary) -> bool:
	return message["type"] != SkaldcastProtocol.Message.SKIP or message.has("cue_id")


# Tokens that come while there is no connection are put together: a language model writes hundreds
# a second.
func _merge(message: Dictionary) -> bool:
	if message["type"] != SkaldcastProtocol.Message.SAY_APPEND or _requests.is_empty():
		return false
	var last: _Request = _requests.values().back()
	if last.sent or last.message["type"] != message["type"]:
		return false
	if last.message["cue_id"] != message["cue_id"]:
		return false
	var text := Message.text(last.message, "text") + Message.text(message, "text")
	if text.length() > MERGED_CHARACTERS:
		return false
	last.message["text"] = text
	return true
