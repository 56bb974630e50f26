using System;
using System.Linq;
using System.Threading;

namespace Skaldcast.Tests
{
    public static class PcmRingTests
    {
        private static float[] Numbers(int from, int count) =>
            Enumerable.Range(from, count).Select(number => (float)number).ToArray();

        private static float[] Read(PcmRing ring, int count)
        {
            var target = new float[count];
            return target.Take(ring.Read(target, 0, count, out _)).ToArray();
        }

        public static void Samples_come_out_as_they_went_in()
        {
            var ring = new PcmRing(8);
            Check.Equal(5, ring.Write(Numbers(0, 5), 0, 5));
            Check.Sequence(Numbers(0, 3), Read(ring, 3));
            Check.Equal(6, ring.Write(Numbers(5, 7), 0, 7)); // no room for more
            Check.Sequence(Numbers(3, 8), Read(ring, 20));
            Check.Equal(0, ring.Count);
        }

        public static void The_newest_are_taken_back_as_far_as_they_were_not_read()
        {
            var ring = new PcmRing(8);
            ring.Write(Numbers(0, 6), 0, 6);
            Check.Equal(2, ring.TakeBack(2));
            ring.Write(Numbers(10, 1), 0, 1);
            Check.Sequence(new[] { 0f, 1f, 2f, 3f, 10f }, Read(ring, 9));
            ring.Write(Numbers(0, 3), 0, 3);
            Read(ring, 2);
            Check.Equal(1, ring.TakeBack(5));
        }

        public static void It_goes_on_when_its_counters_wrap()
        {
            var ring = new PcmRing(1 << 12);
            var piece = new float[1 << 12];
            for (var round = 0; round < (1 << 24) / piece.Length + 3; round++)
            {
                piece[0] = round;
                Check.Equal(piece.Length, ring.Write(piece, 0, piece.Length));
                var target = new float[piece.Length];
                Check.Equal(piece.Length, ring.Read(target, 0, target.Length, out _));
                Check.Equal((float)round, target[0]);
            }
        }

        public static void A_bound_that_cannot_be_is_refused()
        {
            Check.Throws<ArgumentOutOfRangeException>(() => new PcmRing(0));
            Check.Throws<ArgumentOutOfRangeException>(() => new PcmRing(1 << 23));
        }

        // The writer counts up; whenever it takes back, it goes on from the number that it took back
        // to: so a reader must see numbers that only grow, by one where nothing was taken back.
        public static void Two_threads_lose_and_repeat_nothing()
        {
            var ring = new PcmRing(64);
            var last = 300_000;
            var random = new Random(1);
            Exception failure = null;
            var reader = new Thread(() =>
            {
                try
                {
                    ReadAll(ring, last);
                }
                catch (Exception error)
                {
                    failure = error;
                }
            });
            reader.Start();
            var next = 0;
            while (next < last && failure == null)
            {
                var count = Math.Min(random.Next(1, 40), last - next);
                var wrote = ring.Write(Numbers(next, count), 0, count);
                next += wrote;
                if (random.Next(4) == 0)
                {
                    next -= ring.TakeBack(random.Next(1, 30));
                }
                if (wrote == 0)
                {
                    Thread.Yield();
                }
            }
            reader.Join();
            Check.True(failure == null, failure?.Message);
        }

        private static void ReadAll(PcmRing ring, int last)
        {
            var target = new float[48];
            var expected = 0f;
            while (expected < last)
            {
                var found = ring.Read(target, 0, target.Length, out _);
                for (var i = 0; i < found; i++)
                {
                    Check.Equal(expected, target[i]);
                    expected++;
                }
                if (found == 0)
                {
                    Thread.Yield();
                }
            }
        }
    }
}
