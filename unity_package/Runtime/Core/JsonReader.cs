#nullable enable
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Skaldcast
{
    /// <summary>Reads JSON (RFC 8259), without reflection. Of a name that comes twice the last one
    /// counts.</summary>
    public sealed class JsonReader
    {
        /// <summary>Objects and lists inside each other.</summary>
        public const int MaxDepth = 64;

        private readonly string _text;
        private readonly StringBuilder _unescaped = new StringBuilder();
        private int _at;
        private int _depth;

        /// <summary>Reads from a text.</summary>
        public JsonReader(string text) => _text = text;

        /// <summary>The one value that the text holds; throws <see cref="JsonException"/>.</summary>
        public object? ReadDocument()
        {
            SkipSpace();
            var value = ReadValue();
            SkipSpace();
            return _at == _text.Length ? value : throw Fault("more follows after the value");
        }

        private char Next => _at < _text.Length ? _text[_at] : '\0';

        private object? ReadValue()
        {
            switch (Next)
            {
                case '{':
                    return ReadObject();
                case '[':
                    return ReadList();
                case '"':
                    return ReadString();
                case 't':
                    return ReadWord("true", true);
                case 'f':
                    return ReadWord("false", false);
                case 'n':
                    return ReadWord("null", null);
                default:
                    return ReadNumber();
            }
        }

        private JsonObject ReadObject()
        {
            var made = new JsonObject();
            Enter();
            if (!Ends('}'))
            {
                do
                {
                    SkipSpace();
                    var name = Next == '"' ? ReadString() : throw Fault("a name is missing");
                    SkipSpace();
                    Take(':');
                    SkipSpace();
                    made[name] = ReadValue();
                }
                while (Goes('}'));
            }
            _depth--;
            return made;
        }

        private List<object?> ReadList()
        {
            var made = new List<object?>();
            Enter();
            if (!Ends(']'))
            {
                do
                {
                    SkipSpace();
                    made.Add(ReadValue());
                }
                while (Goes(']'));
            }
            _depth--;
            return made;
        }

        private void Enter()
        {
            _at++;
            _depth++;
            if (_depth > MaxDepth)
            {
                throw Fault("too deep");
            }
            SkipSpace();
        }

        // Whether an empty object or list ends here.
        private bool Ends(char end)
        {
            if (Next != end)
            {
                return false;
            }
            _at++;
            return true;
        }

        // Whether another value follows.
        private bool Goes(char end)
        {
            SkipSpace();
            if (Next == ',')
            {
                _at++;
                return true;
            }
            Take(end);
            return false;
        }

        private string ReadString()
        {
            var start = ++_at;
            while (_at < _text.Length && _text[_at] != '"' && _text[_at] != '\\')
            {
                RefuseControl();
                _at++;
            }
            if (Next == '"')
            {
                return _text.Substring(start, _at++ - start);
            }
            _unescaped.Clear().Append(_text, start, _at - start);
            while (Next != '"')
            {
                RefuseControl();
                _unescaped.Append(Next == '\\' ? ReadEscape() : _text[_at++]);
            }
            _at++;
            return _unescaped.ToString();
        }

        private char ReadEscape()
        {
            _at++;
            var letter = Next;
            _at++;
            switch (letter)
            {
                case '"':
                case '\\':
                case '/':
                    return letter;
                case 'b':
                    return '\b';
                case 'f':
                    return '\f';
                case 'n':
                    return '\n';
                case 'r':
                    return '\r';
                case 't':
                    return '\t';
                case 'u':
                    return ReadUnit();
                default:
                    throw Fault("this escape is not known");
            }
        }

        private char ReadUnit()
        {
            var unit = 0;
            for (var i = 0; i < 4; i++)
            {
                var digit = Next;
                var value = digit >= '0' && digit <= '9' ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                    : throw Fault("four hexadecimal digits follow \\u");
                unit = unit * 16 + value;
                _at++;
            }
            return (char)unit;
        }

        private object ReadNumber()
        {
            var start = _at;
            SkipSign();
            var leading = _at;
            SkipDigits();
            if (_text[leading] == '0' && _at > leading + 1)
            {
                throw Fault("a number begins with 0");
            }
            var whole = true;
            if (Next == '.')
            {
                whole = false;
                _at++;
                SkipDigits();
            }
            if (Next == 'e' || Next == 'E')
            {
                whole = false;
                _at++;
                if (Next == '+')
                {
                    _at++;
                }
                else
                {
                    SkipSign();
                }
                SkipDigits();
            }
            var digits = _text.Substring(start, _at - start);
            var culture = CultureInfo.InvariantCulture;
            if (whole && long.TryParse(digits, NumberStyles.AllowLeadingSign, culture, out var found))
            {
                return found;
            }
            // Mono and .NET Framework refuse what is too great, .NET makes it infinite.
            return double.TryParse(digits, NumberStyles.Float, culture, out var number)
                && !double.IsInfinity(number)
                ? number
                : throw Fault("a number is too great");
        }

        private void SkipSign()
        {
            if (Next == '-')
            {
                _at++;
            }
        }

        private void SkipDigits()
        {
            var start = _at;
            while (Next >= '0' && Next <= '9')
            {
                _at++;
            }
            if (_at == start)
            {
                throw Fault("no value is here");
            }
        }

        private object? ReadWord(string word, object? value)
        {
            if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
            {
                throw Fault("no value is here");
            }
            _at += word.Length;
            return value;
        }

        private void Take(char wanted)
        {
            if (Next != wanted)
            {
                throw Fault($"'{wanted}' is missing");
            }
            _at++;
        }

        private void RefuseControl()
        {
            if (Next < ' ')
            {
                throw Fault("a text does not end, or has a control character");
            }
        }

        private void SkipSpace()
        {
            while (Next == ' ' || Next == '\n' || Next == '\r' || Next == '\t')
            {
                _at++;
            }
        }

        private JsonException Fault(string what) => new JsonException(what, _at);
    }
}
