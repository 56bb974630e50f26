using Skaldcast.Unity;
using UnityEngine;

namespace Skaldcast.Samples
{
    /// <summary>Says three lines, one after the other, with subtitles and in 3D. Put it on an empty
    /// GameObject, start `skaldcast --no-tui --output null`, and press Play.</summary>
    public sealed class DialogueSample : MonoBehaviour
    {
        [SerializeField]
        private string url = Protocol.DefaultUrl;

        [SerializeField]
        private string[] lines =
        {
            "Who goes there?",
            "A friend, said the stranger, and came no nearer.",
            "Then come in. The gate is open.",
        };

        private string _shown = "";

        private async void Start()
        {
            // All three could stand in the scene as well: the script makes them so that none is needed.
            var client = gameObject.AddComponent<SkaldcastClient>();
            client.Url = url;
            var speaker = new GameObject("Speaker");
            speaker.transform.position = new Vector3(2f, 0f, 3f);
            var source = speaker.AddComponent<AudioSource>();
            source.spatialBlend = 1f;
            speaker.AddComponent<SkaldcastVoice>();
            gameObject.AddComponent<SkaldcastSubtitle>().TextChanged.AddListener(text => _shown = text);
            foreach (var line in lines)
            {
                try
                {
                    var ended = await client.Say(line).Finished;
                    Debug.Log($"{line} {ended.Outcome}");
                }
                catch (SkaldcastException error)
                {
                    Debug.LogWarning(error.Message);
                    return;
                }
            }
        }

        private void OnGUI() => GUI.Label(new Rect(20f, 20f, 800f, 40f), _shown);
    }
}
