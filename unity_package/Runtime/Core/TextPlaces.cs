#nullable enable
namespace Skaldcast
{
    /// <summary>Places in texts: the engine counts Unicode code points, C# counts UTF-16 units, of
    /// which an emoji has two.</summary>
    public static class TextPlaces
    {
        /// <summary>How many code points a text has.</summary>
        public static int Count(string text)
        {
            var count = text.Length;
            for (var i = 1; i < text.Length; i++)
            {
                if (char.IsSurrogatePair(text[i - 1], text[i]))
                {
                    count--;
                    i++;
                }
            }
            return count;
        }

        /// <summary>The index in C# of a place that the engine named; the text's length where it has
        /// no such place.</summary>
        public static int IndexOf(string text, long codePoints)
        {
            var index = 0;
            for (; codePoints > 0 && index < text.Length; codePoints--)
            {
                index += index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1;
            }
            return index;
        }
    }
}
