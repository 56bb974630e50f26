#nullable enable
using System;
using System.Threading;

namespace Skaldcast
{
    /// <summary>Samples on their way from the network to the mixer. One thread writes, and may take
    /// back what was not read; one reads. Neither ever waits for the other: what is not there is
    /// told by a count. Holds <see cref="Capacity"/> samples.</summary>
    /// <remarks>Both ends and a count of what was taken back are one word of 64 bits, which each
    /// side changes by compare-and-swap: a reader whose samples were taken back while it copied them
    /// sees that the word has changed, and copies anew.</remarks>
    internal sealed class PcmRing
    {
        private const int Bits = 24;
        private const long Mask = (1L << Bits) - 1;

        private readonly float[] _samples;
        private readonly int _wrap;
        private long _ends; // read end, 24 bits; write end, 24 bits; times taken back, 16 bits

        /// <summary>Holds at least so many samples; at most 4,194,304.</summary>
        public PcmRing(int capacity)
        {
            if (capacity < 1 || capacity > 1 << (Bits - 2))
            {
                throw new ArgumentOutOfRangeException(nameof(capacity));
            }
            var size = 1;
            while (size < capacity)
            {
                size *= 2; // so that the counters wrap where the array does
            }
            _samples = new float[size];
            _wrap = size - 1;
        }

        public int Capacity => _samples.Length;

        /// <summary>Samples that can be read.</summary>
        public int Count => CountOf(Interlocked.Read(ref _ends));

        /// <summary>The writer adds samples; returns how many there was room for.</summary>
        public int Write(float[] samples, int offset, int count)
        {
            var before = Interlocked.Read(ref _ends);
            var room = Math.Min(count, Capacity - CountOf(before)); // a reader only makes more
            var end = WriteEnd(before);
            for (var i = 0; i < room; i++)
            {
                _samples[(end + i) & _wrap] = samples[offset + i];
            }
            Change(ends => Pack(ReadEnd(ends), WriteEnd(ends) + room, Epoch(ends)));
            return room;
        }

        /// <summary>The writer takes back the newest samples, as many of them as were not read;
        /// returns how many.</summary>
        public int TakeBack(int count)
        {
            var taken = 0;
            Change(ends =>
            {
                taken = Math.Min(count, CountOf(ends));
                return Pack(ReadEnd(ends), WriteEnd(ends) - taken, Epoch(ends) + 1);
            });
            return taken;
        }

        /// <summary>The writer looks at the newest samples, oldest first.</summary>
        public void CopyNewest(float[] target, int count)
        {
            var end = WriteEnd(Interlocked.Read(ref _ends));
            for (var i = 0; i < count; i++)
            {
                target[i] = _samples[(int)((end - count + i) & _wrap)];
            }
        }

        /// <summary>The reader takes the oldest samples; returns how many there were. `epoch` grows
        /// whenever samples were taken back: those that follow do not go on where the last ones
        /// ended.</summary>
        public int Read(float[] target, int offset, int count, out int epoch)
        {
            while (true)
            {
                var ends = Interlocked.Read(ref _ends);
                var found = Math.Min(count, CountOf(ends));
                var start = ReadEnd(ends);
                for (var i = 0; i < found; i++)
                {
                    target[offset + i] = _samples[(start + i) & _wrap];
                }
                epoch = Epoch(ends);
                var after = Pack(start + found, WriteEnd(ends), epoch);
                if (Interlocked.CompareExchange(ref _ends, after, ends) == ends)
                {
                    return found;
                }
            }
        }

        private void Change(Func<long, long> change)
        {
            long before;
            do
            {
                before = Interlocked.Read(ref _ends);
            }
            while (Interlocked.CompareExchange(ref _ends, change(before), before) != before);
        }

        private static int ReadEnd(long ends) => (int)(ends & Mask);

        private static int WriteEnd(long ends) => (int)((ends >> Bits) & Mask);

        private static int Epoch(long ends) => (int)((ends >> (2 * Bits)) & 0xFFFF);

        private static int CountOf(long ends) => (int)((WriteEnd(ends) - ReadEnd(ends)) & Mask);

        private static long Pack(int readEnd, int writeEnd, int epoch) =>
            (readEnd & Mask) | ((writeEnd & Mask) << Bits) | ((epoch & 0xFFFFL) << (2 * Bits));
    }
}
