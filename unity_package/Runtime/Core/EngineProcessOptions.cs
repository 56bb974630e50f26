#nullable enable
using System;
using System.Collections.Generic;

namespace Skaldcast
{
    /// <summary>How an engine of the game's own is started.</summary>
    public sealed class EngineProcessOptions
    {
        /// <summary>The path of the engine's program, which `make dist` builds; on Windows `.exe` is
        /// added.</summary>
        public string Program { get; set; } = "skaldcast/skaldcast";

        /// <summary>More of its command line, as `--voice` and a voice's name.</summary>
        public IReadOnlyList<string> Arguments { get; set; } = Array.Empty<string>();

        /// <summary>A folder of the user's own, in which the port file may lie: who can read it can
        /// speak. In Unity `Application.persistentDataPath`.</summary>
        public string Folder { get; set; } =
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);

        /// <summary>Seconds that the engine may take until it listens.</summary>
        public double MostStartS { get; set; } = 60.0;
    }
}
