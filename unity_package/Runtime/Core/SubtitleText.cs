#nullable enable
using System;

namespace Skaldcast
{
    /// <summary>What a subtitle shows, word by word or stretch by stretch. Plain; each method returns
    /// whether <see cref="Shown"/> has changed.</summary>
    public sealed class SubtitleText
    {
        // Marks that appear together with the word before them.
        private const string Closing = ".,;:!?…)]}\"'”’»›。、，！？」』";

        private readonly bool _wordByWord;
        private string _cueId = "";
        private string _chunk = "";
        private long _start;
        private int _visible;

        /// <summary>Shows words as they are heard, else each stretch whole.</summary>
        public SubtitleText(bool wordByWord) => _wordByWord = wordByWord;

        /// <summary>What can be read now.</summary>
        public string Shown { get; private set; } = "";

        /// <summary>All of the stretch that is being heard; for layout, so that words do not move when
        /// more of them appear.</summary>
        public string Whole => _chunk;

        /// <summary>A stretch of a cue begins.</summary>
        public bool Show(ChunkStarted chunk)
        {
            _cueId = chunk.CueId;
            _chunk = chunk.Text;
            _start = chunk.Start;
            _visible = _wordByWord ? 0 : _chunk.Length;
            return Change();
        }

        /// <summary>A word is heard; one of another cue is passed over.</summary>
        public bool Show(WordStarted word)
        {
            if (!_wordByWord || word.CueId != _cueId)
            {
                return false;
            }
            var end = TextPlaces.IndexOf(_chunk, word.Start - _start + TextPlaces.Count(word.Word));
            while (end < _chunk.Length && Closing.IndexOf(_chunk[end]) >= 0)
            {
                end++;
            }
            _visible = Math.Max(_visible, end);
            return Change();
        }

        /// <summary>A cue has ended: its last words are all shown, until <see cref="Wipe"/>. False
        /// where it is not the one that is shown.</summary>
        public bool End(string cueId)
        {
            if (cueId != _cueId || cueId.Length == 0)
            {
                return false;
            }
            _visible = _chunk.Length;
            Change();
            return true;
        }

        /// <summary>Show nothing.</summary>
        public bool Wipe()
        {
            _cueId = _chunk = "";
            _visible = 0;
            return Change();
        }

        private bool Change()
        {
            var shown = _chunk.Substring(0, _visible);
            var changed = shown != Shown;
            Shown = shown;
            return changed;
        }
    }
}
