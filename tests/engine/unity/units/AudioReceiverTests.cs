using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Skaldcast.Tests
{
    public static class AudioReceiverTests
    {
        internal static byte[] Frame(int stream, int sequence, long position, params float[] samples)
        {
            var bytes = new List<byte>();
            bytes.AddRange(BitConverter.GetBytes((uint)stream));
            bytes.AddRange(BitConverter.GetBytes((uint)sequence));
            bytes.AddRange(BitConverter.GetBytes((ulong)position));
            foreach (var sample in samples)
            {
                bytes.AddRange(BitConverter.GetBytes(sample));
            }
            return bytes.ToArray();
        }

        internal static AudioOk Answer(int stream, long frame, bool resumed = false) => new AudioOk(JsonObject.Parse(
            $"{{\"stream\":{stream},\"frame\":{frame},\"resumed\":{(resumed ? "true" : "false")}}}"));

        // A stream in which each sample is its own position.
        private sealed class Bench
        {
            public readonly PcmRing Ring = new PcmRing(256);
            public readonly AudioReceiver Receiver;
            private int _sequence;

            public Bench(long frame = 0)
            {
                Receiver = new AudioReceiver(Ring);
                Receiver.Begin(Answer(1, frame));
            }

            public void Send(int count)
            {
                var begin = Receiver.Expected;
                var samples = Enumerable.Range(0, count).Select(i => (float)(begin + i)).ToArray();
                var bytes = Frame(1, _sequence++, begin, samples);
                Receiver.Take(bytes, bytes.Length);
            }

            // The connection was lost; the server goes on at a position with what had not come.
            public void GoOn(long position)
            {
                _sequence = 0;
                Receiver.Begin(Answer(1, position, resumed: true));
            }

            public float[] Read(int count)
            {
                var target = new float[count];
                return target.Take(Ring.Read(target, 0, count, out _)).ToArray();
            }
        }

        private static float[] From(int begin, int end) =>
            Enumerable.Range(begin, end - begin).Select(number => (float)number).ToArray();

        public static void Sound_goes_into_the_ring_and_its_position_is_known()
        {
            var bench = new Bench(100);
            Check.Equal(100L, bench.Receiver.Position);
            bench.Send(20);
            bench.Send(30);
            Check.Equal(100L, bench.Receiver.Position);
            Check.Sequence(From(100, 125), bench.Read(25));
            Check.Equal(125L, bench.Receiver.Position);
            bench.Read(99);
            Check.Equal(150L, bench.Receiver.Position);
        }

        public static void A_frame_that_is_missing_or_makes_no_sense_is_told()
        {
            var receiver = new Bench().Receiver;
            foreach (var bytes in new[]
            {
                Frame(1, 1, 0, 1f), Frame(1, 0, 5, 1f), new byte[15], Frame(1, 0, 0, 1f).Take(19).ToArray(),
                Frame(1, 0, -1, 1f), Frame(1, 0, 0, new float[8189]),
            })
            {
                Check.Throws<FormatException>(() => receiver.Take(bytes, bytes.Length));
            }
            var other = Frame(2, 7, 7, 1f);
            receiver.Take(other, other.Length); // of a stream that has ended
            Check.Equal(0L, receiver.Expected);
        }

        public static void More_than_there_is_room_for_is_a_fault()
        {
            var bench = new Bench();
            bench.Send(256);
            Check.Throws<FormatException>(() => bench.Send(1));
        }

        public static void What_is_cleared_is_not_heard()
        {
            var bench = new Bench();
            bench.Send(100);
            bench.Read(10);
            bench.Receiver.Clear(40, 100);
            Check.Equal(10L, bench.Receiver.Position);
            bench.Send(20);
            Check.Sequence(From(10, 40).Concat(From(100, 120)).ToArray(), bench.Read(999));
            Check.Equal(120L, bench.Receiver.Position);
        }

        public static void What_is_being_heard_is_cut_off()
        {
            var bench = new Bench();
            bench.Send(100);
            bench.Read(50);
            bench.Receiver.Clear(20, 100);
            Check.Equal(100L, bench.Receiver.Position);
            Check.Equal(0, bench.Ring.Count);
        }

        public static void The_sound_after_it_may_come_first()
        {
            var bench = new Bench();
            bench.Send(100);
            bench.Send(50);
            bench.Receiver.Clear(40, 100);
            Check.Sequence(From(0, 40).Concat(From(100, 150)).ToArray(), bench.Read(999));
            bench.Receiver.Clear(40, 100); // told again: nothing of it is left
            Check.Equal(150L, bench.Receiver.Position);
        }

        public static void It_may_be_told_before_all_of_it_has_come()
        {
            var bench = new Bench();
            bench.Send(30);
            bench.Receiver.Clear(20, 60);
            bench.Read(99);
            Check.Equal(60L, bench.Receiver.Position);
            bench.Send(20);
            bench.Send(20);
            Check.Sequence(From(60, 70), bench.Read(999));
            Check.Equal(70L, bench.Receiver.Position);
        }

        public static void A_stream_that_goes_on_keeps_what_has_come()
        {
            var bench = new Bench();
            bench.Send(30);
            bench.Receiver.Begin(Answer(1, 30, resumed: true));
            var bytes = Frame(1, 0, 30, 30f);
            bench.Receiver.Take(bytes, bytes.Length);
            Check.Sequence(From(0, 31), bench.Read(99));
        }

        public static void What_was_on_its_way_when_the_connection_was_lost_comes_anew_behind_what_has_come()
        {
            var bench = new Bench();
            bench.Send(30);
            bench.Read(10);
            bench.Receiver.Begin(Answer(1, 50, resumed: true)); // 30 to 50 never came
            Check.Equal(10L, bench.Receiver.Position);
            var bytes = Frame(1, 0, 50, 30f, 31f);
            bench.Receiver.Take(bytes, bytes.Length);
            Check.Sequence(From(10, 30), bench.Read(20));
            Check.Equal(50L, bench.Receiver.Position);
            Check.Sequence(From(30, 32), bench.Read(99));
            Check.Equal(52L, bench.Receiver.Position);
        }

        public static void What_never_came_counts_as_reached_once_all_before_it_is_read()
        {
            var bench = new Bench();
            bench.Send(30);
            bench.Receiver.Begin(Answer(1, 50, resumed: true));
            bench.Read(29);
            Check.Equal(29L, bench.Receiver.Position);
            bench.Read(1);
            Check.Equal(50L, bench.Receiver.Position);
        }

        public static void What_is_taken_back_over_a_lost_connection_is_not_heard()
        {
            var bench = new Bench();
            bench.Send(30);
            bench.Receiver.Clear(20, 50); // told again, before the answer
            bench.Receiver.Begin(Answer(1, 50, resumed: true));
            var bytes = Frame(1, 0, 50, 7f, 8f, 9f);
            bench.Receiver.Take(bytes, bytes.Length);
            bench.Receiver.Clear(10, 52);
            Check.Sequence(From(0, 10).Append(9f).ToArray(), bench.Read(99));
            Check.Equal(53L, bench.Receiver.Position);
        }

        public static void A_new_stream_takes_the_place_of_the_old_one()
        {
            var bench = new Bench();
            bench.Send(30);
            bench.Receiver.Begin(Answer(2, 7));
            Check.Equal(7L, bench.Receiver.Position);
            var bytes = Frame(2, 0, 7, 5f);
            bench.Receiver.Take(bytes, bytes.Length);
            Check.Sequence(new[] { 5f }, bench.Read(99));
            Check.Equal(8L, bench.Receiver.Position);
        }

        // Against the plain rule: a position is heard once, in its order, unless it was cleared
        // before it was read or lost on its way; and the place that is told never goes back, nor
        // past what was sent.
        public static void However_it_comes_what_is_heard_is_what_was_not_cleared()
        {
            for (var seed = 0; seed < 500; seed++)
            {
                new Walk(seed).Run();
            }
        }

        public static void While_another_thread_reads_nothing_comes_twice_and_nothing_else_is_lost()
        {
            var bench = new Bench();
            var heard = new List<float>();
            var done = false;
            var reader = new Thread(() =>
            {
                while (!Volatile.Read(ref done) || bench.Ring.Count > 0)
                {
                    heard.AddRange(bench.Read(7));
                    Thread.Yield();
                }
            });
            reader.Start();
            var random = new Random(2);
            var mayBeMissing = new HashSet<float>();
            for (var round = 0; round < 4000; round++)
            {
                SpinWait.SpinUntil(() => bench.Ring.Count < 100);
                bench.Send(random.Next(1, 50));
                var end = bench.Receiver.Expected;
                var begin = Math.Max(end - random.Next(1, 60), 0);
                bench.Send(random.Next(1, 50));
                bench.Receiver.Clear(begin, end);
                mayBeMissing.UnionWith(From((int)begin, (int)end));
            }
            Volatile.Write(ref done, true);
            reader.Join();
            Check.True(heard.Zip(heard.Skip(1), (a, b) => a < b).All(grows => grows), "something came twice");
            var lost = From(0, (int)bench.Receiver.Expected).Except(heard).Except(mayBeMissing);
            Check.Equal(0, lost.Count());
        }

        private sealed class Walk
        {
            private readonly Bench _bench = new Bench();
            private readonly Random _random;
            private readonly int _seed;
            private readonly HashSet<long> _cleared = new HashSet<long>();
            private readonly List<float> _heard = new List<float>();
            private readonly Queue<(long Begin, long End)> _notTold = new Queue<(long, long)>();
            private long _sent;
            private long _place;

            public Walk(int seed)
            {
                _seed = seed;
                _random = new Random(seed);
            }

            public void Run()
            {
                for (var step = 0; step < 80; step++)
                {
                    Step(_random.Next(6));
                    Look();
                }
                while (_notTold.Count > 0)
                {
                    TellClear();
                }
                _heard.AddRange(_bench.Read(999));
                var expected = Enumerable.Range(0, (int)_bench.Receiver.Expected)
                    .Where(position => !_cleared.Contains(position)).Select(position => (float)position);
                Check.True(expected.SequenceEqual(_heard), $"seed {_seed}");
                var last = _bench.Receiver.Expected;
                while (_cleared.Contains(last))
                {
                    last++;
                }
                Check.Equal(last, _bench.Receiver.Position);
            }

            private void Step(int what)
            {
                switch (what)
                {
                    case 0 when _bench.Ring.Count < 150:
                        _bench.Send(_random.Next(1, 60));
                        break;
                    case 1:
                        // The server takes back the newest that it has sent, or is about to send.
                        _sent = Math.Max(_sent, _bench.Receiver.Expected + _random.Next(20));
                        _notTold.Enqueue((Math.Max(_sent - _random.Next(1, 90), 0), _sent));
                        break;
                    case 2 when _notTold.Count > 0:
                        TellClear(); // what it sent after that may have come before
                        break;
                    case 3 when _random.Next(3) == 0:
                        LoseConnection();
                        break;
                    default:
                        _heard.AddRange(_bench.Read(_random.Next(1, 30)));
                        break;
                }
            }

            // These positions never come: what they stood for has later ones.
            private void LoseConnection()
            {
                _sent = Math.Max(_sent, _bench.Receiver.Expected + _random.Next(20));
                for (var position = _bench.Receiver.Expected; position < _sent; position++)
                {
                    _cleared.Add(position);
                }
                _bench.GoOn(_sent);
            }

            private void TellClear()
            {
                var (begin, end) = _notTold.Dequeue();
                var read = _heard.Count == 0 ? 0 : (long)_heard[_heard.Count - 1] + 1;
                for (var position = Math.Max(begin, read); position < end; position++)
                {
                    _cleared.Add(position);
                }
                _bench.Receiver.Clear(begin, end);
            }

            private void Look()
            {
                _sent = Math.Max(_sent, _bench.Receiver.Expected);
                var place = _bench.Receiver.Position;
                Check.True(place >= _place && place <= _sent, $"seed {_seed}: {place} after {_place} of {_sent}");
                _place = place;
            }
        }
    }
}
