// As much of UnityEngine as the package uses, with the signatures of Unity 2022.3 (by its manual).
// What a scene does at run time is in Stage.cs.
using System;
using System.Collections.Generic;
using System.Linq;

namespace UnityEngine
{
    [AttributeUsage(AttributeTargets.Field)]
    public sealed class SerializeField : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute : Attribute
    {
        public TooltipAttribute(string tooltip)
        {
        }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class RangeAttribute : Attribute
    {
        public RangeAttribute(float min, float max)
        {
        }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class AddComponentMenu : Attribute
    {
        public AddComponentMenu(string menuName)
        {
        }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class DisallowMultipleComponent : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public sealed class RequireComponent : Attribute
    {
        public RequireComponent(Type requiredComponent) => Required = requiredComponent;

        internal Type Required { get; }
    }

    public class Object
    {
        internal bool Destroyed { get; set; }

        public string name { get; set; } = "";

        // A destroyed object equals null.
        public static bool operator ==(Object a, Object b) =>
            ReferenceEquals(a, b) || (IsGone(a) && IsGone(b));

        public static bool operator !=(Object a, Object b) => !(a == b);

        public static void Destroy(Object gone) => Stage.Destroy(gone);

        public static void DontDestroyOnLoad(Object kept)
        {
        }

        public static T FindFirstObjectByType<T>()
            where T : Object => Stage.Components.OfType<T>().FirstOrDefault();

        public override bool Equals(object other) => other is Object it ? this == it : other == null && Destroyed;

        public override int GetHashCode() => base.GetHashCode();

        private static bool IsGone(Object it) => it is null || it.Destroyed;
    }

    public class Component : Object
    {
        public GameObject gameObject { get; internal set; }

        public Transform transform => gameObject.transform;

        public T GetComponent<T>() => gameObject.GetComponent<T>();
    }

    public class Behaviour : Component
    {
        private bool _enabled = true;

        public bool enabled
        {
            get => _enabled;
            set
            {
                if (value != _enabled)
                {
                    _enabled = value;
                    Stage.Send(this, value ? "OnEnable" : "OnDisable");
                }
            }
        }
    }

    public class MonoBehaviour : Behaviour
    {
    }

    public sealed class Transform : Component
    {
        public Vector3 position { get; set; }
    }

    public struct Vector3
    {
        public float x;
        public float y;
        public float z;

        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }
    }

    public struct Rect
    {
        public Rect(float x, float y, float width, float height)
        {
        }
    }

    public sealed class GameObject : Object
    {
        private readonly List<Component> _components = new List<Component>();

        public GameObject(string name = "")
        {
            this.name = name;
            transform = AddComponent<Transform>();
        }

        public Transform transform { get; }

        public T AddComponent<T>()
            where T : Component => (T)Add(typeof(T));

        public T GetComponent<T>() => _components.OfType<T>().FirstOrDefault();

        internal IEnumerable<Component> Components => _components;

        private Component Add(Type type)
        {
            foreach (RequireComponent needed in type.GetCustomAttributes(typeof(RequireComponent), true))
            {
                if (!_components.Any(needed.Required.IsInstanceOfType))
                {
                    Add(needed.Required);
                }
            }
            var made = (Component)Activator.CreateInstance(type);
            made.gameObject = this;
            _components.Add(made);
            Stage.Add(made);
            return made;
        }
    }

    public sealed class AudioClip : Object
    {
        public delegate void PCMReaderCallback(float[] data);

        internal PCMReaderCallback Reader { get; private set; }

        internal float[] Data { get; private set; }

        public static AudioClip Create(
            string name, int lengthSamples, int channels, int frequency, bool stream, PCMReaderCallback pcmreadercallback) =>
            new AudioClip { name = name, Reader = pcmreadercallback };

        public static AudioClip Create(string name, int lengthSamples, int channels, int frequency, bool stream) =>
            new AudioClip { name = name, Data = new float[lengthSamples * channels] };

        public bool SetData(float[] data, int offsetSamples)
        {
            data.CopyTo(Data, offsetSamples);
            return true;
        }
    }

    public sealed class AudioSource : Behaviour
    {
        public AudioClip clip { get; set; }

        public bool loop { get; set; }

        public float spatialBlend { get; set; }

        public bool isPlaying { get; private set; }

        public void Play() => isPlaying = true;

        public void Stop() => isPlaying = false;
    }

    public static class AudioSettings
    {
        public delegate void AudioConfigurationChangeHandler(bool deviceWasChanged);

        public static event AudioConfigurationChangeHandler OnAudioConfigurationChanged;

        public static int outputSampleRate { get; private set; } = 48_000;

        internal static void Change(int rate)
        {
            outputSampleRate = rate;
            OnAudioConfigurationChanged?.Invoke(true);
        }
    }

    public static class Application
    {
        public static bool isPlaying => true;

        public static string streamingAssetsPath => Stage.Folder;

        public static string persistentDataPath => System.IO.Path.Combine(Stage.Folder, "data");
    }

    public static class Time
    {
        public static float unscaledTime { get; internal set; }
    }

    public static class Debug
    {
        public static void Log(object message) => Stage.Log("log", message);

        public static void LogWarning(object message) => Stage.Log("warning", message);

        public static void LogWarning(object message, Object context) => Stage.Log("warning", message);

        public static void LogError(object message, Object context) => Stage.Log("error", message);
    }

    public static class GUI
    {
        public static void Label(Rect position, string text)
        {
        }
    }

    public static class GUILayout
    {
        public static bool Button(string text, params GUILayoutOption[] options) => false;
    }

    public sealed class GUILayoutOption
    {
    }
}

namespace UnityEngine.Events
{
    public delegate void UnityAction<T0>(T0 a);

    public delegate void UnityAction<T0, T1>(T0 a, T1 b);

    [Serializable]
    public class UnityEvent<T0>
    {
        private UnityAction<T0> _calls;

        public void AddListener(UnityAction<T0> call) => _calls += call;

        public void RemoveListener(UnityAction<T0> call) => _calls -= call;

        public void Invoke(T0 a) => _calls?.Invoke(a);
    }

    [Serializable]
    public class UnityEvent<T0, T1>
    {
        private UnityAction<T0, T1> _calls;

        public void AddListener(UnityAction<T0, T1> call) => _calls += call;

        public void RemoveListener(UnityAction<T0, T1> call) => _calls -= call;

        public void Invoke(T0 a, T1 b) => _calls?.Invoke(a, b);
    }
}
