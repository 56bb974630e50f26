#nullable enable
using System;
using System.Collections.Generic;

namespace Skaldcast
{
    /// <summary>A JSON object. Its values are null, bool, long, double, string,
    /// <see cref="JsonObject"/> or a list of such. A field that is missing or of another type reads
    /// as empty: whatever answers at an address cannot stop the game.</summary>
    public sealed class JsonObject
    {
        private readonly Dictionary<string, object?> _fields =
            new Dictionary<string, object?>(StringComparer.Ordinal);

        /// <summary>A value as it is; null where there is none.</summary>
        public object? this[string name]
        {
            get => _fields.TryGetValue(name, out var value) ? value : null;
            set => _fields[name] = value;
        }

        /// <summary>The names of the fields.</summary>
        public IReadOnlyCollection<string> Names => _fields.Keys;

        /// <summary>Reads an object; throws <see cref="JsonException"/>.</summary>
        public static JsonObject Parse(string text) =>
            new JsonReader(text).ReadDocument() as JsonObject
            ?? throw new JsonException("this is no object", 0);

        /// <summary>An object of texts; null where there is none.</summary>
        public static JsonObject? Of(IReadOnlyDictionary<string, string>? texts)
        {
            if (texts == null)
            {
                return null;
            }
            var made = new JsonObject();
            foreach (var pair in texts)
            {
                made[pair.Key] = pair.Value;
            }
            return made;
        }

        /// <summary>The words of a list; null where there is none.</summary>
        public static List<object?>? List<T>(IEnumerable<T>? values, Func<T, string> word)
        {
            if (values == null)
            {
                return null;
            }
            var words = new List<object?>();
            foreach (var value in values)
            {
                words.Add(word(value));
            }
            return words;
        }

        /// <summary>Sets a field, unless the value is null.</summary>
        public void Set(string name, object? value)
        {
            if (value != null)
            {
                _fields[name] = value;
            }
        }

        /// <summary>Takes a field out.</summary>
        public void Remove(string name) => _fields.Remove(name);

        /// <summary>Whether there is a value other than null.</summary>
        public bool Has(string name) => this[name] != null;

        /// <summary>A text; empty where there is none.</summary>
        public string Text(string name) => this[name] as string ?? "";

        /// <summary>A text; null where there is none.</summary>
        public string? TextOrNull(string name) => this[name] as string;

        /// <summary>A number; 0 where there is none.</summary>
        public double Number(string name) => NumberOrNull(name) ?? 0.0;

        /// <summary>A number; null where there is none.</summary>
        public double? NumberOrNull(string name)
        {
            switch (this[name])
            {
                case long whole:
                    return whole;
                case double number:
                    return number;
                default:
                    return null;
            }
        }

        /// <summary>A whole number; 0 where there is none.</summary>
        public long Whole(string name)
        {
            switch (this[name])
            {
                case long whole:
                    return whole;
                case double number when Math.Abs(number) <= 1L << 53:
                    return (long)number;
                default:
                    return 0;
            }
        }

        /// <summary>Whether a field is true.</summary>
        public bool IsTrue(string name) => this[name] is bool value && value;

        /// <summary>An object inside; an empty one where there is none.</summary>
        public JsonObject Object(string name) => this[name] as JsonObject ?? new JsonObject();

        /// <summary>The texts in a list.</summary>
        public IReadOnlyList<string> Texts(string name)
        {
            var found = new List<string>();
            foreach (var value in Values(name))
            {
                if (value is string text)
                {
                    found.Add(text);
                }
            }
            return found;
        }

        /// <summary>What the values of a list mean.</summary>
        public IReadOnlyList<T> Map<T>(string name, Func<object?, T> read)
        {
            var found = new List<T>();
            foreach (var value in Values(name))
            {
                found.Add(read(value));
            }
            return found;
        }

        /// <summary>What the objects of a list mean.</summary>
        public IReadOnlyList<T> MapObjects<T>(string name, Func<JsonObject, T> read)
        {
            var found = new List<T>();
            foreach (var value in Values(name))
            {
                if (value is JsonObject row)
                {
                    found.Add(read(row));
                }
            }
            return found;
        }

        /// <summary>The object as JSON.</summary>
        public override string ToString() => JsonWriter.Write(this);

        private IReadOnlyList<object?> Values(string name) =>
            this[name] as IReadOnlyList<object?> ?? Array.Empty<object?>();
    }
}
