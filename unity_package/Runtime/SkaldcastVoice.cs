#nullable enable
using System;
using UnityEngine;

namespace Skaldcast.Unity
{
    /// <summary>How the voice gets into the AudioSource.</summary>
    public enum SkaldcastOutput
    {
        /// <summary>By OnAudioFilterRead: the events come within a block of the mixer of what is heard.
        /// The AudioSource plays a constant, whose gains (3D, pan, volume) carry over to the voice. Not
        /// for spatialiser plug-ins that filter the sound.</summary>
        Filter,

        /// <summary>As a streaming AudioClip: for any spatialiser. Unity reads such a clip ahead, so
        /// that events come earlier than what is heard.</summary>
        Clip,
    }

    /// <summary>Plays the voice where this GameObject is, through its AudioSource: in 3D, with the
    /// mixer group and the effects that it has. One at a time for a client.</summary>
    /// <remarks>The engine need not make a sound itself then: start it with `--output null`. What is
    /// told of lines follows what has been played here.</remarks>
    [AddComponentMenu("Skaldcast/Skaldcast Voice")]
    [RequireComponent(typeof(AudioSource))]
    [DisallowMultipleComponent]
    public sealed class SkaldcastVoice : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("Whose lines are played; empty for the one in the scene.")]
        private SkaldcastClient? client;

        [SerializeField]
        private SkaldcastOutput output = SkaldcastOutput.Filter;

        [SerializeField]
        [Range(0.1f, 10f)]
        [Tooltip("Seconds of sound that are sent ahead: so long may the network stall.")]
        private float aheadS = 1f;

        [SerializeField]
        [Range(0f, 1f)]
        [Tooltip("Seconds of sound that must be there before any is heard.")]
        private float prebufferS = 0.1f;

        private SkaldcastClient? _client;
        private AudioSource? _source;
        private AudioClip? _clip;
        private volatile AudioStream? _stream; // read by the audio thread

        /// <summary>The sound as it comes; null while this is disabled.</summary>
        public AudioStream? Stream => _stream;

        /// <summary>Whose lines are played; taken into account when this is enabled.</summary>
        public SkaldcastClient? Client
        {
            get => client;
            set => client = value;
        }

        /// <summary>How the voice gets into the AudioSource; taken into account when this is
        /// enabled.</summary>
        public SkaldcastOutput Output
        {
            get => output;
            set => output = value;
        }

        private void OnEnable()
        {
            AudioSettings.OnAudioConfigurationChanged += OnConfigurationChanged;
            Begin();
        }

        private void OnDisable()
        {
            AudioSettings.OnAudioConfigurationChanged -= OnConfigurationChanged;
            End();
        }

        // Another device: its rate may be another, and all that played has stopped.
        private void OnConfigurationChanged(bool deviceWasChanged)
        {
            End();
            Begin();
        }

        private void Begin()
        {
            _client = client != null ? client : FindFirstObjectByType<SkaldcastClient>();
            if (_client == null)
            {
                Debug.LogWarning("Skaldcast Voice: there is no Skaldcast Client in the scene", this);
                return;
            }
            var rate = AudioSettings.outputSampleRate;
            var stream = _client.Bridge.StartAudio(new AudioOptions
            {
                MixerRate = rate,
                AheadS = aheadS,
                PrebufferS = prebufferS,
            });
            _stream = stream;
            _clip = output == SkaldcastOutput.Clip
                ? AudioClip.Create("Skaldcast", rate, 1, rate, true, data => stream.Read(data, 1))
                : Constant(rate);
            _source = GetComponent<AudioSource>();
            _source.clip = _clip;
            _source.loop = true;
            _source.Play();
        }

        private void End()
        {
            if (_stream is AudioStream stream && !stream.Ended && _client != null)
            {
                _client.Bridge.StopAudio(); // else another voice has taken its place
            }
            _stream = null;
            if (_source != null)
            {
                _source.Stop();
                _source.clip = null;
            }
            if (_clip != null)
            {
                Destroy(_clip);
                _clip = null;
            }
        }

        // On the audio thread: waits for nothing and allocates nothing.
        private void OnAudioFilterRead(float[] data, int channels)
        {
            if (output == SkaldcastOutput.Clip)
            {
                return;
            }
            if (_stream is AudioStream stream)
            {
                stream.MultiplyInto(data, channels);
            }
            else
            {
                Array.Clear(data, 0, data.Length);
            }
        }

        private static AudioClip Constant(int rate)
        {
            var ones = new float[rate];
            for (var i = 0; i < ones.Length; i++)
            {
                ones[i] = 1f;
            }
            var clip = AudioClip.Create("Skaldcast", rate, 1, rate, false);
            clip.SetData(ones, 0);
            return clip;
        }
    }
}
