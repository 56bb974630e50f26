#nullable enable
using System;
using System.Threading;

namespace Skaldcast
{
    /// <summary>What the mixer hears of a stream: the samples of the ring at the mixer's rate, with
    /// silence where there are none, and without clicks where the sound breaks off or jumps. Plain,
    /// allocates nothing, waits for nothing; for one reader, which is the mixer's thread.</summary>
    internal sealed class AudioPlayer
    {
        private const int Block = 1024;
        private const double FadeS = 0.005;

        private readonly PcmRing _ring;
        private readonly CubicResampler? _resampler;
        private readonly int _prebuffer;
        private readonly int _fade;
        private readonly float[] _source;
        private readonly float[] _made = new float[Block];

        private volatile bool _paused;
        private bool _open; // whether samples are taken from the ring
        private int _waited; // samples for which the ring has had some, but not enough
        private int _epoch;
        private float _last;
        private float _step; // between what was heard and what comes, at the last break
        private int _fadeLeft;
        private long _dry;

        /// <summary>`prebuffer` samples must be in the ring before it begins, or have been waited
        /// for: a line may be shorter.</summary>
        public AudioPlayer(PcmRing ring, int sourceRate, int mixerRate, int prebuffer)
        {
            _ring = ring;
            _resampler = sourceRate == mixerRate ? null : new CubicResampler(sourceRate, mixerRate);
            _prebuffer = prebuffer;
            _fade = Math.Max(1, (int)(FadeS * sourceRate));
            _source = new float[(int)((long)Block * sourceRate / mixerRate) + 2];
        }

        /// <summary>Whether silence is heard, and the samples are kept.</summary>
        public bool Paused
        {
            get => _paused;
            set => _paused = value;
        }

        /// <summary>How many times there was no sample left; so it is at the end of each stretch of
        /// speech too.</summary>
        public long Dry => Interlocked.Read(ref _dry);

        /// <summary>Fills interleaved samples, the same in each channel; with `multiply` they are the
        /// gains of the channels before.</summary>
        public void Read(float[] data, int channels, bool multiply)
        {
            var frames = data.Length / channels;
            for (var done = 0; done < frames; done += Block)
            {
                var count = Math.Min(Block, frames - done);
                Make(count);
                for (var i = 0; i < count; i++)
                {
                    var at = (done + i) * channels;
                    for (var channel = 0; channel < channels; channel++)
                    {
                        data[at + channel] = multiply ? data[at + channel] * _made[i] : _made[i];
                    }
                }
            }
        }

        private void Make(int count)
        {
            if (_resampler == null)
            {
                Take(_made, count);
                return;
            }
            Take(_source, _resampler.Needed(count));
            _resampler.Run(_source, _made, 0, count);
        }

        private void Take(float[] target, int count)
        {
            var wasOpen = _open;
            var found = IsOpen(count) ? Read(target, count) : 0;
            Array.Clear(target, found, count - found);
            if (found > 0 && !wasOpen)
            {
                Break(target[0]);
            }
            Smooth(target, 0, found);
            if (found < count)
            {
                if (wasOpen || found > 0)
                {
                    Break(0f);
                }
                Smooth(target, found, count);
            }
        }

        private bool IsOpen(int count)
        {
            if (_paused)
            {
                _open = false;
                return false;
            }
            if (!_open)
            {
                var there = _ring.Count;
                _open = there >= _prebuffer || (there > 0 && _waited >= _prebuffer);
                _waited = there > 0 && !_open ? _waited + count : 0;
            }
            return _open;
        }

        private int Read(float[] target, int count)
        {
            var found = _ring.Read(target, 0, count, out var epoch);
            if (found < count)
            {
                _open = false;
                Interlocked.Increment(ref _dry);
            }
            if (epoch != _epoch && found > 0)
            {
                Break(target[0]);
            }
            _epoch = epoch;
            return found;
        }

        // What follows does not go on where the last sample was.
        private void Break(float next)
        {
            _step = _last - next;
            _fadeLeft = _fade;
        }

        private void Smooth(float[] samples, int begin, int end)
        {
            for (var i = begin; i < end; i++)
            {
                if (_fadeLeft > 0)
                {
                    samples[i] += _step * _fadeLeft / _fade;
                    _fadeLeft--;
                }
            }
            if (end > begin)
            {
                _last = samples[end - 1];
            }
        }
    }
}
