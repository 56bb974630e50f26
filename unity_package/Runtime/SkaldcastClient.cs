#nullable enable
using System;
using System.Threading.Tasks;
using UnityEngine;
using UnityEngine.Events;

namespace Skaldcast.Unity
{
    /// <summary>Speaks lines through a running Skaldcast, and tells what is being heard. One is
    /// enough for a game.</summary>
    /// <remarks>Its methods and UnityEvents are the common ones; <see cref="Bridge"/> has all. All
    /// that is told is told on the main thread.</remarks>
    [AddComponentMenu("Skaldcast/Skaldcast Client")]
    [DisallowMultipleComponent]
    public sealed class SkaldcastClient : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("Where the engine listens.")]
        private string url = Protocol.DefaultUrl;

        [SerializeField]
        [Tooltip("What the engine asks for where it has a password. It is saved with the scene and "
            + "shipped with the game: better read it from a file of the player's and set it by script.")]
        private string password = "";

        [SerializeField]
        [Tooltip("The game's name in the engine's log, and the beginning of its lines' ids.")]
        private string clientName = "game";

        [SerializeField]
        [Tooltip("Whether its lines queue among themselves only, beside those of others: for a game "
            + "that plays their sound itself (Skaldcast Voice).")]
        private bool ownChannel = false;

        [SerializeField]
        [Tooltip("Whether it connects by itself when it is enabled for the first time.")]
        private bool connectAtStart = true;

        [SerializeField]
        [Tooltip("Whether it stays when another scene is loaded; for a GameObject at the root.")]
        private bool keepOverScenes = false;

        [SerializeField]
        private UnityEvent<bool> connectionChanged = new UnityEvent<bool>();

        [SerializeField]
        private UnityEvent<string> cueStarted = new UnityEvent<string>();

        [SerializeField]
        private UnityEvent<string, string> chunkStarted = new UnityEvent<string, string>();

        [SerializeField]
        private UnityEvent<string, string> wordStarted = new UnityEvent<string, string>();

        [SerializeField]
        private UnityEvent<string, string> cueFinished = new UnityEvent<string, string>();

        [SerializeField]
        private UnityEvent<string, string> cueRefused = new UnityEvent<string, string>();

        private BridgeClient? _bridge;

        /// <summary>Where the engine listens; may be set before <see cref="Bridge"/> is used.</summary>
        public string Url
        {
            get => url;
            set => url = Settable(value);
        }

        /// <summary>What answers the engine's challenge; may be set before <see cref="Bridge"/> is
        /// used.</summary>
        public string Password
        {
            set => password = Settable(value);
        }

        /// <summary>The game's name; may be set before <see cref="Bridge"/> is used.</summary>
        public string ClientName
        {
            get => clientName;
            set => clientName = Settable(value);
        }

        /// <summary>Whether there is a connection, whenever that has changed.</summary>
        public UnityEvent<bool> ConnectionChanged => connectionChanged;

        /// <summary>The first sound of a line is heard: its id.</summary>
        public UnityEvent<string> CueStarted => cueStarted;

        /// <summary>A stretch of a line is heard: the line's id, the text.</summary>
        public UnityEvent<string, string> ChunkStarted => chunkStarted;

        /// <summary>A word is heard: the line's id, the word.</summary>
        public UnityEvent<string, string> WordStarted => wordStarted;

        /// <summary>A line has ended: its id, and how, in the words of the protocol.</summary>
        public UnityEvent<string, string> CueFinished => cueFinished;

        /// <summary>A line is not spoken, or nobody knows how it ended: its id, and why.</summary>
        public UnityEvent<string, string> CueRefused => cueRefused;

        /// <summary>The connection itself: all requests and all events. For the main thread.</summary>
        public BridgeClient Bridge => _bridge ??= MakeBridge();

        /// <summary>Connects, and comes back whenever the connection is lost.</summary>
        public void Connect() => Connect(() => Bridge.ConnectAsync());

        /// <summary>Connects to another engine from now on, as to one that was started
        /// (<see cref="SkaldcastProcess"/>). What waits is sent there.</summary>
        public void ConnectTo(string address, string password) =>
            Connect(() => Bridge.ConnectAsync(address, password));

        /// <summary>Speaks a line, as `character`, whose voice the engine's cast gives.</summary>
        public Cue Say(string text, string? character = null, CueOptions? options = null) =>
            Bridge.Say(text, character, options);

        /// <summary>Speaks a line; for the inspector's events.</summary>
        public void SayLine(string text) => Say(text);

        /// <summary>Speaks a line whose text is still being written.</summary>
        public CueWriter SayStreaming(string? character = null, CueOptions? options = null) =>
            Bridge.SayStreaming(character, options);

        /// <summary>Fades out and keeps the place.</summary>
        public void Pause() => Watch(Bridge.PauseAsync(), "pause");

        /// <summary>Goes on where <see cref="Pause"/> left off.</summary>
        public void Resume() => Watch(Bridge.ResumeAsync(), "resume");

        /// <summary>Ends the line that is being heard; the next follows.</summary>
        public void Skip() => Watch(Bridge.SkipAsync(), "skip");

        /// <summary>Fades out and ends all lines, those of others too.</summary>
        public void Stop() => Watch(Bridge.StopAsync(), "stop");

        /// <summary>Takes back the lines that wait; what is being heard goes on.</summary>
        public void Clear() => Watch(Bridge.ClearAsync(), "clear");

        private void Connect(Func<Task> connect)
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            Debug.LogError("Skaldcast cannot connect: .NET has no sockets and no threads on WebGL", this);
#else
            Watch(connect(), "connect");
#endif
        }

        private void Awake()
        {
            if (keepOverScenes)
            {
                DontDestroyOnLoad(gameObject);
            }
        }

        private void Start()
        {
            if (connectAtStart)
            {
                Connect();
            }
        }

        private void OnDestroy() => _bridge?.Dispose();

        private BridgeClient MakeBridge()
        {
            // Made here, on the main thread, whose context is the options' default.
            var bridge = new BridgeClient(new BridgeOptions
            {
                Url = url,
                Password = password,
                Client = clientName,
                Policy = ownChannel ? Policy.Session : Policy.Queue,
            });
            bridge.Connected += _ => connectionChanged.Invoke(true);
            bridge.Disconnected += (code, reason) => connectionChanged.Invoke(false);
            bridge.CueStarted += told => cueStarted.Invoke(told.CueId);
            bridge.ChunkStarted += told => chunkStarted.Invoke(told.CueId, told.Text);
            bridge.WordStarted += told => wordStarted.Invoke(told.CueId, told.Word);
            bridge.CueFinished += told => cueFinished.Invoke(told.CueId, Wire.Of(told.Outcome));
            bridge.CueRefused += (id, error) => cueRefused.Invoke(id, error.Message);
            bridge.CueLost += id => cueRefused.Invoke(id, new CueLostException(id).Message);
            bridge.EngineFailed += (code, reason) => Debug.LogError($"Skaldcast cannot go on: {reason}", this);
            bridge.AudioEnded += error => Debug.LogWarning($"Skaldcast sends no sound: {error.Message}", this);
            return bridge;
        }

        private T Settable<T>(T value) => _bridge == null
            ? value
            : throw new InvalidOperationException("the client is in use: set it before, in Awake for example");

        private void Watch(Task task, string what) => task.ContinueWith(
            failed => Debug.LogWarning($"Skaldcast did not {what}: {failed.Exception?.InnerException?.Message}"),
            TaskContinuationOptions.OnlyOnFaulted);
    }
}
