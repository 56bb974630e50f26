#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Skaldcast
{
    /// <summary>Writes JSON, without reflection. Half a surrogate pair becomes U+FFFD: it could not
    /// be sent.</summary>
    public static class JsonWriter
    {
        /// <summary>A value as JSON; throws <see cref="ArgumentException"/> for one that JSON does
        /// not have.</summary>
        public static string Write(object? value)
        {
            var text = new StringBuilder();
            Append(text, value);
            return text.ToString();
        }

        private static void Append(StringBuilder text, object? value)
        {
            switch (value)
            {
                case null:
                    text.Append("null");
                    break;
                case bool truth:
                    text.Append(truth ? "true" : "false");
                    break;
                case int number:
                    text.Append(number.ToString(CultureInfo.InvariantCulture));
                    break;
                case long number:
                    text.Append(number.ToString(CultureInfo.InvariantCulture));
                    break;
                case float number:
                    AppendNumber(text, number);
                    break;
                case double number:
                    AppendNumber(text, number);
                    break;
                case string words:
                    AppendString(text, words);
                    break;
                case JsonObject inner:
                    AppendObject(text, inner);
                    break;
                case IReadOnlyList<object?> list:
                    AppendList(text, list);
                    break;
                default:
                    throw new ArgumentException($"JSON has no {value.GetType().Name}");
            }
        }

        private static void AppendNumber(StringBuilder text, double number)
        {
            if (double.IsNaN(number) || double.IsInfinity(number))
            {
                throw new ArgumentException($"JSON has no {number}");
            }
            text.Append(number.ToString("R", CultureInfo.InvariantCulture));
        }

        private static void AppendObject(StringBuilder text, JsonObject value)
        {
            text.Append('{');
            var separator = "";
            foreach (var name in value.Names)
            {
                text.Append(separator);
                AppendString(text, name);
                text.Append(':');
                Append(text, value[name]);
                separator = ",";
            }
            text.Append('}');
        }

        private static void AppendList(StringBuilder text, IReadOnlyList<object?> list)
        {
            text.Append('[');
            for (var i = 0; i < list.Count; i++)
            {
                if (i > 0)
                {
                    text.Append(',');
                }
                Append(text, list[i]);
            }
            text.Append(']');
        }

        private static void AppendString(StringBuilder text, string words)
        {
            text.Append('"');
            for (var i = 0; i < words.Length; i++)
            {
                var letter = words[i];
                if (letter == '"' || letter == '\\')
                {
                    text.Append('\\').Append(letter);
                }
                else if (letter < ' ')
                {
                    text.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
                }
                else if (i + 1 < words.Length && char.IsSurrogatePair(letter, words[i + 1]))
                {
                    text.Append(letter).Append(words[++i]);
                }
                else
                {
                    text.Append(char.IsSurrogate(letter) ? '\uFFFD' : letter);
                }
            }
            text.Append('"');
        }
    }
}
