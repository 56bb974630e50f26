#nullable enable
using System;
using System.Collections.Generic;

namespace Skaldcast
{
    /// <summary>The cues that were said here: those that have not ended, and how the last
    /// <see cref="MostEnded"/> did. Plain.</summary>
    internal sealed class CueBook
    {
        public const int MostEnded = 1000;

        private readonly Dictionary<string, Cue> _open = new Dictionary<string, Cue>(StringComparer.Ordinal);
        private readonly Dictionary<string, Cue> _ended = new Dictionary<string, Cue>(StringComparer.Ordinal);
        private readonly Queue<string> _oldest = new Queue<string>();

        /// <summary>The cue of this id, if it was said here; null where it is new.</summary>
        public Cue? Find(string id) =>
            _open.TryGetValue(id, out var cue) || _ended.TryGetValue(id, out cue) ? cue : null;

        /// <summary>Whether a cue was said here and its end not told yet.</summary>
        public bool IsOpen(string id) => _open.ContainsKey(id);

        public void Add(Cue cue) => _open[cue.Id] = cue;

        public void Finish(CueFinished told)
        {
            if (!_open.TryGetValue(told.CueId, out var cue))
            {
                return;
            }
            _open.Remove(cue.Id);
            _ended[cue.Id] = cue;
            _oldest.Enqueue(cue.Id);
            if (_oldest.Count > MostEnded)
            {
                _ended.Remove(_oldest.Dequeue());
            }
            cue.Finish(told);
        }

        /// <summary>It is not spoken; whether it had not ended before.</summary>
        public bool Fail(string id, SkaldcastException error)
        {
            if (!_open.TryGetValue(id, out var cue))
            {
                return false;
            }
            _open.Remove(id);
            cue.Fail(error);
            return true;
        }

        /// <summary>The engine no longer has our session: of what it had accepted no end will be
        /// told. Returns those cues.</summary>
        public IReadOnlyList<Cue> LoseAccepted()
        {
            var lost = new List<Cue>();
            foreach (var cue in new List<Cue>(_open.Values))
            {
                if (cue.IsAccepted)
                {
                    Fail(cue.Id, new CueLostException(cue.Id));
                    lost.Add(cue);
                }
            }
            return lost;
        }

        /// <summary>The connection has ended for good.</summary>
        public void FailAll(SkaldcastException error)
        {
            foreach (var id in new List<string>(_open.Keys))
            {
                Fail(id, error);
            }
        }
    }
}
