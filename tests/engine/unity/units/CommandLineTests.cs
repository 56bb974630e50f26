namespace Skaldcast.Tests
{
    public static class CommandLineTests
    {
        public static void Every_argument_is_quoted() =>
            Check.Equal("\"--voice\" \"\" \"a b\"", CommandLine.Of(new[] { "--voice", "", "a b" }));

        public static void Backslashes_count_only_before_a_quotation_mark() =>
            Check.Equal(
                "\"C:\\game\\\\\" \"say \\\"hi\\\"\" \"\\\\\\\"\"",
                CommandLine.Of(new[] { "C:\\game\\", "say \"hi\"", "\\\"" }));
    }

    public static class EngineAddressTests
    {
        public static void A_port_file_tells_where_the_engine_listens()
        {
            var read = EngineAddress.Read(
                "{\"url\":\"ws://127.0.0.1:1\",\"password\":\"p\",\"pid\":4,\"version\":\"0.1\"}");
            Check.Equal("ws://127.0.0.1:1 p 0.1", $"{read.Url} {read.Password} {read.Version}");
        }

        public static void Anything_else_tells_nothing()
        {
            foreach (var text in new[] { "", "{", "[]", "{\"url\":1,\"password\":\"p\"}", "{\"url\":\"ws://a\"}" })
            {
                Check.True(EngineAddress.Read(text) == null, text);
            }
        }
    }
}
