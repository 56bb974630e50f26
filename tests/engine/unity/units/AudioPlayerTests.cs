using System;
using System.Linq;

namespace Skaldcast.Tests
{
    public static class AudioPlayerTests
    {
        private const int Rate = 48_000;

        private static float[] Tone(int count, int rate = Rate) =>
            Enumerable.Range(0, count).Select(i => (float)Math.Sin(2 * Math.PI * 440 * i / rate)).ToArray();

        private static float[] Play(AudioPlayer player, int frames)
        {
            var data = new float[frames];
            player.Read(data, 1, false);
            return data;
        }

        private static float Steepest(float[] samples) =>
            samples.Skip(1).Select((sample, i) => Math.Abs(sample - samples[i])).DefaultIfEmpty(0f).Max();

        public static void It_begins_when_enough_is_there()
        {
            var ring = new PcmRing(8192);
            var player = new AudioPlayer(ring, Rate, Rate, 1000);
            var tone = Tone(3000);
            ring.Write(tone, 0, 999);
            Check.True(Play(player, 500).All(sample => sample == 0f));
            ring.Write(tone, 999, 2001);
            Check.Sequence(tone.Take(2000).ToArray(), Play(player, 2000));
        }

        public static void A_short_line_is_heard_after_a_while()
        {
            var ring = new PcmRing(8192);
            var player = new AudioPlayer(ring, Rate, Rate, 1000);
            ring.Write(Tone(300), 0, 300);
            Check.True(Play(player, 512).All(sample => sample == 0f));
            Check.True(Play(player, 512).All(sample => sample == 0f));
            Check.Sequence(Tone(300), Play(player, 512).Take(300));
            Check.Equal(1L, player.Dry);
        }

        public static void Where_the_sound_breaks_off_it_fades()
        {
            var ring = new PcmRing(8192);
            var player = new AudioPlayer(ring, Rate, Rate, 0);
            ring.Write(Tone(2020), 0, 2020); // breaks off high
            var heard = Play(player, 4096);
            Check.True(Steepest(heard) < 0.07f, $"{Steepest(heard)}");
            Check.True(heard.Skip(2020 + Rate / 200).All(sample => sample == 0f));
        }

        public static void Where_it_jumps_it_fades()
        {
            var ring = new PcmRing(8192);
            var player = new AudioPlayer(ring, Rate, Rate, 0);
            ring.Write(Enumerable.Repeat(0.9f, 2000).ToArray(), 0, 2000);
            var before = Play(player, 1024);
            ring.TakeBack(2000);
            ring.Write(Enumerable.Repeat(-0.9f, 2000).ToArray(), 0, 2000);
            var after = Play(player, 1024);
            Check.True(Steepest(before.Skip(300).Concat(after).ToArray()) < 0.02f);
            Check.Equal(-0.9f, after.Last());
        }

        public static void A_pause_keeps_the_place()
        {
            var ring = new PcmRing(8192);
            var player = new AudioPlayer(ring, Rate, Rate, 0);
            var tone = Tone(4096);
            ring.Write(tone, 0, 4096);
            Play(player, 1024);
            player.Paused = true;
            Check.Equal(0f, Play(player, 1024).Last());
            Check.Equal(3072, ring.Count);
            player.Paused = false;
            Check.Sequence(tone.Skip(2000).Take(48).ToArray(), Play(player, 1024).Skip(2000 - 1024).Take(48));
        }

        public static void Every_channel_hears_it_and_gains_are_kept()
        {
            var ring = new PcmRing(64);
            var player = new AudioPlayer(ring, Rate, Rate, 0);
            ring.Write(new[] { 0f, 0.5f }, 0, 2);
            var data = new[] { 1f, 0.5f, 1f, 0.5f };
            player.Read(data, 2, true);
            Check.Sequence(new[] { 0f, 0f, 0.5f, 0.25f }, data);
        }

        public static void Another_rate_of_the_mixer_hears_the_same_tone()
        {
            foreach (var mixer in new[] { 44_100, 48_000, 96_000, 22_050, 192_000 })
            {
                var ring = new PcmRing(1 << 17);
                ring.Write(Tone(Rate), 0, Rate);
                var player = new AudioPlayer(ring, Rate, mixer, 0);
                var heard = new float[mixer / 2];
                for (var done = 0; done < heard.Length; done += 441)
                {
                    var part = Play(player, Math.Min(441, heard.Length - done));
                    part.CopyTo(heard, done);
                }
                var taken = Rate - ring.Count;
                Check.True(Math.Abs(taken - Rate / 2) <= 4, $"{taken} taken for {mixer}");
                var delay = mixer == Rate ? 0.0 : -3.0; // in samples of the source
                var worst = 0.0;
                for (var i = mixer / 100; i < heard.Length; i++)
                {
                    var at = (double)i * Rate / mixer + delay;
                    worst = Math.Max(worst, Math.Abs(heard[i] - Math.Sin(2 * Math.PI * 440 * at / Rate)));
                }
                Check.True(worst < 1e-3, $"{worst} off at {mixer}");
            }
        }

        public static void Nothing_is_allocated_while_it_plays()
        {
            var ring = new PcmRing(1 << 16);
            ring.Write(Tone(Rate), 0, Rate);
            var player = new AudioPlayer(ring, Rate, 44_100, 0);
            var data = new float[2048];
            player.Read(data, 2, true);
            var before = GC.CollectionCount(0);
            for (var i = 0; i < 20_000; i++)
            {
                player.Read(data, 2, true);
            }
            Check.Equal(before, GC.CollectionCount(0));
        }
    }
}
