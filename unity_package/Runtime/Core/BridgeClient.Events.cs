#nullable enable
using System;

namespace Skaldcast
{
    public sealed partial class BridgeClient
    {
        /// <summary>The engine let us in. True where the session goes on after a loss, false where it
        /// is a new one: then <see cref="CueLost"/> has told which cues went with the old one.</summary>
        public event Action<bool>? Connected;

        /// <summary>There is no connection (close code, reason); it is tried again until there is
        /// one. Told once for each loss.</summary>
        public event Action<int, string>? Disconnected;

        /// <summary>The engine will not have us, and no further try is made.</summary>
        public event Action<ConnectionEndedException>? Refused;

        /// <summary>A cue is not spoken (id, why).</summary>
        public event Action<string, SkaldcastException>? CueRefused;

        /// <summary>The engine was started anew, or we were away for too long: how this cue ended is
        /// not known.</summary>
        public event Action<string>? CueLost;

        /// <summary>The engine cannot go on speaking (error code, reason).</summary>
        public event Action<int, string>? EngineFailed;

        /// <summary>The engine no longer sends the sound itself.</summary>
        public event Action<SkaldcastException>? AudioEnded;

        /// <summary>Any of the events below, each once and in its order.</summary>
        public event Action<BridgeEvent>? EventReceived;

        /// <summary>A cue was accepted.</summary>
        public event Action<CueQueued>? CueQueued;

        /// <summary>When a cue will speak, and how long.</summary>
        public event Action<CuePredicted>? CuePredicted;

        /// <summary>The first sound of a cue is heard.</summary>
        public event Action<CueStarted>? CueStarted;

        /// <summary>A stretch of a cue is heard: a subtitle.</summary>
        public event Action<ChunkStarted>? ChunkStarted;

        /// <summary>A word is heard.</summary>
        public event Action<WordStarted>? WordStarted;

        /// <summary>A cue has ended; each does so once.</summary>
        public event Action<CueFinished>? CueFinished;

        /// <summary>The transport went from one state to another.</summary>
        public event Action<StateChanged>? StateChanged;

        /// <summary>Silence was put inside speech.</summary>
        public event Action<Underrun>? Underrun;

        /// <summary>A wait was placed at a pause of the text.</summary>
        public event Action<Hold>? Hold;

        /// <summary>How much audio is ready; by subscription only.</summary>
        public event Action<BufferLevel>? BufferLevel;

        /// <summary>How loud it is where the output is; by subscription only.</summary>
        public event Action<AudioLevel>? AudioLevel;

        private void Raise(BridgeEvent told)
        {
            EventReceived?.Invoke(told);
            switch (told)
            {
                case CueQueued queued:
                    CueQueued?.Invoke(queued);
                    break;
                case CuePredicted predicted:
                    CuePredicted?.Invoke(predicted);
                    break;
                case CueStarted started:
                    CueStarted?.Invoke(started);
                    break;
                case ChunkStarted chunk:
                    ChunkStarted?.Invoke(chunk);
                    break;
                case WordStarted word:
                    WordStarted?.Invoke(word);
                    break;
                case CueFinished finished:
                    CueFinished?.Invoke(finished);
                    break;
                case StateChanged changed:
                    StateChanged?.Invoke(changed);
                    break;
                case Underrun underrun:
                    Underrun?.Invoke(underrun);
                    break;
                case Hold hold:
                    Hold?.Invoke(hold);
                    break;
                case BufferLevel level:
                    BufferLevel?.Invoke(level);
                    break;
                case AudioLevel level:
                    AudioLevel?.Invoke(level);
                    break;
            }
        }
    }
}
