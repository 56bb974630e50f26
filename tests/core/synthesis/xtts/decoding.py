"""What tests of the decoder share: prompts, and upstream's own generator to compare with."""

from typing import Any

from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.decoder import Decoder, Prompt, Sequence
from skaldcast.core.synthesis.xtts.device import Lane
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.sampling import Sampling

GREEDY = Sampling(top_k=1, top_p=1.0, temperature=1.0)
TEXTS = (
    "Hello there. This is a tiny random model, so it only makes noise.",
    "Short one.",
    "The old lighthouse keeper climbed the stairs slowly, counting each step as he had done.",
    "Rain fell on the harbour.",
    "And then nothing happened for a long while.",
    "She opened the letter, read it twice, and put it down again.",
    "No.",
    "A last sentence for the batch of eight.",
)


def latent(checkpoint: Checkpoint) -> Any:
    return checkpoint.model.speaker_manager.speakers["Test Speaker"]["gpt_cond_latent"]


def prompt(checkpoint: Checkpoint, text: str, seed: int = 0, budget: int = 60) -> Prompt:
    tokens = checkpoint.model.tokenizer.encode(text.lower(), "en")
    return Prompt(tuple(tokens), latent(checkpoint), seed, budget)


def decoder(
    checkpoint: Checkpoint, rows: int = 8, sampling: Sampling | None = None, lag: int = 0
) -> Decoder:
    lane = Lane("cpu")
    return Decoder(checkpoint.model, rows, sampling or Sampling(), lane, lane, lag=lag)


def run_out(one: Decoder) -> list[Sequence]:
    """Decode until all sequences are done; they leave as they are."""
    ended: list[Sequence] = []
    while one.active:
        for sequence in one.step():
            if sequence.done:
                ended.append(sequence)
                one.leave(sequence)
    return ended


def alone(checkpoint: Checkpoint, one: Prompt, sampling: Sampling | None = None) -> Sequence:
    """Decode a prompt with nothing beside it."""
    own = decoder(checkpoint, 1, sampling)
    sequence = own.join(one)
    run_out(own)
    return sequence


def upstream(checkpoint: Checkpoint, text: str, codes: int) -> tuple[list[int], Any]:
    """Upstream's greedy codes (the stop code among them) and latents, (count, channels)."""
    gpt = checkpoint.model.gpt
    tokens = torch.IntTensor(checkpoint.model.tokenizer.encode(text.lower(), "en"))[None]
    with torch.inference_mode():
        inputs = gpt.compute_embeddings(latent(checkpoint), tokens)
        made = list(
            gpt.get_generator(
                fake_inputs=inputs,
                top_k=1,
                top_p=1.0,
                temperature=1.0,
                do_sample=True,
                num_beams=1,
                num_return_sequences=1,
                length_penalty=1.0,
                repetition_penalty=GREEDY.repetition_penalty,
                output_attentions=False,
                output_hidden_states=True,
                return_dict_in_generate=True,
                max_new_tokens=codes,
            )
        )
    return [int(code) for code, _ in made], torch.cat([latent for _, latent in made])
