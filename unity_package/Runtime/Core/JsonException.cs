#nullable enable
using System;

namespace Skaldcast
{
    /// <summary>A text that is no JSON, or deeper than <see cref="JsonReader.MaxDepth"/>.</summary>
    public sealed class JsonException : FormatException
    {
        /// <summary>Says what is wrong, and where.</summary>
        public JsonException(string what, int at)
            : base($"{what} at character {at}")
        {
        }
    }
}
