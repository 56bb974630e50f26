"""Tells which types of other assemblies one uses, and which of them .NET Standard 2.1 lacks.

Runs in the Python that was installed with the runtime, as compiler.py does:

    python references.py DOTNET_ROOT ROSLYN_FOLDER NETSTANDARD ASSEMBLY > types.json

NETSTANDARD is the runtime's netstandard.dll: it has no code, only a forward for each type of .NET
Standard 2.1 to where the runtime has it, and so is the list of these types.
"""

import json
import sys

from compiler import start


def open_assembly(path):
    """Its metadata."""
    from System.IO import File
    from System.Reflection.Metadata import PEReaderExtensions
    from System.Reflection.PortableExecutable import PEReader

    return PEReaderExtensions.GetMetadataReader(PEReader(File.OpenRead(path)))


def used(reader):
    """The names of all types that are defined elsewhere."""
    from System.Reflection.Metadata import HandleKind, TypeReferenceHandle

    def name(handle):
        row = reader.GetTypeReference(handle)
        if row.ResolutionScope.Kind == HandleKind.TypeReference:
            outer = TypeReferenceHandle.op_Explicit(row.ResolutionScope)
            return f"{name(outer)}+{reader.GetString(row.Name)}"
        return f"{reader.GetString(row.Namespace)}.{reader.GetString(row.Name)}"

    return {name(handle) for handle in reader.TypeReferences}


def forwarded(reader):
    """The names of all types that are forwarded, without those inside of others."""
    rows = [reader.GetExportedType(handle) for handle in reader.ExportedTypes]
    return {
        f"{reader.GetString(row.Namespace)}.{reader.GetString(row.Name)}"
        for row in rows
        if row.IsForwarder
    }


if __name__ == "__main__":
    start(*sys.argv[1:3])
    import clr

    clr.AddReference("System.Reflection.Metadata")
    standard, types = forwarded(open_assembly(sys.argv[3])), used(open_assembly(sys.argv[4]))
    # A type inside of another goes where the other goes.
    missing = [name for name in types if name.partition("+")[0] not in standard]
    told = {"standard": len(standard), "used": sorted(types), "missing": sorted(missing)}
    json.dump(told, sys.stdout)
