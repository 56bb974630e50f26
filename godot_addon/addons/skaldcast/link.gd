extends RefCounted
## Holds a session with the engine across connections: opens them, identifies, comes back after a
## loss, and sends what waits. The clock is an argument, so that it can be tested without waiting.

const Backoff := preload("backoff.gd")
const Message := preload("message.gd")
const Outbox := preload("outbox.gd")
const Session := preload("session.gd")
const Socket := preload("socket.gd")

## The engine let us in; [param resumed] is true where the session goes on after a loss.
signal identified(resumed: bool)
## There is no connection; it is tried again. Told once until there is one.
signal lost(code: int, reason: String)
## It is no use to try again.
signal refused(code: int, reason: String)
## An event, each once and in its order.
signal event_received(event: Dictionary)
## A message about a file that is being made: it belongs to the connection.
signal rendering_told(message: Dictionary)
## A reply, and the request that it belongs to, which is empty where there is none.
signal reply_received(request: Dictionary, reply: Dictionary)
## Nobody knows whether these were acted upon.
signal requests_lost(requests: Array[Dictionary])
## A binary frame: sound.
signal bytes_received(frame: PackedByteArray)

## Where a link stands.
enum State {
	## Not wanted.
	OFF,
	## Until the next try.
	WAITING,
	## Connected or not, not let in yet.
	OPENING,
	## Requests are sent at once.
	READY,
}

## Types of messages about files that are being made.
const RENDERING: Array[String] = [
	SkaldcastProtocol.Message.RENDER_WORDS,
	SkaldcastProtocol.Message.RENDER_FINISHED,
]
## How long the engine may take to let us in: it may be loading its voice.
const OPENING_S := 30.0

## Where it stands.
var state := State.OFF
## What is remembered across connections.
var session := Session.new()
## Requests that have no reply yet.
var outbox := Outbox.new()

var _url := ""
var _socket: Socket
var _backoff := Backoff.new()
var _due_s := 0.0
var _loss_told := false


## Connect to [param url] at the next poll, and come back whenever the connection is lost.
func open(url: String) -> void:
	_url = url
	_due_s = -INF
	_loss_told = false
	_backoff.connected()
	state = State.WAITING


## End the session; returns the requests that got no reply.
func close() -> Array[Dictionary]:
	_drop()
	state = State.OFF
	session.id = ""
	session.last_seq = 0
	return outbox.clear()


## Do what is due at [param now_s], in seconds on any clock that only grows.
func poll(now_s: float) -> void:
	if state == State.WAITING and now_s >= _due_s:
		_connect(now_s)
	if _socket != null:
		_socket.poll()
	if state == State.OPENING and now_s >= _due_s:
		_lose(-1, "%s does not let us in" % _url)
	if state == State.WAITING and _due_s == INF:
		_due_s = now_s + _backoff.next_s(randf())


## Send what waits, if there is a connection.
func flush() -> void:
	if state == State.READY:
		for message in outbox.take_unsent():
			_socket.send(message)


## Send a message over the connection that there is, or not at all.
func send_now(message: Dictionary) -> void:
	if state == State.READY:
		_socket.send(message)


func _connect(now_s: float) -> void:
	_socket = Socket.new()
	_socket.text_received.connect(_on_text)
	_socket.bytes_received.connect(bytes_received.emit)
	_socket.closed.connect(_on_closed)
	state = State.OPENING
	_due_s = now_s + OPENING_S
	if not _socket.open(_url):
		_refuse(0, "%s is no address of an engine: it looks like ws://HOST:PORT" % _url)


func _on_text(frame: String) -> void:
	var message := Message.parse(frame)
	var type := Message.text(message, "type")
	if state == State.OPENING:
		_greet(type, message)
	elif type == SkaldcastProtocol.Message.OK or type == SkaldcastProtocol.Message.ERROR:
		reply_received.emit(outbox.settle(Message.text(message, "id")), message)
	elif message.has("seq"):
		match session.receive(message):
			Session.Order.NEXT:
				event_received.emit(message)
			Session.Order.MISSING:
				_lose(-1, "events are missing")  # the engine has them: they come with the resume
	elif type in RENDERING:
		rendering_told.emit(message)
	elif type.is_empty():
		_lose(-1, "a message makes no sense")


func _greet(type: String, message: Dictionary) -> void:
	match type:
		SkaldcastProtocol.Message.HELLO:
			_answer_hello(message)
		SkaldcastProtocol.Message.IDENTIFIED:
			state = State.READY
			_loss_told = false
			_backoff.connected()
			identified.emit(session.identified(message))
			flush()
		_:
			_refuse(0, "%s is no engine: it does not say hello" % _url)


func _answer_hello(hello: Dictionary) -> void:
	if session.is_too_old(hello):
		_refuse(
			SkaldcastProtocol.CloseCode.PROTOCOL_UNSUPPORTED,
			"the engine is older than the addon: update %s" % Message.text(hello, "server")
		)
	elif session.lacks_password(hello):
		_refuse(
			SkaldcastProtocol.CloseCode.AUTH_FAILED,
			"the engine asks for a password: `skaldcast bridge password` shows it"
		)
	else:
		_socket.send(session.identify(hello))


func _on_closed(code: int, reason: String) -> void:
	if code in SkaldcastProtocol.FINAL:
		_refuse(code, reason)
	elif state == State.OPENING and code == -1:
		_lose(code, "no engine answers at %s; is `skaldcast --no-tui` running?" % _url)
	else:
		_lose(code, reason)


func _lose(code: int, reason: String) -> void:
	_drop()
	state = State.WAITING
	_due_s = INF  # until the poll, which knows the time
	if not _loss_told:
		_loss_told = true
		lost.emit(code, reason)
	var doubtful := outbox.lose_sent()
	if not doubtful.is_empty():
		requests_lost.emit(doubtful)


func _refuse(code: int, reason: String) -> void:
	_drop()
	state = State.OFF
	outbox.lose_sent()
	refused.emit(code, reason)


func _drop() -> void:
	if _socket != null:
		_socket.close()
	_socket = null
