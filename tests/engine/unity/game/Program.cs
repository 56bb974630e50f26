using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace Skaldcast.Tests
{
    /// <summary>A game without Unity: does what a test writes to standard input, and tells all that
    /// it is told on standard output. A line in is [WHAT, ARGUMENT...]; its end is the game's end. A
    /// line out is NAME [ARGUMENT...].</summary>
    public static class Program
    {
        private static readonly object Gate = new object();
        private static readonly StreamWriter Out =
            new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };

        private static BridgeClient client;
        private static CueWriter tale;
        private static Mixer mixer;
        private static EngineProcess engine;

        public static int Main(string[] arguments)
        {
            client = new BridgeClient(new BridgeOptions
            {
                Url = arguments[0],
                Password = arguments.Length > 1 ? arguments[1] : "",
                Client = "test",
            });
            TellAll();
            var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
            for (var line = input.ReadLine(); line != null; line = input.ReadLine())
            {
                var words = (IReadOnlyList<object>)new JsonReader(line).ReadDocument();
                Tell("result", Perform((string)words[0], words.Skip(1).ToArray()));
            }
            client.Dispose();
            mixer?.Stop();
            engine?.Dispose();
            return 0;
        }

        private static object Perform(string what, object[] with)
        {
            switch (what)
            {
                case "connect":
                    client.ConnectAsync();
                    return null;
                case "say":
                    return Follow(client.Say((string)with[0], null, Options(with))).Id;
                case "stream":
                    tale = client.SayStreaming();
                    return Follow(tale).Id;
                case "push":
                    return tale.Push((string)with[0]);
                case "complete":
                    tale.Complete();
                    return null;
                case "audio":
                    mixer = new Mixer(client, (int)(long)with[0], Convert.ToDouble(with[1]));
                    return null;
                case "write":
                    mixer.Write((string)with[0]);
                    return mixer.Dry;
                case "start_engine":
                    StartEngine(with);
                    return null;
                case "stop_engine":
                    engine.Dispose();
                    return null;
                default:
                    return Ask(what, with);
            }
        }

        // [PROGRAM, FOLDER, MOST_START_S, ARGUMENT...]
        private static void StartEngine(object[] with)
        {
            engine = new EngineProcess(new EngineProcessOptions
            {
                Program = (string)with[0],
                Folder = (string)with[1],
                MostStartS = Convert.ToDouble(with[2]),
                Arguments = with.Skip(3).Cast<string>().ToList(),
            });
            Follow("engine_ended", engine.Ended, () => engine.Ended.Result);
            var started = engine.StartAsync();
            Follow("engine_start", started, () =>
            {
                client.ConnectAsync(started.Result.Url, started.Result.Password);
                return started.Result.Url;
            });
        }

        // Says what becomes of a request as "WHAT_done [RESULT]" or "WHAT_failed [WHY]".
        private static object Ask(string what, object[] with)
        {
            switch (what)
            {
                case "pause":
                    return Follow(what, client.PauseAsync(), () => null);
                case "resume":
                    return Follow(what, client.ResumeAsync(), () => null);
                case "skip":
                    return Follow(what, client.SkipAsync((string)with.FirstOrDefault()), () => null);
                case "stop":
                    return Follow(what, client.StopAsync(), () => null);
                case "clear":
                    return Follow(what, client.ClearAsync(), () => null);
                case "set_volume":
                    return Follow(what, client.SetVolumeAsync(Convert.ToDouble(with[0])), () => null);
                case "set_cast":
                    var cast = new Dictionary<string, string> { [(string)with[0]] = (string)with[1] };
                    return Follow(what, client.SetCastAsync(cast), () => null);
                case "list_voices":
                    var voices = client.ListVoicesAsync();
                    return Follow(what, voices, () => voices.Result.First().Voice);
                case "get_state":
                    var state = client.GetStateAsync();
                    return Follow(what, state, () => state.Result.TransportState);
                case "subscribe":
                    var events = client.SubscribeAsync(with.Select(name => Wire.ReadEventName((string)name)).ToList());
                    return Follow(what, events, () => events.Result.Events.Count);
                default:
                    throw new ArgumentException(what);
            }
        }

        private static CueOptions Options(object[] with) => new CueOptions
        {
            CueId = with.Length > 1 ? (string)with[1] : null,
            Voice = with.Length > 2 ? (string)with[2] : null,
        };

        private static Cue Follow(Cue cue)
        {
            Follow("accepted", cue.Accepted, () => cue.Id);
            Follow("ended", cue.Finished, () => cue.Id);
            return cue;
        }

        private static object Follow(string what, Task task, Func<object> result)
        {
            task.ContinueWith(_ =>
            {
                if (task.IsFaulted)
                {
                    Tell(what + "_failed", task.Exception.InnerException.Message);
                }
                else
                {
                    Tell(what + "_done", result());
                }
            });
            return null;
        }

        private static void TellAll()
        {
            client.Connected += resumed => Tell("connected", resumed);
            client.Disconnected += (code, reason) => Tell("disconnected", code, reason);
            client.Refused += error => Tell("refused", error.Code, error.Message);
            client.CueRefused += (id, error) => Tell("cue_refused", id, error.Message);
            client.CueLost += id => Tell("cue_lost", id);
            client.EngineFailed += (code, reason) => Tell("engine_failed", code, reason);
            client.AudioEnded += error => Tell("audio_ended", error.Message);
            client.CueQueued += told => Tell("cue_queued", told.CueId, told.Text);
            client.CuePredicted += told => Tell("cue_predicted", told.CueId, told.StartsInS);
            client.CueStarted += told => Tell("cue_started", told.CueId);
            client.ChunkStarted += told => Tell("chunk_started", told.CueId, told.Text, told.Start);
            client.WordStarted += told => Tell("word_started", told.CueId, told.Word, told.Start);
            client.CueFinished += told => Tell("cue_finished", told.CueId, Wire.Of(told.Outcome));
            client.StateChanged += told => Tell("state_changed", told.State);
            client.AudioLevel += told => Tell("audio_level", told.Peak);
        }

        private static void Tell(string name, params object[] values)
        {
            var list = (values ?? new object[] { null }).ToList();
            lock (Gate)
            {
                Out.WriteLine($"{name} {JsonWriter.Write(list)}");
            }
        }
    }
}
