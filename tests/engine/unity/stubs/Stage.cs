using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;

namespace UnityEngine
{
    /// <summary>What Unity does at run time, as far as the tests need it: the messages of components
    /// in their order, the frames of the main thread, the blocks of the audio thread.</summary>
    public static class Stage
    {
        private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

        private static readonly List<Component> All = new List<Component>();
        private static readonly List<Component> NotStarted = new List<Component>();
        private static readonly MainThread Main = new MainThread();

        /// <summary>Takes what is logged: its kind, and the text.</summary>
        public static Action<string, string> Logged { get; set; } = (kind, text) => { };

        /// <summary>Where the game's own files are, and those that it writes.</summary>
        public static string Folder { get; set; } = "";

        internal static IEnumerable<Component> Components => All;

        /// <summary>All audio sources; for the audio thread.</summary>
        public static IReadOnlyList<AudioSource> Sources()
        {
            lock (All)
            {
                return All.OfType<AudioSource>().ToList();
            }
        }

        /// <summary>The calling thread is the main thread from now on.</summary>
        public static void Begin() => SynchronizationContext.SetSynchronizationContext(Main);

        /// <summary>One frame of the main thread.</summary>
        public static void Frame(float seconds)
        {
            Time.unscaledTime += seconds;
            foreach (var component in NotStarted.ToList())
            {
                NotStarted.Remove(component);
                Send(component, "Start");
            }
            Main.Run();
            foreach (var component in All.ToList())
            {
                Send(component, "Update");
            }
        }

        /// <summary>The audio thread's block of a source: its clip with the gain of each channel, then
        /// what the filters make of it. All is silent where the source does not play.</summary>
        public static float[] Mix(AudioSource source, int frames, float[] gains)
        {
            var clip = source.clip;
            var data = new float[frames * gains.Length];
            if (!source.isPlaying || clip is null)
            {
                return data;
            }
            var played = new float[frames];
            if (clip.Reader != null)
            {
                clip.Reader(played);
            }
            else
            {
                Array.Copy(clip.Data, played, frames);
            }
            for (var i = 0; i < data.Length; i++)
            {
                data[i] = played[i / gains.Length] * gains[i % gains.Length];
            }
            foreach (var component in source.gameObject.Components)
            {
                Send(component, "OnAudioFilterRead", data, gains.Length);
            }
            return data;
        }

        /// <summary>Another output device.</summary>
        public static void ChangeRate(int rate) => AudioSettings.Change(rate);

        /// <summary>Sets a serialised field, as the inspector does.</summary>
        public static void SetField(Component component, string name, object value) =>
            component.GetType().GetField(name, Any).SetValue(component, value);

        internal static void Add(Component made)
        {
            lock (All)
            {
                All.Add(made);
            }
            NotStarted.Add(made);
            Send(made, "Awake");
            Send(made, "OnEnable");
        }

        internal static void Destroy(Object gone)
        {
            var components = gone is GameObject whole ? whole.Components.ToList()
                : gone is Component one ? new List<Component> { one } : new List<Component>();
            foreach (var component in components)
            {
                lock (All)
                {
                    All.Remove(component);
                }
                NotStarted.Remove(component);
                Send(component, "OnDisable");
                Send(component, "OnDestroy");
                component.Destroyed = true;
            }
            gone.Destroyed = true;
        }

        internal static void Send(Component to, string message, params object[] with)
        {
            var enabled = !(to is Behaviour behaviour) || behaviour.enabled || message.StartsWith("On");
            var method = enabled ? to.GetType().GetMethod(message, Any) : null;
            if (method != null && method.DeclaringType != typeof(object))
            {
                method.Invoke(to, with);
            }
        }

        internal static void Log(string kind, object message) => Logged(kind, $"{message}");

        private sealed class MainThread : SynchronizationContext
        {
            private readonly Queue<Action> _posted = new Queue<Action>();

            public override void Post(SendOrPostCallback call, object state)
            {
                lock (_posted)
                {
                    _posted.Enqueue(() => call(state));
                }
            }

            public void Run()
            {
                while (Next() is Action posted)
                {
                    posted();
                }
            }

            private Action Next()
            {
                lock (_posted)
                {
                    return _posted.Count > 0 ? _posted.Dequeue() : null;
                }
            }
        }
    }
}
