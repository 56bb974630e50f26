using System;
using System.Collections.Generic;

namespace Skaldcast.Tests
{
    /// <summary>Writes every message of a client, with each field that it can have, for Python to
    /// read; and reads every message of a server that Python wrote.</summary>
    internal static class AllMessages
    {
        public static void Write()
        {
            var cast = new Dictionary<string, string> { ["Mira"] = "tone" };
            var events = new[] { EventName.CueStarted, EventName.AudioLevel };
            var form = Requests.AudioFormat(AudioEncoding.S16, 48_000, 2);
            var messages = new[]
            {
                Requests.Identify(1, "test", "answer", events, Policy.Queue, Requests.ResumePoint("session", 7)),
                Requests.Say("text", "tone", "Mira", Priority.Prefetch, 1.5, "cue"),
                Requests.SayStart("tone", "Mira", Priority.Interrupt, 0.5, "cue", "text"),
                Requests.SayAppend("cue", "text 😀 \uD83D", 4),
                Requests.SayFinish("cue"),
                Requests.Pause(), Requests.Resume(), Requests.Skip("cue"), Requests.Stop(), Requests.Clear(),
                Requests.SetCast(cast), Requests.SetVolume(0.25), Requests.ListVoices(), Requests.GetState(),
                Requests.Subscribe(events),
                Requests.AudioStart(form, 48_000, Requests.AudioResumePoint(1, 1L << 50)),
                Requests.AudioStop(), Requests.AudioPosition(1, 2, 3),
                Requests.Render("text", "tone", "Mira", 1.5, FileKind.Wav), Requests.RenderCancel(1),
            };
            foreach (var message in messages)
            {
                if (message.Text("type") != "identify")
                {
                    message["id"] = "1";
                }
                Console.WriteLine(message);
            }
        }

        public static void Read()
        {
            for (var line = Console.ReadLine(); line != null; line = Console.ReadLine())
            {
                var told = Events.Read(JsonObject.Parse(line));
                Console.WriteLine($"{told.GetType().Name} {told.Seq}");
            }
        }
    }
}
