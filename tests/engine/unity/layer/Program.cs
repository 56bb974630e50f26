using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Skaldcast.Samples;
using Skaldcast.Unity;
using UnityEngine;

namespace Skaldcast.Tests
{
    /// <summary>Runs the components in a stand-in for Unity, against a real engine. Tells a line for
    /// each thing that happens: WHAT TEXT.</summary>
    public static class Program
    {
        private const int Block = 512;
        private static readonly float[] Gains = { 0.5f, 0.25f };
        private static readonly List<float> Heard = new List<float>(); // of the audio thread, until it ends

        public static int Main(string[] arguments)
        {
            Stage.Begin();
            Stage.ChangeRate(24_000); // the voice's own: at others the end of a line comes late
            Stage.Logged = Tell;
            var (what, url, path) = (arguments[0], arguments[1], arguments[2]);
            var ended = false;
            var audio = new Thread(() => Play(() => ended));
            audio.Start();
            var playing = what == "sample" ? Sample(url)
                : what == "process" ? Engines(url)
                : Components(url, what);
            while (!playing.IsCompleted)
            {
                Stage.Frame(0.01f);
                Thread.Sleep(10);
            }
            ended = true;
            audio.Join();
            playing.GetAwaiter().GetResult();
            var bytes = new byte[Heard.Count * sizeof(float)];
            Buffer.BlockCopy(Heard.ToArray(), 0, bytes, 0, bytes.Length);
            File.WriteAllBytes(path, bytes);
            return 0;
        }

        private static async Task Sample(string url)
        {
            var done = new TaskCompletionSource<bool>();
            Stage.Logged += (kind, text) =>
            {
                if (text.StartsWith("Last."))
                {
                    done.TrySetResult(true);
                }
            };
            var sample = new GameObject("Sample").AddComponent<DialogueSample>();
            Stage.SetField(sample, "url", url);
            Stage.SetField(sample, "lines", new[] { "Who goes there?", "Last." });
            await Task.Yield();
            Follow(UnityEngine.Object.FindFirstObjectByType<SkaldcastSubtitle>());
            await done.Task;
            await Wipe();
            UnityEngine.Object.Destroy(sample.gameObject);
        }

        // Two voices take turns, the output's rate changes, and all goes in an order that Unity may
        // choose.
        private static async Task Components(string url, string output)
        {
            var client = new GameObject("Client").AddComponent<SkaldcastClient>();
            client.Url = url;
            client.ConnectionChanged.AddListener(online => Tell("connection", $"{online}"));
            client.CueStarted.AddListener(id => Tell("started", id));
            client.WordStarted.AddListener((id, word) => Tell("word", word));
            client.CueFinished.AddListener((id, outcome) => Tell("finished", outcome));
            client.CueRefused.AddListener((id, why) => Tell("refused", why));
            var first = Voice("first", output);
            await client.Say("First one.").Finished;
            var second = Voice("second", output);
            Tell("ended", $"{first.Stream.Ended} {second.Stream.Ended}");
            first.enabled = false; // the second one goes on
            await client.Say("Second one.").Finished;
            Stage.ChangeRate(44_100);
            await client.Say("Third one.").Finished;
            await Refused(client.Say("Hello.", null, new CueOptions { Voice = "nobody" }));
            UnityEngine.Object.Destroy(client.gameObject);
            UnityEngine.Object.Destroy(second.gameObject);
        }

        // An engine of the game's own is started twice, and then one that is not there.
        private static async Task Engines(string program)
        {
            Stage.Folder = Path.GetDirectoryName(program);
            var client = new GameObject("Client").AddComponent<SkaldcastClient>();
            Stage.SetField(client, "connectAtStart", false);
            client.CueRefused.AddListener((id, why) => Tell("refused", why));
            var engine = new GameObject("Engine").AddComponent<SkaldcastProcess>();
            engine.Program = Path.GetFileName(program);
            engine.Arguments = new[] { "--voice", "tone?rtf=0&latency=0", "--output", "null" };
            engine.Started.AddListener(url => Tell("started", url));
            engine.Stopped.AddListener(status => Tell("stopped", $"{status}"));
            Tell("finished", $"{(await client.Say("First.").Finished).Outcome}");
            Tell("address", engine.Address.Url);
            engine.StopEngine();
            engine.StartEngine();
            Tell("finished", $"{(await client.Say("Second.").Finished).Outcome}");
            engine.StopEngine();
            engine.Program = "nothing/there";
            var failed = new TaskCompletionSource<bool>();
            engine.FailedToStart.AddListener(why => failed.TrySetResult(true));
            engine.StartEngine();
            await failed.Task;
            engine.Program = Path.GetFileName(program);
            engine.StartEngine(); // it ends with the component, listening or not
            UnityEngine.Object.Destroy(engine.gameObject);
            UnityEngine.Object.Destroy(client.gameObject);
        }

        private static SkaldcastVoice Voice(string name, string output)
        {
            var speaker = new GameObject(name);
            var voice = speaker.AddComponent<SkaldcastVoice>();
            voice.enabled = false;
            voice.Output = output == "clip" ? SkaldcastOutput.Clip : SkaldcastOutput.Filter;
            voice.enabled = true;
            return voice;
        }

        private static async Task Refused(Cue cue)
        {
            try
            {
                await cue.Finished;
            }
            catch (RequestRefusedException error)
            {
                Tell("code", $"{error.Code}");
            }
        }

        private static void Follow(SkaldcastSubtitle subtitle) =>
            subtitle.TextChanged.AddListener(text => Tell("subtitle", text));

        private static Task Wipe()
        {
            var done = new TaskCompletionSource<bool>();
            UnityEngine.Object.FindFirstObjectByType<SkaldcastSubtitle>().TextChanged.AddListener(text =>
            {
                if (text.Length == 0)
                {
                    done.TrySetResult(true);
                }
            });
            return done.Task;
        }

        // What all sources sound like together, at the pace of a device.
        private static void Play(Func<bool> ended)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            for (var atS = 0.0; !ended(); atS += (double)Block / AudioSettings.outputSampleRate)
            {
                var waitS = atS - clock.Elapsed.TotalSeconds;
                if (waitS > 0)
                {
                    Thread.Sleep((int)Math.Ceiling(1000 * waitS));
                }
                var sum = new float[Block * Gains.Length];
                foreach (var source in Stage.Sources())
                {
                    var data = Stage.Mix(source, Block, Gains);
                    for (var i = 0; i < sum.Length; i++)
                    {
                        sum[i] += data[i];
                    }
                }
                Heard.AddRange(sum);
            }
        }

        private static void Tell(string what, string text)
        {
            lock (Heard)
            {
                Console.WriteLine($"{what} {text}");
            }
        }
    }
}
