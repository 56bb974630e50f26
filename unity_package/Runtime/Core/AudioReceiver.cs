#nullable enable
using System;
using System.Collections.Generic;

namespace Skaldcast
{
    /// <summary>Writes the sound of a stream into a ring, takes back what is not to be heard, and
    /// knows which position of the stream the reader has reached. Plain; for one thread at a time,
    /// which is the ring's writer.</summary>
    internal sealed class AudioReceiver
    {
        private readonly PcmRing _ring;
        private readonly float[] _samples = new float[Protocol.MaxAudioBytes / sizeof(float)];
        // Where in the ring which positions begin; the first one holds the next sample to be read.
        private readonly List<Stretch> _stretches = new List<Stretch>();
        // What is not to be heard; each until all of it has come.
        private readonly List<Range> _cleared = new List<Range>();

        private uint _sequence;
        private long _written; // samples written into the ring, less those taken back
        private long _end; // what the reader has reached where the ring is empty

        public AudioReceiver(PcmRing ring)
        {
            _ring = ring;
            _stretches.Add(new Stretch(0, 0));
        }

        /// <summary>The stream's number; null before it has begun.</summary>
        public long? Stream { get; private set; }

        /// <summary>The position after the last sample that came.</summary>
        public long Expected { get; private set; }

        /// <summary>All before it has been read, or is not to be.</summary>
        public long Position
        {
            get
            {
                var left = _ring.Count;
                return left == 0 ? _end : PositionAt(_written - left);
            }
        }

        /// <summary>The server's answer to `audio_start`. Where it goes on with the stream that we
        /// had, what has come is heard to its end: what was on its way when the connection was lost
        /// comes anew and has later positions. Else what is left is not heard.</summary>
        public void Begin(AudioOk reply)
        {
            Stream = reply.Stream;
            _sequence = 0;
            if (!reply.Resumed || reply.Frame < Expected)
            {
                _written -= _ring.TakeBack(_ring.Capacity);
                _stretches.Clear();
                _stretches.Add(new Stretch(_written, reply.Frame));
                _cleared.Clear();
                _end = reply.Frame;
            }
            Expected = reply.Frame;
            _end = Math.Max(_end, Expected);
            _cleared.RemoveAll(range => range.End <= Expected);
        }

        /// <summary>A binary frame has come; throws <see cref="FormatException"/> where it makes no
        /// sense, or one before it is missing.</summary>
        public void Take(byte[] bytes, int length)
        {
            var frame = PcmFrame.Parse(bytes, length);
            if (frame.Stream != Stream)
            {
                return;
            }
            if (frame.Sequence != _sequence || frame.Position != Expected)
            {
                throw new FormatException(
                    $"sound is missing: frame {frame.Sequence} at {frame.Position} came "
                    + $"where frame {_sequence} at {Expected} was expected");
            }
            if (length > Protocol.MaxAudioBytes || frame.Count > _ring.Capacity - _ring.Count)
            {
                throw new FormatException($"more sound came than was asked for: {frame.Count} samples");
            }
            frame.CopySamples(bytes, _samples);
            _sequence++;
            Expected += frame.Count;
            AppendHeard(frame.Position, frame.Count);
            Settle();
            _cleared.RemoveAll(range => range.End <= Expected);
            Forget();
        }

        /// <summary>What has positions from `begin` to before `end` is not to be heard, as far as it
        /// was not yet.</summary>
        public void Clear(long begin, long end)
        {
            var oldest = _written - _ring.Count;
            var first = Math.Max(SlotOf(begin), oldest);
            var last = Math.Max(SlotOf(end), first);
            // What is already there of the sound after `end` is written again in front.
            var kept = new float[_written - last];
            var runs = RunsFrom(last);
            _ring.CopyNewest(kept, kept.Length);
            var gone = _ring.TakeBack((int)(_written - first));
            var again = Math.Min(gone, kept.Length); // the reader may have got into it meanwhile
            _written -= gone;
            if (gone > again)
            {
                _stretches.RemoveAll(stretch => stretch.Slot > oldest && stretch.Slot >= _written);
            }
            for (var i = 0; i + 1 < runs.Count; i++)
            {
                var from = Math.Max(runs[i].Slot - last, kept.Length - again);
                var count = Math.Max(runs[i + 1].Slot - last - from, 0);
                Append(kept, (int)from, (int)count, runs[i].Position + last + from - runs[i].Slot);
            }
            _cleared.Add(new Range(begin, end));
            Settle();
            _cleared.RemoveAll(range => range.End <= Expected);
        }

        // The samples of a frame, but for what is not to be heard.
        private void AppendHeard(long begin, int count)
        {
            var end = begin + count;
            for (var at = begin; at < end;)
            {
                var next = end;
                var skipped = Skip(at);
                foreach (var range in _cleared)
                {
                    if (range.Begin > at)
                    {
                        next = Math.Min(next, range.Begin);
                    }
                }
                if (skipped == at)
                {
                    Append(_samples, (int)(at - begin), (int)(next - at), at);
                }
                at = skipped == at ? next : skipped;
            }
        }

        private void Append(float[] samples, int offset, int count, long position)
        {
            if (count == 0)
            {
                return;
            }
            if (PositionAt(_written) != position)
            {
                _stretches.Add(new Stretch(_written, position));
            }
            _written += _ring.Write(samples, offset, count);
        }

        private void Settle() => _end = Skip(Math.Max(_end, PositionAt(_written)));

        // The next position that is to be heard.
        private long Skip(long position)
        {
            foreach (var range in _cleared) // each ends after the one before it
            {
                if (range.Begin <= position && position < range.End)
                {
                    position = range.End;
                }
            }
            return position;
        }

        private long PositionAt(long slot)
        {
            for (var i = _stretches.Count - 1; i > 0; i--)
            {
                if (_stretches[i].Slot <= slot)
                {
                    return _stretches[i].Position + slot - _stretches[i].Slot;
                }
            }
            return _stretches[0].Position + slot - _stretches[0].Slot;
        }

        // The first sample that has this position or a later one.
        private long SlotOf(long position)
        {
            for (var i = _stretches.Count - 1; i >= 0; i--)
            {
                if (_stretches[i].Position <= position)
                {
                    var next = i + 1 < _stretches.Count ? _stretches[i + 1].Slot : _written;
                    return Math.Min(_stretches[i].Slot + position - _stretches[i].Position, next);
                }
            }
            return _stretches[0].Slot;
        }

        // The unbroken runs from a slot on, and the end of the last one.
        private List<Stretch> RunsFrom(long slot)
        {
            var runs = new List<Stretch> { new Stretch(slot, PositionAt(slot)) };
            runs.AddRange(_stretches.FindAll(stretch => stretch.Slot > slot && stretch.Slot < _written));
            runs.Add(new Stretch(_written, 0));
            return runs;
        }

        private void Forget()
        {
            var read = _written - _ring.Count;
            while (_stretches.Count > 1 && _stretches[1].Slot <= read)
            {
                _stretches.RemoveAt(0);
            }
        }

        private readonly struct Stretch
        {
            public readonly long Slot;
            public readonly long Position;

            public Stretch(long slot, long position)
            {
                Slot = slot;
                Position = position;
            }
        }

        private readonly struct Range
        {
            public readonly long Begin;
            public readonly long End;

            public Range(long begin, long end)
            {
                Begin = begin;
                End = end;
            }
        }
    }
}
