#nullable enable
using System;

namespace Skaldcast
{
    /// <summary>A line whose text is still being written, as a language model does; the voice begins
    /// before it is complete. Takes text from one thread at a time.</summary>
    public sealed class CueWriter : Cue
    {
        // So long that its frame is never refused: a character has at most six bytes in JSON.
        private const int Piece = 8192;

        private readonly Action<JsonObject> _ask;
        private long _length; // in code points, as the engine counts
        private char? _half; // of a surrogate pair whose other half has not come
        private volatile bool _open = true;

        internal CueWriter(string id, Action<JsonObject> ask)
            : base(id) => _ask = ask;

        /// <summary>Whether it takes more text: it was neither completed, nor refused, nor
        /// lost.</summary>
        public bool IsOpen => _open;

        /// <summary>More text. Returns false where it is not taken; <see cref="Cue.Finished"/> tells
        /// why.</summary>
        public bool Push(string text)
        {
            if (_half is char half)
            {
                text = half + text;
                _half = null;
            }
            if (text.Length > 0 && char.IsHighSurrogate(text[text.Length - 1]))
            {
                _half = text[text.Length - 1];
                text = text.Substring(0, text.Length - 1);
            }
            for (var at = 0; at < text.Length && _open;)
            {
                var length = Math.Min(Piece, text.Length - at);
                if (char.IsHighSurrogate(text[at + length - 1]))
                {
                    length--; // the other half follows: the text does not end with one
                }
                Send(text.Substring(at, length));
                at += length;
            }
            return _open;
        }

        /// <summary>The text is complete.</summary>
        public void Complete()
        {
            if (_half is char half && _open)
            {
                Send(half.ToString());
            }
            if (_open)
            {
                _open = false;
                _ask(Requests.SayFinish(Id));
            }
        }

        internal override void Finish(CueFinished told)
        {
            _open = false;
            base.Finish(told);
        }

        internal override void Fail(SkaldcastException error)
        {
            _open = false;
            base.Fail(error);
        }

        // With its place a piece may be sent again and is not spoken twice.
        private void Send(string piece)
        {
            var start = _length;
            _length += TextPlaces.Count(piece);
            _ask(Requests.SayAppend(Id, piece, start));
        }
    }
}
