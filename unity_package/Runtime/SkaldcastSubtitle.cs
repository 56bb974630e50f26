#nullable enable
using UnityEngine;
using UnityEngine.Events;

namespace Skaldcast.Unity
{
    /// <summary>Tells what is being heard, word by word, to whatever shows text: connect
    /// <see cref="TextChanged"/> with the `text` of a TextMeshPro or UI text in the
    /// inspector.</summary>
    [AddComponentMenu("Skaldcast/Skaldcast Subtitle")]
    public sealed class SkaldcastSubtitle : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("Whose lines are shown; empty for the one in the scene.")]
        private SkaldcastClient? client;

        [SerializeField]
        [Tooltip("Whether words appear as they are heard; else each stretch appears whole.")]
        private bool wordByWord = true;

        [SerializeField]
        [Tooltip("Whether lines of other programs that speak through the same engine are shown too.")]
        private bool showOthers = true;

        [SerializeField]
        [Range(0f, 10f)]
        [Tooltip("Seconds for which the last words stay when a line has ended.")]
        private float stayS = 0.5f;

        [SerializeField]
        private UnityEvent<string> textChanged = new UnityEvent<string>();

        private SubtitleText _subtitle = new SubtitleText(true);
        private BridgeClient? _bridge;
        private float _wipeAtS = float.PositiveInfinity;

        /// <summary>What is to be shown, whenever that has changed.</summary>
        public UnityEvent<string> TextChanged => textChanged;

        /// <summary>Whose lines are shown; taken into account when this is enabled.</summary>
        public SkaldcastClient? Client
        {
            get => client;
            set => client = value;
        }

        /// <summary>What is shown now.</summary>
        public string Text => _subtitle.Shown;

        private void OnEnable()
        {
            var found = client != null ? client : FindFirstObjectByType<SkaldcastClient>();
            if (found == null)
            {
                Debug.LogWarning("Skaldcast Subtitle: there is no Skaldcast Client in the scene", this);
                return;
            }
            _subtitle = new SubtitleText(wordByWord);
            _bridge = found.Bridge;
            _bridge.ChunkStarted += OnChunkStarted;
            _bridge.WordStarted += OnWordStarted;
            _bridge.CueFinished += OnCueFinished;
            _bridge.CueLost += EndCue;
        }

        private void OnDisable()
        {
            if (_bridge != null)
            {
                _bridge.ChunkStarted -= OnChunkStarted;
                _bridge.WordStarted -= OnWordStarted;
                _bridge.CueFinished -= OnCueFinished;
                _bridge.CueLost -= EndCue;
                _bridge = null;
            }
            Wipe();
        }

        private void Update()
        {
            if (Time.unscaledTime >= _wipeAtS)
            {
                Wipe();
            }
        }

        private void OnChunkStarted(ChunkStarted told)
        {
            if (showOthers || _bridge!.IsOurs(told.CueId))
            {
                _wipeAtS = float.PositiveInfinity;
                Tell(_subtitle.Show(told));
            }
        }

        private void OnWordStarted(WordStarted told) => Tell(_subtitle.Show(told));

        private void OnCueFinished(CueFinished told) => EndCue(told.CueId);

        private void EndCue(string cueId)
        {
            if (_subtitle.End(cueId))
            {
                _wipeAtS = Time.unscaledTime + stayS;
                Tell(true);
            }
        }

        private void Wipe()
        {
            _wipeAtS = float.PositiveInfinity;
            Tell(_subtitle.Wipe());
        }

        private void Tell(bool changed)
        {
            if (changed)
            {
                textChanged.Invoke(_subtitle.Shown);
            }
        }
    }
}
