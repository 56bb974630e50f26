#nullable enable
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;

namespace Skaldcast
{
    public sealed partial class BridgeClient
    {
        /// <summary>Whether a cue was said here, and its end not told yet.</summary>
        public bool IsOurs(string cueId)
        {
            lock (_gate)
            {
                return _cues.IsOpen(cueId);
            }
        }

        /// <summary>Speaks a cue, as `character`, whose voice the cast gives. Where its id is known
        /// here already, that cue is returned and nothing is sent.</summary>
        public Cue Say(string text, string? character = null, CueOptions? options = null) => NewCue(
            options,
            id => new Cue(id),
            cue => Requests.Say(
                text, options?.Voice, character, options?.Priority, options?.Speed, cue.Id));

        /// <summary>Speaks a cue whose text is still being written; otherwise as
        /// <see cref="Say"/>. Throws <see cref="ArgumentException"/> where its id is known here as that
        /// of a cue with a whole text.</summary>
        public CueWriter SayStreaming(string? character = null, CueOptions? options = null)
        {
            var cue = NewCue(
                options,
                id => new CueWriter(id, AskForCue),
                made => Requests.SayStart(
                    options?.Voice, character, options?.Priority, options?.Speed, made.Id));
            return cue as CueWriter
                ?? throw new ArgumentException($"cue {cue.Id} was said already, with a whole text");
        }

        /// <summary>Fades out and keeps the place.</summary>
        public Task PauseAsync() => AskAsync(Requests.Pause(), reply => new Ok(reply));

        /// <summary>Goes on where <see cref="PauseAsync"/> left off.</summary>
        public Task ResumeAsync() => AskAsync(Requests.Resume(), reply => new Ok(reply));

        /// <summary>Ends the cue that is being heard, or the one named; the next follows.</summary>
        public Task SkipAsync(string? cueId = null) =>
            AskAsync(Requests.Skip(cueId), reply => new Ok(reply));

        /// <summary>Fades out and ends all cues, those of others too.</summary>
        public Task StopAsync() => AskAsync(Requests.Stop(), reply => new Ok(reply));

        /// <summary>Takes back the cues that wait; what is being heard goes on.</summary>
        public Task ClearAsync() => AskAsync(Requests.Clear(), reply => new Ok(reply));

        /// <summary>Who speaks with which voice, from the next cue on: voices by character.</summary>
        public Task SetCastAsync(IReadOnlyDictionary<string, string> cast) =>
            AskAsync(Requests.SetCast(cast), reply => new Ok(reply));

        /// <summary>Sets the engine's master volume, 0 to 1.</summary>
        public Task SetVolumeAsync(double volume) =>
            AskAsync(Requests.SetVolume(volume), reply => new Ok(reply));

        /// <summary>The voices there are.</summary>
        public async Task<IReadOnlyList<VoiceRow>> ListVoicesAsync()
        {
            var task = AskAsync(Requests.ListVoices(), reply => new VoicesOk(reply));
            return (await task.ConfigureAwait(false)).Voices;
        }

        /// <summary>The report as it stands.</summary>
        public Task<StateOk> GetStateAsync() =>
            AskAsync(Requests.GetState(), reply => new StateOk(reply));

        /// <summary>Chooses the events anew.</summary>
        public Task<SubscribeOk> SubscribeAsync(IReadOnlyList<EventName> events) => AskAsync(
            Requests.Subscribe(events),
            reply =>
            {
                var chosen = new SubscribeOk(reply);
                _session.Events = chosen.Events; // asked for anew where the session is lost
                return chosen;
            });

        /// <summary>Asks for the sound itself, now and after each loss of the connection; the stream
        /// before it ends. Throws <see cref="ArgumentOutOfRangeException"/> for options that cannot
        /// be.</summary>
        public AudioStream StartAudio(AudioOptions options)
        {
            var audio = new AudioStream(options);
            Act(() =>
            {
                _audio?.End(new SkaldcastException("another stream took its place"));
                _audio = audio;
                StartAudioNow();
            });
            return audio;
        }

        /// <summary>The sound is heard where the engine is, or not at all; events no longer wait for
        /// it.</summary>
        public void StopAudio() => Act(() =>
        {
            if (_audio is AudioStream audio)
            {
                _audio = null;
                audio.End(new SkaldcastException("the stream was stopped"));
                _link.Add(new Pending(Requests.AudioStop(), _ => { }, _ => { }, oneConnection: true), NowS);
            }
        });

        private Cue NewCue(CueOptions? options, Func<string, Cue> make, Func<Cue, JsonObject> say)
        {
            Cue? cue = null;
            Act(() =>
            {
                var id = options?.CueId ?? _idPrefix + ++_made;
                cue = _cues.Find(id);
                if (cue != null)
                {
                    return;
                }
                var made = cue = make(id);
                _cues.Add(made);
                Ask(new Pending(
                    say(made),
                    reply => made.Accept(new CueOk(reply)),
                    error => RefuseCue(id, error)));
            });
            return cue!;
        }

        private void AskForCue(JsonObject message)
        {
            var cueId = message.Text("cue_id");
            Act(() => Ask(new Pending(message, _ => { }, error => RefuseCue(cueId, error))));
        }

        private Task<T> AskAsync<T>(JsonObject message, Func<JsonObject, T> read)
        {
            var promise = Promise.Make<T>();
            Act(() => Ask(new Pending(
                message,
                reply => promise.TrySetResult(read(reply)),
                error => promise.TrySetException(error))));
            return promise.Task;
        }

        private void Ask(Pending request)
        {
            var bytes = Encoding.UTF8.GetByteCount(request.Message.ToString());
            if (_disposed)
            {
                request.Fail(new ConnectionEndedException(0, "the client was disposed"));
            }
            else if (bytes > Protocol.MaxMessageBytes - 64) // its id comes to it
            {
                request.Fail(new SkaldcastException("it is too long: use SayStreaming and Push"));
            }
            else if (!_link.Add(request, NowS))
            {
                request.Fail(new SkaldcastException("too many requests wait for an answer of the engine"));
            }
        }
    }
}
