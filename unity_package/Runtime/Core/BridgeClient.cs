#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Skaldcast
{
    /// <summary>Speaks lines through a running Skaldcast, and tells what is being heard.</summary>
    /// <remarks>
    /// <para>A lost connection is made again, and the session goes on without an event lost or told
    /// twice; what is asked meanwhile waits, up to 256 requests. All clients of an engine share one
    /// voice and are told of the cues of all; <see cref="IsOurs"/> tells whose a cue is.</para>
    /// <para>All methods may be called from any thread and return at once. Events are told where
    /// <see cref="BridgeOptions.Context"/> says.</para>
    /// </remarks>
    public sealed partial class BridgeClient : IDisposable
    {
        private readonly object _gate = new object(); // guards all fields but _events and _timer
        private readonly EventQueue _events;
        private readonly Timer _timer;
        private readonly Session _session;
        private readonly Link _link;
        private readonly CueBook _cues = new CueBook();
        private readonly string _idPrefix;
        private readonly Random _random = new Random();
        private readonly Owner _owner;
        private TaskCompletionSource<bool> _ready = Promise.Make<bool>();
        private Connection? _connection;
        private AudioStream? _audio;
        private long _made;
        private Uri _url;
        private bool _disposed;

        /// <summary>Makes a client that is not connected yet; throws <see cref="ArgumentException"/>
        /// where the address is none.</summary>
        public BridgeClient(BridgeOptions options)
        {
            _url = Parse(options.Url);
            _events = new EventQueue(options.Context);
            var name = options.Client.Length > 64 ? options.Client.Substring(0, 64) : options.Client;
            // So that ids of two games, or of two runs of one, are never the same.
            _idPrefix = $"{name}-{Guid.NewGuid():N}-";
            _session = new Session(name, options.Password, options.Events, options.Policy);
            _owner = new Owner(this);
            _link = new Link(options.Url, _session, _random.NextDouble, _owner);
            _timer = new Timer(_ => Act(() => { }), null, Timeout.Infinite, Timeout.Infinite);
        }

        /// <summary>Whether there is a connection now.</summary>
        public bool IsOnline
        {
            get
            {
                lock (_gate)
                {
                    return _link.State == LinkState.Ready;
                }
            }
        }

        /// <summary>Events that nobody took in time, of more than 10,000 that waited.</summary>
        public long DroppedEvents => _events.Dropped;

        /// <summary>Connects, and comes back whenever the connection is lost. The task is done once
        /// the engine let us in, which may take as long as it wants, and fails with
        /// <see cref="ConnectionEndedException"/> where it will not have us.</summary>
        public Task ConnectAsync() => Connect(false, () => _link.Open(NowS));

        /// <summary>Connects to another address from now on, as to an engine that was started
        /// (<see cref="EngineProcess"/>). What waits is sent there; of what an engine before had
        /// accepted <see cref="CueLost"/> tells.</summary>
        public Task ConnectAsync(string url, string password)
        {
            var parsed = Parse(url);
            return Connect(true, () =>
            {
                _url = parsed;
                _session.Password = password;
                _link.Move(url, NowS);
            });
        }

        /// <summary>Ends the session. What waits for an answer fails; what the engine has it goes on
        /// speaking.</summary>
        public void Dispose()
        {
            Act(() =>
            {
                _disposed = true;
                Give(new ConnectionEndedException(0, "the client was disposed"));
            });
            _timer.Dispose();
        }

        private static Uri Parse(string url) =>
            Uri.TryCreate(url, UriKind.Absolute, out var parsed) && (parsed.Scheme == "ws" || parsed.Scheme == "wss")
                ? parsed
                : throw new ArgumentException($"{url} is no address: it looks like ws://HOST:PORT");

        private static double NowS => (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;

        private Task Connect(bool anew, Action open)
        {
            Task ready = Task.CompletedTask;
            Act(() =>
            {
                if (_disposed)
                {
                    throw new ObjectDisposedException(nameof(BridgeClient));
                }
                if (anew ? _ready.Task.IsCompleted : _ready.Task.IsFaulted)
                {
                    _ready = Promise.Make<bool>();
                }
                ready = _ready.Task;
                open();
            });
            return ready;
        }

        /// <summary>Does something under the lock, then what is due.</summary>
        private void Act(Action action)
        {
            lock (_gate)
            {
                action();
                var nowS = NowS;
                _link.Poll(nowS);
                if (_audio?.Report(nowS) is JsonObject report)
                {
                    _link.SendOnce(report);
                }
                SetTimer(nowS);
            }
        }

        private void SetTimer(double nowS)
        {
            var dueS = Math.Min(_link.DueS, _audio?.DueS ?? double.PositiveInfinity);
            if (_disposed)
            {
                return;
            }
            var waitMs = double.IsPositiveInfinity(dueS)
                ? Timeout.Infinite
                : (int)Math.Ceiling(1000.0 * Math.Min(Math.Max(dueS - nowS, 0.001), 3600.0));
            _timer.Change(waitMs, Timeout.Infinite);
        }

        // Gives everything up; nothing is tried again.
        private void Give(ConnectionEndedException error)
        {
            _link.Close(error);
            _cues.FailAll(error);
            _audio?.End(error);
            _audio = null;
            _ready.TrySetException(error);
        }

        private void StartAudioNow()
        {
            if (_audio is AudioStream audio && _link.State == LinkState.Ready)
            {
                _link.Add(StartOf(audio), NowS);
                _link.Add(StateFor(audio), NowS);
            }
        }

        // Before the cues that waited: the sound begins with what is being heard then.
        private void StartAudioFirst()
        {
            if (_audio is AudioStream audio)
            {
                _link.AddFirst(StateFor(audio));
                _link.AddFirst(StartOf(audio));
            }
        }

        private Pending StartOf(AudioStream audio) => new Pending(
            audio.StartRequest(),
            reply => audio.Begin(new AudioOk(reply)),
            error => OnAudioFailed(audio, error),
            oneConnection: true);

        // It may be paused already.
        private static Pending StateFor(AudioStream audio) => new Pending(
            Requests.GetState(),
            reply => audio.SetState(new StateOk(reply).TransportState),
            error => { },
            oneConnection: true);

        private void OnAudioFailed(AudioStream audio, SkaldcastException error)
        {
            if (error is RequestRefusedException) // else the connection was lost: it is asked for anew
            {
                audio.End(error);
                _events.Post(() => AudioEnded?.Invoke(error));
            }
        }

        private void Tell(BridgeEvent told)
        {
            _audio?.Tell(told);
            if (told is CueFinished finished)
            {
                _cues.Finish(finished);
            }
            _events.Post(() => Raise(told));
        }

        private void RefuseCue(string cueId, SkaldcastException error)
        {
            if (_cues.Fail(cueId, error))
            {
                _events.Post(() => CueRefused?.Invoke(cueId, error));
            }
        }

        /// <summary>Stands between the link and the client, so that these methods are nobody
        /// else's.</summary>
        private sealed class Owner : ILinkOwner, IConnectionOwner
        {
            private readonly BridgeClient _client;

            public Owner(BridgeClient client) => _client = client;

            public void Connect()
            {
                _client._connection = new Connection(_client._url, this);
                _client._connection.Start();
            }

            public void Send(string frame) => _client._connection?.Send(frame);

            public void Drop()
            {
                _client._connection?.Close();
                _client._connection = null;
            }

            public void OnConnected(bool resumed)
            {
                IReadOnlyList<Cue> lost = resumed ? Array.Empty<Cue>() : _client._cues.LoseAccepted();
                _client._events.Post(() =>
                {
                    foreach (var cue in lost)
                    {
                        _client.CueLost?.Invoke(cue.Id);
                    }
                    _client.Connected?.Invoke(resumed);
                });
                _client._ready.TrySetResult(true);
                _client.StartAudioFirst();
            }

            public void OnLost(int code, string reason)
            {
                _client._audio?.LoseConnection();
                _client._events.Post(() => _client.Disconnected?.Invoke(code, reason));
            }

            public void OnRefused(ConnectionEndedException error)
            {
                _client.Give(error);
                _client._events.Post(() => _client.Refused?.Invoke(error));
            }

            public void OnEvent(JsonObject message)
            {
                if (Events.Read(message) is BridgeEvent told)
                {
                    _client.Tell(told);
                }
            }

            public void OnFailed(int code, string reason) =>
                _client._events.Post(() => _client.EngineFailed?.Invoke(code, reason));

            public void OnText(Connection from, string frame) =>
                Take(from, () => _client._link.OnText(frame, NowS));

            public void OnBytes(Connection from, byte[] bytes, int length) => Take(from, () =>
            {
                _client._link.OnBytes(NowS);
                try
                {
                    _client._audio?.Take(bytes, length);
                }
                catch (FormatException error) // the engine has it: it comes with the resume
                {
                    _client._link.Lose(-1, error.Message, NowS);
                }
            });

            public void OnClosed(Connection from, int code, string reason) =>
                Take(from, () => _client._link.OnClosed(code, reason, NowS));

            // What a connection tells that was given up counts no longer.
            private void Take(Connection from, Action action) => _client.Act(() =>
            {
                if (ReferenceEquals(from, _client._connection))
                {
                    action();
                }
            });
        }
    }
}
