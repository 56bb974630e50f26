#nullable enable
using System;
using System.IO;
using UnityEngine;
using UnityEngine.Events;

namespace Skaldcast.Unity
{
    /// <summary>An engine of the game's own: started hidden, and ended with the game, even if that
    /// crashes. The client connects to it: switch off its Connect At Start.</summary>
    /// <remarks>Ship the folder that `make dist` builds in `Assets/StreamingAssets`. For desktops
    /// with the Mono scripting backend: elsewhere it tells that no engine can be started.</remarks>
    [AddComponentMenu("Skaldcast/Skaldcast Process")]
    [DisallowMultipleComponent]
    public sealed class SkaldcastProcess : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The engine's program. A relative path begins at StreamingAssets; on Windows .exe is added.")]
        private string program = "skaldcast/skaldcast";

        [SerializeField]
        [Tooltip("More of its command line, as --voice and a voice's name.")]
        private string[] arguments = Array.Empty<string>();

        [SerializeField]
        [Tooltip("Whether the engine is started with this component.")]
        private bool startAtOnce = true;

        [SerializeField]
        [Tooltip("Connects to the engine; the first of the scene where none is chosen.")]
        private SkaldcastClient? client;

        [SerializeField]
        [Range(1f, 300f)]
        [Tooltip("Seconds that the engine may take until it listens.")]
        private float mostStartS = 60f;

        [SerializeField]
        private UnityEvent<string> started = new UnityEvent<string>();

        [SerializeField]
        private UnityEvent<string> failedToStart = new UnityEvent<string>();

        [SerializeField]
        private UnityEvent<int> stopped = new UnityEvent<int>();

        private EngineProcess? _engine;

        /// <summary>The engine's program; for the next start.</summary>
        public string Program
        {
            get => program;
            set => program = value;
        }

        /// <summary>More of its command line; for the next start.</summary>
        public string[] Arguments
        {
            get => arguments;
            set => arguments = value;
        }

        /// <summary>Connects to the engine; null for the first of the scene.</summary>
        public SkaldcastClient? Client
        {
            get => client;
            set => client = value;
        }

        /// <summary>The engine listens, and the client connects: its address.</summary>
        public UnityEvent<string> Started => started;

        /// <summary>There will be no engine: why, for the game's log.</summary>
        public UnityEvent<string> FailedToStart => failedToStart;

        /// <summary>The engine has ended, though the game goes on: its exit code.</summary>
        public UnityEvent<int> Stopped => stopped;

        /// <summary>Where the engine listens; null where it does not.</summary>
        public EngineAddress? Address { get; private set; }

        /// <summary>Starts the engine, unless there is one. <see cref="Started"/> or
        /// <see cref="FailedToStart"/> tells what became of it.</summary>
        public void StartEngine()
        {
            if (_engine == null)
            {
                _engine = new EngineProcess(new EngineProcessOptions
                {
                    Program = Path.Combine(Application.streamingAssetsPath, program),
                    Arguments = arguments,
                    Folder = Application.persistentDataPath,
                    MostStartS = mostStartS,
                });
#if (UNITY_WEBGL || UNITY_ANDROID || UNITY_IOS) && !UNITY_EDITOR
                OnFailed(_engine, "none can be started on this platform");
#else
                Follow(_engine);
#endif
            }
        }

        /// <summary>Ends the engine at once. To let the voice fade out, stop the client
        /// before.</summary>
        public void StopEngine()
        {
            _engine?.Dispose();
            Forget();
        }

        private void Start()
        {
            if (startAtOnce)
            {
                StartEngine();
            }
        }

        private void OnDestroy() => StopEngine();

        // On the main thread from its beginning to its end.
        private async void Follow(EngineProcess engine)
        {
            try
            {
                OnStarted(engine, await engine.StartAsync());
                var status = await engine.Ended;
                if (engine == _engine)
                {
                    Forget();
                    stopped.Invoke(status);
                }
            }
            catch (EngineProcessException error)
            {
                OnFailed(engine, error.Message);
            }
        }

        private void OnStarted(EngineProcess engine, EngineAddress address)
        {
            if (engine != _engine)
            {
                return;
            }
            Address = address;
            var chosen = client != null ? client : FindFirstObjectByType<SkaldcastClient>();
            if (chosen != null)
            {
                chosen.ConnectTo(address.Url, address.Password);
            }
            started.Invoke(address.Url);
        }

        private void OnFailed(EngineProcess engine, string reason)
        {
            if (engine == _engine)
            {
                Forget();
                Debug.LogError($"Skaldcast has no engine: {reason}", this);
                failedToStart.Invoke(reason);
            }
        }

        private void Forget()
        {
            _engine = null;
            Address = null;
        }
    }
}
