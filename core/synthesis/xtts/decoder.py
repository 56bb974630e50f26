"""The batched decoder: one model, several texts at once, each at its own place in its own line.

All rows go one code on together. A sequence joins between two steps and leaves between two steps;
its codes do not depend on what runs beside it. Owned by one thread.
"""

import functools
from collections import deque
from dataclasses import dataclass, field
from typing import Any, cast

from .device import Arrival, Lane, to_device
from .float32 import exact
from .graphs import Graphs
from .library import Tensor, torch
from .sampling import Sampling, draws, pick
from .transformer import Transformer

_SPANS = (256, 384, 512, 768)
"""Columns of the cache that a graph reads: few, so that few graphs are recorded."""
_SPAN_STEP = 64
"""The same without graphs, where a new length costs nothing."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is to speak."""

    tokens: tuple[int, ...]
    """The text, without start and stop."""
    latent: Tensor
    """Conditioning, float32 (1, latents, channels) on the model's device."""
    seed: int
    budget: int
    """Codes at most."""


@dataclass(eq=False, slots=True)
class Sequence:
    """A text that is being decoded."""

    prompt: Prompt
    row: int
    prefix: int
    """Columns that the prompt takes."""
    launched: int = 0
    """Steps that have been begun, some of which may not have been read yet."""
    codes: list[int] = field(default_factory=list[int])
    """Read so far, the stop code not among them."""
    latents: int = 0
    """How many latents are for the vocoder: that of the stop code counts, as in upstream."""
    stopped: bool = False
    """The model said that the text is over."""
    gone: bool = False
    """It has left the decoder."""

    @property
    def done(self) -> bool:
        return self.stopped or self.latents >= self.prompt.budget


@dataclass(slots=True)
class _Rows:
    """What each row of the batch stands at; tensors that are written in place, in every step."""

    token: Tensor
    """int64 (rows,): the code before."""
    step: Tensor
    """int64 (rows,): how many codes there are."""
    position: Tensor
    """int64 (rows,): the column that is written next."""
    seen: Tensor
    """bool (rows, codes)."""
    uniform: Tensor
    """float32 (rows, budget): the numbers that decide its draws."""
    latents: Tensor
    """float32 (rows, budget, channels)."""

    def move(self, source: int, target: int, count: int) -> None:
        """Copy a row; `count` is how many latents it has."""
        for tensor in (self.token, self.step, self.position, self.seen, self.uniform):
            tensor[target] = tensor[source]
        self.latents[target, :count] = self.latents[source, :count]


