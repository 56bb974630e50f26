extends RefCounted
## How long to wait before the next try to connect. Plain: it keeps no time itself.
##
## The wait is doubled each time, and a random part of it taken off, so that many games do not come
## back at once.

## Seconds before the first try.
const FIRST_S := 0.1
## Seconds that no wait exceeds.
const MOST_S := 5.0

var _next_s := FIRST_S


## Seconds to wait now: half to all of 0.1, 0.2, 0.4 ... 5; [param random] is from 0 to 1.
func next_s(random: float) -> float:
	var wait_s := _next_s
	_next_s = minf(2.0 * wait_s, MOST_S)
	return wait_s * (0.5 + 0.5 * random)


## It worked: begin anew the next time.
func connected() -> void:
	_next_s = FIRST_S
