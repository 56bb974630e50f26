extends RefCounted
## Reads the binary frames of the sound: 16 bytes of header and samples, all little endian. Plain.

## How the engine may write samples.
const ENCODINGS: Array[String] = ["f32", "s16"]
## Full scale of [code]s16[/code].
const FULL_SCALE := 32767.0
## Bytes of the header: stream, sequence, and position, unsigned, of 4, 4 and 8 bytes.
const HEADER_BYTES := 16


## Sound with its place in the stream.
class Block:
	## The number of the stream.
	var stream := 0
	## Counts the blocks of a stream, from 0.
	var sequence := 0
	## The position of its first frame.
	var position := 0
	## The samples, as Godot's mixer takes them.
	var frames := PackedVector2Array()


## The block in a binary frame of one channel; null where there is no whole header.
static func read(bytes: PackedByteArray, encoding: String) -> Block:
	if bytes.size() < HEADER_BYTES:
		return null
	var block := Block.new()
	block.stream = bytes.decode_u32(0)
	block.sequence = bytes.decode_u32(4)
	block.position = bytes.decode_s64(8)
	var data := bytes.slice(HEADER_BYTES)
	block.frames = from_s16(data) if encoding == "s16" else _from_f32(data)
	return block


## Frames of whole numbers of 16 bits, one channel.
static func from_s16(data: PackedByteArray) -> PackedVector2Array:
	var frames := PackedVector2Array()
	frames.resize(data.size() >> 1)
	for i in frames.size():
		var value := data.decode_s16(2 * i) / FULL_SCALE
		frames[i] = Vector2(value, value)
	return frames


## Make the frames from [param begin] on quieter, or louder, in even steps over [param count] of
## them; what comes before or after stays.
static func fade(frames: PackedVector2Array, begin: int, count: int, to_silence: bool) -> void:
	for i in mini(count, frames.size() - begin):
		var passed := (i + 0.5) / count
		frames[begin + i] *= 1.0 - passed if to_silence else passed


static func _from_f32(data: PackedByteArray) -> PackedVector2Array:
	var values := data.to_float32_array()
	var frames := PackedVector2Array()
	frames.resize(values.size())
	for i in values.size():
		frames[i] = Vector2(values[i], values[i])
	return frames