class Decoder:
    """Decodes up to `rows` sequences; `lag` steps are in work before the codes of one are read.

    With a lag of 1 the device computes a step while the host looks at the one before; a sequence
    that has stopped then makes one step too many, which is dropped.
    """

    def __init__(
        self,
        model: Any,
        rows: int,
        sampling: Sampling,
        lane: Lane,
        copies: Lane,
        *,
        graphs: bool = True,
        lag: int | None = None,
    ) -> None:
        self.rows = rows
        self.active: list[Sequence] = []
        """By their rows."""
        self._gpt = model.gpt
        self._device = str(model.device)
        self._lane, self._copies = lane, copies
        self._sampling = sampling
        self._lag = int(lane.on_cuda) if lag is None else lag
        self._graphs = Graphs(lane, wanted=graphs)
        self._pending: deque[tuple[list[Sequence], Arrival]] = deque()
        self.transformer = Transformer(self._gpt)
        if (
            lane.on_cuda
        ):  # this thread's own stream has laid the weights out, and no lane waits for it
            torch.cuda.current_stream(self._device).synchronize()
        self.most_codes = int(self._gpt.max_gen_mel_tokens)
        """No sequence may have more."""
        self.most_tokens = int(self._gpt.max_text_tokens) - 3
        """No text may have more; its start and stop come on top."""
        self._stop = int(self._gpt.stop_audio_token)
        self._columns = longest_line(self._gpt)
        self._allocate()

    def _allocate(self) -> None:
        rows, device, codes = self.rows, self._device, self.most_codes + 1 + self._lag
        with self._lane.work():
            self._cache = self.transformer.new_cache(rows, self._columns, device)
            whole = {"dtype": torch.int64, "device": device}
            self._state = _Rows(
                token=torch.zeros(rows, **whole),
                step=torch.zeros(rows, **whole),
                position=torch.zeros(rows, **whole),
                seen=torch.zeros(
                    rows, int(self._gpt.num_audio_tokens), dtype=torch.bool, device=device
                ),
                uniform=torch.zeros(rows, codes, device=device),
                latents=torch.zeros(rows, codes, self.transformer.channels, device=device),
            )
            self._numbers = torch.arange(rows, device=device)
        self._record_graphs()

    @property
    def free(self) -> int:
        """How many more sequences may join."""
        return self.rows - len(self.active)

    def join(self, prompt: Prompt) -> Sequence:
        """Take a sequence in; there must be a free row."""
        row = len(self.active)
        with torch.inference_mode(), self._exact(), self._lane.work():
            embedded = self._embed(prompt)
            self.transformer.prefill(embedded, self._cache, row)
            state, start = self._state, int(self._gpt.start_audio_token)
            state.token[row] = start
            state.step[row] = 0
            state.position[row] = embedded.shape[1]
            state.seen[row] = False
            state.seen[row, start] = True
            # Upstream stands a 1 for each column of the prompt, so code 1 is penalised too.
            state.seen[row, 1] = True
            uniform = draws(prompt.seed, state.uniform.shape[1])
            state.uniform[row] = to_device(uniform, self._device)
        sequence = Sequence(prompt, row, int(embedded.shape[1]))
        self.active.append(sequence)
        return sequence

    def _embed(self, prompt: Prompt) -> Tensor:
        """The prompt as the transformer takes it: float32 (1, columns, channels)."""
        gpt = self._gpt
        text = [gpt.start_text_token, *prompt.tokens, gpt.stop_text_token]
        tokens = to_device(torch.tensor([text], dtype=torch.int64), self._device)
        embedded = gpt.text_embedding(tokens) + gpt.text_pos_embedding(tokens)
        return torch.cat([prompt.latent, embedded], dim=1)

    def leave(self, sequence: Sequence) -> None:
        """Give a sequence's row free; the last one takes its place, so that the rows in work are
        always the first ones. Idempotent."""
        if sequence.gone:
            return
        sequence.gone = True
        last = self.active.pop()
        if not self.active:
            self._pending.clear()
        if last is sequence:
            return
        with torch.inference_mode(), self._lane.work():
            columns = last.prefix + last.launched
            target = self._cache[:, :, sequence.row, :, :columns]
            target.copy_(self._cache[:, :, last.row, :, :columns])
            self._state.move(last.row, sequence.row, last.launched)
        last.row = sequence.row
        self.active[last.row] = last

    def step(self) -> list[Sequence]:
        """Go one code on in all rows; returns the sequences of which a code became known."""
        further = any(s.launched < s.prompt.budget for s in self.active)
        if further:
            self._launch()
        if not self._pending or (further and len(self._pending) <= self._lag):
            return []
        return self._read()

    def _launch(self) -> None:
        batch = self._batch()
        span = self._span(max(s.prefix + s.launched for s in self.active) + 1)
        with torch.inference_mode(), self._exact():
            self._graphs.run((batch, span), lambda: self._forward(batch, span))
            with self._lane.work():
                tokens = self._state.token[: len(self.active)].clone()
        for sequence in self.active:
            sequence.launched += 1
        arrival = Arrival(tokens, self._lane.mark(), self._copies)
        self._pending.append((list(self.active), arrival))

    def _exact(self) -> Any:
        return exact(torch.device(self._device).type)

    def _batch(self) -> int:
        """Rows that are computed: with graphs a power of two, so that few are recorded."""
        count = len(self.active)
        return min(1 << (count - 1).bit_length(), self.rows) if self._graphs.enabled else count

    def _record_graphs(self) -> None:
        """Record a step of each number of rows and each span; nothing must be in work."""
        batches = {min(1 << n, self.rows) for n in range(self.rows.bit_length() + 1)}
        spans = {span for span in _SPANS if span < self._columns} | {self._columns}
        with torch.inference_mode(), self._exact():
            for batch in sorted(batches):
                for span in sorted(spans):
                    forward = functools.partial(self._forward, batch, span)
                    self._graphs.record((batch, span), forward)

    def _span(self, columns: int) -> int:
        if self._graphs.enabled:
            fitting = [span for span in _SPANS if columns <= span < self._columns]
            return fitting[0] if fitting else self._columns
        return min(-(-columns // _SPAN_STEP) * _SPAN_STEP, self._columns)

    def _forward(self, batch: int, span: int) -> None:
        """One step of the first `batch` rows, all of it on the device and in place."""
        state, gpt, rows = self._state, self._gpt, self._numbers[:batch]
        token, step, position = state.token[:batch], state.step[:batch], state.position[:batch]
        x = gpt.mel_embedding(token) + gpt.mel_pos_embedding.emb(step)
        hidden = self.transformer.step(x, self._cache, position, rows, span)
        latents = self.transformer.latents(hidden)
        state.latents[rows, step] = latents
        uniform = state.uniform[rows, step]
        seen = state.seen[:batch]
        chosen = pick(self.transformer.logits(latents), seen, uniform, self._sampling)
        seen.scatter_(1, chosen[:, None], True)
        token.copy_(chosen)
        # A row that nobody uses goes on with the others, and must stay inside.
        step.add_(1).clamp_(max=state.uniform.shape[1] - 1)
        position.add_(1).clamp_(max=self._columns - 1)

    def _read(self) -> list[Sequence]:
        sequences, arrival = self._pending.popleft()
        advanced: list[Sequence] = []
        for sequence, code in zip(sequences, arrival.take().tolist(), strict=True):
            if sequence.gone or sequence.done:
                continue
            sequence.latents += 1
            if code == self._stop:
                sequence.stopped = True
            else:
                sequence.codes.append(code)
            advanced.append(sequence)
        return advanced

    def latents_of(self, sequence: Sequence) -> Tensor:
        """A copy of the latents there are, float32 (1, count, channels); nothing that happens to
        the rows changes it."""
        with torch.inference_mode(), self._lane.work():
            return self._state.latents[sequence.row, : sequence.latents][None].clone()

    def clear(self) -> None:
        """Let all sequences leave."""
        for sequence in self.active:
            sequence.gone = True
        self.active.clear()
        self._pending.clear()

    def shrink(self, rows: int) -> None:
        """Let all sequences leave and go on with fewer rows."""
        self.clear()
        self.rows = rows
        self._graphs = Graphs(self._lane, wanted=self._graphs.enabled)
        # Given away before the smaller ones are made, for which there is else no room.
        self._cache = self._state = self._numbers = cast("Any", None)
        if self._lane.on_cuda:
            torch.cuda.empty_cache()  # once, so that the smaller cache finds a place
        self._allocate()


def longest_line(gpt: Any) -> int:
    """Columns that the longest prompt and the most codes take, in whole steps."""
    prompt = int(gpt.max_prompt_tokens) + int(gpt.max_text_tokens)
    columns = prompt + int(gpt.max_gen_mel_tokens) + 2
    return -(-columns // _SPAN_STEP) * _SPAN_STEP
