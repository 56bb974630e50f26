#nullable enable
using System.Collections.Generic;
using System.Text;

namespace Skaldcast
{
    /// <summary>Arguments as one text, which .NET Framework's API takes alone.</summary>
    /// <remarks>By the rules of Windows' C library, which .NET follows everywhere. Mono reads it as a
    /// shell on Linux and macOS: the same but for two backslashes in a row, of which it keeps
    /// one.</remarks>
    internal static class CommandLine
    {
        public static string Of(IEnumerable<string> arguments)
        {
            var line = new StringBuilder();
            foreach (var argument in arguments)
            {
                if (line.Length > 0)
                {
                    line.Append(' ');
                }
                Quote(line, argument);
            }
            return line.ToString();
        }

        // Backslashes count only before a quotation mark, ours at the end as well.
        private static void Quote(StringBuilder line, string argument)
        {
            line.Append('"');
            var backslashes = 0;
            foreach (var one in argument)
            {
                if (one == '"')
                {
                    line.Append('\\', backslashes + 1);
                }
                backslashes = one == '\\' ? backslashes + 1 : 0;
                line.Append(one);
            }
            line.Append('\\', backslashes).Append('"');
        }
    }
}
