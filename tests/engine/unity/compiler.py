"""Compiles C# with Roslyn, on the .NET runtime that tools/install_dotnet.py has installed.

Runs in the Python that was installed with it, which has pythonnet:

    python compiler.py DOTNET_ROOT ROSLYN_FOLDER < jobs.json > results.json

All jobs are done by one process: the compiler itself is compiled anew each time it is started.
A job: out, files, references, language, executable, documented, defines. A result: what the
compiler says.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

CONFIG = {
    "runtimeOptions": {
        "tfm": "net8.0",
        "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"},
        "configProperties": {"System.Globalization.Invariant": True},
    }
}
QUIET = {
    "CS1701",  # a reference was made for another version of the base library
    "CS1702",
}


def start(dotnet: str, roslyn: str) -> None:
    """Start the runtime in this process and load the compiler into it."""
    os.environ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "runtimeconfig.json")
        config.write_text(json.dumps(CONFIG), "utf-8")
        import pythonnet

        pythonnet.load("coreclr", dotnet_root=dotnet, runtime_config=str(config))
    import clr

    sys.path.append(roslyn)
    clr.AddReference("Microsoft.CodeAnalysis")
    clr.AddReference("Microsoft.CodeAnalysis.CSharp")


class Compiler:
    """Knows each reference once, for all jobs."""

    def __init__(self):
        self._references = {}

    def compile(self, job):
        """Do a job; returns the lines that the compiler says of it, each a warning or an error."""
        from Microsoft.CodeAnalysis import DiagnosticSeverity
        from System.IO import File

        stream = File.Create(job["out"])
        try:
            done = self._compilation(job).Emit(stream)
        finally:
            stream.Close()
        hidden = (DiagnosticSeverity.Hidden, DiagnosticSeverity.Info)
        told = [one for one in done.Diagnostics if one.Severity not in hidden]
        if done.Success and job["executable"]:
            config = Path(job["out"]).with_suffix(".runtimeconfig.json")
            config.write_text(json.dumps(CONFIG), "utf-8")
        return [str(one) for one in told if one.Id not in QUIET]

    def _compilation(self, job):
        from Microsoft.CodeAnalysis import OptimizationLevel, OutputKind, SyntaxTree
        from Microsoft.CodeAnalysis.CSharp import CSharpCompilation, CSharpCompilationOptions
        from System import Array

        kind = "ConsoleApplication" if job["executable"] else "DynamicallyLinkedLibrary"
        options = CSharpCompilationOptions(getattr(OutputKind, kind))
        options = options.WithOptimizationLevel(OptimizationLevel.Release)
        return CSharpCompilation.Create(
            Path(job["out"]).stem,
            Array[SyntaxTree]([self._parse(path, job) for path in job["files"]]),
            self._refer(job["references"]),
            options,
        )

    def _parse(self, path, job):
        from Microsoft.CodeAnalysis import DocumentationMode
        from Microsoft.CodeAnalysis.CSharp import (
            CSharpParseOptions,
            CSharpSyntaxTree,
            LanguageVersion,
        )
        from System import Array, String

        version = getattr(LanguageVersion, job["language"])
        mode = DocumentationMode.Diagnose if job["documented"] else DocumentationMode.Parse
        options = CSharpParseOptions(version).WithDocumentationMode(mode)
        options = options.WithPreprocessorSymbols(Array[String](job["defines"]))
        return CSharpSyntaxTree.ParseText(Path(path).read_text("utf-8"), options, path)

    def _refer(self, paths):
        from Microsoft.CodeAnalysis import MetadataReference
        from System import Array

        for path in paths:
            if path not in self._references:
                self._references[path] = MetadataReference.CreateFromFile(path)
        return Array[MetadataReference]([self._references[path] for path in paths])


if __name__ == "__main__":
    start(*sys.argv[1:])
    compiler = Compiler()
    json.dump([compiler.compile(job) for job in json.load(sys.stdin)], sys.stdout)
