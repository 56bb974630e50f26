#nullable enable
using System;
using System.Threading.Tasks;

namespace Skaldcast
{
    /// <summary>The voice as samples, for the game's own mixer. Made by
    /// <see cref="BridgeClient.StartAudio"/>. The engine sends 24 or 48 kHz; at any other rate of the
    /// mixer, such as 44.1 kHz, the samples are brought to it here.</summary>
    /// <remarks>What is told of cues follows what <see cref="Read"/> has taken: where nobody reads,
    /// nothing goes on.</remarks>
    public sealed class AudioStream
    {
        private const double ReportS = 0.05;

        private readonly PcmRing _ring;
        private readonly AudioReceiver _receiver;
        private readonly AudioPlayer _player;
        private readonly int _credit;
        private readonly TaskCompletionSource<bool> _started = Promise.Make<bool>();
        private bool _live; // whether this connection has the stream
        private long _reported = -1;
        private double _reportS;

        internal AudioStream(AudioOptions options)
        {
            if (options.MixerRate < 8_000 || options.MixerRate > 384_000)
            {
                throw new ArgumentOutOfRangeException(nameof(options), "a mixer's rate is 8,000 to 384,000");
            }
            if (!(options.AheadS >= 0.05 && options.AheadS <= Protocol.MaxCreditS))
            {
                throw new ArgumentOutOfRangeException(nameof(options), "0.05 to 30 s can be sent ahead");
            }
            SampleRate = options.MixerRate == 24_000 ? 24_000 : 48_000;
            _credit = (int)(options.AheadS * SampleRate);
            _ring = new PcmRing(_credit);
            _receiver = new AudioReceiver(_ring);
            // Half of what is sent ahead: else it might never be there.
            var prebuffer = Math.Min((int)(options.PrebufferS * SampleRate), _credit / 2);
            _player = new AudioPlayer(_ring, SampleRate, options.MixerRate, Math.Max(prebuffer, 0));
        }

        /// <summary>Samples a second as the engine sends them.</summary>
        public int SampleRate { get; }

        /// <summary>Done once the engine sends sound; fails where it does not, and as soon as the
        /// stream ends.</summary>
        public Task Started => _started.Task;

        /// <summary>Whether nothing more will come.</summary>
        public bool Ended { get; private set; }

        /// <summary>Seconds of sound that have come and were not read.</summary>
        public double BufferedS => (double)_ring.Count / SampleRate;

        /// <summary>How many times no sample was left to read. At the end of each stretch of speech
        /// that is so; within one it is a gap.</summary>
        public long Dry => _player.Dry;

        /// <summary>Fills interleaved samples, each channel the same, silence where there is no
        /// sound. For the mixer's thread: it never waits and allocates nothing.</summary>
        public void Read(float[] data, int channels) => _player.Read(data, channels, false);

        /// <summary>Multiplies what is there, such as a spatialiser's gains, by the samples.</summary>
        public void MultiplyInto(float[] data, int channels) => _player.Read(data, channels, true);

        // The rest is the client's, under its lock.

        internal JsonObject StartRequest()
        {
            var form = Requests.AudioFormat(AudioEncoding.F32, SampleRate, 1);
            var point = _receiver.Stream is long stream
                ? Requests.AudioResumePoint(stream, _receiver.Expected)
                : null;
            return Requests.AudioStart(form, _credit, point);
        }

        internal void Begin(AudioOk reply)
        {
            _receiver.Begin(reply);
            _live = true;
            _reported = -1;
            _started.TrySetResult(true);
        }

        internal void LoseConnection() => _live = false;

        internal void Take(byte[] bytes, int length)
        {
            if (_live)
            {
                _receiver.Take(bytes, length);
            }
        }

        internal void Tell(BridgeEvent told)
        {
            switch (told)
            {
                case StateChanged changed:
                    SetState(changed.State);
                    break;
                case AudioCleared cleared when cleared.Stream == _receiver.Stream:
                    _receiver.Clear(cleared.FromFrame, cleared.ToFrame);
                    _reportS = 0.0; // at once: the engine waits for it
                    break;
            }
        }

        internal void SetState(string state) =>
            _player.Paused = state == "paused"; // what was sent ahead stays good

        internal void End(SkaldcastException why)
        {
            Ended = true;
            _live = false;
            _started.TrySetException(why);
        }

        /// <summary>When the position is to be told.</summary>
        internal double DueS =>
            _live && (_ring.Count > 0 || _receiver.Position != _reported) ? _reportS : double.PositiveInfinity;

        internal JsonObject? Report(double nowS)
        {
            if (!_live || nowS < _reportS)
            {
                return null;
            }
            _reportS = nowS + ReportS;
            if (_receiver.Position == _reported)
            {
                return null; // nobody reads just now
            }
            _reported = _receiver.Position;
            return Requests.AudioPosition(_receiver.Stream ?? 0, _reported, _credit);
        }
    }
}
