#nullable enable
using System.Collections.Generic;
using System.Threading;

namespace Skaldcast
{
    /// <summary>How a client connects.</summary>
    public sealed class BridgeOptions
    {
        /// <summary>Where the engine listens; `wss://` where it has a certificate.</summary>
        public string Url { get; set; } = Protocol.DefaultUrl;

        /// <summary>What answers the engine's challenge; it is never sent.</summary>
        public string Password { get; set; } = "";

        /// <summary>The game's name in the engine's log, and the beginning of its cues' ids.</summary>
        public string Client { get; set; } = "game";

        /// <summary>How the cues share the voice with those of others. With `Session` they queue
        /// among themselves only, and the game plays the sound itself; one client for each character
        /// that may speak at the same time as others.</summary>
        public Policy Policy { get; set; } = Policy.Queue;

        /// <summary>The events wanted; null for the ordinary ones.</summary>
        public IReadOnlyList<EventName>? Events { get; set; }

        /// <summary>Where events are told: in Unity that of the main thread. Null: on a thread of the
        /// pool, one event after the other.</summary>
        public SynchronizationContext? Context { get; set; } = SynchronizationContext.Current;
    }

    /// <summary>How a game hears the sound itself.</summary>
    public sealed class AudioOptions
    {
        /// <summary>Samples a second of the game's mixer.</summary>
        public int MixerRate { get; set; } = 48_000;

        /// <summary>Seconds of sound that are sent ahead: so long may the network stall.</summary>
        public double AheadS { get; set; } = 1.0;

        /// <summary>Seconds of sound that must be there before any is heard.</summary>
        public double PrebufferS { get; set; } = 0.1;
    }
}
