extends RefCounted
## One websocket: text and binary frames each have their own signal. It is open once, then done.

## A text frame has come.
signal text_received(frame: String)
## A binary frame has come: sound.
signal bytes_received(frame: PackedByteArray)
## The connection has ended; -1 where nobody said why.
signal closed(code: int, reason: String)

## The engine's longest message, a list of voices, is well below; Godot's default is 64 KiB.
const BUFFER_BYTES := 1 << 20
## A connection on which nothing comes is probed so often.
const HEARTBEAT_S := 20.0

var _peer := WebSocketPeer.new()
var _done := false


## Begin to connect; false where [param url] is no address.
func open(url: String) -> bool:
	_peer.supported_protocols = PackedStringArray([SkaldcastProtocol.SUBPROTOCOL])
	_peer.inbound_buffer_size = BUFFER_BYTES
	_peer.outbound_buffer_size = BUFFER_BYTES
	if "heartbeat_interval" in _peer:  # since Godot 4.5
		_peer.set("heartbeat_interval", HEARTBEAT_S)
	return _peer.connect_to_url(url) == OK


## Tell what has come since the last call.
func poll() -> void:
	if _done:
		return
	_peer.poll()
	while not _done and _peer.get_available_packet_count() > 0:
		var frame := _peer.get_packet()
		if _peer.was_string_packet():
			text_received.emit(frame.get_string_from_utf8())
		else:
			bytes_received.emit(frame)
	if not _done and _peer.get_ready_state() == WebSocketPeer.STATE_CLOSED:
		_done = true
		closed.emit(_peer.get_close_code(), _peer.get_close_reason())


## Send an object; nothing where the connection is lost, which [signal closed] tells.
func send(message: Dictionary) -> void:
	if not _done and _peer.get_ready_state() == WebSocketPeer.STATE_OPEN:
		_peer.send_text(JSON.stringify(message))


## Say goodbye. Nothing is told from now on.
func close() -> void:
	_done = true
	_peer.close()
	_peer.poll()
