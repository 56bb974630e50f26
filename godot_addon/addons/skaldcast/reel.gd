extends RefCounted
## The sound that a player has, and how far it is. Plain: it plays nothing itself.
##
## What is played, in its order, is the tape; its frames are counted from 0. Positions are those of
## the engine's stream, in which some are never played: they were taken back.

const Pcm := preload("pcm.gd")

## So long is the fade where sound is taken back.
const FADE_S := 0.01
## The most that is kept; who plays nothing loses what is older. It is as much as the engine sends.
const MOST_S := 30.0


class _Piece:
	var start := 0  # on the tape
	var position := 0  # in the stream
	var is_fade := false  # of sound that was taken back, whose positions count no more
	var frames := PackedVector2Array()

	func end() -> int:
		return start + frames.size()


## On the tape: all before was given to the mixer.
var given := 0
## On the tape: all before was taken by the mixer.
var played := 0
## On the tape: all before was heard.
var heard := 0
## On the tape: nothing follows yet.
var end := 0

var _rate: float
var _pieces: Array[_Piece] = []
var _next := 0  # in the stream: what is expected next


func _init(mix_rate: float) -> void:
	_rate = mix_rate


## A stream begins at [param position]; what is left of another one is faded out. True where the
## mixer has sound that it must give back, which is then given to it again.
func begin(position: int) -> bool:
	var must_give_back := _take_back(played, end)
	_next = position
	return must_give_back


## Sound has come.
func add(position: int, frames: PackedVector2Array) -> void:
	_append(_piece(end, position, frames))
	end += frames.size()
	_next = position + frames.size()
	if end - heard > MOST_S * _rate:
		_be_at(end - int(MOST_S * _rate))


## Nothing before [param position] is to come any more.
func expect(position: int) -> void:
	_next = maxi(position, _next)


## What lies from position [param first] to before [param last] is not to be played, as far as it
## was not yet. Returns as [method begin] does.
func cut(first: int, last: int) -> bool:
	expect(last)
	var from := end
	var to := end
	for piece in _pieces:
		if not piece.is_fade and piece.position + piece.frames.size() > first:
			from = mini(from, piece.start + maxi(first - piece.position, 0))
		if not piece.is_fade and piece.position >= last:
			to = mini(to, piece.start)
	return from < to and _take_back(maxi(from, played), to)


## The next frames for the mixer, at most [param most].
func give(most: int) -> PackedVector2Array:
	var frames := PackedVector2Array()
	for piece in _pieces:
		if piece.end() > given and frames.size() < most:
			var begin_at := given - piece.start
			var part := piece.frames.slice(begin_at, begin_at + most - frames.size())
			frames.append_array(part)
			given += part.size()
	return frames


## The mixer has taken all before [param where] on the tape.
func play_to(where: int) -> void:
	played = clampi(where, played, given)


## All before [param where] on the tape has been heard.
func hear_to(where: int) -> void:
	heard = clampi(where, heard, played)
	while not _pieces.is_empty() and _pieces[0].end() <= heard:
		_pieces.pop_front()


## Frames that the mixer has not been given.
func waiting() -> int:
	return end - given


## In the stream: all before was heard, or will not be.
func place() -> int:
	for piece in _pieces:
		if not piece.is_fade:
			return piece.position + maxi(heard - piece.start, 0)
	return _next


func _be_at(where: int) -> void:
	given = maxi(given, where)
	played = maxi(played, where)
	hear_to(where)


# What lies between two places of the tape leaves it, but for a fade.
func _take_back(from: int, to: int) -> bool:
	if from >= to:
		return false
	var kept: Array[_Piece] = []
	var gone := PackedVector2Array()
	var after: Array[_Piece] = []
	for piece in _pieces:
		var begin_at := clampi(from - piece.start, 0, piece.frames.size())
		var end_at := clampi(to - piece.start, 0, piece.frames.size())
		if begin_at > 0:
			kept.append(_part(piece, 0, begin_at))
		gone.append_array(piece.frames.slice(begin_at, end_at))
		if end_at < piece.frames.size():
			after.append(_part(piece, end_at, piece.frames.size()))
	_pieces = kept
	end = from
	var count := mini(gone.size(), int(FADE_S * _rate))
	Pcm.fade(gone, 0, count, true)
	var rest := _piece(end, 0, gone.slice(0, count))
	rest.is_fade = true
	for piece: _Piece in [rest] + after:
		piece.start = end
		end += piece.frames.size()
		_append(piece)
	if given <= from:
		return false
	given = played
	return true


func _append(piece: _Piece) -> void:
	if not piece.frames.is_empty():
		_pieces.append(piece)


static func _piece(start: int, position: int, frames: PackedVector2Array) -> _Piece:
	var piece := _Piece.new()
	piece.start = start
	piece.position = position
	piece.frames = frames
	return piece


static func _part(whole: _Piece, begin_at: int, end_at: int) -> _Piece:
	var frames := whole.frames.slice(begin_at, end_at)
	var part := _piece(whole.start + begin_at, whole.position + begin_at, frames)
	part.is_fade = whole.is_fade
	return part
