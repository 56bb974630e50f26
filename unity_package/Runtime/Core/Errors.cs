#nullable enable
using System;

namespace Skaldcast
{
    // SkaldcastException
    // ├── RequestRefusedException     the engine said no
    // ├── ConnectionEndedException    there is no connection, and none is tried
    // ├── CueLostException            nobody will tell how a cue ended
    // └── EngineProcessException      there is no engine of the game's own

    /// <summary>Something could not be done; the message says what and why in one line.</summary>
    public class SkaldcastException : Exception
    {
        /// <summary>Says what could not be done, and why.</summary>
        public SkaldcastException(string message)
            : base(message)
        {
        }
    }

    /// <summary>The engine refused a request.</summary>
    public sealed class RequestRefusedException : SkaldcastException
    {
        /// <summary>Says why.</summary>
        public RequestRefusedException(int code, string message)
            : base(message) => Code = (ErrorCode)code;

        /// <summary>Why.</summary>
        public ErrorCode Code { get; }
    }

    /// <summary>There is no connection, and no further try is made.</summary>
    public sealed class ConnectionEndedException : SkaldcastException
    {
        /// <summary>Says why.</summary>
        public ConnectionEndedException(int code, string message)
            : base(message) => Code = code;

        /// <summary>One of <see cref="CloseCode"/>; 0 where the game itself ended it.</summary>
        public int Code { get; }
    }

    /// <summary>The engine was started anew, or we were away for too long: how a cue ended is not
    /// known.</summary>
    public sealed class CueLostException : SkaldcastException
    {
        /// <summary>Names the cue.</summary>
        public CueLostException(string cueId)
            : base($"how cue {cueId} ended is not known: the engine no longer has the session") =>
            CueId = cueId;

        /// <summary>The cue.</summary>
        public string CueId { get; }
    }
    /// <summary>No engine of the game's own could be started.</summary>
    public sealed class EngineProcessException : SkaldcastException
    {
        /// <summary>Says why.</summary>
        public EngineProcessException(string message)
            : base(message)
        {
        }
    }
}
