using System;
using System.Linq;

namespace Skaldcast.Tests
{
    public static class AudioStreamTests
    {
        private static AudioStream Begun(int mixerRate = 48_000)
        {
            var stream = new AudioStream(new AudioOptions { MixerRate = mixerRate, AheadS = 0.5, PrebufferS = 0.0 });
            stream.Begin(AudioReceiverTests.Answer(3, 0));
            return stream;
        }

        private static void Send(AudioStream stream, int count)
        {
            var bytes = AudioReceiverTests.Frame(3, 0, 0, Enumerable.Repeat(0.5f, count).ToArray());
            stream.Take(bytes, bytes.Length);
        }

        public static void The_engine_is_asked_for_a_rate_that_it_has()
        {
            foreach (var (mixer, rate) in new[] { (24_000, 24_000), (48_000, 48_000), (44_100, 48_000), (96_000, 48_000) })
            {
                var request = new AudioStream(new AudioOptions { MixerRate = mixer }).StartRequest();
                Check.Equal((long)rate, request.Object("format").Whole("sample_rate"));
                Check.Equal((long)rate, request.Whole("credit")); // a second
                Check.True(!request.Has("resume"));
            }
        }

        public static void What_has_not_come_is_asked_for_after_a_lost_connection()
        {
            var stream = Begun();
            Send(stream, 100);
            stream.LoseConnection();
            var point = stream.StartRequest().Object("resume");
            Check.Equal(3L, point.Whole("stream"));
            Check.Equal(100L, point.Whole("frame"));
            Check.Equal(null, stream.Report(99.0));
        }

        public static void The_position_is_told_twenty_times_a_second_while_it_moves()
        {
            var stream = Begun();
            Check.Equal(0L, stream.Report(1.0).Whole("frame"));
            Check.True(double.IsPositiveInfinity(stream.DueS));
            Send(stream, 4800);
            stream.Read(new float[480], 1);
            Check.Equal(null, stream.Report(1.04));
            var told = stream.Report(1.05);
            Check.Equal(480L, told.Whole("frame"));
            Check.Equal(24_000L, told.Whole("credit"));
            Check.Equal(1.10, Math.Round(stream.DueS, 6));
        }

        public static void While_nobody_reads_it_is_not_looked_at_more_often()
        {
            var stream = Begun();
            Send(stream, 4800);
            stream.Report(1.0);
            for (var nowS = 1.05; nowS < 2.0; nowS += 0.05)
            {
                Check.Equal(null, stream.Report(nowS));
                Check.True(stream.DueS > nowS);
            }
        }

        public static void What_was_taken_back_is_told_at_once()
        {
            var stream = Begun();
            Send(stream, 4800);
            stream.Report(1.0);
            stream.Tell(new AudioCleared(JsonObject.Parse("{\"stream\":3,\"from_frame\":0,\"to_frame\":4800}")));
            Check.Equal(4800L, stream.Report(1.001).Whole("frame"));
            stream.Tell(new AudioCleared(JsonObject.Parse("{\"stream\":2,\"from_frame\":0,\"to_frame\":9999}")));
            Check.Equal(null, stream.Report(2.0)); // of another stream
        }

        public static void Options_that_cannot_be_are_refused()
        {
            foreach (var options in new[]
            {
                new AudioOptions { MixerRate = 0 }, new AudioOptions { AheadS = 31.0 },
                new AudioOptions { AheadS = double.NaN }, new AudioOptions { AheadS = 0.0 },
            })
            {
                Check.Throws<ArgumentOutOfRangeException>(() => new AudioStream(options));
            }
        }
    }
}
