extends RefCounted
## What is remembered across connections: who we are, and which events were received. Plain.

const Message := preload("message.gd")

## How an event stands to those before it.
enum Order {
	## It is the next one.
	NEXT,
	## It was received before.
	KNOWN,
	## One before it is missing.
	MISSING,
}

## The program and its version, for the engine's log.
var client := "Godot game"
## What answers the engine's challenge.
var password := ""
## Whether our cues queue among themselves only, on a channel whose sound the game plays itself.
var own_channel := false
## The events wanted; empty for the ordinary ones.
var events: Array[String] = []
## What the engine can do beyond the basics.
var features: Array = []
## The session's name; empty before the first connection.
var id := ""
## The last event received.
var last_seq := 0


## Whether the engine is older than this addon.
func is_too_old(hello: Dictionary) -> bool:
	return Message.whole(hello, "protocol") < SkaldcastProtocol.VERSION


## Whether the engine asks for a password, and we have none.
func lacks_password(hello: Dictionary) -> bool:
	return password.is_empty() and not Message.object(hello, "auth").is_empty()


## The answer to [param hello].
func identify(hello: Dictionary) -> Dictionary:
	features = Message.list(hello, "features")
	var message := {
		"type": SkaldcastProtocol.Message.IDENTIFY,
		"protocol": SkaldcastProtocol.VERSION,
		"client": client,
	}
	var auth := Message.object(hello, "auth")
	if not auth.is_empty():
		message["auth"] = answer(
			password, Message.text(auth, "salt"), Message.text(auth, "challenge")
		)
	if not events.is_empty():
		message["events"] = events
	if own_channel:
		message["policy"] = SkaldcastProtocol.Policy.SESSION
	if not id.is_empty():
		message["resume"] = {"session": id, "last_seq": last_seq}
	return message


## The engine let us in; true where the session goes on, false where it is a new one.
func identified(message: Dictionary) -> bool:
	var resumed := Message.is_true(message, "resumed")
	id = Message.text(message, "session")
	if not resumed:
		last_seq = 0
	return resumed


## Take note of an event; only one that is [constant NEXT] is to be told.
func receive(event: Dictionary) -> Order:
	var seq := Message.whole(event, "seq")
	if seq <= last_seq:
		return Order.KNOWN
	if seq != last_seq + 1:
		return Order.MISSING
	last_seq = seq
	return Order.NEXT


## What proves that we know the password without sending it.
static func answer(secret: String, salt: String, challenge: String) -> String:
	return _digest(_digest(secret + salt) + challenge)


static func _digest(text: String) -> String:
	return Marshalls.raw_to_base64(text.sha256_buffer())
